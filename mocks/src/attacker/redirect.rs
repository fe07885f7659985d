//! `GET /redirect?to=`: sends the browser wherever it is told.

use http::StatusCode;

use super::Attacker;
use crate::desk::{Call, Reply};

pub(super) fn answer(_attacker: &Attacker, call: &Call) -> Reply {
    match call.query("to") {
        Some(address) => Reply::redirect(StatusCode::FOUND, address),
        None => Reply::error(StatusCode::BAD_REQUEST, "nowhere", "say where with `?to=`"),
    }
}
