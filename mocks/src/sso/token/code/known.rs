//! The code must be known, this client's, unused and young (RFC 6749, §4.1.2 and §4.1.3).

use serde_json::json;

use super::super::super::state::Code;
use super::{Exchange, Redemption, Refusal};

pub(super) fn find_code(asked: &Exchange<'_>, value: &str) -> Result<Code, Refusal> {
    let codes = &asked.sso.state().codes;
    codes
        .get(value)
        .cloned()
        .ok_or_else(|| Refusal::new("invalid_grant", "the code is not known"))
}

/// First of all: another client must not be able to take back what this one got.
pub(super) fn match_client(redemption: &Redemption<'_>) -> Result<(), Refusal> {
    if redemption.code.client == redemption.asked.client.id {
        Ok(())
    } else {
        Err(Refusal::new(
            "invalid_grant",
            "the code was issued to another client",
        ))
    }
}

pub(super) fn refuse_second_use(redemption: &Redemption<'_>) -> Result<(), Refusal> {
    match &redemption.code.spent_for {
        Some(grant) => Err(reused(redemption, grant)),
        None => Ok(()),
    }
}

/// A code that comes again was stolen by one of the two: what the first got is taken back (RFC 6749, §4.1.2).
pub(super) fn reused(redemption: &Redemption<'_>, grant: &str) -> Refusal {
    let Exchange { sso, exchange, .. } = redemption.asked;
    sso.state().end_grant(grant);
    let data = json!({"client": redemption.code.client, "persona": redemption.code.session.persona.key});
    sso.tell(*exchange, "code-reused", data);
    Refusal::new("invalid_grant", "the code was used before")
}

pub(super) fn refuse_late_use(redemption: &Redemption<'_>) -> Result<(), Refusal> {
    if redemption.code.expires_s <= redemption.asked.sso.now_s() {
        Err(Refusal::new("invalid_grant", "the code has expired"))
    } else {
        Ok(())
    }
}
