//! What is noted besides messages.

use std::collections::BTreeSet;

use browser::{FrameSelector, SameSite, StorageArea, Stored};
use journal::Fact;
use journal::fact::NavigationStage;

use crate::stage::{html, in_each_engine, run};

const PARTING: &str = r#"<title>parting</title><script>
  window.DD_RUM = { addAction(name, context) {}, addError() {} };
  addEventListener("pagehide", () => { for (let n = 10; n < 20; n++) DD_RUM.addAction("parting", { n }); });
  for (let n = 0; n < 10; n++) DD_RUM.addAction("parting", { n });
  location.href = "http://b.test/next";
</script>"#;

/// Shaped like mixpanel-browser imported as a module: no global, functions bound to the instance.
const TELEMETRY: &str = r#"<title>telemetry</title><script type="module">
  class Lib { get_distinct_id() {} track(name, properties) { return [name, this instanceof Lib]; } flush() {} }
  const mixpanel = new Lib();
  const flush = Lib.prototype.flush.bind(mixpanel);
  document.title = JSON.stringify(mixpanel.track("opened", { contact: 7, none: undefined }));
  window.DD_RUM = { addAction(name) { return name + "!"; }, addError() {} };
  document.title += DD_RUM.addAction("clicked") + Function.prototype.bind.name;
  DD_RUM.addError(new Error("boom"), { at: 1 });
</script>"#;

const NOISY: &str = r#"<title>noisy</title><script>
  console.log("hello", 1); console.warn("careful"); console.error("bad");
  setTimeout(() => { throw new TypeError("not caught"); });
  Promise.reject(new Error("not handled"));
  fetch("http://elsewhere.test/x").catch(() => {});
  document.cookie = "plain=1; path=/";
  localStorage.setItem("msli", "12"); sessionStorage.setItem("s", "t");
</script>"#;

const MOVING: &str = r"<title>moving</title><style>
  @keyframes slide-in { from { margin-left: 40px } }
  p { animation: slide-in 10ms }
  b { opacity: 1; transition: opacity 10ms }
  b.faint { opacity: 0 }
  i.drawn::before { content: 'x'; animation: slide-in 10ms }
</style><p>p</p><b>b</b><i>i</i><script>
  // Said, not done: nothing moves.
  document.querySelector('b').dispatchEvent(new TransitionEvent('transitionrun', { propertyName: 'color' }));
  const next = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
  next(() => {
    document.querySelector('b').className = 'faint';
    document.querySelector('i').className = 'drawn';
    next(() => next(() => { document.body.append(Object.assign(document.createElement('button'), { textContent: 'Moved' })); }));
  });
</script>";

const MIXED: &str = r#"<title>mixed</title>
  <script src="http://plain.test/script.js"></script><link rel="stylesheet" href="http://plain.test/style.css">
  <img src="http://plain.test/upgraded.png"><script src="http://localhost:9/local.js"></script>
  <iframe src="http://plain.test/frame.html"></iframe><script>
  fetch("http://plain.test/fetched").catch(() => {});
  const request = new XMLHttpRequest(); request.open("GET", "http://plain.test/requested"); request.send();
</script>"#;

/// Gathers candidates for a connection between peers. Where it may send nothing, Chromium says that it is done at once, and Firefox
/// never: without that preference both have asked the server long before the page gives up.
const PEER: &str = r#"<title>peer</title><script>
  const connection = new RTCPeerConnection({ iceServers: [{ urls: "stun:SERVER" }] });
  connection.createDataChannel("data");
  const done = () => { document.body ??= document.createElement("body"); document.body.append(Object.assign(document.createElement("button"), { textContent: "Done" })); };
  connection.onicegatheringstatechange = () => { if (connection.iceGatheringState === "complete") done(); };
  connection.createOffer().then((offer) => connection.setLocalDescription(offer)).then(() => setTimeout(done, 2000));
</script>"#;

/// An address of this machine that is not loopback, which Firefox does not use for this. Nothing is sent by asking.
fn own_address() -> std::net::IpAddr {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").expect("a socket");
    let outward = socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr());
    outward.map_or(std::net::Ipv4Addr::LOCALHOST.into(), |address| address.ip())
}

