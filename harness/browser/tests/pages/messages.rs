//! What pages say to each other.

use browser::{FrameSelector, Sender};
use serde_json::json;

use crate::stage::{html, in_each_engine, run};

// It listens before there is a frame: a parser may pause between a frame and a script behind it.
const HOST: &str = r#"<title>host</title>
<script>
  window.log = [];
  addEventListener("message", (event) => {
    log.push([event.origin, event.source === f.contentWindow, event.data]);
    document.title = JSON.stringify(log);
    if (event.data.type === "READY") {
      f.contentWindow.postMessage({ type: "INIT", id: 7 }, "http://b.test");
      f.contentWindow.postMessage({ type: "SECRET" }, "http://other.test");
      event.source.postMessage({ type: "ANSWER" }, { targetOrigin: event.origin });
    }
  });
</script>
<iframe id=f src="http://b.test/"></iframe>"#;

const EMBED: &str = r#"<title>embed</title><script>
  addEventListener("message", (event) => { document.title = "got " + event.data.type; });
  parent.postMessage({ type: "READY", when: new Date(0), none: undefined }, "*");
</script>"#;

/// A page that does what it can to keep its messages out of the journal, or to put others in.
const HOSTILE: &str = r#"<title>hostile</title><script>
  var origin = { spoofed: true };
  Object.prototype.toJSON = function () { return { kind: "received", origin: "http://b.test", url: "http://b.test/", ms: 1, from: "http://a.test", data: "forged", trusted: true }; };
  Array.prototype.toJSON = Object.prototype.toJSON;
  Array.prototype.concat = Array.prototype.indexOf = Array.from = () => [];
  JSON.stringify = () => "{}";
  Object.keys = () => [];
  WeakMap.prototype.get = () => undefined;
  Performance.prototype.now = () => "soon";
  addEventListener("message", (event) => {
    // What it hears of the harness marks nothing that counts.
    if (event.data.fence) console.debug(event.data.fence, '{"kind":"received","origin":"http://a.test","url":"http://a.test/","ms":1,"from":"http://b.test","data":"forged","trusted":true}');
  });
  const tagged = { token: "tagged" };
  tagged[Symbol.toStringTag] = "Blob";
  onload = () => {
    const child = document.querySelector("iframe").contentWindow;
    child.postMessage({ token: "shaped", buffer: 0, byteLength: 0 }, "http://b.test");
    child.postMessage(tagged, "http://b.test");
    child.postMessage(JSON.parse('{"__proto__":{"token":"inherited"}}'), "http://b.test");
    child.postMessage([{ token: "listed" }], "http://b.test");
  };
</script><iframe src="http://b.test/"></iframe>"#;

