//! `GET /v1/company` and `GET /v1/organization`: where the agent works.
//!
//! Who finds out which company that is, is an open question and a switch of the world: hub-core asks the
//! account service itself, or the front end does and asks for it by `company_id`; a front end that does not
//! ask for one is shown the company that was asked for last.

use fixtures::Persona;
use http::StatusCode;
use serde_json::json;

use super::{HubCore, not_found};
use crate::desk::{Call, Reply};

/// The company that a call is about, if the person may work in it.
pub(super) fn current(mock: &HubCore, call: &Call, persona: &Persona) -> Option<String> {
    if let Some(asked) = call.query("company_id") {
        return persona.works_in(asked).then(|| {
            let last = &mut mock.stage().last_company;
            last.insert(persona.key.clone(), asked.to_owned());
            asked.to_owned()
        });
    }
    let company = if mock.scene.is("current-company", "front-end") {
        let stage = mock.stage();
        let last = stage.last_company.get(&persona.key);
        last.unwrap_or(&persona.company_sso_id).clone()
    } else {
        mock.scene.books().selected_company(persona).to_owned()
    };
    persona.works_in(&company).then_some(company)
}

/// `GET /v1/company`.
pub(super) fn detail(mock: &HubCore, call: &Call) -> Reply {
    let persona = match mock.caller(call) {
        Ok(persona) => persona,
        Err(refusal) => return refusal,
    };
    let current = current(mock, call, persona);
    let books = mock.scene.books();
    match current.and_then(|id| books.company(&id).map(|company| (id.clone(), company))) {
        Some((id, company)) => Reply::json(
            StatusCode::OK,
            &json!({"data": {"id": id, "name": company.name, "organization_id": company.organization}}),
        ),
        None => not_found("company_not_found", "there is no such company"),
    }
}

/// `GET /v1/organization`: the one that the company belongs to.
pub(super) fn organization(mock: &HubCore, call: &Call) -> Reply {
    let persona = match mock.caller(call) {
        Ok(persona) => persona,
        Err(refusal) => return refusal,
    };
    let current = current(mock, call, persona);
    let books = mock.scene.books();
    let found = current
        .and_then(|id| books.company(&id))
        .map(|company| company.organization.as_str())
        .and_then(|id| books.organization(id).map(|organization| (id, organization)));
    match found {
        Some((id, organization)) => Reply::json(
            StatusCode::OK,
            &json!({"data": {"id": id, "name": organization.name}}),
        ),
        None => not_found("organization_not_found", "there is no such organization"),
    }
}
