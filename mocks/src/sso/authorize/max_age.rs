//! How long ago the password may have been given (OpenID Connect Core, §3.1.2.1, `max_age`).

use super::{Authorization, Refusal};

pub(super) fn understand_max_age(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let Some(text) = authorization.parameter("max_age") else {
        return Ok(());
    };
    let seconds: u32 = text.parse().map_err(|_| {
        Refusal::back(
            "invalid_request",
            "max_age must be a whole number of seconds, 0 or more",
        )
    })?;
    authorization.max_age = Some(i64::from(seconds));
    Ok(())
}
