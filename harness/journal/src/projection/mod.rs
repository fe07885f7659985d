//! Questions that need several events: which response belongs to which request, which message arrived.

mod exchanges;
mod messages;

pub use exchanges::{Exchange, exchanges, hops};
pub use messages::{Message, messages};
