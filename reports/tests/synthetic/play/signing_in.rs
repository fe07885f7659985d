//! Opening the page and signing in.

#![allow(unused_imports, reason = "the parts of one play share their imports")]

use journal::fact::*;
use journal::{Encoding, ExchangeId, Fact, Sequence, Sighting, Source};
use serde_json::json;

use super::super::call::Call;
use super::super::stage::{Stage, frame, map};
use super::{APP, CRM, EVIL, Plot, SSO};

pub(super) fn sign_in(stage: &mut Stage, plot: Plot) {
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
    stage.end("fill “Email” with ‹contact_email~90d1›", StepOutcome::Done);
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
                "https://customers.qontak.com/sso-callback?code=‹code~1a2b›&state=b1f0",
            ),
            (
                "set-cookie",
                "_mekari_account=‹cookie:_mekari_account~77de›; Path=/; Secure; HttpOnly; SameSite=None",
            ),
            (
                "set-cookie",
                "locale=id; Path=/; Expires=Wed, 03 Nov 2027 08:30:00 GMT",
            ),
        ],
        ..Call::document(&login)
    });
    let callback = format!("{APP}/sso-callback?code=‹code~1a2b›&state=b1f0");
    let (_, seq, _) = stage.exchange(&Call::document(&callback));
    if let Some(event) = stage.events.get_mut(usize::try_from(seq - 1).expect("place")) {
        event.sightings.push(Sighting {
            canary: "code".into(),
            pseudonym: "‹code~1a2b›".into(),
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
        body: "{\"grant_type\":\"authorization_code\",\"code\":\"‹code~1a2b›\"}",
        answer: "{\"access_token\":\"‹access_token~3f9c›\",\"token_type\":\"Bearer\",\"expires_in\":3600}",
        answer_headers: &[("access-control-allow-origin", APP)],
        ..Call::get(&format!("{SSO}/token"), APP)
    });
    stage.record(
        Source::Mock("sso".into()),
        Some(exchange),
        Fact::Domain(DomainFact {
            mock: "sso".into(),
            name: "token-issued".into(),
            data: json!({"client": "customer-detail", "sub": "‹sso_id~5f0c›", "bytes": code}),
        }),
    );
    stage.navigated("ctx-a1", true, &format!("{APP}/customers/123"), &[SameDocument]);
    for path in ["/v1/me", "/v1/feature_flags", "/v1/customers/123"] {
        stage.exchange(&Call { headers: &[("authorization", "Bearer ‹access_token~3f9c›"), ("cookie", "locale=id; theme=light")], answer: "{\"data\":{\"id\":\"123\",\"name\":\"‹contact_name~aa10›\",\"phone\":\"‹contact_phone~bb20›\",\"email\":\"‹contact_email~90d1›\",\"account_uniq_id\":\"acc-123\",\"channel_type\":\"wa_cloud\",\"updated_at\":\"2026-11-01T10:00:00Z\"}}", answer_headers: &[("access-control-allow-origin", APP)], took_us: 6200, ..Call::get(&format!("https://c360.qontak.com{path}"), APP) });
    }
    stage.exchange(&Call { headers: &[("authorization", "Bearer ‹access_token~3f9c›")], answer: "{\"data\":[{\"id\":\"t-1\",\"name\":\"Late delivery\",\"status\":\"open\"}],\"meta\":{\"total\":1,\"page\":1,\"limit\":10}}", ..Call::get("https://crm-api.qontak.com/v1/tickets?qontak_customer_id=123&page=1&limit=10", APP) });
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