in_each_engine! {
    fn peer_connections_do_not_pass_the_proxy_by(engine) {
        let server = std::net::UdpSocket::bind("0.0.0.0:0").expect("a socket");
        server.set_nonblocking(true).expect("no waiting");
        let port = server.local_addr().expect("an address").port();
        let page = PEER.replace("SERVER", &format!("{}:{port}", own_address()));
        run(engine, &[("http://a.test/", html(&page))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            tab.click(&browser::Locator::role("button", "Done"), browser::ClickOptions::default()).await.expect("click");
            let heard = server.recv_from(&mut [0; 2048]);
            assert_eq!(heard.expect_err("nobody asks").kind(), std::io::ErrorKind::WouldBlock);
        });
    }

    fn mixed_content_is_noted_in_every_frame(engine) {
        // Of a beacon page code sees nothing: the engine itself tells, in Firefox of the tab's own document alone.
        let outer = format!("{MIXED}<iframe src='https://b.test/inner'></iframe><script>navigator.sendBeacon('http://plain.test/told', 'x')</script>");
        let pages = [("http://a.test/", html("first")), ("https://a.test/mixed", html(&outer)), ("https://b.test/inner", html(MIXED))];
        run(engine, &pages, async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            // Of a tab that changes its process the browser is asked, too.
            tab.navigate("http://a.test/").await.expect("navigate");
            tab.navigate("https://a.test/mixed").await.expect("navigate");
            assert_eq!(stage.settle().await.restless, Vec::<String>::new());
            let mixed: BTreeSet<String> = stage
                .facts(|fact| match fact {
                    Fact::MixedContent(one) => Some(format!("{} {}", one.frame.origin, one.url)),
                    _ => None,
                })
                .into_iter()
                .collect();
            let kinds = ["fetched", "frame.html", "requested", "script.js", "style.css"];
            let expected = ["https://a.test", "https://b.test"]
                .iter()
                .flat_map(|origin| kinds.map(|kind| format!("{origin} http://plain.test/{kind}")));
            let told = "https://a.test http://plain.test/told".to_owned();
            let expected: BTreeSet<String> = expected.chain([told]).collect();
            assert_eq!(mixed, expected);
            assert!(!stage.asked.lock().expect("asked").iter().any(|url| url.contains("http://plain.test")));
        });
    }

    fn what_moves_by_style_is_noted(engine) {
        run(engine, &[("http://a.test/", html(MOVING))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            // The page offers it when everything has moved.
            tab.click(&browser::Locator::role("button", "Moved"), browser::ClickOptions::default()).await.expect("click");
            stage.settle().await;
            let mut moved = stage.facts(|fact| match fact {
                Fact::Motion(motion) => {
                    assert_eq!(motion.frame.origin, "http://a.test");
                    Some(format!("{} {}", motion.element, motion.name))
                }
                _ => None,
            });
            moved.sort();
            assert_eq!(moved, ["b opacity", "i::before slide-in", "p slide-in"]);
        });
    }

    fn what_is_handed_over_while_leaving_is_not_lost(engine) {
        let pages = [("http://a.test/", html(PARTING)), ("http://b.test/next", html("<title>next</title>"))];
        run(engine, &pages, async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            stage.settle().await;
            assert_eq!(tab.url().await.expect("url"), "http://b.test/next");
            let handed: Vec<u64> = stage.facts(|fact| match fact {
                Fact::Handed(handed) => {
                    assert_eq!((handed.sink.as_str(), handed.event.as_str()), ("datadog", "parting"));
                    assert_eq!(handed.frame.url, "http://a.test/");
                    handed.properties["n"].as_u64()
                }
                _ => None,
            });
            // What `pagehide` says is not always heard: the old document dies beside the new one, and
            // Chromium's inspector has moved on by then.
            assert_eq!(handed[..10], (0..10).collect::<Vec<_>>());
        });
    }

    fn telemetry_is_seen_at_its_public_entries(engine) {
        run(engine, &[("http://a.test/", html(TELEMETRY))], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            stage.settle().await;
            let handed: Vec<String> = stage.facts(|fact| match fact {
                Fact::Handed(one) => Some(format!("{} {} {}", one.sink, one.event, one.properties)),
                _ => None,
            });
            assert_eq!(handed, ["mixpanel opened {\"contact\":7}", "datadog clicked null", "datadog boom {\"at\":1}"]);
            let title = browser::Locator::css("title");
            let title = &tab.describe(&title).await.expect("title")[0];
            assert_eq!(title.text, "[\"opened\",true]clicked!bind");
        });
    }

    fn console_errors_violations_and_storage_are_noted(engine) {
        let noisy = html(NOISY)
            .header("content-security-policy", "connect-src 'self'")
            .header("set-cookie", "kept=secret; HttpOnly; SameSite=Lax; Path=/; Max-Age=100");
        run(engine, &[("http://a.test/", noisy)], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            tab.navigate("http://a.test/").await.expect("navigate");
            stage.settle().await;
            let console: Vec<String> = stage.facts(|fact| match fact {
                Fact::Console(line) => {
                    assert_eq!(line.frame.as_ref().expect("frame").origin, "http://a.test");
                    Some(format!("{} {}", line.level, line.text))
                }
                _ => None,
            });
            for expected in ["info hello 1", "warn careful", "error bad"] {
                assert!(console.iter().any(|line| line == expected), "{expected} is not in {console:#?}");
            }
            let mut errors = stage.facts(|fact| match fact {
                Fact::PageError(error) => Some((error.rejection, error.text.clone())),
                _ => None,
            });
            errors.sort();
            println!("{errors:#?}");
            assert!(errors.iter().any(|(rejection, text)| !rejection && text.contains("not caught")), "{errors:?}");
            assert!(errors.iter().any(|(rejection, text)| *rejection && text.contains("not handled")), "{errors:?}");
            let violations = stage.facts(|fact| match fact {
                Fact::CspViolation(one) => Some((one.directive.clone(), one.blocked.clone(), one.disposition.clone())),
                _ => None,
            });
            assert_eq!(violations, [("connect-src".to_owned(), "http://elsewhere.test/x".to_owned(), "enforce".to_owned())]);

            let mut cookies = stage.context.cookies("http://a.test").await.expect("cookies");
            cookies.sort_by(|one, other| one.name.cmp(&other.name));
            let names: Vec<_> = cookies.iter().map(|cookie| (cookie.name.as_str(), cookie.value.as_str(), cookie.http_only)).collect();
            assert_eq!(names, [("kept", "secret", true), ("plain", "1", false)]);
            assert_eq!(cookies[0].same_site, SameSite::Lax);
            assert!(cookies[0].expires.is_some() && cookies[1].expires.is_none());
            assert_eq!(stage.context.cookies("http://b.test").await.expect("cookies"), []);

            let top = FrameSelector::Top;
            assert_eq!(tab.storage(&top, StorageArea::Local, "msli").await.expect("storage"), Stored::Value("12".to_owned()));
            assert_eq!(tab.storage(&top, StorageArea::Local, "none").await.expect("storage"), Stored::Absent);
            let elsewhere = FrameSelector::Origin("http://c.test".to_owned());
            assert_eq!(tab.storage(&elsewhere, StorageArea::Local, "msli").await.expect("storage"), Stored::OutOfReach);
            assert_eq!(tab.storage_entries(&top, StorageArea::Session).await.expect("storage"), [("s".to_owned(), "t".to_owned())]);
        });
    }

    fn navigations_and_tabs_are_noted(engine) {
        let pages = [
            ("http://a.test/", html("<title>a</title><iframe src='http://b.test/'></iframe><a id=f href='#part'>part</a>")),
            ("http://b.test/", html("b")),
        ];
        run(engine, &pages, async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            let went = tab.navigate("http://a.test/").await.expect("navigate");
            assert_eq!(went.url, "http://a.test/");
            stage.settle().await;
            tab.click(&browser::Locator::css("#f"), browser::ClickOptions::default()).await.expect("click");
            stage.settle().await;
            assert_eq!(tab.url().await.expect("url"), "http://a.test/#part");
            let navigations = stage.facts(|fact| match fact {
                Fact::Navigation(one) => Some((one.top_level, one.url.clone(), one.stage)),
                _ => None,
            });
            for expected in [
                (true, "http://a.test/", NavigationStage::Started),
                (true, "http://a.test/", NavigationStage::Committed),
                (true, "http://a.test/", NavigationStage::Loaded),
                (false, "http://b.test/", NavigationStage::Committed),
                (true, "http://a.test/#part", NavigationStage::SameDocument),
            ] {
                let expected = (expected.0, expected.1.to_owned(), expected.2);
                assert!(navigations.contains(&expected), "{expected:?} is not in {navigations:#?}");
            }
            tab.navigate("http://b.test/").await.expect("navigate");
            tab.back().await.expect("back");
            stage.settle().await;
            assert_eq!(tab.url().await.expect("url"), "http://a.test/#part");
            tab.reload().await.expect("reload");
            tab.close().await.expect("close");
            assert!(!tab.is_open());
            let opened = stage.facts(|fact| matches!(fact, Fact::ContextOpened(one) if one.parent.is_none()).then_some(()));
            let closed = stage.facts(|fact| matches!(fact, Fact::ContextClosed(one) if one.context == tab.id()).then_some(()));
            assert_eq!((opened.len(), closed.len()), (1, 1));
        });
    }

    fn a_page_that_does_not_load_is_the_products_fault(engine) {
        run(engine, &[], async |stage| {
            let tab = stage.context.open_tab().await.expect("tab");
            // The tiny web closes the connection of what is not HTTP for it: `https` asks it to CONNECT.
            let error = tab.navigate("https://a.test/").await.expect_err("there is no TLS here");
            assert!(error.is_blocked(), "{error:?}");
            println!("{error}");
        });
    }
}
