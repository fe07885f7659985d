//! Signing out: ends the session, tells the clients, and leads back only to where a client may be led back to.

use http::StatusCode;
use serde_json::json;
use url::Url;

use super::{Sso, logout};
use crate::desk::{Call, Reply};

/// `GET /sign_out`.
pub(super) fn answer(sso: &Sso, call: &Call) -> Reply {
    let Some(provider) = sso.provider_at(call) else {
        return Reply::error(StatusCode::NOT_FOUND, "not_found", "no provider has this address");
    };
    let ended = sso.forget_session(call);
    if let Some(ended) = &ended {
        sso.session_ended(ended, "sign-out", call.exchange);
    }
    let Some(address) = call.query("return_to") else {
        return logout::lead_on(sso, call, provider, ended.as_ref(), None);
    };
    match registered(sso, call.query("client_id"), address) {
        Some(known) => logout::lead_on(sso, call, provider, ended.as_ref(), Some(&known)),
        None => {
            sso.tell(call.exchange, "return-refused", json!({"return_to": address}));
            let text = "You are signed out. The address to go back to is not known here.";
            logout::stay(sso, provider, ended.as_ref(), StatusCode::BAD_REQUEST, text)
        }
    }
}

/// The address, if it is on the client's list; on some client's where none is named. Compared as parsed, so
/// that no spelling slips through.
pub(super) fn registered(sso: &Sso, client: Option<&str>, address: &str) -> Option<String> {
    let wanted = Url::parse(address).ok()?;
    sso.clients
        .iter()
        .filter(|known| client.is_none_or(|id| id == known.id))
        .flat_map(|client| &client.return_to)
        .filter_map(|known| Url::parse(known).ok())
        .find(|known| *known == wanted)
        .map(Into::into)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use journal::{Clock, Recorder};
    use proptest::prelude::*;

    use super::*;
    use crate::Setting;
    use crate::scene::Scene;

    fn provider() -> Sso {
        let world = fixtures::world("customer-detail").unwrap();
        let scene = Scene::new(Setting {
            recorder: Recorder::in_memory(Clock::new(), 1),
            origins: world.addresses(),
            switches: world.settings,
            seed: Some(1),
        });
        Sso::new(&Arc::new(scene.unwrap()), Vec::new()).unwrap()
    }

    #[test]
    fn no_spelling_leads_elsewhere() {
        let sso = provider();
        let known: Vec<String> = sso
            .clients
            .iter()
            .flat_map(|client| client.return_to.clone())
            .collect();
        let runner = &mut proptest::test_runner::TestRunner::default();
        let spellings =
            "(https?:)?[/\\\\]{0,3}(customers\\.qontak\\.com|evil\\.example)?[@:#?./\\\\a-z0-9]{0,20}";
        runner
            .run(&spellings, |address| {
                let led = registered(&sso, None, &address);
                prop_assert!(led.is_none_or(|led| known.contains(&led)));
                Ok(())
            })
            .unwrap();
    }
}
