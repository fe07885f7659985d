//! The user consents, where the application's policy or the request demands it (OpenID Connect Core,
//! §3.1.2.4). What was consented to is remembered, scope by scope.

use fixtures::Demand;

use super::super::login::{Consent, Step};
use super::super::scope::words;
use super::super::state::State;
use super::{Authorization, Refusal};

pub(super) fn obtain_consent(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let (Some(client), Some(session)) = (authorization.client, &authorization.session) else {
        return Ok(());
    };
    match authorization.progress.consent {
        Consent::Given => return Ok(()),
        Consent::Refused => {
            return Err(Refusal::back("access_denied", "the user did not consent"));
        }
        Consent::NotAsked => {}
    }
    let remembered = given(
        &authorization.sso.state(),
        &session.persona.key,
        &client.id,
        &authorization.scope,
    );
    if authorization.prompt.consent || client.demands(Demand::Consent) && !remembered {
        return Err(authorization.ask(Step::Consent, "consent_required", "the user is to consent"));
    }
    Ok(())
}

/// Whether somebody consented to every word of a scope.
fn given(state: &State, persona: &str, client: &str, scope: &str) -> bool {
    words(scope).all(|word| {
        let consent = (persona.to_owned(), client.to_owned(), word.to_owned());
        state.consents.contains(&consent)
    })
}
