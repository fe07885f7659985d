//! The create-ticket flow, as a journal of it looks.

use journal::fact::{ContextOpened, PhaseName, Settled, Staged, StepOutcome, WorldUp};
use journal::{Event, Fact, Sequence, Source};
use serde_json::json;

use super::stage::{Stage, frame, map};
use panel::{create, handshake, open_panel};
use signing_in::sign_in;
use trouble::{noise, spoof};

mod panel;
mod signing_in;
mod trouble;

const APP: &str = "https://customers.qontak.com";
const SSO: &str = "https://account.mekari.com";
const CRM: &str = "https://crm.qontak.com";
const EVIL: &str = "https://evil.example";

/// What shall happen in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plot {
    /// An attacker posts `EMBED_READY`; the reference app may fall for it.
    pub spoofed: bool,
    /// The app answers the attacker.
    pub falls_for_it: bool,
    /// The embed's frame is moved away, so the host's message is dropped.
    pub dropped: bool,
    /// The embed never comes.
    pub blocked: bool,
    /// A request leaves the world, the console complains, a policy is violated.
    pub noisy: bool,
    /// The association fails and the clock is advanced.
    pub unlinked: bool,
    /// Length of static files.
    pub asset_bytes: usize,
}

/// The journal, with the events that a finding would point at.
pub fn play(plot: Plot, file: &str) -> (Vec<Event>, Vec<Sequence>) {
    let mut stage = Stage::new(file);
    let mut evidence = Vec::new();
    let app = frame("ctx-a1", "ctx-a1", &format!("{APP}/customers/123"));
    let embed = frame("ctx-b2", "ctx-a1", &format!("{CRM}/embed/ticket/create"));
    let evil = frame("ctx-e9", "ctx-a1", &format!("{EVIL}/frame"));
    world(&mut stage, plot);
    sign_in(&mut stage, plot);
    open_panel(&mut stage, plot, &app, &embed);
    if plot.spoofed {
        evidence.extend(spoof(&mut stage, plot, &app, &evil));
    }
    if plot.blocked {
        stage.begin();
        stage.wait(3_000_000);
        evidence.push(stage.end(
            "fill “Title” with “Late delivery”",
            StepOutcome::Blocked(
                "textbox “Title” never came: 3.0 s, last seen: status “Loading ticket form…”".into(),
            ),
        ));
    } else if !plot.spoofed {
        evidence.extend(handshake(&mut stage, plot, &app, &embed));
        create(&mut stage, plot, &app, &embed);
    }
    if plot.noisy {
        evidence.extend(noise(&mut stage, &app));
    }
    stage.phase(PhaseName::Drive, 1_400_000);
    stage.telemetry(
        APP,
        "datadog",
        &[
            (
                "view",
                "",
                json!({"view": {"url": format!("{APP}/customers/123"), "time_spent": 1_800_000_000_u64}}),
            ),
            ("long_task", "", json!({"long_task": {"duration": 61_000_000}})),
        ],
    );
    stage.wait(90_000);
    stage.record(
        Source::Runner,
        None,
        Fact::Settled(Settled {
            rounds: 2,
            restless: Vec::new(),
        }),
    );
    stage.phase(PhaseName::Settle, 91_000);
    stage.phase(PhaseName::Judge, 6_100);
    (stage.events, evidence)
}

fn world(stage: &mut Stage, plot: Plot) {
    stage.wait(18_000);
    stage.record(
        Source::Runner,
        None,
        Fact::WorldUp(WorldUp {
            world: "customer-detail".into(),
            origins: map(&[
                ("customer-detail", APP),
                ("c360", "https://c360.qontak.com"),
                ("crm", CRM),
                ("crm-api", "https://crm-api.qontak.com"),
                ("sso", SSO),
                ("mixpanel", "https://api-js.mixpanel.com"),
                ("rum", "https://browser-intake-datadoghq.com"),
                ("attacker", EVIL),
            ]),
            switches: map(&[
                ("auto-associate", "no"),
                ("crm-site", "same"),
                ("embed-auth", "cookie"),
                ("telemetry-names", "snake-case"),
            ]),
        }),
    );
    if plot.spoofed {
        stage.record(
            Source::Runner,
            None,
            Fact::Staged(Staged {
                subject: "crm".into(),
                direction: json!({"embed-ready": "withheld"}),
            }),
        );
    }
    if plot.unlinked {
        stage.record(
            Source::Runner,
            None,
            Fact::Staged(Staged {
                subject: "fault".into(),
                direction: json!({"at": "POST /v1/leads/*/tickets/*", "status": 503}),
            }),
        );
    }
    stage.wait(60_000);
    stage.phase(PhaseName::Prepare, 81_000);
    stage.record(
        Source::Browser,
        None,
        Fact::ContextOpened(ContextOpened {
            context: "ctx-a1".into(),
            tab: "ctx-a1".into(),
            parent: None,
            opener: None,
            url: "about:blank".into(),
        }),
    );
}
