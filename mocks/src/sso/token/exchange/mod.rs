//! Token exchange (RFC 8693): a token for a person, in the hands of another who is named in it.

mod actor;
mod audience;
mod client;
mod issue;
mod kind;
mod scope;
mod subject;

use serde_json::Value;

use super::super::Claims;
use super::super::client_authentication::Refusal;
use super::{Exchange, not_made};

/// One check: lets an exchange pass, noting what it found, or refuses it.
type Check = fn(&mut Swap<'_>) -> Result<(), Refusal>;

/// The checks, in order: who asks, whose tokens these are, and for what.
const CHECKS: &[Check] = &[
    client::may_exchange,
    kind::want_access_token,
    subject::know_subject,
    actor::know_actor,
    actor::has_the_audience,
    audience::choose_audience,
    scope::stay_within_subject,
];

/// An exchange on its way through the checks.
struct Swap<'a> {
    asked: &'a Exchange<'a>,
    /// What the new token goes by.
    kind: &'static str,
    subject: Option<Claims>,
    actor: Option<Claims>,
    audience: Vec<String>,
    scope: String,
}

impl Swap<'_> {
    /// The claims of a token that counts and is of this very provider: another one's speak for its own people
    /// (RFC 8693, §2.1, leaves it to the provider whose tokens it takes).
    fn verified(&self, token: &str) -> Result<Claims, &'static str> {
        let sso = self.asked.sso;
        let claims = sso.verify_any(token)?;
        let mut own = sso
            .issuers
            .iter()
            .filter(|issuer| issuer.provider == self.asked.issuer.provider);
        if own.any(|issuer| issuer.address == claims.iss) {
            Ok(claims)
        } else {
            Err("the token is from another provider")
        }
    }
}

pub(super) fn grant(asked: &Exchange<'_>) -> Result<Value, Refusal> {
    let mut swap = Swap {
        asked,
        kind: kind::ACCESS_TOKEN,
        subject: None,
        actor: None,
        audience: Vec::new(),
        scope: String::new(),
    };
    CHECKS.iter().try_for_each(|check| check(&mut swap))?;
    issue::issue_token(&swap)
}
