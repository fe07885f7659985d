//! Nothing secret stands in a run directory, however it is written: it can be handed on.
//!
//! The runner plays in this process, so that its recorders can be asked which values they watched for: passwords,
//! codes, tokens, sessions, personal data. On top of those come the fixtures' own values, and shapes that any secret
//! of this world has, whether someone thought of watching for it or not.
#![cfg(unix)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use journal::run::{RunManifest, Verdict};
use journal::{Canary, Fact, Recorder};
use runner::{BrowserPool, Options, Progress, RunDirectory, Screenshots, Session, Tools, Update};
use scenarios::Catalogue;
use support::catalogue;
use support::processes::{self, Kin};
use support::runs;
use sysinfo::Signal;

/// A value that must not be found, with what it is.
type Secrets = BTreeMap<String, String>;

const CREATES: &str = "\
title: A ticket is created
covers: [DEMO-01]
world: customer-detail
persona: support-agent
steps:
  - use: sign-in-to-crm
  - use: show-ticket-form
  - use: submit-ticket
  - expect:
      - request: { to: crm, method: POST, path: /api/mobile/v2.8/tickets, status: 201, count: 1 }
";

const LEGACY: &str = "\
title: The legacy embed is opened, with the token in its address
covers: [DEMO-01]
world: customer-detail
persona: support-agent
switches: { embed-auth: bearer }
steps:
  - use: sign-in-to-crm
  - click: { role: button, name: Add deal }
  - click: { role: menuitem, name: Create new deal }
  - expect:
      - request: { to: crm, path: \"/embed/deals/create/\" }
";

/// Fails by expectations whose values are secret on both sides, and by a leak in a console message.
const FAILS: &str = "\
title: The customer is somebody else
covers: [DEMO-01]
world: customer-detail
persona: support-agent
stubs:
  - origin: \"https://partner.example\"
    routes:
      - path: /
        headers: { content-type: text/html }
        body: |
          <!doctype html><title>Partner</title><h1>Partner</h1>
          <script>
            console.error('no such customer: ${customer.123.email}')
            fetch('/x?email=' + btoa('to ${customer.123.email}'))
          </script>
      - { path: /x, body: ok }
steps:
  - use: sign-in
  - expect:
      - page: { element: { role: heading, name: \"${customer.123.name}\" } }
  - open: \"https://partner.example/\"
  - expect:
      - page: { element: { role: heading, name: \"${customer.456.name}\" } }
      - request: { to: sso, path: /login, body: { password: \"not ${persona.password}\" } }
";

/// Stops in the middle of a step whose words hold a password: the browser is ended meanwhile.
const BREAKS: &str = "\
title: A field that is not there
covers: [DEMO-01]
world: customer-detail
persona: support-agent
steps:
  - open: /customers/123
  - fill: { field: { label: Email }, with: \"${persona.email}\" }
  - mark: filled
  - fill: { field: { label: Pass phrase }, with: \"${persona.password}\" }
";

const SCENARIOS: [(&str, &str); 4] = [
    ("demo/creates", CREATES),
    ("demo/fails", FAILS),
    ("demo/legacy", LEGACY),
    ("demo/breaks", BREAKS),
];

/// Keeps the recorder of every journal.
#[derive(Default)]
struct Listener {
    recorders: Mutex<Vec<Recorder>>,
}

impl Listener {
    fn recorders(&self) -> Vec<Recorder> {
        self.recorders.lock().expect("no one panicked").clone()
    }

    /// Whether any journal has come to a mark.
    fn has_come_to(&self, mark: &str) -> bool {
        let is_it = |fact: &Fact| matches!(fact, Fact::Mark(met) if met.name == mark);
        self.recorders()
            .iter()
            .any(|recorder| recorder.after(0).iter().any(|event| is_it(&event.fact)))
    }
}

impl Progress for Listener {
    fn update(&self, _: &Update<'_>) {}

    fn recording(&self, recorder: &Recorder) {
        self.recorders
            .lock()
            .expect("no one panicked")
            .push(recorder.clone());
    }
}

struct Played {
    _house: tempfile::TempDir,
    run: PathBuf,
    manifest: RunManifest,
    watched: Vec<Canary>,
}

fn play() -> Played {
    support::browsers::Engine::Chromium.must_be_installed();
    let house = tempfile::tempdir().expect("a folder");
    let catalogue = Catalogue::load(&catalogue::lay_out(house.path(), &SCENARIOS)).expect("a good catalogue");
    let found = support::browsers::tools();
    let options = Options {
        seed: 7,
        output: house.path().join("reports"),
        // Pixels cannot be redacted, which is why they can be switched off.
        screenshots: Screenshots::Off,
        tools: Tools {
            chromium: found.chromium,
            chromedriver: found.chromedriver,
            ..Tools::default()
        },
        ..Options::default()
    };
    let directory = RunDirectory::create(&options.output).expect("a run directory");
    let session = Session::prepare(Arc::new(catalogue), options).expect("a good session");
    let listener = Arc::new(Listener::default());
    let killer = kill_the_browser_in_the_middle(listener.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let manifest = runtime.block_on(async {
        let pool = Arc::new(BrowserPool::open().expect("a pool"));
        let cancel = tokio_util::sync::CancellationToken::new();
        let manifest = session.play(&pool, &directory, listener.clone(), cancel).await;
        pool.close().await;
        manifest.expect("a manifest")
    });
    assert!(
        killer.join().expect("the killer"),
        "the browser was ended in the middle of a step"
    );
    reports::write_all(directory.path(), &reports::Options::default()).expect("reports");
    let recorders = listener.recorders();
    let watched = recorders.iter().flat_map(Recorder::canaries).collect();
    Played {
        run: directory.path().to_owned(),
        _house: house,
        manifest,
        watched,
    }
}

/// Ends the browser once, as soon as the scenario that is to break has filled in its first field: the second is then
/// looked for during seconds.
fn kill_the_browser_in_the_middle(listener: Arc<Listener>) -> std::thread::JoinHandle<bool> {
    std::thread::spawn(move || {
        let mut kin = Kin::under(std::process::id());
        let found = support::until(Duration::from_secs(90), || {
            listener.has_come_to("filled").then_some(())?;
            let driver = kin.driver("chromedriver")?;
            kin.browser(driver)
        });
        found.is_some_and(|browser| {
            processes::send(browser, Signal::Kill);
            true
        })
    })
}

/// Everything that must not be found.
fn secrets(played: &Played) -> Secrets {
    let mut secrets = Secrets::new();
    for canary in &played.watched {
        secrets.insert(canary.value.clone(), canary.kind.clone());
    }
    for name in ["support-agent", "sales-agent"] {
        let persona = fixtures::persona(name).expect("a persona");
        secrets.insert(persona.password, format!("password of {name}"));
        secrets.insert(persona.email, format!("email of {name}"));
        secrets.insert(persona.sso_id, format!("sso id of {name}"));
    }
    for customer in fixtures::records().expect("records").customers {
        let id = customer.id.clone();
        let value = serde_json::to_value(customer).expect("a value");
        for member in ["name", "email", "phone"] {
            if let Some(text) = value.get(member).and_then(serde_json::Value::as_str) {
                secrets.insert(text.to_owned(), format!("{member} of customer {id}"));
                if member == "phone" {
                    secrets.insert(
                        text.trim_start_matches('+').to_owned(),
                        format!("digits of the phone of {id}"),
                    );
                }
            }
        }
    }
    secrets
}

/// Every way in which a value may be written, searched for without regard to letter case.
fn writings(value: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([value.to_owned()]);
    let bytes = value.as_bytes();
    let percent = |keep: &dyn Fn(u8) -> bool| -> String {
        bytes
            .iter()
            .map(|&byte| {
                if keep(byte) {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect()
    };
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let component = percent(&|byte| unreserved(byte) || b"!*'()".contains(&byte));
    all.insert(component.replace("%20", "+"));
    all.insert(component.replace('%', "%25"));
    all.insert(component);
    all.insert(percent(&unreserved));
    all.insert(percent(&|byte| byte.is_ascii_alphanumeric()));
    all.insert(percent(&|_| false));
    for offset in 0..3 {
        let mut padded = vec![0_u8; offset];
        padded.extend_from_slice(bytes);
        let text = STANDARD_NO_PAD.encode(&padded);
        // Only the characters that depend on nothing but the value.
        let core = &text[(offset * 8).div_ceil(6)..padded.len() * 8 / 6];
        all.insert(core.to_owned());
        all.insert(core.replace('+', "-").replace('/', "_"));
        all.insert(core.replace('+', "%2B").replace('/', "%2F"));
    }
    all.insert(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
    all.insert(
        serde_json::to_string(value)
            .expect("a text")
            .trim_matches('"')
            .to_owned(),
    );
    all.insert(value.replace('/', "\\/"));
    all.insert(
        value
            .chars()
            .map(|character| format!("\\u{:04x}", u32::from(character)))
            .collect(),
    );
    all.insert(
        value
            .chars()
            .map(|character| format!("&#{};", u32::from(character)))
            .collect(),
    );
    all.insert(
        value
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('\'', "&#x27;"),
    );
    all.insert(value.chars().rev().collect());
    // Shorter ones are found by chance.
    all.retain(|writing| writing.len() >= 8);
    all
}

/// A search for all secrets in all writings.
struct Search {
    automaton: AhoCorasick,
    /// What each pattern is.
    names: Vec<String>,
}

impl Search {
    fn new(secrets: &Secrets) -> Self {
        let mut patterns = Vec::new();
        let mut names = Vec::new();
        for (value, kind) in secrets {
            for writing in writings(value) {
                names.push(format!("{kind}, as {writing}"));
                patterns.push(writing);
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(patterns)
            .expect("an automaton");
        Self { automaton, names }
    }

    fn in_bytes(&self, bytes: &[u8]) -> Vec<String> {
        let mut found: Vec<String> = self
            .automaton
            .find_overlapping_iter(bytes)
            .map(|hit| {
                let around = &bytes[hit.start().saturating_sub(40)..(hit.end() + 20).min(bytes.len())];
                format!(
                    "{} in …{}…",
                    self.names[hit.pattern().as_usize()],
                    String::from_utf8_lossy(around)
                )
            })
            .collect();
        found.dedup();
        found
    }
}

/// What the bytes hold, unwrapped again and again: compressed data, base64 and hex inside of texts.
fn unwrapped(bytes: &[u8]) -> Vec<Vec<u8>> {
    const DEEPEST: usize = 4;
    let mut layers = vec![bytes.to_vec()];
    let mut from = 0;
    for _ in 0..DEEPEST {
        let to = layers.len();
        for index in from..to {
            let inner = unwrapped_once(&layers[index]);
            layers.extend(inner);
        }
        from = to;
    }
    layers
}

fn unwrapped_once(bytes: &[u8]) -> Vec<Vec<u8>> {
    /// A shorter one holds no secret in compressed form.
    const SHORTEST: usize = 24;
    let mut found = Vec::new();
    for (at, pair) in bytes.windows(2).enumerate() {
        let inflated = match pair {
            [0x1f, 0x8b] => inflate(flate2::read::GzDecoder::new(&bytes[at..])),
            [0x78, 0x01 | 0x5e | 0x9c | 0xda] => inflate(flate2::read::ZlibDecoder::new(&bytes[at..])),
            _ => None,
        };
        found.extend(inflated);
    }
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    for run in bytes
        .split(|byte| !is_base64(byte))
        .filter(|run| run.len() >= SHORTEST)
    {
        let standard: String = run
            .iter()
            .map(|&byte| match byte {
                b'-' => '+',
                b'_' => '/',
                other => char::from(other),
            })
            .collect();
        let usable = standard.len() - usize::from(standard.len() % 4 == 1);
        found.extend(STANDARD_NO_PAD.decode(&standard[..usable]));
        if run.iter().all(u8::is_ascii_hexdigit) {
            let pairs = run
                .chunks_exact(2)
                .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
            found.push(pairs.collect());
        }
    }
    // Bytes that are neither text nor compressed hold nothing more.
    found.retain(|inner| inner.len() >= 6);
    found
}

fn inflate(mut decoder: impl Read) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    // A stream that was cut yields what it holds.
    let _ = decoder.by_ref().take(16 << 20).read_to_end(&mut plain);
    (plain.len() >= 8).then_some(plain)
}

/// Shapes of secrets, whoever made them: a signed token, and the session cookies' values.
fn shapes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // A JSON Web Token: two JSON objects in base64url.
    for (at, _) in text.match_indices("eyJ") {
        let word: String = text[at..]
            .chars()
            .take_while(|one| one.is_ascii_alphanumeric() || "-_.".contains(*one))
            .collect();
        if word
            .split('.')
            .filter(|part| part.starts_with("eyJ") && part.len() > 12)
            .count()
            >= 2
        {
            found.push(format!("a signed token: {word}"));
        }
    }
    for name in ["_mekari_account", "_crm_session", "global_sso_token"] {
        for (at, _) in text.match_indices(&format!("{name}=")) {
            let value: String = text[at + name.len() + 1..].chars().take(12).collect();
            let is_gone =
                value.starts_with(['‹', ';', '"', ',']) || value.starts_with("\\u2039") || value.is_empty();
            if !is_gone {
                found.push(format!("the value of cookie {name}: {value}…"));
            }
        }
    }
    found
}

fn shown(run: &Path, file: &Path) -> String {
    file.strip_prefix(run).unwrap_or(file).display().to_string()
}

#[test]
fn stands_in_a_run_directory() {
    let played = play();
    let verdicts: BTreeMap<&str, (Verdict, u32)> = played
        .manifest
        .scenarios
        .iter()
        .map(|record| (record.id.as_str(), (record.verdict, record.attempts)))
        .collect();
    let in_words = runs::red(&played.manifest);
    assert_eq!(verdicts["demo/creates"], (Verdict::Passed, 1), "{in_words}");
    assert_eq!(verdicts["demo/legacy"], (Verdict::Passed, 1), "{in_words}");
    assert_eq!(verdicts["demo/fails"], (Verdict::Failed, 1), "{in_words}");
    // Once broken, then blocked: both wordings of the step with the password are in the directory.
    assert_eq!(verdicts["demo/breaks"], (Verdict::Failed, 2), "{in_words}");

    // What was watched for is what this world has.
    let kinds: BTreeSet<&str> = played.watched.iter().map(|canary| canary.kind.as_str()).collect();
    for kind in [
        "password",
        "access_token",
        "id_token",
        "authorization_code",
        "sso_session",
        "crm_session",
        "contact_email",
        "contact_phone",
        "contact_name",
    ] {
        assert!(kinds.contains(kind), "no {kind} was watched for: {kinds:?}");
    }

    let search = Search::new(&secrets(&played));
    let files = runs::files(&played.run);
    assert!(
        files.iter().any(|file| file.ends_with("events.jsonl"))
            && files.iter().any(|file| file.ends_with("report.html"))
    );
    let mut found = Vec::new();
    for file in &files {
        let bytes = std::fs::read(file).expect("a file");
        for layer in unwrapped(&bytes) {
            let text = String::from_utf8_lossy(&layer);
            for what in search.in_bytes(&layer).into_iter().chain(shapes(&text)) {
                found.push(format!("{}: {what}", shown(&played.run, file)));
            }
        }
    }
    found.sort();
    found.dedup();
    let total = found.len();
    found.truncate(25);
    assert!(
        found.is_empty(),
        "{total} times a secret stands in {}\n  {}",
        played.run.display(),
        found.join("\n  ")
    );
    let what = secrets(&played);
    println!(
        "searched {} files for {} values in {} writings",
        files.len(),
        what.len(),
        search.names.len()
    );
}

/// The search itself finds what it is there to find.
#[test]
fn would_be_found() {
    use std::io::Write;
    let secrets = Secrets::from([("Rimba-Hijau-5!".to_owned(), "password".to_owned())]);
    let search = Search::new(&secrets);
    let finds = |bytes: &[u8]| {
        unwrapped(bytes)
            .iter()
            .any(|layer| !search.in_bytes(layer).is_empty())
    };
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder
            .write_all(text.as_bytes())
            .and_then(|()| encoder.finish())
            .expect("compressed")
    };
    let zlib = |text: &str| {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder
            .write_all(text.as_bytes())
            .and_then(|()| encoder.finish())
            .expect("compressed")
    };
    let long = "x".repeat(40) + "RIMBA-hijau-5!" + &"y".repeat(40);
    for bytes in [
        b"plain Rimba-Hijau-5! text".to_vec(),
        b"?p=Rimba-Hijau-5%21".to_vec(),
        b"\\u0052\\u0069\\u006d\\u0062\\u0061\\u002d\\u0048\\u0069\\u006a\\u0061\\u0075\\u002d\\u0035\\u0021"
            .to_vec(),
        STANDARD.encode("a Rimba-Hijau-5!").into_bytes(),
        STANDARD.encode("ab Rimba-Hijau-5!").into_bytes(),
        URL_SAFE_NO_PAD.encode("??>Rimba-Hijau-5!").into_bytes(),
        b"52696d62612d48696a61752d3521".to_vec(),
        gzip(&long),
        zlib(&long),
        format!("\"{}\"", STANDARD.encode(gzip(&long))).into_bytes(),
        format!("\"{}\"", STANDARD.encode(STANDARD.encode(zlib(&long)))).into_bytes(),
    ] {
        assert!(finds(&bytes), "{}", String::from_utf8_lossy(&bytes));
    }
    assert!(!finds(
        b"nothing of the kind: \xe2\x80\xb9password~3f9c\xe2\x80\xba"
    ));
}
