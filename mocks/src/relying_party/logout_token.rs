//! Whether a logout token counts (Back-Channel Logout 1.0, §2.6). The crate knows no such tokens, so its keys
//! are fetched here and the token is decoded by `jsonwebtoken`.

use std::collections::BTreeMap;

use http::Request;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

use super::refusal::Refusal;
use super::{CLIENT, RelyingParty};
use crate::desk::Call;

/// The event that makes a token a logout token (§2.4, `events`).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Clocks differ a little.
const LEEWAY_S: i64 = 60;

/// A logout token that counts: it names a session, a person or both.
pub(super) struct LogoutToken {
    pub(super) sid: Option<String>,
    pub(super) sub: Option<String>,
}

/// A token's claims on their way through the checks.
struct Said<'a> {
    claims: &'a Value,
    /// Who may say so.
    issuer: &'a str,
    now_s: i64,
    /// The tokens taken so far by `jti`, and when each runs out.
    taken: &'a mut BTreeMap<String, i64>,
}

impl Said<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.claims[name].as_str().filter(|text| !text.is_empty())
    }

    fn checked(mut self) -> Result<LogoutToken, &'static str> {
        CHECKS.iter().try_for_each(|check| check(&mut self))?;
        Ok(LogoutToken {
            sid: self.text("sid").map(str::to_owned),
            sub: self.text("sub").map(str::to_owned),
        })
    }
}

