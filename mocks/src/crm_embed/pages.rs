//! The CRM's pages.

use http::StatusCode;
use serde_json::json;

use super::CrmEmbed;
use super::stage::Page;
use crate::desk::{Call, Reply};

/// A strict policy: own scripts and styles, own API, framed by nobody or by those named.
fn policy(frame_ancestors: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors {frame_ancestors}"
    )
}

fn page(
    crm: &CrmEmbed,
    status: StatusCode,
    name: &str,
    frame_ancestors: &str,
    values: &[(&str, &str)],
) -> Reply {
    match crm.pages.filled(name, values) {
        // Addresses here may hold a code or a token: they go nowhere, not even to our own scripts' requests.
        Some(html) => {
            Reply::page(status, &policy(frame_ancestors), html).with("referrer-policy", "no-referrer")
        }
        None => Reply::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "page_missing",
            "the page is missing",
        ),
    }
}

pub(super) fn notice(crm: &CrmEmbed, status: StatusCode, text: &str) -> Reply {
    page(crm, status, "notice.html", "'none'", &[("text", text)])
}

/// `GET /`: who is signed in.
pub(super) fn home(crm: &CrmEmbed, call: &Call) -> Reply {
    if crm.by_bearer() {
        // Only the page's own storage knows.
        return page(crm, StatusCode::OK, "home-bearer.html", "'none'", &[]);
    }
    let text = match crm.caller(call) {
        Some(persona) => format!("Signed in as {}", persona.name),
        None => "Not signed in".to_owned(),
    };
    page(crm, StatusCode::OK, "home.html", "'none'", &[("text", &text)])
}

/// Puts the token where the page keeps it, then leads home. The token stands in an inert data block.
pub(super) fn keep_token(crm: &CrmEmbed, token: &str, name: &str) -> Reply {
    page(
        crm,
        StatusCode::OK,
        "keep-token.html",
        "'none'",
        &[("token", token), ("name", name)],
    )
}

/// `GET /embed/ticket/create`: the create-ticket embed.
pub(super) fn ticket(crm: &CrmEmbed, call: &Call) -> Reply {
    let host = crm.scene.origin("customer-detail");
    let staged = crm.stage().page;
    let (name, frame_ancestors) = match staged {
        Page::NotFound => {
            return notice(crm, StatusCode::NOT_FOUND, "There is no such page.");
        }
        Page::Normal => ("ticket.html", host),
        Page::RefusesFraming => ("ticket.html", "'none'"),
        Page::LegacyContractOnly => ("ticket-legacy.html", host),
    };
    crm.tell(
        call.exchange,
        "embed-served",
        json!({"embed": "ticket", "page": staged}),
    );
    page(
        crm,
        StatusCode::OK,
        name,
        frame_ancestors,
        &[("embedding_origins", host)],
    )
}

/// `GET /embed/deals/create/`: the legacy deal embed.
pub(super) fn deal(crm: &CrmEmbed, call: &Call) -> Reply {
    let host = crm.scene.origin("customer-detail");
    crm.tell(call.exchange, "embed-served", json!({"embed": "deal"}));
    page(
        crm,
        StatusCode::OK,
        "deal.html",
        host,
        &[("embedding_origins", host)],
    )
}

pub(super) fn asset(crm: &CrmEmbed, call: &Call) -> Reply {
    let file = call.param("file");
    let served = [".js", ".css"].iter().any(|extension| file.ends_with(extension));
    crm.pages
        .asset(if served { file } else { "" })
        .unwrap_or_else(|| Reply::error(StatusCode::NOT_FOUND, "not_found", "there is no such file"))
}

/// Browsers ask for it on their own.
pub(super) fn icon(_crm: &CrmEmbed, _call: &Call) -> Reply {
    Reply::empty(StatusCode::NO_CONTENT)
}
