//! The clock of all frames, moved ahead.

use std::time::{Duration, Instant};

use browser::{ErrorKind, FrameSelector, Locator};
use journal::Fact;

use crate::stage::{Page, Stage, file, html, in_each_engine, run, run_pristine};

/// Lines that a page wrote to its console with a leading `#`.
fn lines(stage: &Stage) -> Vec<String> {
    stage.facts(|fact| match fact {
        Fact::Console(line) => line.text.strip_prefix("@ ").map(str::to_owned),
        _ => None,
    })
}

const MINUTE: u64 = 60;

const CLOCKS: &str = r#"<title>clocks</title><script>
  const begun = Date.now(), perf = performance.now(), day = new Date();
  setInterval(() => { window.ticks = (window.ticks ?? 0) + 1; }, 1000);
  setTimeout(() => {
    const at = Date.now() - begun;
    console.log("@ hour", at >= 3600000 && at < 3600100, Math.abs(at - (performance.now() - perf)) < 20, typeof Date());
    console.log("@ types", new Date() instanceof Date, day.constructor === Date, new Date(0).getTime(), Date.length, Date.name);
  }, 3600000);
  const stopped = setTimeout(() => console.log("@ stopped"), 5000); clearTimeout(stopped);
  let chain = 0; const next = () => { chain += 1; if (chain < 5) setTimeout(next, 60000); else console.log("@ chain", Math.round((Date.now() - begun) / 60000)); }; setTimeout(next, 60000);
</script>"#;

const FRAMES: &str = r#"<title>order</title><script>
  let begun;
  const second = () => Math.floor((Date.now() - begun) / 1000);
  // Both begin together, however long the embed took to load.
  const begin = () => {
    begun = Date.now();
    f.contentWindow.postMessage("go", "*");
    for (const s of [10, 30, 50]) setTimeout(() => console.log("@ a " + s), s * 1000);
  };
  addEventListener("message", (event) => {
    console.log("@ a heard " + event.data + " at " + second());
    setTimeout(() => console.log("@ a answered at " + second()), 5000);
  });
</script><iframe id=f onload="begin()" src="http://b.test/"></iframe>"#;
const INNER: &str = r#"<script>
  addEventListener("message", () => {
    for (const s of [20, 40, 300]) setTimeout(() => console.log("@ b " + s), s * 1000);
    setTimeout(() => parent.postMessage("x", "*"), 22100);
  });
</script>"#;

const POLLING: &str = r#"<title>polling</title><script>
  const begun = Date.now(); let n = 0;
  // Under load, timers are late by what the machine needs.
  const minutes = () => Math.floor((Date.now() - begun) / 60000);
  const poll = async () => {
    n += 1;
    const answer = await fetch("/status?" + n); const text = await answer.text();
    console.log("@ " + text + " " + n + " at " + minutes());
    if (n < 4) setTimeout(poll, 60000);
    else { const frame = document.createElement("iframe"); frame.src = "http://b.test/late"; document.body.append(frame); }
  };
  setTimeout(poll, 60000);
</script>"#;
const LATE: &str = r#"<script>console.log("@ late", Math.round((Date.now() - new Date(performance.timeOrigin)) / 60000))</script>"#;

const STANDS_STILL: &str = r#"<title>still</title><script>
  setTimeout(() => {
    const told = new Set(), dates = new Set(), begun = performance.now();
    for (let turn = 0; turn < 50000; turn += 1) { told.add(performance.now()); dates.add(Date.now()); }
    told.add(new Event("now").timeStamp);
    console.log("@ " + [told.size, dates.size, told.has(begun), performance.now() === begun].join(" "));
  }, 60000);
</script>"#;

const EMBEDS_BUSY: &str = r#"<title>busy</title><iframe src="http://b.test/busy"></iframe><iframe src="http://c.test/busy"></iframe>"#;
const BUSY: &str = r#"<title>busy</title><script>
  let n = 0; setInterval(() => { n += 1; }, 1000); setInterval(() => {}, 5000); setTimeout(() => console.log("@ ran " + n), 7199500);
</script>"#;

const RESTLESS: &str = r#"<title>restless</title><script>
  let count = 0;
  const next = () => { count += 1; setTimeout(next, 0); };
  onload = () => { next(); setTimeout(() => console.log("@ " + (count > 10000 && count <= 15010)), 60000); };
</script>"#;

const MOVES_ON: &str =
    r#"<title>moves on</title><script>setTimeout(() => location.replace("/next"), 60000)</script>"#;
const MOVES_ON_WHEN_TOLD: &str = r#"<title>moves on</title><script>
  setTimeout(async () => { await (await fetch("/status")).text(); location.replace("/next"); }, 60000);
</script>"#;
const ASKS: &str = r#"<title>asks</title><script>
  const over = setTimeout(() => console.log("@ too late"), 15000);
  const answer = async () => (await fetch("/status")).text();
  answer().then(answer).then(answer).then((text) => { clearTimeout(over); console.log("@ in time " + text); });
</script>"#;

fn status() -> Page {
    file("text/plain", "ok").after(Duration::from_millis(40))
}