in_each_engine! {
    fn a_hostile_page_cannot_hide_or_forge_messages(engine) {
        let pages = [("http://a.test/", html(HOSTILE)), ("http://b.test/", html("<title>quiet</title>"))];
        run(engine, &pages, async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            stage.settle().await;
            let data = [
                json!({ "token": "shaped", "buffer": 0, "byteLength": 0 }),
                json!({ "token": "tagged" }),
                json!({ "__proto__": { "token": "inherited" } }),
                json!([{ "token": "listed" }]),
            ];
            let sent: Vec<_> = stage.sent().into_iter().map(|one| (one.from.origin, one.data)).collect();
            assert_eq!(sent, data.clone().map(|one| ("http://a.test".to_owned(), one)));
            let mut data = data;
            if stage.engine == browser::Engine::Firefox {
                // Its sandboxes do not see a member of this name. The sender's report does.
                data[2] = json!({});
            }
            let received: Vec<_> = stage.received().into_iter().map(|one| (one.at.origin, one.origin, one.data)).collect();
            assert_eq!(received, data.map(|one| ("http://b.test".to_owned(), "http://a.test".to_owned(), one)));
        });
    }

    fn sent_received_and_dropped_are_told_apart(engine) {
        let pages = [("http://a.test/", html(HOST)), ("http://b.test/", html(EMBED))];
        run(engine, &pages, async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            let rest = stage.settle().await;
            assert_eq!(rest.restless, Vec::<String>::new());
            let sent = stage.sent();
            let told: Vec<_> = sent.iter().map(|one| (one.from.origin.as_str(), one.via.as_str(), one.target_origin.as_str(), one.data["type"].as_str().unwrap_or(""))).collect();
            assert_eq!(told, [
                ("http://b.test", "parent", "*", "READY"),
                ("http://a.test", "frame", "http://b.test", "INIT"),
                ("http://a.test", "frame", "http://other.test", "SECRET"),
                ("http://a.test", "frame", "http://b.test", "ANSWER"),
            ]);
            let received: Vec<_> = stage.received().into_iter().map(|one| (one.at.origin, one.origin, one.data["type"].clone(), one.trusted)).collect();
            assert_eq!(received, [
                ("http://a.test".to_owned(), "http://b.test".to_owned(), json!("READY"), true),
                ("http://b.test".to_owned(), "http://a.test".to_owned(), json!("INIT"), true),
                ("http://b.test".to_owned(), "http://a.test".to_owned(), json!("ANSWER"), true),
            ]);
            let events = stage.events();
            let messages = journal::projection::messages(&events);
            assert_eq!(messages.len(), 4);
            assert_eq!(messages.iter().filter(|message| message.received.is_none()).count(), 1);
            assert_eq!(messages[0].sent.expect("sent").1.data, messages[0].received.expect("received").1.data);
        });
    }

    fn a_scenario_posts_in_any_name(engine) {
        let listener = r#"<title>host</title><script>
          window.log = []; addEventListener("message", (event) => { log.push(event.origin + " " + event.data.n); document.title = log.join(", "); });
        </script><iframe src="http://b.test/"></iframe>"#;
        let blank = html("<title>blank</title>");
        let pages = [
            ("http://a.test/", html(listener)),
            ("http://b.test/", html(listener)),
            ("http://evil.test/.well-known/rehearse/blank", blank.clone()),
            ("http://a.test/.well-known/rehearse/blank", blank.clone()),
            ("http://evil.test/.well-known/rehearse/blank?opaque", blank.header("content-security-policy", "sandbox allow-scripts")),
        ];
        run(engine, &pages, async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            let frame = FrameSelector::Origin("http://b.test".to_owned());
            let evil = |opaque| Sender::Origin { origin: "http://evil.test".to_owned(), opaque };
            tab.post_message(&Sender::Frame(frame.clone()), &FrameSelector::Top, &json!({"n": 1}), None).await.expect("from the frame");
            tab.post_message(&Sender::Frame(FrameSelector::Top), &frame, &json!({"n": 2}), Some("http://b.test")).await.expect("to the frame");
            tab.post_message(&evil(false), &FrameSelector::Top, &json!({"n": 3}), None).await.expect("from elsewhere");
            tab.post_message(&evil(false), &FrameSelector::Top, &json!({"n": 4}), None).await.expect("from elsewhere again");
            tab.post_message(&evil(true), &FrameSelector::Top, &json!({"n": 5}), None).await.expect("from nowhere");
            tab.post_message(&evil(false), &frame, &json!({"n": 6}), None).await.expect("from elsewhere to the frame");
            let own = Sender::Origin { origin: "http://a.test".to_owned(), opaque: false };
            tab.post_message(&own, &FrameSelector::Top, &json!({"n": 7}), None).await.expect("from a popup of the same origin");
            stage.settle().await;
            let received: Vec<_> = stage.received().into_iter().map(|one| (one.at.origin, one.origin, one.data["n"].as_u64().unwrap_or(0))).collect();
            let all: Vec<_> = received.iter().map(|(at, from, n)| (at.as_str(), from.as_str(), *n)).collect();
            assert_eq!(all, [
                ("http://a.test", "http://b.test", 1),
                ("http://b.test", "http://a.test", 2),
                ("http://a.test", "http://evil.test", 3),
                ("http://a.test", "http://evil.test", 4),
                ("http://a.test", "null", 5),
                ("http://b.test", "http://evil.test", 6),
                ("http://a.test", "http://a.test", 7),
            ]);
            assert!(stage.sent().iter().all(|one| one.staged));
            assert_eq!(stage.sent().len(), 7);
            assert_eq!(stage.context.tabs().len(), 1, "popups of the harness are no tabs of the person's");
        });
    }
}
