//! Signing in to the CRM: the code flow of a confidential client, `crm-web`.

use fixtures::Persona;
use http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::session::Pending;
use super::{CrmEmbed, pages};
use crate::desk::{Call, Reply};
use crate::sso::{challenge_of, claims_of};

const CLIENT: &str = "crm-web";
/// Ties a sign-in to the browser that began it.
const BROWSER_COOKIE: &str = "_crm_login";

/// `GET /login`: off to the single sign-on.
pub(super) fn begin(crm: &CrmEmbed, _call: &Call) -> Reply {
    let random = crm.scene.random();
    let (state, pending) = (
        random.token(),
        Pending {
            verifier: random.token(),
            nonce: random.token(),
            browser: random.token(),
        },
    );
    let location = Url::parse_with_params(
        &format!("{}/authorize", crm.scene.origin("sso")),
        [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", &redirect_uri(crm)),
            ("scope", "openid profile email"),
            ("state", &state),
            ("nonce", &pending.nonce),
            ("code_challenge", &challenge_of(&pending.verifier)),
            ("code_challenge_method", "S256"),
        ],
    );
    let cookie = format!(
        "{BROWSER_COOKIE}={}; Path=/sso-callback; Secure; HttpOnly; SameSite=Lax",
        pending.browser
    );
    crm.sessions().pending.insert(state, pending);
    match location {
        Ok(location) => Reply::redirect(StatusCode::FOUND, location.as_str()).with("set-cookie", &cookie),
        Err(_) => pages::notice(crm, StatusCode::BAD_GATEWAY, "Signing in is not possible now."),
    }
}

/// A callback on its way through its checks.
struct Callback<'a> {
    crm: &'a CrmEmbed,
    call: &'a Call,
    pending: Option<Pending>,
    tokens: Value,
    persona: Option<Persona>,
}

/// One check: lets a callback pass, noting what it found, or says what is wrong with it.
type Check = fn(&mut Callback<'_>) -> Result<(), &'static str>;

/// The checks, in order: that we asked, that the answer is a code, that it is good, and for whom.
const CHECKS: &[Check] = &[match_state, match_browser, redeem_code, match_nonce, know_person];

/// `GET /sso-callback`: back from the single sign-on.
pub(super) fn callback(crm: &CrmEmbed, call: &Call) -> Reply {
    let mut callback = Callback {
        crm,
        call,
        pending: None,
        tokens: Value::Null,
        persona: None,
    };
    let outcome = CHECKS.iter().try_for_each(|check| check(&mut callback));
    let persona = match (outcome, callback.persona) {
        (Ok(()), Some(persona)) => persona,
        (outcome, _) => {
            let reason = outcome.err().unwrap_or("nobody signed in");
            crm.tell(call.exchange, "sign-in-refused", json!({"reason": reason}));
            return pages::notice(crm, StatusCode::BAD_REQUEST, "This sign-in was not started here.");
        }
    };
    let how = if crm.by_bearer() { "bearer" } else { "cookie" };
    crm.tell(
        call.exchange,
        "session-started",
        json!({"persona": persona.key, "how": how}),
    );
    if crm.by_bearer() {
        let token = callback.tokens["access_token"].as_str().unwrap_or_default();
        return pages::keep_token(crm, token, &persona.name);
    }
    let cookie = crm.start_session(&persona);
    Reply::redirect(StatusCode::FOUND, &format!("{}/", crm.scene.origin("crm"))).with("set-cookie", &cookie)
}

fn redirect_uri(crm: &CrmEmbed) -> String {
    format!("{}/sso-callback", crm.scene.origin("crm"))
}

/// The state must be one we sent, and counts once (RFC 6749, §10.12).
fn match_state(callback: &mut Callback<'_>) -> Result<(), &'static str> {
    let state = callback.call.query("state").unwrap_or_default();
    callback.pending = callback.crm.sessions().pending.remove(state);
    if callback.pending.is_some() {
        Ok(())
    } else {
        Err("the state is not ours")
    }
}

/// The browser must be the one that began.
fn match_browser(callback: &mut Callback<'_>) -> Result<(), &'static str> {
    let cookie = callback.call.cookie(BROWSER_COOKIE);
    match &callback.pending {
        Some(pending) if cookie == Some(pending.browser.as_str()) => Ok(()),
        _ => Err("another browser began this sign-in"),
    }
}

fn redeem_code(callback: &mut Callback<'_>) -> Result<(), &'static str> {
    let code = callback.call.query("code").ok_or("no code came")?;
    let verifier = callback
        .pending
        .as_ref()
        .map(|pending| pending.verifier.as_str())
        .unwrap_or_default();
    callback.tokens = callback.crm.sso.redeem(
        CLIENT,
        code,
        &redirect_uri(callback.crm),
        verifier,
        callback.call.exchange,
    )?;
    Ok(())
}

/// The identity token must answer our request (OpenID Connect Core, §3.1.3.7, 11). It came over the back
/// channel, so its signature need not be looked at (6).
fn match_nonce(callback: &mut Callback<'_>) -> Result<(), &'static str> {
    let claims = claims_of(callback.tokens["id_token"].as_str().unwrap_or_default());
    match &callback.pending {
        Some(pending) if claims["nonce"] == json!(pending.nonce) => Ok(()),
        _ => Err("the identity token answers another request"),
    }
}

fn know_person(callback: &mut Callback<'_>) -> Result<(), &'static str> {
    let token = callback.tokens["access_token"].as_str().unwrap_or_default();
    let sso = &callback.crm.sso;
    let claims = sso.verify(token, "crm-api")?;
    callback.persona = sso.person(&claims).cloned();
    if callback.persona.is_some() {
        Ok(())
    } else {
        Err("the token speaks for nobody")
    }
}
