//! `POST /act`: an operator acts for a customer who asked for it, by a token that names both (RFC 8693, §1.1).

use serde_json::{Value, json};

use super::direction::Actor;
use super::exchange::{self, Parties};
use super::pages::{self, Outcome};
use super::{RelyingParty, same_origin};
use crate::desk::{Call, Reply, first};
use crate::sso::claims_of;

pub(super) fn answer(party: &RelyingParty, call: &Call) -> Reply {
    if let Err(refused) = same_origin::required(party, call) {
        return refused;
    }
    let Some(session) = party.session(call) else {
        return pages::nobody(party);
    };
    let form = call.form().unwrap_or_default();
    let asked = first(&form, "request").unwrap_or_default();
    let request = party.memory().support_requests.get(asked).cloned();
    let Some(request) = request else {
        let outcome = Outcome::Problem("Nobody asked for that.".to_owned());
        return pages::account(party, &session, &outcome);
    };
    let directed = party.stage().exchange_with;
    let actor = match directed {
        Actor::Own => &session.access,
        Actor::SubjectTwice => &request.token,
    };
    let parties = Parties {
        subject: &request.token,
        actor,
    };
    let persona = party.persona(&request.subject);
    let outcome = match exchange::token_for(party, call, &parties) {
        Ok(token) => {
            // It came from the token endpoint itself, and is shown, not relied on.
            let claims = claims_of(&token);
            let actor = party.persona(claims["act"]["sub"].as_str().unwrap_or_default());
            let data = json!({"persona": persona, "actor": actor, "audience": claims["aud"]});
            party.tell(call.exchange, "exchange-made", data);
            Outcome::Acting {
                name: request.name,
                claims: vec![
                    ("sub", text(&claims["sub"])),
                    ("act.sub", text(&claims["act"]["sub"])),
                    ("aud", text(&claims["aud"])),
                ],
            }
        }
        Err(refusal) => {
            let data = json!({"persona": persona, "reason": refusal.reason});
            party.tell(call.exchange, "exchange-refused", data);
            Outcome::Problem(refusal.reason)
        }
    };
    pages::account(party, &session, &outcome)
}

/// A claim as people read it: a list by its members.
fn text(claim: &Value) -> String {
    match claim {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(text).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}
