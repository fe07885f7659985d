//! Only a confidential client that is registered for it may exchange tokens (RFC 8693, §5).

use super::{Refusal, Swap};

pub(super) fn may_exchange(swap: &mut Swap<'_>) -> Result<(), Refusal> {
    let client = swap.asked.client;
    if client.secret.is_some() && !client.exchange_audience.is_empty() {
        Ok(())
    } else {
        Err(Refusal::new(
            "unauthorized_client",
            "the client is not registered for token exchange",
        ))
    }
}
