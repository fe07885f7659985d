//! The new token is for audiences that the client may ask for (RFC 8693, §2.1, `audience`, and §2.2.2,
//! `invalid_target`).

use super::{Refusal, Swap};

pub(super) fn choose_audience(swap: &mut Swap<'_>) -> Result<(), Refusal> {
    let fields = swap.asked.request.fields.as_deref().unwrap_or_default();
    let values = |wanted: &'static str| {
        fields
            .iter()
            // An empty one counts as left out (RFC 6749, §3.2).
            .filter(move |(name, value)| name == wanted && !value.is_empty())
            .map(|(_, value)| value.clone())
    };
    if values("resource").next().is_some() {
        return Err(Refusal::new(
            "invalid_target",
            "no resources are known here; name an audience",
        ));
    }
    let allowed = &swap.asked.client.exchange_audience;
    let audience: Vec<String> = values("audience").collect();
    if audience.iter().any(|name| !allowed.contains(name)) {
        return Err(Refusal::new(
            "invalid_target",
            "the client may not ask for this audience",
        ));
    }
    swap.audience = if audience.is_empty() {
        allowed.clone()
    } else {
        audience
    };
    Ok(())
}
