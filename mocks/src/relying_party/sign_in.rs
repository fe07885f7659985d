//! `GET /auth/oidc/login`: off to the provider (OpenID Connect Core, §3.1.2.1).

use http::StatusCode;
use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};

use super::browser::Browser;
use super::refusal::Refusal;
use super::session::Pending;
use super::{RelyingParty, callback};
use crate::desk::{Call, Reply};

/// What is asked for, beside `openid`.
const SCOPES: [&str; 4] = ["profile", "email", "groups", "offline_access"];

/// What whoever leads here may choose, and is handed on.
const CHOICES: [&str; 3] = ["prompt", "max_age", "login_hint"];

pub(super) fn answer(party: &RelyingParty, call: &Call) -> Reply {
    begin(party, call).unwrap_or_else(|refusal| callback::refused(party, call, &refusal))
}

fn begin(party: &RelyingParty, call: &Call) -> Result<Reply, Refusal> {
    let provider = party.provider(call)?;
    let random = party.scene.random();
    let (state, nonce) = (random.token(), random.token());
    let verifier = PkceCodeVerifier::new(random.token());
    let browser = Browser::of(party, call);
    let pending = Pending {
        nonce: Nonce::new(nonce.clone()),
        browser: browser.name,
        max_age: call.query("max_age").and_then(|seconds| seconds.parse().ok()),
        verifier,
    };
    let sent_state = CsrfToken::new(state.clone());
    let mut request = provider
        .client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || sent_state,
            move || Nonce::new(nonce),
        )
        .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&pending.verifier));
    for name in CHOICES {
        if let Some(value) = call.query(name).filter(|value| !value.is_empty()) {
            request = request.add_extra_param(name, value.to_owned());
        }
    }
    let (address, ..) = request.url();
    party.memory().pending.insert(state, pending);
    Ok(Reply::redirect(StatusCode::FOUND, address.as_str()).with("set-cookie", &browser.cookie))
}
