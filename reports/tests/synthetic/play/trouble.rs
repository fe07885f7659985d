//! What goes wrong.

#![allow(unused_imports, reason = "the parts of one play share their imports")]

use journal::fact::*;
use journal::{Encoding, ExchangeId, Fact, Sequence, Sighting, Source};
use serde_json::json;

use super::super::call::Call;
use super::super::stage::{Stage, frame, map};
use super::{APP, CRM, EVIL, Plot, SSO};

pub(super) fn spoof(stage: &mut Stage, plot: Plot, app: &Frame, evil: &Frame) -> Vec<Sequence> {
    stage.begin();
    stage.record(
        Source::Runner,
        None,
        Fact::Mark(Mark {
            name: "before the spoof".into(),
        }),
    );
    stage.navigated("ctx-e9", false, &evil.url, &[NavigationStage::Committed]);
    let mut evidence = stage.message(
        evil,
        app,
        APP,
        &json!({"version": 1, "type": "EMBED_READY"}),
        true,
    );
    if plot.falls_for_it {
        evidence.extend(stage.message(app, evil, "*", &json!({"version": 1, "roomId": null, "qontakCustomerId": "123", "contactName": "‹contact_name~aa10›", "contactPhone": "‹contact_phone~bb20›", "contactEmail": "‹contact_email~90d1›", "locale": "id"}), false));
        if let Some(event) = stage
            .events
            .iter_mut()
            .rev()
            .find(|event| matches!(event.fact, Fact::MessageReceived(_)))
        {
            event.sightings.push(Sighting {
                canary: "contact_email".into(),
                pseudonym: "‹contact_email~90d1›".into(),
                place: "/data/contactEmail".into(),
                encoding: Encoding::Plain,
            });
        }
    } else {
        stage.telemetry(
            APP,
            "mixpanel",
            &[(
                "cdp_ticket_embed_init_dropped",
                "[Qontak One] [Customer] Create Ticket Embed Init Dropped",
                json!({"attempted_origin": EVIL}),
            )],
        );
        stage.telemetry(
            APP,
            "datadog",
            &[(
                "action",
                "cdp_ticket_embed_init_dropped",
                json!({"attempted_origin": EVIL}),
            )],
        );
    }
    stage.end(
        "post a message from attacker to customer-detail",
        StepOutcome::Done,
    );
    evidence
}

pub(super) fn noise(stage: &mut Stage, app: &Frame) -> Vec<Sequence> {
    stage.begin();
    let refused = stage.record(
        Source::Gateway,
        None,
        Fact::Refused(Refused {
            authority: "fonts.googleapis.com:443".into(),
            reason: Refusal::UnknownHost,
            asked_by: Some(format!("{APP}/")),
        }),
    );
    let policy = stage.record(
        Source::Page,
        None,
        Fact::CspViolation(CspViolation {
            frame: Some(app.clone()),
            directive: "style-src-elem".into(),
            blocked: "https://fonts.googleapis.com/css2?family=Inter".into(),
            disposition: "enforce".into(),
        }),
    );
    let console = stage.record(Source::Page, None, Fact::Console(Console { frame: Some(app.clone()), level: "error".into(), text: "TypeError: Cannot read properties of undefined (reading 'pipeline_id')\n    at TicketPanel (ticket-panel.js:88:14)".into() }));
    stage.record(
        Source::Gateway,
        None,
        Fact::Aborted(Aborted {
            exchange: ExchangeId(3),
            reason: "client gone".into(),
        }),
    );
    stage.wait(9_000);
    stage.end("reload", StepOutcome::Done);
    vec![refused, policy, console]
}
