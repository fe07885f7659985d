//! The code must be known, unused, young and this client's (RFC 6749, §4.1.2 and §4.1.3).

use serde_json::json;

use super::{Exchange, Refusal};

pub(super) fn find_code(request: &mut Exchange<'_>) -> Result<(), Refusal> {
    let value = request
        .field("code")
        .ok_or_else(|| Refusal::new("invalid_request", "code is missing"))?
        .to_owned();
    let code = request
        .sso
        .state()
        .codes
        .get(&value)
        .cloned()
        .ok_or_else(|| Refusal::new("invalid_grant", "the code is not known"))?;
    request.code = Some((value, code));
    Ok(())
}

/// A code that comes again was stolen by one of the two: what the first got is taken back (RFC 6749, §4.1.2).
pub(super) fn refuse_second_use(request: &mut Exchange<'_>) -> Result<(), Refusal> {
    let Some((_, code)) = &request.code else {
        return Ok(());
    };
    let Some(token) = code.spent_for.clone() else {
        return Ok(());
    };
    request.sso.state().revoked.insert(token);
    let data = json!({"client": code.client, "persona": code.session.persona.key});
    request.sso.tell(request.exchange, "code-reused", data);
    Err(Refusal::new("invalid_grant", "the code was used before"))
}

pub(super) fn refuse_late_use(request: &mut Exchange<'_>) -> Result<(), Refusal> {
    match &request.code {
        Some((_, code)) if code.expires_s <= request.sso.now_s() => {
            Err(Refusal::new("invalid_grant", "the code has expired"))
        }
        _ => Ok(()),
    }
}

pub(super) fn match_client(request: &mut Exchange<'_>) -> Result<(), Refusal> {
    match (&request.code, request.client) {
        (Some((_, code)), Some(client)) if code.client == client.id => Ok(()),
        _ => Err(Refusal::new(
            "invalid_grant",
            "the code was issued to another client",
        )),
    }
}
