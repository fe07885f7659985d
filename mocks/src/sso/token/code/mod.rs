//! The authorization code grant (RFC 6749, §4.1.3).

mod issue;
mod known;
mod redirect_uri;
mod verifier;

pub(crate) use verifier::challenge_of;

use serde_json::Value;

use super::super::client_authentication::Refusal;
use super::super::state::Code;
use super::{Exchange, not_made};

/// One check: lets a code pass or refuses it.
type Check = fn(&Redemption<'_>) -> Result<(), Refusal>;

/// The checks, in order: whether the code is theirs and still whole.
const CHECKS: &[Check] = &[
    known::match_client,
    known::refuse_second_use,
    known::refuse_late_use,
    redirect_uri::match_redirect_uri,
    verifier::match_verifier,
];

/// A code on its way through the checks.
struct Redemption<'a> {
    asked: &'a Exchange<'a>,
    value: &'a str,
    code: Code,
}

pub(super) fn grant(asked: &Exchange<'_>) -> Result<Value, Refusal> {
    let value = asked.required("code")?;
    let code = known::find_code(asked, value)?;
    let redemption = Redemption { asked, value, code };
    CHECKS.iter().try_for_each(|check| check(&redemption))?;
    issue::issue_tokens(&redemption)
}
