//! Mixed content: what a document that came over TLS asks for over plain HTTP (Mixed Content, §4 and §5).
//!
//! No engine says so in WebDriver BiDi. Chromium tells its developer tools, whom the harness asks in every process that
//! documents of a tab live in; what was told before that is told again. Firefox writes a line to the console, but of frames of
//! another site nobody hears it: there a load that failed, or a navigation, is taken for what it must be.

use std::sync::Weak;

use url::{Host, Url};

use crate::Result;
use crate::bidi::Connection;
use crate::bidi::command::{GetDevToolsSession, SendDevToolsCommand};
use crate::registry::Registry;

/// Chromium's events: what the developer tools are told, and that a frame moved to a process of its own.
pub(crate) const ISSUES: [&str; 2] = ["goog:cdp.Audits.issueAdded", "goog:cdp.Target.attachedToTarget"];

/// Documents of which nobody has asked the developer tools yet: those of a tab, or of a frame in another process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unasked {
    /// The tab or frame.
    pub(crate) context: String,
    /// Its DevTools session, where that is known.
    pub(crate) session: Option<String>,
}

/// Asks for what the developer tools are told, as long as the registry lives.
pub(crate) async fn watch(connection: Connection, registry: Weak<Registry>) {
    let Some(mut changes) = registry.upgrade().map(|registry| registry.changes()) else {
        return;
    };
    loop {
        changes.borrow_and_update();
        let Some(known) = registry.upgrade() else { return };
        let unasked = known.unasked();
        for one in &unasked {
            if let Err(error) = ask(&connection, one).await {
                // A frame may be gone again before anybody could ask.
                tracing::debug!(context = one.context, %error, "the developer tools tell nothing");
            }
            known.note_asked(one);
        }
        drop(known);
        if unasked.is_empty() && changes.changed().await.is_err() {
            return;
        }
    }
}

async fn ask(connection: &Connection, unasked: &Unasked) -> Result<()> {
    let context = &unasked.context;
    let session = match &unasked.session {
        Some(session) => session.clone(),
        None => connection.call(&GetDevToolsSession { context }).await?.session,
    };
    let (session, method) = (&session, "Audits.enable");
    connection.call(&SendDevToolsCommand { session, method }).await?;
    Ok(())
}

/// Whether a document of this URL is kept from loading that one.
pub(crate) fn is_mixed(document: &str, loaded: &str) -> bool {
    let (Ok(document), Ok(loaded)) = (Url::parse(document), Url::parse(loaded)) else {
        return false;
    };
    document.scheme() == "https" && matches!(loaded.scheme(), "http" | "ws") && !is_local(&loaded)
}

/// Whether it is this machine, which counts as trustworthy without TLS (Secure Contexts, §3.1).
fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    }
}

/// The URL in Firefox's line about mixed content, if it is one. Where the browser upgraded the request there is none.
pub(crate) fn in_words(text: &str) -> Option<&str> {
    let rest = [
        "Blocked loading mixed active content “",
        "Blocked loading mixed display content “",
        "Loading mixed (insecure) active content “",
        "Loading mixed (insecure) display content “",
    ]
    .iter()
    .find_map(|begin| text.strip_prefix(begin))?;
    rest.split('”').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_content_is_told_from_what_may_be_loaded() {
        assert!(is_mixed("https://a.test/", "http://b.test/x.js"));
        assert!(is_mixed("https://a.test/", "ws://b.test/"));
        assert!(!is_mixed("https://a.test/", "https://b.test/x.js"));
        assert!(!is_mixed("http://a.test/", "http://b.test/x.js"));
        assert!(!is_mixed("https://a.test/", "http://127.0.0.1:8080/x.js"));
        assert!(!is_mixed("https://a.test/", "http://api.localhost/x.js"));
        assert!(!is_mixed("https://a.test/", "http://[::1]/x.js"));
        assert!(!is_mixed("https://a.test/", "data:,x"));
    }

    #[test]
    fn firefox_says_what_it_blocked() {
        let line = "Blocked loading mixed active content “http://b.test/x.js”";
        assert_eq!(in_words(line), Some("http://b.test/x.js"));
        assert_eq!(in_words("Cookie “x” has been rejected"), None);
    }
}
