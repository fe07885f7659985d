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

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use super::*;

    fn renewal<'a>(asked: &'a Exchange<'a>, value: &'a str) -> Renewal<'a> {
        let (token, grant) = known::find_token(asked, value).unwrap();
        let renewal = Renewal {
            asked,
            value,
            token,
            grant,
        };
        CHECKS.iter().try_for_each(|check| check(&renewal)).unwrap();
        renewal
    }

    #[test]
    fn a_token_that_comes_twice_at_once_ends_the_grant() {
        let trial = Trial::new();
        let (asked, value) = (trial.asked(), trial.refresh_token());
        let (first, second) = (renewal(&asked, value), renewal(&asked, value));
        let tokens = issue::issue_tokens(&first).unwrap();
        assert_eq!(trial.counts(&tokens), Ok(()));
        assert_eq!(
            issue::issue_tokens(&second).unwrap_err().description,
            "the refresh token was used before"
        );
        assert_eq!(trial.counts(&tokens), Err("the token was taken back"));
        assert_eq!(trial.told("refresh-token-reused"), 1);
        let (_, grant) = known::find_token(&asked, tokens["refresh_token"].as_str().unwrap()).unwrap();
        assert!(grant.ended, "the one it was renewed with does not count either");
    }

    #[test]
    fn tokens_that_are_made_after_the_second_use_never_count() {
        let trial = Trial::new();
        let (asked, value) = (trial.asked(), trial.refresh_token());
        let (first, second) = (renewal(&asked, value), renewal(&asked, value));
        issue::spend(&first).unwrap();
        issue::issue_tokens(&second).unwrap_err();
        let tokens = issue::issue_anew(&first).unwrap();
        assert_eq!(trial.counts(&tokens), Err("the token was taken back"));
    }
}
