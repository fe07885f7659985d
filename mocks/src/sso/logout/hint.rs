//! The hint is an identity token of ours; it may have expired (RP-Initiated Logout 1.0, §2 and §4).

use super::{Hinted, Request};

pub(super) fn understand_hint(request: &mut Request<'_>) -> Result<(), &'static str> {
    let Some(token) = request.parameter("id_token_hint") else {
        return Ok(());
    };
    let claims = request
        .sso
        .hinted(request.issuer, token)
        .ok_or("The hint of the application is not an identity token of this issuer.")?;
    let text = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
    request.hinted = Some(Hinted {
        client: text("aud"),
        subject: text("sub"),
        sid: text("sid"),
    });
    Ok(())
}
