//! Which browser it is, so that what one began is not ended in another.

use super::RelyingParty;
use crate::desk::Call;

/// Ties what is under way to the browser that began it.
const COOKIE: &str = "__Host-dezky_operator_browser";

/// A browser that begins something.
pub(super) struct Browser {
    pub(super) name: String,
    /// What has the browser keep its name.
    pub(super) cookie: String,
}

impl Browser {
    /// One name for a browser, so that it may begin two things at once.
    pub(super) fn of(party: &RelyingParty, call: &Call) -> Self {
        let known = name_of(call).map(str::to_owned);
        let name = known.unwrap_or_else(|| party.scene.random().token());
        Self {
            cookie: format!("{COOKIE}={name}; Path=/; Secure; HttpOnly; SameSite=Lax"),
            name,
        }
    }
}

/// The name of the browser that calls.
pub(super) fn name_of(call: &Call) -> Option<&str> {
    call.cookie(COOKIE)
}
