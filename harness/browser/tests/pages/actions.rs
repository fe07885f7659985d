//! What a person does: clicking, filling, choosing, pressing; and what is said when it cannot be done.

use std::time::Duration;

use browser::{By, ClickOptions, ErrorKind, FrameSelector, Locator, Name};

use crate::stage::{Stage, html, in_each_engine, run};

/// Each event of a person adds a word to the log, which is the title.
const FORM: &str = r#"<title>form</title>
<label>City <input id=city></label>
<label>Plan <select id=plan><option>Basic</option><option>Plus</option></select></label>
<label>Papers <input id=papers type=file multiple></label>
<button id=twice>Save</button>
<div id=menu role=listbox tabindex=0>menu</div>
<script>
  const log = [];
  const note = (words) => { log.push(words); document.title = log.join(" "); };
  const say = (event, more) => note(`${event.type}${more}${event.isTrusted ? "" : "!"}`);
  city.oninput = (event) => say(event, `=${city.value}`);
  plan.onchange = (event) => note(`plan=${plan.value}`);
  papers.onchange = (event) => note(Array.from(papers.files, (file) => file.name).join("+"));
  twice.onclick = (event) => say(event, event.detail);
  twice.ondblclick = (event) => say(event, "");
  menu.onkeydown = (event) => say(event, `${event.ctrlKey ? "^" : ""}${event.key}`);
</script>"#;

const OBSTACLES: &str = r#"<title>obstacles</title>
<button id=under>Under</button>
<div style="position:fixed;inset:0 0 50% 0;background:#ddd" class=veil></div>
<button disabled style="position:fixed;bottom:10px">Off</button>
<button style="position:fixed;bottom:40px">Twin</button><button style="position:fixed;bottom:70px">Twin</button>
<button style="display:none">Nowhere</button>
<input aria-label=Fixed value=1 readonly style="position:fixed;bottom:100px">"#;

/// The button is far below, in a frame that is far below.
const DEEP: &str = r#"<title>deep</title><div style="height:3000px"></div>
<iframe id=f style="border:7px solid;padding:3px" width=300 height=120 src="http://b.test/"></iframe>
<script>addEventListener("message", (event) => { document.title = event.data; });</script>"#;

const INNER: &str = r#"<div style="height:900px"></div><button onclick="parent.postMessage('clicked ' + event.isTrusted, '*')">Deep</button><div style="height:900px"></div>"#;

async fn title(stage: &Stage, tab: &browser::Tab) -> String {
    stage.settle().await;
    tab.title().await.expect("title")
}

/// What was said of an action that the page did not let happen.
async fn obstacle(outcome: browser::Result<()>) -> String {
    let error = outcome.expect_err("the page is in the way");
    assert!(matches!(error.kind(), ErrorKind::Blocked { .. }), "{error}");
    error.to_string()
}

in_each_engine! {
    fn a_form_is_filled_as_by_a_person(engine) {
        run(engine, &[("http://a.test/", html(FORM))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            tab.fill(&Locator::label("City"), "Bo").await.expect("fill");
            tab.fill(&Locator::label("City"), "Lo").await.expect("fill again");
            tab.select(&Locator::label("Plan"), "Plus").await.expect("select");
            let folder = tempfile::tempdir().expect("a folder");
            let files = ["one.pdf", "two.pdf"].map(|name| folder.path().join(name));
            for file in &files {
                std::fs::write(file, "x").expect("a file");
            }
            tab.choose_files(&Locator::label("Papers"), &files).await.expect("choose");
            tab.click(&Locator::role("button", "Save"), ClickOptions { count: 2 }).await.expect("click");
            tab.press("Control+k", Some(&Locator::css("#menu"))).await.expect("press");
            tab.press("Escape", None).await.expect("press where the focus is");
            let told = title(&stage, &tab).await;
            assert!(!told.contains('!'), "a person's events are trusted: {told}");
            assert!(told.contains("input=Bo ") && told.contains("input=Lo "), "{told}");
            assert!(
                told.ends_with("plan=Plus one.pdf+two.pdf click1 click2 dblclick keydown^Control keydown^k keydownEscape"),
                "{told}"
            );
        });
    }

    fn an_option_that_is_not_there_is_told(engine) {
        run(engine, &[("http://a.test/", html(FORM))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            let told = obstacle(tab.select(&Locator::label("Plan"), "Gold").await).await;
            assert!(told.contains("Gold") && told.contains("Basic") && told.contains("Plus"), "{told}");
        });
    }

    fn what_is_in_the_way_is_named(engine) {
        run(engine, &[("http://a.test/", html(OBSTACLES))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            let click = async |name: &str| obstacle(tab.click(&Locator::role("button", name), ClickOptions::default()).await).await;
            let told = click("Under").await;
            assert!(told.contains("covered by") && told.contains("veil"), "{told}");
            let told = click("Off").await;
            assert!(told.contains("disabled"), "{told}");
            let told = click("Twin").await;
            assert!(told.contains('2'), "{told}");
            let told = click("Tvin").await;
            assert!(told.ends_with(r#"it is not there; there is button "Under", button "Off", button "Twin""#), "{told}");
            let told = obstacle(tab.fill(&Locator::label("Fixed"), "2").await).await;
            assert!(told.contains("read"), "{told}");
            let hidden = tab.describe(&Locator::css("button[style*=none]")).await.expect("describe");
            assert_eq!((hidden.len(), hidden[0].visible), (1, false));
        });
    }

    fn a_click_reaches_into_a_frame_of_another_origin_out_of_view(engine) {
        run(engine, &[("http://a.test/", html(DEEP)), ("http://b.test/", html(INNER))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            let button = Locator::role("button", "Deep").in_frame(FrameSelector::Origin("http://b.test".to_owned()));
            tab.click(&button, ClickOptions::default()).await.expect("click");
            assert_eq!(title(&stage, &tab).await, "clicked true");
        });
    }

    fn a_late_element_is_waited_for_and_a_picture_is_taken(engine) {
        let late = r#"<title>late</title><script>setTimeout(() => {
            document.body.innerHTML = "<p>Ready now</p><button>Go</button>";
            document.querySelector("button").onclick = () => { document.title = "gone"; };
        }, 400);</script>"#;
        run(engine, &[("http://a.test/", html(late))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            let go = Locator::new(By::Role { role: "button".into(), name: Some(Name::Pattern("^G".into())), level: None, hidden: false });
            tab.click(&go, ClickOptions::default()).await.expect("click");
            assert_eq!(title(&stage, &tab).await, "gone");
            let picture = tab.screenshot().await.expect("a picture");
            assert_eq!(picture[..8], *b"\x89PNG\r\n\x1a\n");
            assert!(picture.len() > 1000);
        });
    }

    fn a_jump_of_the_clock_does_not_wait_for_what_is_held(engine) {
        let page = r#"<title>0</title><script>
            fetch("/held").catch(() => {});
            setInterval(() => { fetch("/status").then((answer) => answer.text()).then(() => { document.title = Number(document.title) + 1; }); }, 60000);
        </script>"#;
        let held = html("").after(Duration::from_secs(600));
        let pages = [("http://a.test/", html(page)), ("http://a.test/held", held), ("http://a.test/status", html("ok"))];
        crate::stage::run_holding(engine, &pages, &["http://a.test/held"], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            stage.context.advance(Duration::from_secs(600)).await.expect("advance");
            assert_eq!(title(&stage, &tab).await, "10");
            assert_eq!(stage.settle().await.restless, Vec::<String>::new());
        });
    }
}
