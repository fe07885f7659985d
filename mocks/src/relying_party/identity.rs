//! Who an identity token speaks of: checked by the crate (OpenID Connect Core, §3.1.3.7), on the world's clock.

use std::time::{Duration, UNIX_EPOCH};

use openidconnect::core::CoreJwsSigningAlgorithm;
use openidconnect::{AccessTokenHash, NonceVerifier, OAuth2TokenResponse as _, TokenResponse as _};

use super::RelyingParty;
use super::provider::{Provider, Tokens};
use super::refusal::Refusal;

/// Clocks differ a little; more than this is no honest clock.
const LEEWAY_S: i64 = 60;

/// What an identity token says of a person.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) subject: String,
    pub(super) name: String,
    pub(super) issuer: String,
    pub(super) audience: Vec<String>,
    pub(super) groups: Vec<String>,
    /// How the person was recognised: `acr`, then each of `amr`.
    pub(super) recognised_by: Vec<String>,
    pub(super) sid: Option<String>,
}

/// The person of the identity token among tokens.
///
/// # Errors
/// What the crate says is wrong with it; where the crate leaves a check to its user, what that check says.
pub(super) fn of(
    party: &RelyingParty,
    provider: &Provider,
    tokens: &Tokens,
    nonce: impl NonceVerifier,
    max_age: Option<i64>,
) -> Result<Person, Refusal> {
    let identity = tokens
        .id_token()
        .ok_or_else(|| Refusal::of("no identity token came"))?;
    let now = party.now_s();
    let verifier = provider
        .client
        .id_token_verifier()
        .set_allowed_algs([
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        ])
        .set_time_fn(move || (UNIX_EPOCH + Duration::from_secs(now.unsigned_abs())).into())
        .set_issue_time_verifier_fn(move |issued| {
            if issued.timestamp() > now + LEEWAY_S {
                return Err(format!("ID token is issued at {issued}, which is still to come"));
            }
            Ok(())
        })
        .set_auth_time_verifier_fn(move |given| match (max_age, given) {
            (None, _) => Ok(()),
            (Some(longest), Some(given)) if given.timestamp() + longest + LEEWAY_S >= now => Ok(()),
            (Some(longest), _) => Err(format!("the password was not given in the last {longest} s")),
        });
    let claims = identity
        .claims(&verifier, nonce)
        .map_err(|error| Refusal::said(&error))?;
    // §3.1.3.8. The crate gives the means and leaves the comparison to its user.
    if let Some(hash) = claims.access_token_hash() {
        let algorithm = identity.signing_alg().map_err(|error| Refusal::said(&error))?;
        let key = identity
            .signing_key(&verifier)
            .map_err(|error| Refusal::said(&error))?;
        let expected = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
            .map_err(|error| Refusal::said(&error))?;
        if *hash != expected {
            return Err(Refusal::of(
                "Invalid access token hash: at_hash is of another token",
            ));
        }
    }
    let name = claims.name().and_then(|name| name.get(None));
    let class = claims.auth_context_ref().map(|class| class.to_string());
    let methods = claims.auth_method_refs().into_iter().flatten();
    Ok(Person {
        subject: claims.subject().to_string(),
        name: name.map_or_else(|| "somebody".to_owned(), |name| name.to_string()),
        issuer: claims.issuer().to_string(),
        audience: claims.audiences().iter().map(|name| name.to_string()).collect(),
        groups: claims.additional_claims().groups.clone().unwrap_or_default(),
        recognised_by: class
            .into_iter()
            .chain(methods.map(|method| method.to_string()))
            .collect(),
        sid: claims.additional_claims().sid.clone(),
    })
}
