//! Grants a code (RFC 6749, §4.1.2): single use, short-lived, bound to client, redirect URI and challenge.

use journal::ExchangeId;
use serde_json::json;

use super::super::state::Code;
use super::{Authorization, Refusal, with_query};

/// Makes the code and tells where to send the browser with it.
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
    let code = Code {
        client: client.id.clone(),
        redirect_uri: authorization.redirect_uri.clone(),
        scope: authorization.parameter("scope").unwrap_or_default().to_owned(),
        nonce: authorization.parameter("nonce").map(str::to_owned),
        challenge: authorization.challenge.clone(),
        session,
        expires_s: sso.now_s() + i64::from(sso.stage().code_lifetime),
        spent_for: None,
    };
    sso.state().codes.insert(value.clone(), code);
    sso.tell(
        exchange,
        "code-issued",
        json!({"client": client.id, "persona": persona}),
    );

    let mut fields = vec![("code", value.as_str())];
    // Carried through as it came (RFC 6749, §4.1.2), with the issuer beside it (RFC 9207).
    fields.extend(authorization.parameter("state").map(|state| ("state", state)));
    fields.push(("iss", sso.issuer()));
    Ok(with_query(&authorization.redirect_uri, &fields))
}
