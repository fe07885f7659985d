//! Forms count only from a page of this origin: a foreign one would act in the name of whoever is signed in.
//! The cookie's `SameSite=Lax` keeps other sites out; other origins of this site are kept out here.

use http::StatusCode;
use serde_json::json;

use super::{RelyingParty, pages};
use crate::desk::{Call, Reply};

/// Lets a form of our own pages pass.
///
/// # Errors
/// The answer to any other.
pub(super) fn required(party: &RelyingParty, call: &Call) -> Result<(), Reply> {
    // Browsers send `Origin` with every POST (Fetch, §3.2, "Append a request Origin header").
    let origin = call.header("origin");
    if origin == Some(party.scene.origin("operator")) {
        return Ok(());
    }
    party.tell(
        call.exchange,
        "form-refused",
        json!({"origin": origin, "path": call.path}),
    );
    Err(pages::notice(
        party,
        StatusCode::FORBIDDEN,
        "Not done",
        "",
        "This form is not of this site.",
    ))
}
