//! `GET /auth?client_id=&return_to=`: the account has changed, and the product shall ask who it is now.

use http::StatusCode;
use serde_json::json;
use url::Url;

use super::super::{Sso, page, sign_out};
use crate::desk::{Call, Reply};

/// Sends the browser back to where the client may be led back to, and nowhere else. The identity itself does
/// not travel: the client asks for it by code.
pub(super) fn answer(sso: &Sso, call: &Call) -> Reply {
    let client = call.query("client_id").unwrap_or_default();
    let address = call.query("return_to").unwrap_or_default();
    let known = sign_out::registered(sso, Some(client), address);
    let Some(mut back) = known.and_then(|known| Url::parse(&known).ok()) else {
        let data = json!({"client": client, "return_to": address});
        sso.tell(call.exchange, "return-refused", data);
        let Some(provider) = sso.provider_at(call) else {
            return Reply::error(StatusCode::NOT_FOUND, "not_found", "no provider has this address");
        };
        return page::notice(
            sso,
            provider,
            StatusCode::BAD_REQUEST,
            "This cannot go on",
            "The address to go back to is not known here.",
        );
    };
    back.query_pairs_mut().append_pair("session", "changed");
    let persona = sso.session(call).map(|session| session.persona.key);
    let data = json!({"client": client, "persona": persona});
    sso.tell(call.exchange, "account-changed", data);
    Reply::redirect(StatusCode::FOUND, back.as_str())
}
