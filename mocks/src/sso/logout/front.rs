//! Frames the clients' logout pages (OpenID Connect Front-Channel Logout 1.0, §3), and then leads on.

use http::StatusCode;

use super::super::page::{Page, origin_of, with_query};
use super::super::state::Session;
use super::super::{Provider, Sso};
use crate::desk::{Reply, escaped};

/// What is to be framed for a session that has ended, with issuer and session beside it (§3).
pub(in super::super) fn frames(sso: &Sso, ended: Option<&Session>) -> Vec<String> {
    let Some(session) = ended else {
        return Vec::new();
    };
    let clients = session.clients.iter().filter_map(|id| sso.client(id));
    clients
        .filter_map(|client| {
            let uri = client.front_channel_logout_uri.as_ref()?;
            let issuer = sso.issuers.get(client.issuer)?;
            Some(with_query(
                uri,
                &[("iss", &issuer.address), ("sid", &session.sid)],
            ))
        })
        .collect()
}

/// The page. Its script goes on once the frames have loaded; the link is there for whoever has no scripts.
pub(in super::super) fn page(
    sso: &Sso,
    provider: &Provider,
    status: StatusCode,
    text: &str,
    frames: &[String],
    then: Option<&str>,
) -> Reply {
    let origins: Vec<String> = frames.iter().map(|frame| origin_of(frame)).collect();
    let mut items: String = frames
        .iter()
        .map(|frame| {
            format!(
                "<iframe src=\"{}\" title=\"Signing out\" hidden></iframe>\n",
                escaped(frame)
            )
        })
        .collect();
    if let Some(then) = then {
        items.push_str(&format!(
            "<p><a id=\"continue\" href=\"{}\">Continue</a></p>\n",
            escaped(then)
        ));
    }
    Page {
        template: "signed-out.html",
        frames: &origins,
        script: true,
        values: &[("text", text)],
        items: &items,
        ..Page::default()
    }
    .reply(sso, provider, status)
}
