//! Takes tickets from the CRM's own pages only: other sites' forms come with the cookie too.

use http::StatusCode;

use super::Creation;
use crate::desk::Reply;

pub(super) fn refuse_other_origins(creation: &mut Creation<'_>) -> Result<(), Reply> {
    let own = creation.crm.scene.origin("crm");
    let foreign = creation.call.header("origin").is_some_and(|origin| origin != own);
    if foreign || creation.call.media_type() != "application/json" {
        return Err(Reply::error(
            StatusCode::FORBIDDEN,
            "forbidden_origin",
            "Tickets come from the CRM's own pages.",
        ));
    }
    Ok(())
}
