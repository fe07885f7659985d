//! Pages and cookies of the providers.

use http::StatusCode;
use url::Url;

use super::state::LOGIN_LIFETIME_S;
use super::{Provider, Sso};
use crate::desk::{Call, Reply, escaped};

/// The name of the cookie that ties a page's form to the browser that was shown it. Each page has its own, by
/// the beginning of its handle, so that one in another tab does not take it away.
pub(super) fn login_cookie_name(handle: &str) -> String {
    format!("_mekari_login_{}", handle.get(..8).unwrap_or(handle))
}

/// The session cookie's attributes: on the provider's origin only, sent from frames of other sites too. A
/// partitioned cookie (CHIPS) is another one in every top-level site, and is taken back only as such.
///
/// Without TLS there is no `Secure`, and without that no other site's frames (RFC 6265bis, §5.7): browsers
/// would drop the cookie.
fn session_cookie_attributes(sso: &Sso, provider: &Provider) -> &'static str {
    if provider.is_plain() {
        "Path=/; HttpOnly; SameSite=Lax"
    } else if sso.scene.is("session-cookie", "partitioned") {
        "Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
    } else {
        "Path=/; Secure; HttpOnly; SameSite=None"
    }
}

pub(super) fn session_cookie(sso: &Sso, provider: &Provider, value: &str) -> String {
    let attributes = session_cookie_attributes(sso, provider);
    format!("{}={value}; {attributes}", provider.session_cookie)
}

pub(super) fn no_session_cookie(sso: &Sso, provider: &Provider) -> String {
    let attributes = session_cookie_attributes(sso, provider);
    format!("{}=; {attributes}; Max-Age=0", provider.session_cookie)
}

pub(super) fn login_cookie(provider: &Provider, handle: &str, value: &str) -> String {
    login_cookie_for(provider, handle, value, LOGIN_LIFETIME_S)
}

/// A page counts once, and its cookie goes with it.
pub(super) fn no_login_cookie(provider: &Provider, handle: &str) -> String {
    login_cookie_for(provider, handle, "", 0)
}

fn login_cookie_for(provider: &Provider, handle: &str, value: &str, lifetime_s: i64) -> String {
    let name = login_cookie_name(handle);
    let secure = if provider.is_plain() { "" } else { "Secure; " };
    format!("{name}={value}; Path=/login; {secure}HttpOnly; SameSite=Lax; Max-Age={lifetime_s}")
}

/// A page to be filled: its template, what it may do, and what stands in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Page<'a> {
    pub(super) template: &'a str,
    /// Whether the answer to its form leads away from the provider. Some browsers hold every redirect after a
    /// form to `form-action` (Content Security Policy 3, §6.4.1), also those of the client that it leads to,
    /// and nobody here knows where those lead. Such a page has no `form-action`.
    pub(super) leads_away: bool,
    /// Origins it may frame.
    pub(super) frames: &'a [String],
    /// The origin that may frame it: a web origin, or nobody.
    pub(super) ancestor: &'a str,
    /// Whether it has a script, which is a file of this origin.
    pub(super) script: bool,
    pub(super) values: &'a [(&'a str, &'a str)],
    /// What stands in place of `<!--items-->`: HTML, made safe by whoever made it.
    pub(super) items: &'a str,
}

impl Page<'_> {
    pub(super) fn reply(&self, sso: &Sso, provider: &Provider, status: StatusCode) -> Reply {
        let mut values = vec![("brand", provider.brand.as_str())];
        values.extend(self.values);
        let Some(html) = sso.pages.filled(self.template, &values) else {
            return Reply::error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "page_missing",
                &format!("the page fixtures/pages/sso/{} is missing", self.template),
            );
        };
        // A value cannot be taken for the mark: it has no `<` left.
        let html = html.replace("<!--items-->", self.items);
        // The address of a sign-in page says who asks; it is nobody else's business.
        Reply::page(status, &self.policy(), html).with("referrer-policy", "no-referrer")
    }

    fn policy(&self) -> String {
        let script = if self.script { "script-src 'self'; " } else { "" };
        let frames = if self.frames.is_empty() {
            String::new()
        } else {
            format!("frame-src {}; ", self.frames.join(" "))
        };
        let forms = if self.leads_away {
            ""
        } else {
            "form-action 'self'; "
        };
        // The origin of another scheme is `null` (URL Standard, §4.7), which names nobody.
        let ancestor = if self.ancestor.starts_with("http") {
            self.ancestor
        } else {
            "'none'"
        };
        format!(
            "default-src 'none'; {script}{frames}style-src 'self'; img-src 'self' data:; base-uri 'none'; {forms}frame-ancestors {ancestor}"
        )
    }
}

/// A page with one sentence: what went wrong, or what was done.
pub(super) fn notice(sso: &Sso, provider: &Provider, status: StatusCode, title: &str, text: &str) -> Reply {
    Page {
        template: "notice.html",
        values: &[("title", title), ("text", text)],
        ..Page::default()
    }
    .reply(sso, provider, status)
}

/// A hidden field of a form.
pub(super) fn hidden(name: &str, value: &str) -> String {
    format!(
        "<input type=\"hidden\" name=\"{}\" value=\"{}\">\n",
        escaped(name),
        escaped(value)
    )
}

/// The origin of an address; empty where it has none.
pub(super) fn origin_of(address: &str) -> String {
    Url::parse(address)
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default()
}

/// An address with fields added to its query.
pub(super) fn with_query(address: &str, fields: &[(&str, &str)]) -> String {
    match Url::parse(address) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(fields);
            url.into()
        }
        Err(_) => address.to_owned(),
    }
}

pub(super) fn asset(sso: &Sso, call: &Call) -> Reply {
    let file = call.param("file");
    let known = [".css", ".js"].iter().any(|ending| file.ends_with(ending));
    sso.pages
        .asset(if known { file } else { "" })
        .unwrap_or_else(|| Reply::error(StatusCode::NOT_FOUND, "not_found", "there is no such file"))
}

/// Browsers ask for it on their own.
pub(super) fn icon(_sso: &Sso, _call: &Call) -> Reply {
    Reply::empty(StatusCode::NO_CONTENT)
}
