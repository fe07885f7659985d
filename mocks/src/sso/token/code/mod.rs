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

/// Exchanges a code that nobody is held to anything for.
#[cfg(test)]
pub(super) fn spend(asked: &Exchange<'_>, value: &str) -> Result<Value, Refusal> {
    let code = known::find_code(asked, value)?;
    issue::issue_tokens(&Redemption { asked, value, code })
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use super::*;

    fn redemption<'a>(asked: &'a Exchange<'a>, value: &'a str) -> Redemption<'a> {
        let code = known::find_code(asked, value).unwrap();
        let redemption = Redemption { asked, value, code };
        known::refuse_second_use(&redemption).unwrap();
        redemption
    }

    #[test]
    fn a_code_that_comes_twice_at_once_takes_back_what_it_gave() {
        let trial = Trial::new();
        let (asked, value) = (trial.asked(), "a-code");
        trial.code(value);
        let (first, second) = (redemption(&asked, value), redemption(&asked, value));
        let tokens = issue::issue_tokens(&first).unwrap();
        assert_eq!(trial.counts(&tokens), Ok(()));
        assert_eq!(
            issue::issue_tokens(&second).unwrap_err().description,
            "the code was used before"
        );
        assert_eq!(trial.counts(&tokens), Err("the token was taken back"));
        assert_eq!(trial.told("code-reused"), 1);
    }

    #[test]
    fn tokens_that_are_made_after_the_second_use_never_count() {
        let trial = Trial::new();
        let (asked, value) = (trial.asked(), "a-code");
        trial.code(value);
        let (first, second) = (redemption(&asked, value), redemption(&asked, value));
        let grant = issue::claim_code(&first).unwrap();
        issue::issue_tokens(&second).unwrap_err();
        let tokens = issue::issue_for(&first, &grant).unwrap();
        assert_eq!(trial.counts(&tokens), Err("the token was taken back"));
    }
}
