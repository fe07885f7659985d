//! Files the ticket: the server, not the client, says where it came from.

use http::StatusCode;
use serde_json::json;

use super::Creation;
use crate::books::NewTicket;
use crate::desk::Reply;

/// What a ticket counts as that came from nowhere known.
const USUAL_SOURCE: &str = "embed-web-chat";

pub(super) fn file_ticket(creation: &Creation<'_>) -> Reply {
    let crm = creation.crm;
    let embed_source = creation.body["embed_source"].as_str().unwrap_or_default();
    let (data_source, auto_associated) = {
        let stage = crm.stage();
        let allowed = stage.allowed_sources.iter().any(|source| source == embed_source);
        (
            if allowed { embed_source } else { USUAL_SOURCE },
            stage
                .auto_associate
                .unwrap_or_else(|| crm.scene.is("auto-associate", "yes")),
        )
    };
    let customer = creation
        .customer
        .as_ref()
        .map(|customer| customer.id.clone())
        .unwrap_or_default();
    let prescribed = crm.prescribed(creation.company());
    let pipeline = match creation.ticket("pipeline_id") {
        "" => prescribed.pipelines.first(),
        id => prescribed.pipelines.iter().find(|pipeline| pipeline.id == id),
    };
    let first_stage = || {
        pipeline
            .and_then(|pipeline| pipeline.stages.first())
            .map(|stage| stage.id.clone())
    };
    let stage_id = match creation.ticket("stage_id") {
        "" => first_stage().unwrap_or_default(),
        id => id.to_owned(),
    };
    let ticket = crm.scene.books().make_ticket(NewTicket {
        company: creation.company().to_owned(),
        name: creation.ticket("name").to_owned(),
        pipeline_id: pipeline.map(|pipeline| pipeline.id.clone()).unwrap_or_default(),
        stage_id,
        data_source: data_source.to_owned(),
        created_at: crm.scene.now_text(),
        customers: if auto_associated {
            vec![customer.clone()]
        } else {
            Vec::new()
        },
    });
    crm.tell(
        creation.call.exchange,
        "ticket-created",
        json!({
            "ticket_id": ticket.id,
            "contact_id": customer,
            "pipeline_id": ticket.pipeline_id,
            "embed_source": embed_source,
            "data_source": data_source,
            "auto_associated": auto_associated,
        }),
    );
    let given = |name: &str| match creation.ticket(name) {
        "" => None,
        text => Some(text.to_owned()),
    };
    Reply::json(
        StatusCode::CREATED,
        &json!({"data": {
            "id": ticket.id,
            "name": ticket.name,
            "slug": ticket.slug,
            "pipeline_id": ticket.pipeline_id,
            "stage_id": ticket.stage_id,
            "priority_id": given("priority_id"),
            "created_at": ticket.created_at,
            "due_date": given("due_date"),
            "channel_integration_room_id": null,
            "data_source": ticket.data_source,
            "is_auto_associated": auto_associated,
        }}),
    )
}
