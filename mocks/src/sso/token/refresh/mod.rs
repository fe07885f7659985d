//! The refresh token grant (RFC 6749, §6), with rotation (RFC 9700, §4.14.2).

mod issue;
mod known;
mod scope;

use serde_json::Value;

use super::super::client_authentication::Refusal;
use super::super::state::{Grant, RefreshToken};
use super::{Exchange, not_made};

/// One check: lets a refresh token pass or refuses it.
type Check = fn(&Renewal<'_>) -> Result<(), Refusal>;

/// The checks, in order: whether the token is theirs and still counts.
const CHECKS: &[Check] = &[
    known::match_client,
    known::refuse_reuse,
    known::refuse_ended_grant,
    known::refuse_late_use,
    scope::stay_within_grant,
];

/// A refresh token on its way through the checks.
struct Renewal<'a> {
    asked: &'a Exchange<'a>,
    value: &'a str,
    token: RefreshToken,
    grant: Grant,
}

pub(super) fn grant(asked: &Exchange<'_>) -> Result<Value, Refusal> {
    let value = asked.required("refresh_token")?;
    let (token, grant) = known::find_token(asked, value)?;
    let renewal = Renewal {
        asked,
        value,
        token,
        grant,
    };
    CHECKS.iter().try_for_each(|check| check(&renewal))?;
    issue::issue_tokens(&renewal)
}
