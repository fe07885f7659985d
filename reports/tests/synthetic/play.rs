//! The create-ticket flow, as a journal of it looks.

use journal::fact::{
    Aborted, Answer, ClockMoved, Console, ContextOpened, CspViolation, DomainFact, FaultApplied, Frame,
    Handed, Mark, NavigationStage, Observation, PhaseName, Refusal, Refused, Settled, Staged, StepOutcome,
    WorldUp,
};
use journal::{Encoding, Event, ExchangeId, Fact, Sequence, Sighting, Source};
use serde_json::json;

use super::stage::{Call, Stage, frame, map};

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

fn sign_in(stage: &mut Stage, plot: Plot) {
    use NavigationStage::{Committed, Loaded, SameDocument, Started};
    let code = "/<script>alert(1)</script>".len() as u64;
    let source = "export const answer = 42; // an ES module\n".repeat(plot.asset_bytes / 41 + 1);
    stage.begin();
    let page = format!("{APP}/customers/123");
    stage.navigated("ctx-a1", true, &page, &[Started]);
    stage.exchange(&Call::document(&page));
    stage.navigated("ctx-a1", true, &page, &[Committed]);
    for (path, dest) in [
        ("/main.js", "script"),
        ("/app.css", "style"),
        ("/vendor/vue.js", "script"),
        ("/vendor/pinia.js", "script"),
        ("/vendor/datadog-rum.js", "script"),
        ("/vendor/mixpanel.js", "script"),
        ("/router.js", "script"),
        ("/logo.svg", "image"),
    ] {
        stage.exchange(&Call::asset(&format!("{APP}{path}"), APP, dest, &source));
    }
    stage.exchange(&Call {
        answer: "{\"CRM_V3_EMBED_URL\":\"https://crm.qontak.com\",\"EMBED_READY_TIMEOUT_MS\":10000}",
        ..Call::get(&format!("{APP}/runtime-config.json"), APP)
    });
    let authorize = format!(
        "{SSO}/authorize?response_type=code&client_id=customer-detail&redirect_uri=https%3A%2F%2Fcustomers.qontak.com%2Fsso-callback&scope=openid+profile+email&state=b1f0&nonce=77aa&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    );
    stage.navigated("ctx-a1", true, &authorize, &[Started]);
    stage.exchange(&Call {
        status: 302,
        answer: "",
        answer_headers: &[(
            "location",
            "https://account.mekari.com/login?return_to=%2Fauthorize",
        )],
        ..Call::document(&authorize)
    });
    let login = format!("{SSO}/login?return_to=%2Fauthorize");
    stage.exchange(&Call {
        answer: "<!doctype html><h1>Sign in</h1>",
        ..Call::document(&login)
    });
    stage.navigated("ctx-a1", true, &login, &[Committed, Loaded]);
    stage.end("open /customers/123", StepOutcome::Done);
    stage.begin();
    stage.wait(38_000);
    stage.end("fill “Email” with ‹contact_email#90d1›", StepOutcome::Done);
    stage.begin();
    stage.wait(12_000);
    stage.exchange(&Call {
        method: "POST",
        body: "email=%E2%80%B9contact_email%2390d1%E2%80%BA&password=%E2%80%B9password%23cc02%E2%80%BA",
        status: 303,
        answer: "",
        answer_headers: &[
            (
                "location",
                "https://customers.qontak.com/sso-callback?code=‹code#1a2b›&state=b1f0",
            ),
            (
                "set-cookie",
                "_mekari_account=‹cookie:_mekari_account#77de›; Path=/; Secure; HttpOnly; SameSite=None",
            ),
            (
                "set-cookie",
                "locale=id; Path=/; Expires=Wed, 03 Nov 2027 08:30:00 GMT",
            ),
        ],
        ..Call::document(&login)
    });
    let callback = format!("{APP}/sso-callback?code=‹code#1a2b›&state=b1f0");
    let (_, seq, _) = stage.exchange(&Call::document(&callback));
    if let Some(event) = stage.events.get_mut(usize::try_from(seq - 1).expect("place")) {
        event.sightings.push(Sighting {
            canary: "code".into(),
            pseudonym: "‹code#1a2b›".into(),
            place: "/url".into(),
            encoding: Encoding::Plain,
        });
    }
    stage.navigated("ctx-a1", true, &callback, &[Committed]);
    stage.exchange(&Call {
        method: "OPTIONS",
        status: 204,
        answer: "",
        headers: &[("access-control-request-method", "POST")],
        ..Call::get(&format!("{SSO}/token"), APP)
    });
    let (exchange, ..) = stage.exchange(&Call {
        method: "POST",
        body: "{\"grant_type\":\"authorization_code\",\"code\":\"‹code#1a2b›\"}",
        answer: "{\"access_token\":\"‹access_token#3f9c›\",\"token_type\":\"Bearer\",\"expires_in\":3600}",
        answer_headers: &[("access-control-allow-origin", APP)],
        ..Call::get(&format!("{SSO}/token"), APP)
    });
    stage.record(
        Source::Mock("sso".into()),
        Some(exchange),
        Fact::Domain(DomainFact {
            mock: "sso".into(),
            name: "token-issued".into(),
            data: json!({"client": "customer-detail", "sub": "‹sso_id#5f0c›", "bytes": code}),
        }),
    );
    stage.navigated("ctx-a1", true, &format!("{APP}/customers/123"), &[SameDocument]);
    for path in ["/v1/me", "/v1/feature_flags", "/v1/customers/123"] {
        stage.exchange(&Call { headers: &[("authorization", "Bearer ‹access_token#3f9c›"), ("cookie", "locale=id; theme=light")], answer: "{\"data\":{\"id\":\"123\",\"name\":\"‹contact_name#aa10›\",\"phone\":\"‹contact_phone#bb20›\",\"email\":\"‹contact_email#90d1›\",\"account_uniq_id\":\"acc-123\",\"channel_type\":\"wa_cloud\",\"updated_at\":\"2026-11-01T10:00:00Z\"}}", answer_headers: &[("access-control-allow-origin", APP)], took_us: 6200, ..Call::get(&format!("https://c360.qontak.com{path}"), APP) });
    }
    stage.exchange(&Call { headers: &[("authorization", "Bearer ‹access_token#3f9c›")], answer: "{\"data\":[{\"id\":\"t-1\",\"name\":\"Late delivery\",\"status\":\"open\"}],\"meta\":{\"total\":1,\"page\":1,\"limit\":10}}", ..Call::get("https://crm-api.qontak.com/v1/tickets?qontak_customer_id=123&page=1&limit=10", APP) });
    stage.telemetry(
        APP,
        "datadog",
        &[
            ("view", "", json!({"view": {"id": "v-1"}})),
            ("resource", "", json!({})),
            ("resource", "", json!({})),
            ("resource", "", json!({})),
        ],
    );
    stage.end("press “Sign in”", StepOutcome::Done);
}

fn open_panel(stage: &mut Stage, plot: Plot, app: &Frame, embed: &Frame) {
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
            properties: json!({"contact_id": "123", "company_sso_id": "‹company_sso_id#c077›"}),
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
    stage.telemetry(APP, "mixpanel", &[("cdp_ticket_embed_opened", "[Qontak One] [Customer] Create Ticket Embed Opened", json!({"contact_id": "123", "company_sso_id": "‹company_sso_id#c077›", "user_id": "user-7", "qontak_customer_id": "123"}))]);
    stage.navigated("ctx-b2", false, &embed.url, &[Loaded]);
    stage.end("click menuitem “Create Ticket”", StepOutcome::Done);
}

fn spoof(stage: &mut Stage, plot: Plot, app: &Frame, evil: &Frame) -> Vec<Sequence> {
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
        evidence.extend(stage.message(app, evil, "*", &json!({"version": 1, "roomId": null, "qontakCustomerId": "123", "contactName": "‹contact_name#aa10›", "contactPhone": "‹contact_phone#bb20›", "contactEmail": "‹contact_email#90d1›", "locale": "id"}), false));
        if let Some(event) = stage
            .events
            .iter_mut()
            .rev()
            .find(|event| matches!(event.fact, Fact::MessageReceived(_)))
        {
            event.sightings.push(Sighting {
                canary: "contact_email".into(),
                pseudonym: "‹contact_email#90d1›".into(),
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

fn handshake(stage: &mut Stage, plot: Plot, app: &Frame, embed: &Frame) -> Vec<Sequence> {
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
    let evidence = stage.message(app, &to, CRM, &json!({"version": 1, "roomId": null, "qontakCustomerId": "123", "contactName": "‹contact_name#aa10›", "locale": "id"}), false);
    stage.exchange(&Call { headers: &[("cookie", "_crm_session=‹cookie:_crm_session#0d0d›")], answer: "{\"data\":{\"pipelines\":[{\"id\":\"p-1\",\"name\":\"Support\",\"stages\":[{\"id\":\"s-1\",\"name\":\"New\"}]}],\"layout\":[]}}", took_us: 9000, ..Call::get(&format!("{CRM}/api/mobile/v2.8/ticket_form?qontak_customer_id=123"), CRM) });
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
            seen: json!({"role": "textbox", "name": "Name", "value": "‹contact_name#aa10›", "visible": true}),
        }),
    );
    stage.end("expect the contact to be shown", StepOutcome::Done);
    evidence
}

fn create(stage: &mut Stage, plot: Plot, app: &Frame, embed: &Frame) {
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

fn noise(stage: &mut Stage, app: &Frame) -> Vec<Sequence> {
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
