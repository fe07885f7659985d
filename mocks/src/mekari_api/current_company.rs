//! `GET /v1.1/users/{sso_id}/current_company`: the company that the caller has selected. Nobody else's.

use http::StatusCode;
use serde_json::json;

use super::MekariApi;
use crate::desk::{Call, Mock as _, Reply};
use crate::gate;

pub(super) fn answer(mock: &MekariApi, call: &Call) -> Reply {
    let persona = match gate::caller(&mock.sso, MekariApi::NAME, MekariApi::NAME, call) {
        Ok(persona) => persona,
        Err(refusal) => return refusal,
    };
    // The same answer for a stranger's identity and for one that nobody has, so that none can be found out.
    if call.param("sso_id") != persona.sso_id {
        let data = json!({"persona": persona.key});
        mock.scene
            .tell(MekariApi::NAME, call.exchange, "current-company-refused", data);
        return Reply::error(
            StatusCode::FORBIDDEN,
            "forbidden",
            "only one's own company may be asked for",
        );
    }
    let books = mock.scene.books();
    let id = books.selected_company(persona);
    let name = books.company(id).map(|company| company.name.as_str());
    Reply::json(StatusCode::OK, &json!({"data": {"company_id": id, "name": name}}))
}
