//! An application can demand a second factor (RFC 8176, §2, `mfa`), and so can a request (OpenID Connect Core,
//! §3.1.2.1, `acr_values`, which is a wish).

use fixtures::Demand;

use super::super::login::Step;
use super::super::state::{ONE_FACTOR, TWO_FACTORS};
use super::{Authorization, Refusal};

pub(super) fn show_second_factor(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let (Some(client), Some(session)) = (authorization.client, &authorization.session) else {
        return Ok(());
    };
    let has_app = session.persona.second_factor;
    let demanded = client.demands(Demand::Mfa);
    // Classes are named in order of preference, and the first one that is known here counts. Who has no app cannot
    // fulfil a wish, and need not.
    let values = authorization.parameter("acr_values").unwrap_or_default();
    let preferred = values
        .split(' ')
        .find(|class| [ONE_FACTOR, TWO_FACTORS].contains(class));
    let wished = preferred == Some(TWO_FACTORS);
    // A wish that could only be met by asking stays one where nothing may be asked (OpenID Connect Core,
    // §3.1.2.1, `prompt`, and §5.5.1.1): the identity token says which class it was.
    let wished = wished && has_app && !authorization.prompt.none;
    if session.two_factors() || !(demanded || wished) {
        return Ok(());
    }
    if !has_app {
        return Err(Refusal::back(
            "access_denied",
            "the application demands a second factor, and the user has none",
        ));
    }
    Err(authorization.ask(
        Step::OneTimeCode,
        "interaction_required",
        "the user is to show a second factor",
    ))
}