/// One check: lets the claims pass, or says what is wrong with them.
type Check = fn(&mut Said<'_>) -> Result<(), &'static str>;

/// The checks of claims, in the order of §2.6, after that of the signature.
const CHECKS: &[Check] = &[
    match_issuer,
    match_audience,
    match_time,
    name_somebody,
    hold_event,
    have_no_nonce,
    come_once,
];

/// A logout token, if it counts.
///
/// # Errors
/// Why it does not.
pub(super) fn checked(party: &RelyingParty, call: &Call, token: &str) -> Result<LogoutToken, Refusal> {
    let claims = authentic(party, call, token)?;
    Said {
        claims: &claims,
        issuer: &party.issuer(),
        now_s: party.now_s(),
        taken: &mut party.memory().logout_tokens,
    }
    .checked()
    .map_err(Refusal::of)
}

/// The signature must be by a key that the provider publishes now (§2.6, 2; OpenID Connect Core, §3.1.3.7, 6).
fn authentic(party: &RelyingParty, call: &Call, token: &str) -> Result<Value, Refusal> {
    let header = decode_header(token).map_err(|_| Refusal::of("the logout token is malformed"))?;
    if !matches!(header.alg, Algorithm::ES256 | Algorithm::RS256) {
        return Err(Refusal::of("the logout token is signed with another algorithm"));
    }
    let provider = party.provider(call)?;
    let request = Request::get(provider.key_set())
        .body(Vec::new())
        .map_err(|error| Refusal::of_provider(&error))?;
    let answer = party.sso.answer_server(request, call.exchange);
    let keys: JwkSet = serde_json::from_slice(answer.body()).map_err(|error| Refusal::of_provider(&error))?;
    let key = header
        .kid
        .and_then(|kid| keys.find(&kid).cloned())
        .and_then(|key| DecodingKey::from_jwk(&key).ok())
        .ok_or_else(|| Refusal::of("the logout token is signed with an unknown key"))?;
    let mut validation = Validation::new(header.alg);
    // The checks below look at time and names: the clock is the world's.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    decode::<Value>(token, &key, &validation)
        .map(|decoded| decoded.claims)
        .map_err(|_| Refusal::of("the logout token's signature is wrong"))
}

/// §2.6, 3: `iss`.
fn match_issuer(said: &mut Said<'_>) -> Result<(), &'static str> {
    if said.text("iss") == Some(said.issuer) {
        Ok(())
    } else {
        Err("the logout token is of another issuer")
    }
}

/// §2.6, 3: `aud`, a text or a list.
fn match_audience(said: &mut Said<'_>) -> Result<(), &'static str> {
    let audience = &said.claims["aud"];
    let listed = audience
        .as_array()
        .is_some_and(|all| all.iter().any(|one| one == CLIENT));
    if listed || audience == CLIENT {
        Ok(())
    } else {
        Err("the logout token is for somebody else")
    }
}

/// §2.6, 3: `iat` and `exp`.
fn match_time(said: &mut Said<'_>) -> Result<(), &'static str> {
    let now = said.now_s;
    match (said.claims["iat"].as_i64(), said.claims["exp"].as_i64()) {
        (Some(issued), _) if issued > now + LEEWAY_S => Err("the logout token is of a time to come"),
        (Some(_), Some(expires)) if expires + LEEWAY_S > now => Ok(()),
        (Some(_), Some(_)) => Err("the logout token has run out"),
        _ => Err("the logout token says no time"),
    }
}

/// §2.6, 4: a session, a person or both.
fn name_somebody(said: &mut Said<'_>) -> Result<(), &'static str> {
    if said.text("sid").is_some() || said.text("sub").is_some() {
        Ok(())
    } else {
        Err("the logout token names neither a session nor a person")
    }
}

/// §2.6, 5: the event, whose value is an object.
fn hold_event(said: &mut Said<'_>) -> Result<(), &'static str> {
    if said.claims["events"][EVENT].is_object() {
        Ok(())
    } else {
        Err("the logout token is about another event")
    }
}

/// §2.6, 6: a nonce would make it pass for an identity token.
fn have_no_nonce(said: &mut Said<'_>) -> Result<(), &'static str> {
    if said.claims.get("nonce").is_none() {
        Ok(())
    } else {
        Err("the logout token has a nonce")
    }
}

/// §2.6, 7: the same token does not come twice.
fn come_once(said: &mut Said<'_>) -> Result<(), &'static str> {
    let jti = said
        .text("jti")
        .ok_or("the logout token has no identity")?
        .to_owned();
    let now = said.now_s;
    let expires = said.claims["exp"].as_i64().unwrap_or_default();
    // Those that ran out are refused for that.
    said.taken.retain(|_, expires| *expires + LEEWAY_S > now);
    match said.taken.insert(jti, expires) {
        None => Ok(()),
        Some(_) => Err("the logout token came before"),
    }
}

#[cfg(test)]
#[allow(clippy::needless_pass_by_value, reason = "cases are given by value")]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://auth.dezky.local/application/o/dezky-operator/";
    const NOW_S: i64 = 1_800_000_000;

    fn outcome(changes: &Value) -> Result<LogoutToken, &'static str> {
        let mut claims = json!({
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": "somebody",
            "sid": "a-session",
            "iat": NOW_S,
            "exp": NOW_S + 120,
            "jti": "a-token",
            "events": {EVENT: {}},
        });
        let claimed = claims.as_object_mut().unwrap();
        claimed.extend(changes.as_object().cloned().unwrap());
        // As in a merge patch (RFC 7396, §2), null takes a member away.
        claimed.retain(|_, value| !value.is_null());
        Said {
            claims: &claims,
            issuer: ISSUER,
            now_s: NOW_S,
            taken: &mut BTreeMap::from([("an-earlier-token".to_owned(), NOW_S + 60)]),
        }
        .checked()
    }

    #[rstest]
    #[case(json!({}))]
    #[case(json!({"sub": null}))]
    #[case(json!({"sid": null}))]
    #[case(json!({"aud": ["another", CLIENT]}))]
    #[case(json!({"iat": NOW_S + LEEWAY_S}))]
    #[case(json!({"exp": NOW_S - LEEWAY_S + 1}))]
    fn a_token_as_the_standard_has_it_counts(#[case] changes: Value) {
        assert!(outcome(&changes).is_ok());
    }

    #[rstest]
    #[case(json!({"iss": null}), "the logout token is of another issuer")]
    #[case(json!({"iss": ISSUER.trim_end_matches('/')}), "the logout token is of another issuer")]
    #[case(json!({"aud": null}), "the logout token is for somebody else")]
    #[case(json!({"aud": ["another"]}), "the logout token is for somebody else")]
    #[case(json!({"iat": null}), "the logout token says no time")]
    #[case(json!({"exp": null}), "the logout token says no time")]
    #[case(json!({"iat": NOW_S + LEEWAY_S + 1}), "the logout token is of a time to come")]
    #[case(json!({"exp": NOW_S - LEEWAY_S}), "the logout token has run out")]
    #[case(json!({"sub": null, "sid": null}), "the logout token names neither a session nor a person")]
    #[case(json!({"events": null}), "the logout token is about another event")]
    #[case(json!({"events": {"https://another.example": {}}}), "the logout token is about another event")]
    #[case(json!({"events": {EVENT: true}}), "the logout token is about another event")]
    #[case(json!({"nonce": "a-nonce"}), "the logout token has a nonce")]
    #[case(json!({"jti": null}), "the logout token has no identity")]
    #[case(json!({"jti": "an-earlier-token"}), "the logout token came before")]
    fn any_other_is_refused_with_its_reason(#[case] changes: Value, #[case] reason: &str) {
        assert_eq!(outcome(&changes).err(), Some(reason));
    }
}