in_each_engine! {
    fn clocks_agree_after_two_hours(engine) {
        run(engine, &[("http://a.test/", html(CLOCKS))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            let begun = Instant::now();
            let fired = stage.context.advance(Duration::from_secs(120 * MINUTE)).await.expect("advance");
            println!("{engine}: two hours, {fired} timers in {:?}", begun.elapsed());
            assert!((7200..7300).contains(&fired), "{fired} timers");
            assert_eq!(lines(&stage), ["chain 5", "hour true true string", "types true true 0 7 Date"]);
            assert_eq!(stage.recorder.clock().offset_ms(), 7_200_000);
            // A document of later on starts with the same clock.
            tab.navigate("http://a.test/").await.expect("navigate");
            stage.context.advance(Duration::from_secs(1)).await.expect("advance");
            assert_eq!(stage.recorder.clock().offset_ms(), 7_201_000);
        });
    }

    fn all_clocks_stand_still_to_the_last_bit(engine) {
        run(engine, &[("http://a.test/", html(STANDS_STILL))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            stage.context.advance(Duration::from_secs(2 * MINUTE)).await.expect("advance");
            assert_eq!(lines(&stage), ["1 1 true true"]);
        });
    }

    fn timers_fire_in_order_across_frames(engine) {
        run(engine, &[("http://a.test/", html(FRAMES)), ("http://b.test/", html(INNER))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            stage.settle().await;
            let fired = stage.context.advance(Duration::from_secs(55)).await.expect("advance");
            stage.settle().await;
            let so_far = lines(&stage);
            assert_eq!(so_far, ["a 10", "b 20", "a heard x at 22", "a answered at 27", "a 30", "b 40", "a 50"]);
            assert_eq!(fired, 7);
            // What the machine needs for a jump passes on top of it, so the last timer is far off.
            stage.context.advance(Duration::from_secs(250)).await.expect("advance");
            stage.settle().await;
            assert_eq!(lines(&stage).last().expect("a line"), "b 300");
        });
    }

    fn answers_arrive_while_time_stands_still(engine) {
        let pages = [("http://a.test/", html(POLLING)), ("http://a.test/status", status()), ("http://b.test/late", html(LATE))];
        run(engine, &pages, async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            let begun = Instant::now();
            stage.context.advance(Duration::from_secs(10 * MINUTE)).await.expect("advance");
            println!("{engine}: four polls in {:?}", begun.elapsed());
            stage.settle().await;
            assert_eq!(lines(&stage), ["ok 1 at 1", "ok 2 at 2", "ok 3 at 3", "ok 4 at 4", "late 4"]);
        });
    }

    fn a_document_that_comes_meanwhile_gets_its_answers_in_time(engine) {
        let slow = file("text/plain", "ok").after(Duration::from_millis(400));
        let pages = [
            ("http://a.test/", html(MOVES_ON)),
            ("http://a.test/told", html(MOVES_ON_WHEN_TOLD)),
            ("http://a.test/next", html(ASKS)),
            ("http://a.test/status", slow),
        ];
        run(engine, &pages, async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            stage.context.advance(Duration::from_secs(2 * MINUTE)).await.expect("advance");
            stage.settle().await;
            assert_eq!(lines(&stage), ["in time ok"]);
            tab.navigate("http://a.test/told").await.expect("navigate");
            stage.context.advance(Duration::from_secs(2 * MINUTE)).await.expect("advance");
            stage.settle().await;
            assert_eq!(lines(&stage), ["in time ok", "in time ok"]);
        });
    }

    fn a_chain_without_delay_comes_on_as_in_a_browser(engine) {
        run(engine, &[("http://a.test/", html(RESTLESS))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            // Four milliseconds a link, once it is a chain.
            stage.context.advance(Duration::from_secs(61)).await.expect("advance");
            stage.settle().await;
            assert_eq!(lines(&stage), ["true"]);
        });
    }

    fn two_busy_hours_are_quick(engine) {
        let host = format!("{EMBEDS_BUSY}{BUSY}");
        let pages = [("http://a.test/", html(&host)), ("http://b.test/busy", html(BUSY)), ("http://c.test/busy", html(BUSY))];
        run(engine, &pages, async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            stage.settle().await;
            let begun = Instant::now();
            let fired = stage.context.advance(Duration::from_secs(120 * MINUTE)).await.expect("advance");
            let frames = tab.frames().await.expect("frames").len();
            println!("{engine}: two hours in {frames} frames, {fired} timers in {:?}", begun.elapsed());
            stage.settle().await;
            assert_eq!(lines(&stage), ["ran 7199"; 3]);
        });
    }

    fn a_pristine_browser_says_that_it_has_no_clock(engine) {
        let page = r#"<title>p</title><script>
          addEventListener("message", () => { document.title = [typeof window[Symbol.for("rehearse.time")], /native/.test(setTimeout), Object.keys(window).includes("rehearse")].join(); });
        </script><iframe src="http://b.test/"></iframe>"#;
        let pages = [("http://a.test/", html(page)), ("http://b.test/", html("<script>parent.postMessage({n: 1}, '*')</script>"))];
        run_pristine(engine, &pages, async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            let rest = stage.settle().await;
            assert_eq!(rest.restless, Vec::<String>::new());
            let error = stage.context.advance(Duration::from_secs(1)).await.expect_err("pristine");
            assert_eq!(*error.kind(), ErrorKind::NeedsInstrumentation);
            assert_eq!((stage.sent().len(), stage.received().len()), (0, 1));
            let title = Locator::css("title").in_frame(FrameSelector::Top);
            assert_eq!(tab.describe(&title).await.expect("title")[0].text, "undefined,true,false");
        });
    }
}
