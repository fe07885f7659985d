//! Documents that are not a page of an ordinary origin: popups, `srcdoc`, sandboxed frames, `about:blank`.

use std::time::Duration;

use browser::{ClickOptions, FrameSelector, Locator, Tab};
use serde_json::json;

use crate::stage::{Stage, file, html, in_each_engine, run};

const COUNTS: &str = "<button onclick='setTimeout(() => console.log(1), 5000)'>Count</button>";
const OPENER: &str = r#"<title>opener</title><button onclick="window.popup = window.open('http://b.test/popup')">Open</button>
<script>addEventListener("message", (event) => { document.title = `${event.origin} ${event.data} ${event.source === popup}`; });</script>"#;

const POPUP: &str = r#"<title>popup</title><script>opener.postMessage("hello", "http://a.test"); </script>"#;

// It listens before there are frames: a parser may pause between a frame and a script behind it.
const ODD: &str = r#"<title>odd</title>
<script>window.log = []; addEventListener("message", (event) => { log.push(`${event.origin} ${event.data}`); document.title = log.sort().join(", "); });</script>
<iframe srcdoc="<button>Inherited</button><script>parent.postMessage('srcdoc', '*')</script>"></iframe>
<iframe sandbox="allow-scripts" src="http://a.test/boxed"></iframe>
<iframe></iframe>"#;

const BOXED: &str = r#"<button>Boxed</button><script>
  let kept = "readable"; try { localStorage.length; } catch { kept = "refused"; }
  parent.postMessage("boxed " + kept, "*");
</script>"#;

// Each frame is made when the one before has spoken; all that are there are told of it. Between them come and go frames
// of the page's own site.
const CROWD: &str = r#"<title>crowd</title><script>
  const frames = [];
  const more = () => {
    const blank = document.body.appendChild(document.createElement("iframe"));
    const frame = document.createElement("iframe");
    frame.src = "http://b.test/";
    frames.push(frame);
    document.body.append(frame);
    blank.remove();
  };
  addEventListener("message", (event) => {
    if (event.data.heard) return;
    for (const frame of frames) frame.contentWindow.postMessage({ n: frames.length }, "http://b.test");
    if (frames.length < 6) more();
  });
  onload = more;
</script><body>"#;

const IN_THE_CROWD: &str = r#"<title>one</title><script>
  addEventListener("message", (event) => parent.postMessage({ heard: event.data.n }, "http://a.test"));
  setTimeout(() => { parent.postMessage({ heard: "time" }, "http://a.test"); console.log("time came"); }, 5000);
  // The third document of each frame is the one that counts.
  if (location.search.length < 3) onload = () => setTimeout(() => location.replace((location.search || "?") + "a"));
  else parent.postMessage({ ready: true }, "http://a.test");
</script>"#;

const TELLS: &str =
    "<script>(document.onvisibilitychange = () => { document.title = document.visibilityState; })()</script>";

/// A page that opens another and, once that speaks, is busy and does not look up.
const BUSY: &str = r#"<button onclick="window.popup = window.open('http://b.test/prompter')">Open</button>
<script>addEventListener("message", (event) => {
  if (event.data !== "go") return;
  const until = performance.now() + 15000;
  while (performance.now() < until);
});</script>"#;

const PROMPTER: &str = r#"<button onclick="opener.postMessage('go', 'http://a.test')">Go</button>"#;

const RESTLESS: &str = "<script>setTimeout(() => location.reload(), Math.random() * 20)</script>";

/// A page of `a.test`, and the one that its button has opened.
async fn opened(stage: &Stage) -> (Tab, Tab) {
    let tab = stage.context.open_tab().await.expect("tab");
    tab.navigate("http://a.test/").await.expect("navigate");
    tab.click(&Locator::role("button", "Open"), ClickOptions::default())
        .await
        .expect("click");
    stage.settle().await;
    let mut tabs = stage.context.tabs().into_iter();
    let popup = tabs.find(|one| one.id() != tab.id()).expect("the popup");
    (tab, popup)
}

