//! `trace.har` against the HAR 1.2 schema, and against what tools make of it.

mod synthetic;

use journal::fact::WebSocketFrame;
use journal::run::Verdict;
use journal::{ExchangeId, Fact, Source};
use reports::{Options, write_all};
use serde_json::Value;
use synthetic::{Call, Plot, Run, Stage, body, play, record};

fn schema() -> jsonschema::Validator {
    let schema = include_str!("data/har-1.2.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    jsonschema::validator_for(&schema).expect("schema")
}

fn har(journal: Vec<journal::Event>) -> Value {
    let mut run = Run::new("har");
    run.add(record("ticket/har", "chromium", "HAR", Verdict::Passed), journal);
    let folder = tempfile::tempdir().expect("folder");
    run.write(folder.path());
    write_all(folder.path(), &Options::default()).expect("reports");
    let text =
        std::fs::read_to_string(folder.path().join("ticket/har/chromium/trace.har")).expect("trace.har");
    let har = serde_json::from_str(&text).expect("JSON");
    let errors: Vec<String> = schema()
        .iter_errors(&har)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    har
}

fn entry<'har>(har: &'har Value, method: &str, path: &str) -> &'har Value {
    let mut entries = har["log"]["entries"].as_array().expect("entries").iter();
    let wanted = |entry: &&Value| {
        entry["request"]["method"] == method
            && entry["request"]["url"]
                .as_str()
                .is_some_and(|url| url.contains(path))
    };
    entries.find(wanted).expect("entry")
}

#[test]
fn a_flow_is_valid_and_whole() {
    let (journal, _) = play(
        Plot {
            noisy: true,
            unlinked: true,
            ..Plot::default()
        },
        "a.yaml",
    );
    let requests = journal
        .iter()
        .filter(|event| matches!(event.fact, Fact::Request(_)))
        .count();
    let har = har(journal);
    assert_eq!(har["log"]["entries"].as_array().map(Vec::len), Some(requests));
    assert_eq!(har["log"]["browser"]["version"], "156.0.7710.12");

    let login = entry(&har, "POST", "/login");
    assert_eq!(login["response"]["status"], 303);
    assert_eq!(login["response"]["statusText"], "See Other");
    assert_eq!(
        login["response"]["redirectURL"],
        "https://customers.qontak.com/sso-callback?code=‹code~1a2b›&state=b1f0"
    );
    let cookies = &login["response"]["cookies"];
    assert_eq!(cookies[0]["name"], "_mekari_account");
    assert_eq!(cookies[0]["httpOnly"], true);
    assert_eq!(cookies[0]["sameSite"], "None");
    assert_eq!(cookies[1]["expires"], "2027-11-03T08:30:00.000Z");

    let callback = entry(&har, "GET", "/sso-callback");
    assert_eq!(
        callback["request"]["url"],
        "https://customers.qontak.com/sso-callback?code=%E2%80%B9code~1a2b%E2%80%BA&state=b1f0"
    );
    assert_eq!(callback["request"]["queryString"][0]["value"], "‹code~1a2b›");

    let me = entry(&har, "GET", "/v1/me");
    assert_eq!(me["request"]["cookies"][1]["name"], "theme");
    assert_eq!(me["request"]["httpVersion"], "HTTP/2");
    assert_eq!(me["_resourceType"], "fetch");
    let timings = &me["timings"];
    let sum: f64 = ["send", "wait", "receive"]
        .iter()
        .filter_map(|part| timings[part].as_f64())
        .sum();
    assert!((me["time"].as_f64().expect("time") - sum).abs() < 1e-9);
}

#[test]
fn pages_are_the_documents_that_the_tab_showed() {
    let (journal, _) = play(Plot::default(), "a.yaml");
    let har = har(journal);
    let pages = har["log"]["pages"].as_array().expect("pages");
    let titles: Vec<&str> = pages.iter().filter_map(|page| page["title"].as_str()).collect();
    assert_eq!(titles.len(), 3, "{titles:?}");
    assert_eq!(
        titles[1],
        "https://account.mekari.com/login?return_to=%2Fauthorize"
    );
    assert!(
        pages[1]["pageTimings"]["onLoad"]
            .as_f64()
            .is_some_and(|ms| ms > 0.0)
    );
    // A document's own request belongs to its page.
    assert_eq!(entry(&har, "GET", "/customers/123")["pageref"], "page_1");
    assert_eq!(entry(&har, "GET", "/authorize")["pageref"], "page_2");
    let ids: Vec<&Value> = pages.iter().map(|page| &page["id"]).collect();
    for entry in har["log"]["entries"].as_array().expect("entries") {
        assert!(ids.contains(&&entry["pageref"]));
    }
}

#[test]
fn sockets_forms_and_lost_answers_are_kept() {
    let mut stage = Stage::new("a.yaml");
    let page = "https://chat.qontak.com";
    let (socket, ..) = stage.exchange(&Call {
        status: 101,
        answer: "",
        headers: &[("upgrade", "websocket")],
        ..Call::get("wss://chat.qontak.com/cable", page)
    });
    for (direction, text) in [
        (journal::fact::WireDirection::ToServer, "subscribe"),
        (journal::fact::WireDirection::ToClient, "welcome"),
    ] {
        let frame = WebSocketFrame {
            exchange: ExchangeId(socket),
            direction,
            opcode: "text".to_owned(),
            payload: body("text/plain", text),
        };
        stage.record(Source::Gateway, None, Fact::WebSocketFrame(frame));
    }
    stage.exchange(&Call {
        method: "POST",
        body: "{\"a\": 1}",
        ..Call::get("https://api.mekari.com/a?x=1&x=2&y&=z&e%3D=%zz+", page)
    });
    // The request is left without its response.
    stage.exchange(&Call::get("https://api.mekari.com/hangs", page));
    stage.events.pop();
    let har = har(stage.events);
    let socket = entry(&har, "GET", "/cable");
    assert_eq!(socket["_resourceType"], "websocket");
    assert_eq!(socket["_webSocketMessages"][0]["type"], "send");
    assert_eq!(socket["_webSocketMessages"][1]["data"], "welcome");
    assert_eq!(socket["_webSocketMessages"][1]["opcode"], 1);
    let post = entry(&har, "POST", "/a");
    assert_eq!(post["request"]["postData"]["text"], "{\"a\": 1}");
    let names: Vec<&str> = post["request"]["queryString"]
        .as_array()
        .expect("query")
        .iter()
        .filter_map(|pair| pair["name"].as_str())
        .collect();
    assert_eq!(names, ["x", "x", "y", "", "e="]);
    let lost = entry(&har, "GET", "/hangs");
    assert_eq!(lost["response"]["status"], 0);
    assert_eq!(lost["response"]["_error"], "no response was recorded");
}
