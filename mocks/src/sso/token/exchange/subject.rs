//! The subject token must count: it says whom the new token is for (RFC 8693, §2.1, `subject_token`).

use super::{Refusal, Swap, kind};

pub(super) fn know_subject(swap: &mut Swap<'_>) -> Result<(), Refusal> {
    let token = swap.asked.required("subject_token")?;
    kind::known(swap.asked.required("subject_token_type")?, "subject_token_type")?;
    // An invalid token is an invalid request (RFC 8693, §2.2.2).
    let claims = swap.verified(token).map_err(|reason| {
        Refusal::new(
            "invalid_request",
            format!("the subject token is refused: {reason}"),
        )
    })?;
    swap.subject = Some(claims);
    Ok(())
}