in_each_engine! {
    fn a_page_that_replaces_itself_without_end_can_be_looked_at(engine) {
        run(engine, &[("http://a.test/", html("<a href='/restless'>Leave</a>")), ("http://a.test/restless", html(RESTLESS))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            tab.click(&Locator::role("link", "Leave"), ClickOptions::default()).await.expect("click");
            for _ in 0..25 {
                let found = tab.describe(&Locator::role("heading", "Never")).await.expect("a look that finds nothing");
                assert!(found.is_empty());
            }
        });
    }

    fn a_page_that_takes_its_time_is_waited_for(engine) {
        let pages = [
            ("http://a.test/", html("<a href='/slow'>Leave</a>")),
            ("http://a.test/slow", html("<title>slow</title><script src='/slow.js'></script>")),
            ("http://a.test/slow.js", file("text/javascript", "document.title = 'there'").after(Duration::from_millis(2500))),
        ];
        run(engine, &pages, async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            tab.click(&Locator::role("link", "Leave"), ClickOptions::default()).await.expect("click");
            assert_eq!(stage.settle().await.restless, Vec::<String>::new());
            assert_eq!(tab.title().await.expect("title"), "there");
        });
    }

    fn a_popup_is_a_tab_of_the_same_journal(engine) {
        run(engine, &[("http://a.test/", html(OPENER)), ("http://b.test/popup", html(POPUP))], async |stage| {
            let (tab, popup) = opened(&stage).await;
            assert_eq!(tab.title().await.expect("title"), "http://b.test hello true");
            assert_eq!(stage.context.tabs().len(), 2);
            let sent = stage.sent();
            assert_eq!((sent[0].from.origin.as_str(), sent[0].via.as_str(), &sent[0].data), ("http://b.test", "opener", &json!("hello")));
            assert_eq!(popup.title().await.expect("title"), "popup");
            popup.close().await.expect("close");
            assert_eq!(stage.context.tabs().len(), 1);
        });
    }

    /// Browsers may put a page aside whole, and take it out again without a word.
    fn a_page_that_is_gone_back_to_can_be_used(engine) {
        run(engine, &[("http://a.test/", html(COUNTS)), ("http://b.test/", html("<h1>Elsewhere</h1>"))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            let count = Locator::role("button", "Count");
            tab.click(&count, ClickOptions::default()).await.expect("click");
            stage.context.advance(Duration::from_secs(10)).await.expect("its clock");
            stage.settle().await;
            tab.navigate("http://b.test/").await.expect("navigate");
            tab.back().await.expect("back");
            tab.click(&count, ClickOptions::default()).await.expect("click");
            stage.context.advance(Duration::from_secs(10)).await.expect("its clock");
            stage.settle().await;
            let counted = stage.facts(|fact| matches!(fact, journal::Fact::Console(_)).then_some(()));
            assert_eq!(counted.len(), 2);
        });
    }

    fn a_page_that_is_looked_away_from_knows(engine) {
        run(engine, &[("http://a.test/", html(TELLS))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            let hidden = stage.context.look_away().await.expect("look away");
            assert_eq!(hidden, stage.engine == browser::Engine::Firefox);
            stage.settle().await;
            assert_eq!(tab.title().await.expect("title"), if hidden { "hidden" } else { "visible" });
            tab.activate().await.expect("look again");
            stage.settle().await;
            assert_eq!(tab.title().await.expect("title"), "visible");
        });
    }

    fn of_many_frames_of_another_site_none_is_lost(engine) {
        run(engine, &[("http://a.test/", html(CROWD)), ("http://b.test/", html(IN_THE_CROWD)), ("http://b.test/?a", html(IN_THE_CROWD)), ("http://b.test/?aa", html(IN_THE_CROWD))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            // Eighteen documents one after the other take a busy machine a while.
            let rest = stage.context.settle(Duration::from_secs(60)).await.expect("settle");
            assert_eq!(rest.restless, Vec::<String>::new());
            stage.context.advance(Duration::from_secs(10)).await.expect("every frame's clock");
            stage.settle().await;
            let received = stage.received();
            let at = |origin: &str| received.iter().filter(|one| one.at.origin == origin).count();
            // The first frame is told of six, the last of one.
            assert_eq!(at("http://b.test"), (1..=6).sum::<usize>());
            assert_eq!(at("http://a.test"), 6 + (1..=6).sum::<usize>() + 6);
            assert_eq!(stage.sent().len(), received.len());
            let lines = stage.facts(|fact| match fact {
                journal::Fact::Console(line) if line.text == "time came" => Some(()),
                _ => None,
            });
            assert_eq!(lines.len(), 6);
        });
    }

    fn a_page_that_answers_nothing_is_looked_at_again_and_named(engine) {
        run(engine, &[("http://a.test/", html(BUSY)), ("http://b.test/prompter", html(PROMPTER))], async |stage| {
            let (_, prompter) = opened(&stage).await;
            prompter.click(&Locator::role("button", "Go"), ClickOptions::default()).await.expect("click");
            // A look at it is over long before the page comes to itself.
            let rest = stage.settle().await;
            assert!(rest.rounds > 2, "{rest:?}");
            assert!(rest.restless.iter().any(|one| one.starts_with("http://a.test/: ")), "{rest:?}");
        });
    }

    fn inherited_and_opaque_origins_are_told_apart(engine) {
        run(engine, &[("http://a.test/", html(ODD)), ("http://a.test/boxed", html(BOXED))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            assert_eq!(stage.settle().await.restless, Vec::<String>::new());
            assert_eq!(tab.title().await.expect("title"), "http://a.test srcdoc, null boxed refused");
            let mut received: Vec<_> = stage.received().into_iter().map(|one| one.origin).collect();
            received.sort();
            assert_eq!(received, ["http://a.test", "null"]);
            let boxed = Locator::role("button", "Boxed").in_frame(FrameSelector::Url("http://a.test/boxed".to_owned()));
            tab.click(&boxed, ClickOptions::default()).await.expect("a sandboxed frame takes clicks");
            // Firefox tells nothing of the navigation to a `srcdoc` document: to it the frame stays `about:blank`,
            // without page code.
            let inherited = Locator::role("button", "Inherited").in_frame(FrameSelector::Any);
            let found = tab.describe(&inherited).await.expect("describe").len();
            assert_eq!(found, usize::from(stage.engine == browser::Engine::Chromium));
        });
    }
}
