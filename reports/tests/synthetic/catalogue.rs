//! A whole run: one of everything that a report must show, and as many plain scenarios as asked for.

use journal::Location;
use journal::run::{EarlierAttempt, Verdict};

use super::filler::{filler, questions};
use super::play::play;
use super::stage::map;
use super::{Plot, Run, finding, record, requirement};

/// A run with at least a dozen scenarios that went in different ways, filled up to `count`.
pub fn catalogue(id: &str, count: usize) -> Run {
    let mut run = Run::new(id);
    run.manifest.served = map(&[("https://customers.qontak.com", "dir:../customer-detail/dist")]);
    run.manifest.fidelity = [
        "chromium --ignore-certificate-errors-spki-list: trusts this run's own certificate authority, and no other",
        "chromium --disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable: http:// origins are part of the worlds",
        "firefox network.proxy.allow_hijacking_localhost=true: loopback origins go through the gateway too",
        "page: postMessage is wrapped in every frame, so that sent messages are recorded with their target origin",
        "page: Date, performance.now and timers follow the world's clock",
    ]
    .map(str::to_owned)
    .to_vec();
    failures(&mut run);
    others(&mut run);
    questions(&mut run);
    filler(&mut run, count);
    requirements(&mut run);
    run
}

fn failures(run: &mut Run) {
    let file = "scenarios/ticket/spoofed-ready.yaml";
    let title = "A spoofed EMBED_READY never releases the customer's data";
    let (journal, evidence) = play(
        Plot {
            spoofed: true,
            falls_for_it: true,
            ..Plot::default()
        },
        file,
    );
    let mut failed = record(
        "ticket/spoofed-ready[sender=attacker]",
        "chromium",
        title,
        Verdict::Failed,
    );
    failed.covers = vec!["TCKT-S02/ERR-1".into(), "TCKT-12".into()];
    let mut first = finding(
        "expect",
        "customer-detail sent a message although nobody it trusts had asked",
        "message { from: customer-detail, count: 0 }",
        "1 message to https://evil.example, target origin *:\n{version, roomId, qontakCustomerId, contactName, contactPhone, contactEmail, locale}",
        &evidence,
    );
    first.location = Some(Location {
        file: file.into(),
        line: 17,
        column: 9,
    });
    let second = finding(
        "ALL-03",
        "contact_email reached an origin that may not have it",
        "contact_email only at https://customers.qontak.com, https://c360.qontak.com, https://crm.qontak.com",
        "‹contact_email~90d1› in /data/contactEmail, plain, at https://evil.example",
        &evidence[evidence.len() - 1..],
    );
    let third = finding(
        "ALL-04",
        "a canary was posted to any origin",
        "no postMessage with target origin * that carries a canary",
        "contact_name, contact_phone, contact_email",
        &evidence[evidence.len() - 2..evidence.len() - 1],
    );
    failed.findings = vec![first, second, third];
    run.add(failed, journal);

    let (journal, evidence) = play(
        Plot {
            noisy: true,
            ..Plot::default()
        },
        "scenarios/ticket/create.yaml",
    );
    let mut failed = record(
        "ticket/create[auto-associate=no]",
        "firefox",
        "A created ticket shows in the list and is associated once",
        Verdict::Failed,
    );
    failed.covers = vec!["TCKT-S03/AC-1".into(), "TCKT-S04/AC-2".into()];
    failed.findings = vec![
        finding(
            "ALL-01",
            "a request left the simulated world",
            "every request goes to an origin of customer-detail",
            "fonts.googleapis.com:443, asked for by https://customers.qontak.com/",
            &evidence[..3],
        ),
        finding(
            "ALL-02",
            "the console shows an error",
            "no console error",
            "TypeError: Cannot read properties of undefined (reading 'pipeline_id')",
            &evidence[evidence.len() - 1..],
        ),
    ];
    run.add(failed, journal);

    let (journal, evidence) = play(
        Plot {
            blocked: true,
            ..Plot::default()
        },
        "scenarios/ticket/prefill.yaml",
    );
    let mut failed = record(
        "ticket/prefill",
        "chromium",
        "The embed shows the customer's name, phone and e-mail filled in",
        Verdict::Failed,
    );
    failed.covers = vec!["TCKT-S02/AC-2".into()];
    failed.findings = vec![finding(
        "expect",
        "the step could not be done: textbox “Title” never came",
        "fill “Title” with “Late delivery”",
        "after 3.0 s the panel still showed status “Loading ticket form…”",
        &evidence,
    )];
    run.add(failed, journal);
}

