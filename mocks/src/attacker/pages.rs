//! The attacker's pages. They carry no policy of their own, but for the one that makes an origin opaque.

use http::StatusCode;

use super::Attacker;
use crate::desk::{Call, Reply};
use crate::runtime_config::front_end;

fn page(attacker: &Attacker, name: &str, policy: &str, target: &str) -> Reply {
    match attacker.pages.filled(name, &[("target", target)]) {
        Some(html) => Reply::page(StatusCode::OK, policy, html),
        None => Reply::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "page_missing",
            "the page is missing",
        ),
    }
}

/// `GET /`: listens for messages.
pub(super) fn listen(attacker: &Attacker, _call: &Call) -> Reply {
    page(attacker, "listen.html", "object-src 'none'", "")
}

/// `GET /opaque`: the same, with `null` for an origin.
pub(super) fn opaque(attacker: &Attacker, _call: &Call) -> Reply {
    page(attacker, "listen.html", "sandbox allow-scripts", "")
}

/// `GET /embed/ticket/create`: says it is the embed, and listens for what it is told.
pub(super) fn pretend(attacker: &Attacker, _call: &Call) -> Reply {
    page(attacker, "pretend.html", "object-src 'none'", "")
}

/// `GET /frame?of=`: frames another page, announces readiness to it and listens.
pub(super) fn frame(attacker: &Attacker, call: &Call) -> Reply {
    page(
        attacker,
        "frame.html",
        "object-src 'none'",
        target(attacker, call),
    )
}

/// `GET /open?of=`: opens another page from a button, announces readiness to it and listens.
pub(super) fn open(attacker: &Attacker, call: &Call) -> Reply {
    page(attacker, "open.html", "object-src 'none'", target(attacker, call))
}

/// Web pages only: this attacker has no need of `javascript:`.
fn target<'a>(attacker: &'a Attacker, call: &'a Call) -> &'a str {
    call.query("of")
        .filter(|address| address.starts_with("https://") || address.starts_with("http://"))
        .unwrap_or_else(|| front_end(&attacker.scene))
}

pub(super) fn asset(attacker: &Attacker, call: &Call) -> Reply {
    let file = call.param("file");
    attacker
        .pages
        .asset(if file.ends_with(".js") { file } else { "" })
        // The scripts of a page with an opaque origin are asked for across origins.
        .map(|reply| reply.with("access-control-allow-origin", "*"))
        .unwrap_or_else(|| Reply::error(StatusCode::NOT_FOUND, "not_found", "there is no such file"))
}

/// Browsers ask for it on their own.
pub(super) fn icon(_attacker: &Attacker, _call: &Call) -> Reply {
    Reply::empty(StatusCode::NO_CONTENT)
}
