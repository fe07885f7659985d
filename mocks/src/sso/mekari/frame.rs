//! `GET /session/frame`: the invisible page that products embed to learn of the shared web session.

use http::StatusCode;
use serde_json::json;

use super::super::Sso;
use crate::desk::{Call, Reply};

/// The folder of the frame's files, inside the provider's.
const FOLDER: &str = "session";

/// Own scripts, own API, and framed by those named only.
fn policy(frame_ancestors: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors {frame_ancestors}"
    )
}

/// Products whose pages may embed the frame: the public clients, but for those the stage leaves out.
fn embedding_origins(sso: &Sso) -> Vec<String> {
    let left_out = sso.account.stage().not_framed_by.clone();
    sso.clients
        .iter()
        .filter(|client| !left_out.contains(&client.id))
        .flat_map(|client| client.page_origins.clone())
        .collect()
}

pub(super) fn page(sso: &Sso, call: &Call) -> Reply {
    let origins = embedding_origins(sso).join(" ");
    let ancestors = if origins.is_empty() { "'none'" } else { &origins };
    sso.tell(
        call.exchange,
        "session-frame-served",
        json!({"framed_by": origins}),
    );
    let values = [("embedding_origins", origins.as_str())];
    match sso.pages.filled(&format!("{FOLDER}/frame.html"), &values) {
        Some(html) => Reply::page(StatusCode::OK, &policy(ancestors), html),
        None => Reply::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "page_missing",
            "the session frame's page is missing",
        ),
    }
}

pub(super) fn asset(sso: &Sso, call: &Call) -> Reply {
    let file = call.param("file");
    let served = [".js", ".css"].iter().any(|extension| file.ends_with(extension));
    let path = if served {
        format!("{FOLDER}/{file}")
    } else {
        String::new()
    };
    sso.pages
        .asset(&path)
        .unwrap_or_else(|| Reply::error(StatusCode::NOT_FOUND, "not_found", "there is no such file"))
}
