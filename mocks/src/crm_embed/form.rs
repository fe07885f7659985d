//! `GET /api/mobile/v2.8/ticket_form`: the pipelines and the layout of the customer's company.

use fixtures::{LayoutField, Pipeline};
use http::StatusCode;
use serde_json::json;

use super::CrmEmbed;
use crate::desk::{Call, Reply};

/// What a company's CRM prescribes for tickets, as directed.
pub(super) struct Prescribed {
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) layout: Vec<LayoutField>,
}

impl CrmEmbed {
    pub(super) fn prescribed(&self, company: &str) -> Prescribed {
        let books = self.scene.books();
        let company = books.company(company);
        let stage = self.stage();
        Prescribed {
            pipelines: stage.pipelines.clone().unwrap_or_else(|| {
                company
                    .map(|company| company.pipelines.clone())
                    .unwrap_or_default()
            }),
            layout: stage
                .fields
                .clone()
                .unwrap_or_else(|| company.map(|company| company.layout.clone()).unwrap_or_default()),
        }
    }
}

pub(super) fn answer(crm: &CrmEmbed, call: &Call) -> Reply {
    let Some(persona) = crm.caller(call) else {
        crm.tell(call.exchange, "caller-refused", json!({"path": call.path}));
        return Reply::error(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Sign in to the CRM first.",
        );
    };
    let customer = call.query("qontak_customer_id").unwrap_or_default();
    let company = crm
        .scene
        .books()
        .customer_of(&persona.company_sso_id, customer)
        .map(|customer| customer.company.clone());
    let Some(company) = company else {
        return Reply::error(
            StatusCode::NOT_FOUND,
            "contact_not_found",
            "There is no such contact.",
        );
    };
    let prescribed = crm.prescribed(&company);
    crm.tell(
        call.exchange,
        "form-served",
        json!({
            "contact_id": customer,
            "company_sso_id": company,
            "pipelines": prescribed.pipelines.iter().map(|pipeline| pipeline.id.as_str()).collect::<Vec<_>>(),
            "fields": prescribed.layout.iter().map(|field| field.key.as_str()).collect::<Vec<_>>(),
        }),
    );
    Reply::json(
        StatusCode::OK,
        &json!({"data": {"pipelines": prescribed.pipelines, "layout": prescribed.layout}}),
    )
}
