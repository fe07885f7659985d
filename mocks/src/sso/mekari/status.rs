//! `GET /session/status`: whether this browser has a session, and whose it is. Asked by our own frame only:
//! no other origin's page may read the answer.

use http::StatusCode;
use serde_json::json;

use super::super::Sso;
use crate::desk::{Call, Reply};

pub(super) fn answer(sso: &Sso, call: &Call) -> Reply {
    let sub = sso.session(call).map(|session| session.persona.sso_id);
    Reply::json(StatusCode::OK, &json!({"signed_in": sub.is_some(), "sub": sub}))
}