fn others(run: &mut Run) {
    let file = "scenarios/ticket/navigated-away.yaml";
    let (journal, _) = play(
        Plot {
            dropped: true,
            ..Plot::default()
        },
        file,
    );
    let mut passed = record(
        "ticket/navigated-away",
        "chromium",
        "A frame that was moved to another origin gets nothing",
        Verdict::Passed,
    );
    passed.covers = vec!["TCKT-S02/ERR-2".into()];
    run.add(passed, journal);

    let (journal, _) = play(
        Plot {
            unlinked: true,
            ..Plot::default()
        },
        "scenarios/ticket/association-fails.yaml",
    );
    let mut flaky = record(
        "ticket/association-fails[status=503]",
        "chromium",
        "A ticket that cannot be linked says so and offers a retry",
        Verdict::Flaky,
    );
    flaky.attempts = 2;
    flaky.covers = vec!["TCKT-S04/ERR-1".into()];
    flaky.earlier = vec![earlier(
        Verdict::Failed,
        "expect: the warning toast never came\n  expected: alert “Ticket created but couldn't be linked. Retry?”\n  actual: no alert after 3.0 s",
    )];
    run.add(flaky, journal);

    let (mut journal, _) = play(Plot::default(), "scenarios/session/two-tabs.yaml");
    journal.truncate(40);
    let mut broken = record(
        "session/two-tabs",
        "firefox",
        "Signing out in one tab signs out the other",
        Verdict::Broken,
    );
    broken.attempts = 2;
    broken.reason = Some("failed to switch to tab 2: geckodriver answered `no such window` after 10.0 s, last seen: about:blank".into());
    broken.earlier = vec![earlier(
        Verdict::Broken,
        "failed to create a browsing context: the browser is gone (exit status 11)",
    )];
    run.add(broken, journal);

    // Nothing had been opened yet that a journal could tell of.
    let mut broken = record(
        "session/silent-renewal",
        "firefox",
        "A session is renewed without a word",
        Verdict::Broken,
    );
    broken.attempts = 2;
    broken.reason =
        Some("failed to start Firefox: geckodriver ended with exit status 70 before it listened".into());
    broken.earlier = vec![earlier(
        Verdict::Broken,
        "failed to start Firefox: geckodriver ended with exit status 70 before it listened",
    )];
    broken.folder = None;
    broken.duration_ms = 0;
    broken.phases_ms.clear();
    run.add(broken, Vec::new());

    let mut skipped = record(
        "operator/passkey",
        "firefox",
        "A passkey signs the operator in",
        Verdict::Skipped,
    );
    skipped.reason = Some("firefox has no virtual authenticator".into());
    skipped.folder = None;
    skipped.duration_ms = 0;
    skipped.phases_ms.clear();
    run.add(skipped, Vec::new());
}

fn requirements(run: &mut Run) {
    run.manifest.requirements = vec![
        requirement(
            "SSO-01",
            "Authorization code with PKCE S256; a code is good for one use",
            "mock",
            &["scenarios/session/sign-in.yaml"],
            &[],
        ),
        requirement(
            "TCKT-S01/AC-1",
            "“+” menu in the Tickets header: “Associate existing” and “Create Ticket”; back-arrow, and Esc with focus in the panel header, close the panel",
            "front-end",
            &["scenarios/ticket/menu.yaml"],
            &["ticket/menu-without-escape"],
        ),
        requirement(
            "TCKT-S01/AC-2",
            "Panel holds one iframe, https forced, sandboxed, no token in the URL",
            "front-end",
            &["scenarios/ticket/iframe.yaml"],
            &["ticket/token-in-url", "ticket/no-sandbox"],
        ),
        requirement(
            "TCKT-S02/AC-2",
            "The embed shows the customer's name, phone, e-mail filled in",
            "front-end",
            &["scenarios/ticket/prefill.yaml"],
            &["ticket/no-contact"],
        ),
        requirement(
            "TCKT-S02/ERR-1",
            "EMBED_READY from another origin: no message of any kind to any frame",
            "front-end",
            &[
                "scenarios/ticket/spoofed-ready.yaml",
                "scenarios/ticket/look-alikes.yaml",
            ],
            &["ticket/trusts-every-sender"],
        ),
        requirement(
            "TCKT-S02/ERR-2",
            "Iframe navigated to another origin before the host posts: personal data reaches nobody",
            "front-end",
            &["scenarios/ticket/navigated-away.yaml"],
            &["ticket/posts-to-star"],
        ),
        requirement(
            "TCKT-S04/ERR-1",
            "A failed association shows both toasts; retry is one more POST",
            "front-end",
            &["scenarios/ticket/association-fails.yaml"],
            &["ticket/silent-link-failure"],
        ),
        requirement(
            "TCKT-13",
            "Keyboard and focus: menu by keyboard, focus moves into the panel and back",
            "front-end",
            &["scenarios/ticket/keyboard.yaml"],
            &[],
        ),
        requirement(
            "TCKT-25",
            "WCAG AA by axe-core and contrast; Tab order in the panel header",
            "front-end",
            &[],
            &[],
        ),
        requirement(
            "ALL-01",
            "No request leaves the simulated world",
            "harness",
            &["scenarios/ticket/create.yaml"],
            &[],
        ),
    ];
}

fn earlier(verdict: Verdict, reason: &str) -> EarlierAttempt {
    EarlierAttempt {
        verdict,
        reason: reason.to_owned(),
        folder: Some("ticket/earlier/chromium-attempt-1".to_owned()),
    }
}
