//! Grants a code (RFC 6749, §4.1.2): single use, short-lived, bound to client, redirect URI and challenge.

use journal::ExchangeId;
use serde_json::json;

use super::super::state::Code;
use super::{Authorization, Refusal};

/// Makes the code, and notes that the client takes part in the session.
pub(super) fn grant_code(
    authorization: &Authorization<'_>,
    exchange: Option<ExchangeId>,
) -> Result<String, Refusal> {
    let (Some(client), Some(session)) = (authorization.client, authorization.session.clone()) else {
        return Err(Refusal::Tell("The sign-in lost its way.".to_owned()));
    };
    let sso = authorization.sso;
    sso.make_room();
    let value = sso.scene.secret("authorization_code");
    let persona = session.persona.key.clone();
    let expires_s = sso.now_s() + i64::from(sso.stage().code_lifetime);
    {
        let mut state = sso.state();
        // It may have ended while the request was looked at, and its clients were told.
        let running = state
            .session_of(&session.sid)
            .ok_or_else(|| Refusal::back("login_required", "the session has ended"))?;
        running.clients.insert(client.id.clone());
        let code = Code {
            client: client.id.clone(),
            redirect_uri: authorization.redirect_uri.clone(),
            scope: authorization.scope.clone(),
            nonce: authorization.parameter("nonce").map(str::to_owned),
            challenge: authorization.challenge.clone(),
            session,
            expires_s,
            spent_for: None,
        };
        state.codes.insert(value.clone(), code);
    }
    sso.tell(
        exchange,
        "code-issued",
        json!({"client": client.id, "persona": persona}),
    );
    Ok(value)
}

#[cfg(test)]
mod tests {
    use crate::sso::authorize::resume;
    use crate::sso::login::Progress;
    use crate::sso::token::{Trial, challenge_of};

    /// Where a good request of somebody leads to, whose session may have ended.
    fn led_to(trial: &Trial) -> String {
        let sso = &trial.sso;
        let client = sso.client("customer-detail").unwrap();
        let challenge = challenge_of("a-verifier");
        let parameters = [
            ("client_id", client.id.as_str()),
            ("redirect_uri", &client.redirect_uris[0]),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "a-state-that-is-long-enough"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let issuer = &sso.issuers[client.issuer];
        let session = Some(trial.session());
        let reply = resume(sso, issuer, &parameters, session, Progress::default(), None).complete();
        reply.headers()["location"].to_str().unwrap().to_owned()
    }

    #[test]
    fn nobody_gets_a_code_in_a_session_that_has_ended() {
        let trial = Trial::new();
        let ended = led_to(&trial);
        assert!(ended.contains("?error=login_required"), "{ended}");
        trial.signed_in("a-cookie");
        let running = led_to(&trial);
        assert!(running.contains("?code="), "{running}");
    }
}
