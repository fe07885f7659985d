//! The panel: opened, greeted, used.

#![allow(unused_imports, reason = "the parts of one play share their imports")]

use journal::fact::*;
use journal::{Encoding, ExchangeId, Fact, Sequence, Sighting, Source};
use serde_json::json;

use super::super::call::Call;
use super::super::stage::{Stage, frame, map};
use super::{APP, CRM, EVIL, Plot, SSO};

pub(super) fn open_panel(stage: &mut Stage, plot: Plot, app: &Frame, embed: &Frame) {
    use NavigationStage::{Committed, Loaded, Started};
    stage.begin();
    stage.wait(21_000);
    stage.end("click button “Add ticket”", StepOutcome::Done);
    stage.begin();
    stage.wait(14_000);
    stage.record(
        Source::Page,
        None,
        Fact::Handed(Handed {
            frame: app.clone(),
            sink: "mixpanel".into(),
            event: "cdp_ticket_embed_opened".into(),
            properties: json!({"contact_id": "123", "company_sso_id": "‹company_sso_id~c077›"}),
        }),
    );
    stage.navigated("ctx-b2", false, &embed.url, &[Started]);
    stage.exchange(&Call {
        dest: "iframe",
        page: Some(APP),
        media: "text/html",
        answer: "<!doctype html><title>Create Ticket</title>",
        took_us: if plot.blocked { 10_000 } else { 5_000 },
        ..Call::document(&embed.url)
    });
    stage.navigated("ctx-b2", false, &embed.url, &[Committed]);
    for path in ["/embed.js", "/embed.css"] {
        stage.exchange(&Call::asset(
            &format!("{CRM}{path}"),
            CRM,
            if path.ends_with("css") { "style" } else { "script" },
            "/* embed */",
        ));
    }
    stage.telemetry(APP, "mixpanel", &[("cdp_ticket_embed_opened", "[Qontak One] [Customer] Create Ticket Embed Opened", json!({"contact_id": "123", "company_sso_id": "‹company_sso_id~c077›", "user_id": "user-7", "qontak_customer_id": "123"}))]);
    stage.navigated("ctx-b2", false, &embed.url, &[Loaded]);
    stage.end("click menuitem “Create Ticket”", StepOutcome::Done);
}

pub(super) fn handshake(stage: &mut Stage, plot: Plot, app: &Frame, embed: &Frame) -> Vec<Sequence> {
    stage.begin();
    stage.message(
        embed,
        app,
        APP,
        &json!({"version": 1, "type": "EMBED_READY"}),
        false,
    );
    let to = if plot.dropped {
        frame("ctx-b2", "ctx-a1", "https://evil.example/")
    } else {
        embed.clone()
    };
    if plot.dropped {
        stage.navigated(
            "ctx-b2",
            false,
            "https://evil.example/",
            &[NavigationStage::Committed],
        );
    }
    let evidence = stage.message(app, &to, CRM, &json!({"version": 1, "roomId": null, "qontakCustomerId": "123", "contactName": "‹contact_name~aa10›", "locale": "id"}), false);
    stage.exchange(&Call { headers: &[("cookie", "_crm_session=‹cookie:_crm_session~0d0d›")], answer: "{\"data\":{\"pipelines\":[{\"id\":\"p-1\",\"name\":\"Support\",\"stages\":[{\"id\":\"s-1\",\"name\":\"New\"}]}],\"layout\":[]}}", took_us: 9000, ..Call::get(&format!("{CRM}/api/mobile/v2.8/ticket_form?qontak_customer_id=123"), CRM) });
    stage.message(
        embed,
        app,
        APP,
        &json!({"version": 1, "type": "EMBED_RESIZE", "height": 640}),
        false,
    );
    stage.record(
        Source::Runner,
        None,
        Fact::Observation(Observation {
            expectation: "steps[4].expect[0]".into(),
            seen: json!({"role": "textbox", "name": "Name", "value": "‹contact_name~aa10›", "visible": true}),
        }),
    );
    stage.end("expect the contact to be shown", StepOutcome::Done);
    evidence
}

pub(super) fn create(stage: &mut Stage, plot: Plot, app: &Frame, embed: &Frame) {
    stage.begin();
    stage.wait(41_000);
    stage.end("fill “Title” with “Late delivery”", StepOutcome::Done);
    stage.begin();
    let (exchange, ..) = stage.exchange(&Call { method: "POST", status: 201, body: "{\"ticket\":{\"name\":\"Late delivery\",\"pipeline_id\":\"p-1\"},\"embed\":true,\"embed_source\":\"embed-web-cdp\"}", answer: "{\"data\":{\"id\":\"t-900\",\"slug\":\"late-delivery\",\"data_source\":\"embed-web-cdp\",\"is_auto_associated\":false}}", ..Call::get(&format!("{CRM}/api/mobile/v2.8/tickets"), CRM) });
    stage.record(
        Source::Mock("crm".into()),
        Some(exchange),
        Fact::Domain(DomainFact {
            mock: "crm".into(),
            name: "ticket-created".into(),
            data: json!({"id": "t-900"}),
        }),
    );
    stage.message(
        embed,
        app,
        APP,
        &json!({"version": 1, "type": "TICKET_CREATED", "ticketId": "t-900", "isAutoAssociated": false}),
        false,
    );
    stage.message(
        embed,
        app,
        APP,
        &json!({"version": 1, "type": "EMBED_CLOSE", "reason": "ticket_created"}),
        false,
    );
    let status = if plot.unlinked { 503 } else { 200 };
    let (exchange, ..) = stage.exchange(&Call {
        method: "POST",
        status,
        answer: "{\"data\":{\"contact_id\":\"123\",\"ticket_id\":\"t-900\",\"associated\":true}}",
        ..Call::get("https://crm-api.qontak.com/v1/leads/123/tickets/t-900", APP)
    });
    if plot.unlinked {
        stage.record(
            Source::Gateway,
            Some(exchange),
            Fact::FaultApplied(FaultApplied {
                exchange: ExchangeId(exchange),
                fault: "status".into(),
                detail: "503 in place of the mock's answer".into(),
            }),
        );
        stage.record(
            Source::Runner,
            None,
            Fact::ClockMoved(ClockMoved {
                by_ms: 7_200_000,
                timers: 4_512,
            }),
        );
        stage.ahead_ms = 7_200_000;
    }
    stage.exchange(&Call::get(
        "https://crm-api.qontak.com/v1/tickets?qontak_customer_id=123&page=1&limit=10",
        APP,
    ));
    stage.telemetry(
        APP,
        "mixpanel",
        &[(
            "cdp_ticket_embed_created",
            "[Qontak One] [Customer] Create Ticket Embed Created",
            json!({"ticket_id": "t-900", "data_source": "embed-web-cdp"}),
        )],
    );
    stage.record(
        Source::Runner,
        None,
        Fact::Observation(Observation {
            expectation: "steps[7].expect[0]".into(),
            seen: json!({"role": "status", "text": "Ticket created successfully"}),
        }),
    );
    stage.record(
        Source::Runner,
        None,
        Fact::Answer(Answer {
            question: "OQ-2".into(),
            case: map(&[
                ("third-party cookies", "blocked"),
                ("site", "same"),
                ("auth", "cookie"),
            ]),
            observed: map(&[("create ticket", "201")]),
        }),
    );
    stage.end("click button “Create ticket”", StepOutcome::Done);
}
