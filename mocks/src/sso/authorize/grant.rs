//! Grants a code (RFC 6749, §4.1.2): single use, short-lived, bound to client, redirect URI and challenge.

use journal::ExchangeId;
use serde_json::json;

use super::super::state::Code;
use super::{Authorization, Refusal};

/// Makes the code, and notes that the client takes part in the session.
pub(super) fn grant_code(
    authorization: &Authorization<'_>,
    exchange: Option<ExchangeId>,
) -> Result<String, Refusal> {
    let (Some(client), Some(session)) = (authorization.client, authorization.session.clone()) else {
        return Err(Refusal::Tell("The sign-in lost its way.".to_owned()));
    };
    let sso = authorization.sso;
    let value = sso.scene.secret("authorization_code");
    let persona = session.persona.key.clone();
    let expires_s = sso.now_s() + i64::from(sso.stage().code_lifetime);
    sso.make_room();
    {
        let mut state = sso.state();
        if let Some(running) = state.session_of(&session.sid) {
            running.clients.insert(client.id.clone());
        }
        let code = Code {
            client: client.id.clone(),
            redirect_uri: authorization.redirect_uri.clone(),
            scope: authorization.scope.clone(),
            nonce: authorization.parameter("nonce").map(str::to_owned),
            challenge: authorization.challenge.clone(),
            session,
            expires_s,
            spent_for: None,
        };
        state.codes.insert(value.clone(), code);
    }
    sso.tell(
        exchange,
        "code-issued",
        json!({"client": client.id, "persona": persona}),
    );
    Ok(value)
}
