//! A ticket has a title.

use super::{Creation, invalid};
use crate::desk::Reply;

pub(super) fn require_title(creation: &mut Creation<'_>) -> Result<(), Reply> {
    if creation.ticket("name").is_empty() {
        return Err(invalid("title_missing", "The ticket needs a title."));
    }
    Ok(())
}
