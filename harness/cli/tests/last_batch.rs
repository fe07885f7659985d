//! What telemetry says last reaches its intake, however much it is.
#![cfg(unix)]

mod support;

use journal::{Event, Fact};
use support::browsers::Engine;
use support::program::House;
use support::{app, runs};

const HUB_CHAT: &str = "hub-chat";

/// The SDK takes a last batch of 16 KiB for too large for a beacon and sends it by an ordinary fetch, which Firefox gives up
/// with the page. Real batches are seldom that large; here the SDK takes every last batch for too large.
#[test]
fn a_batch_too_large_for_the_sdks_beacon_arrives() {
    Engine::Firefox.must_be_installed();
    app::must_be_installed(HUB_CHAT);
    let house = House::new();
    let build = app::copy(HUB_CHAT, &house);
    app::spoil(
        &build.join("node_modules/@datadog/browser-rum/bundle/datadog-rum.js"),
        "if(n.bytesCount<e)try",
        "if(n.bytesCount<0)try",
    );
    let output = house.output();
    let said = house.run([
        "run",
        "session/signed-out-elsewhere",
        "--engine",
        "firefox",
        "--screenshots",
        "off",
        "--serve",
        &format!("{HUB_CHAT}=dir:{}", build.display()),
        "--output",
        &output.display().to_string(),
    ]);
    let manifest = runs::manifest(&output);
    assert_eq!(said.code, Some(0), "{}\n{}", runs::red(&manifest), said.all());
    let by_beacon = runs::files(&runs::only(&output))
        .into_iter()
        .filter(|file| file.ends_with("events.jsonl"))
        .flat_map(|file| journal::read(&file).expect("a journal"))
        .filter(is_last_batch_by_beacon)
        .count();
    assert!(by_beacon > 0, "the SDK took no batch for too large");
}

/// What the SDK meant for a fetch and a beacon carried.
fn is_last_batch_by_beacon(event: &Event) -> bool {
    let Fact::Request(request) = &event.fact else {
        return false;
    };
    request.url.contains("_dd.api=fetch") && request.header("sec-fetch-mode") == Some("no-cors")
}
