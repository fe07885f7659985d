//! What a user sees who got something wrong: the place, the cause, the remedy, and the right exit code. Never a panic.
//!
//! The drivers and browsers of these cases are scripts that leave a trace when they are started: whatever is the
//! user's mistake must be told before anything is started and before any folder is made.
#![cfg(unix)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use support::catalogue::{self, QUICK, RULES};
use support::program::{House, Said};

/// One mistake: how it is made, and what must be said about it.
struct Case {
    name: &'static str,
    prepare: Box<dyn Fn(&Path)>,
    arguments: Vec<String>,
    environment: Vec<(&'static str, String)>,
    exit: i32,
    says: Vec<&'static str>,
    leaves_run: bool,
}

/// A case with a good catalogue in the working folder, played with `run`.
fn case(name: &'static str) -> Case {
    Case {
        name,
        prepare: Box::new(|work| {
            catalogue::lay_out(work, &[("demo/one", QUICK)]);
        }),
        arguments: ["run", "--scenarios", "scenarios"].map(str::to_owned).to_vec(),
        environment: Vec::new(),
        exit: 2,
        says: Vec::new(),
        leaves_run: false,
    }
}

impl Case {
    /// Lays out something besides, or instead of, the good catalogue.
    fn with(mut self, more: impl Fn(&Path) + 'static) -> Self {
        let before = self.prepare;
        self.prepare = Box::new(move |work| {
            before(work);
            more(work);
        });
        self
    }

    /// A file of the working folder.
    fn file(self, path: &'static str, content: impl AsRef<[u8]> + 'static) -> Self {
        self.with(move |work| catalogue::write(&work.join(path), &content))
    }

    /// The text of `scenarios/catalogue/demo/one.yaml`.
    fn scenario(self, text: impl Into<String>) -> Self {
        let text: String = text.into();
        self.file("scenarios/catalogue/demo/one.yaml", text)
    }

    /// Four good lines, then these.
    fn lines(self, lines: &str) -> Self {
        self.scenario(format!(
            "title: A demo\ncovers: [DEMO-01]\nworld: customer-detail\npersona: support-agent\n{lines}"
        ))
    }

    /// These steps from line 6 on.
    fn steps(self, steps: &str) -> Self {
        self.lines(&format!("steps:\n{steps}"))
    }

    /// More arguments.
    fn also(mut self, arguments: &[&str]) -> Self {
        self.arguments
            .extend(arguments.iter().map(|&argument| argument.to_owned()));
        self
    }

    /// Other arguments altogether.
    fn instead(mut self, arguments: &[&str]) -> Self {
        self.arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        self
    }

    /// A setting of the environment; `{work}` stands for the working folder.
    fn set(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    /// Another exit code than 2.
    fn exits(mut self, exit: i32) -> Self {
        self.exit = exit;
        self
    }

    /// What the message must hold.
    fn says(mut self, parts: &[&'static str]) -> Self {
        self.says.extend(parts);
        self
    }

    /// The mistake shows only while playing, so a run directory is there.
    fn while_playing(mut self) -> Self {
        self.leaves_run = true;
        self.exits(3)
    }
}

/// Makes an executable script.
fn script(path: &Path, text: &str) -> PathBuf {
    catalogue::write(path, text);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
    path.to_owned()
}

/// Plays all cases and tells of everything that is wrong at once.
fn hold(cases: Vec<Case>) {
    let total = cases.len();
    let complaints: Vec<String> = cases.into_iter().filter_map(|case| complaint(&case)).collect();
    assert!(
        complaints.is_empty(),
        "{} of {total} kinds of bad input are not told as they should be\n\n{}",
        complaints.len(),
        complaints.join("\n\n")
    );
}

fn complaint(case: &Case) -> Option<String> {
    let house = House::new();
    (case.prepare)(&house.work());
    let trace = house.path().join("started");
    let note = |program: &str| {
        let text = format!("#!/bin/sh\necho {program} >> '{}'\nexit 1\n", trace.display());
        script(&house.path().join(program), &text)
    };
    let (browser, driver) = (note("browser"), note("driver"));
    let has_output = case.arguments.iter().any(|argument| argument == "--output");
    let plays = case
        .arguments
        .first()
        .is_some_and(|word| ["run", "sabotage", "open"].contains(&word.as_str()));
    let mut arguments = case.arguments.clone();
    if plays && !has_output {
        arguments.extend(["--output".to_owned(), house.output().display().to_string()]);
    }
    let mut command = house.command(arguments);
    for name in ["REHEARSE_CHROMIUM", "REHEARSE_FIREFOX"] {
        command.env(name, &browser);
    }
    for name in ["REHEARSE_CHROMEDRIVER", "REHEARSE_GECKODRIVER"] {
        command.env(name, &driver);
    }
    for (name, value) in &case.environment {
        command.env(name, value.replace("{work}", &house.work().display().to_string()));
    }
    let said = support::program::Running::start(&mut command).wait(support::program::PATIENCE);
    let mut wrong = wrong_with(case, &said);
    let was_started = trace.exists();
    if was_started && case.exit == 2 {
        wrong.push("something was started before the mistake was told".to_owned());
    }
    if !case.leaves_run && !support::runs::all(&house.output()).is_empty() {
        wrong.push("a run directory was left behind".to_owned());
    }
    let left: Vec<_> = std::fs::read_dir(house.tmp())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    if !left.is_empty() {
        wrong.push(format!("temporary files were left behind: {left:?}"));
    }
    (!wrong.is_empty()).then(|| format!("■ {}\n  {}\n{}", case.name, wrong.join("\n  "), said.all()))
}

fn wrong_with(case: &Case, said: &Said) -> Vec<String> {
    let mut wrong = Vec::new();
    if said.code != Some(case.exit) {
        wrong.push(format!("exit code {:?} instead of {}", said.code, case.exit));
    }
    // The mistake is told on the error stream; results of a run that was played stand on the other.
    let text = if case.exit == 2 {
        said.err.clone()
    } else {
        format!("{}{}", said.out, said.err)
    };
    for part in &case.says {
        if !text.contains(part) {
            wrong.push(format!("it does not say {part:?}"));
        }
    }
    let all = format!("{}{}", said.out, said.err);
    for sign in [
        "panicked at",
        "error: error:",
        "stack backtrace",
        "RUST_BACKTRACE",
        "\u{1b}",
    ] {
        if all.contains(sign) {
            wrong.push(format!("it shows {sign:?}"));
        }
    }
    if case.says.is_empty() {
        wrong.push("the case does not say what must be said".to_owned());
    }
    wrong
}

#[test]
fn in_yaml() {
    hold(vec![
        case("broken YAML").scenario("title: one: two\n").says(&[
            "catalogue/demo/one.yaml:1:",
            "no valid YAML",
            "needs quotes",
            "1 mistake",
        ]),
        case("a bracket that is never closed")
            .steps("  - click: { role: button, name: Add\n  - reload\n")
            .says(&["catalogue/demo/one.yaml:", "no valid YAML"]),
        case("a tab")
            .steps("\t- reload\n")
            .says(&["catalogue/demo/one.yaml:6:", "tab"]),
        case("duplicate keys")
            .lines("world: other\nsteps:\n  - reload\n")
            .says(&[
                "catalogue/demo/one.yaml:5:1",
                "`world` is given twice",
                "first here",
            ]),
        case("an empty file")
            .scenario("")
            .says(&["catalogue/demo/one.yaml", "this file is empty"]),
        case("only a comment")
            .scenario("# later\n")
            .says(&["catalogue/demo/one.yaml", "empty"]),
        case("not UTF-8")
            .file(
                "scenarios/catalogue/demo/one.yaml",
                b"title: A demo\ncovers: [\xff\xfe]\n",
            )
            .says(&["catalogue/demo/one.yaml:2", "no UTF-8"]),
        case("UTF-16, as some editors save")
            .file("scenarios/catalogue/demo/one.yaml", b"\xff\xfet\0i\0t\0l\0e\0")
            .says(&["catalogue/demo/one.yaml:1", "no UTF-8"]),
        case("control characters that a terminal would obey")
            .scenario("title: \u{1b}]0;owned\u{7}\u{1b}[2J: x\n")
            .says(&["catalogue/demo/one.yaml:1:"]),
        case("far too deep")
            .scenario(format!("title: {}\n", "[".repeat(5000)))
            .says(&["catalogue/demo/one.yaml:1:"]),
        case("an alias bomb")
            .scenario((1..12).fold(
                "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(),
                |text, level| {
                    let one = format!("*a{}", level - 1);
                    format!("{text}a{level}: &a{level} [{}]\n", vec![one; 9].join(", "))
                },
            ))
            .says(&["catalogue/demo/one.yaml:"]),
        case("a tag").scenario("title: !secret x\n").says(&[
            "catalogue/demo/one.yaml:1:",
            "tags have no meaning",
            "leave",
        ]),
        case("two documents")
            .scenario("title: A\n---\ntitle: B\n")
            .says(&["catalogue/demo/one.yaml:2:1", "one document"]),
    ]);
}

#[test]
fn in_a_scenarios_head() {
    let head = |lines: &str| format!("{lines}steps:\n  - reload\n");
    hold(vec![
        case("an unknown field").lines(&head("tolerated: []\n")).says(&[
            "catalogue/demo/one.yaml:5:1",
            "a scenario has no field `tolerated`",
            "did you mean `tolerate`?",
        ]),
        case("a missing field").scenario("title: x\nworld: customer-detail\nsteps: [reload]\n").says(&[
            "catalogue/demo/one.yaml:1:1",
            "needs the field `covers`",
        ]),
        case("an unknown requirement")
            .scenario("title: x\ncovers: [DEM0-01]\nworld: customer-detail\nsteps: [reload]\n")
            .says(&["catalogue/demo/one.yaml:2:10", "there is no requirement `DEM0-01`", "did you mean `DEMO-01`?"]),
        case("an unknown world")
            .scenario("title: x\ncovers: [DEMO-01]\nworld: customer-detial\nsteps: [reload]\n")
            .says(&["catalogue/demo/one.yaml:3:", "there is no world `customer-detial`", "did you mean `customer-detail`?"]),
        case("an unknown persona")
            .scenario("title: x\ncovers: [DEMO-01]\nworld: customer-detail\npersona: suport-agent\nsteps: [reload]\n")
            .says(&["catalogue/demo/one.yaml:4:", "there is no persona `suport-agent`", "did you mean `support-agent`?"]),
        case("an unknown switch").lines(&head("switches: { auto-asociate: \"yes\" }\n")).says(&[
            "catalogue/demo/one.yaml:5:",
            "auto-asociate",
            "did you mean `auto-associate`?",
        ]),
        case("a wrong value of a switch").lines(&head("switches: { auto-associate: maybe }\n")).says(&[
            "catalogue/demo/one.yaml:5:",
            "`maybe`",
            "there are `no`, `yes`",
        ]),
        case("an unknown mock in the stage").lines(&head("stage: { crm-embedd: { embed-ready: withheld } }\n")).says(&[
            "catalogue/demo/one.yaml:5:",
            "crm-embedd",
            "did you mean `crm-embed`?",
        ]),
        case("an unknown stage direction").lines(&head("stage: { crm-embed: { embed-redy: withheld } }\n")).says(&[
            "catalogue/demo/one.yaml:5:",
            "embed-redy",
            "did you mean `embed-ready`?",
        ]),
        case("a wrong value of a stage direction").lines(&head("stage: { crm-embed: { embed-ready: witheld } }\n")).says(&[
            "catalogue/demo/one.yaml:5:",
            "witheld",
            "did you mean `withheld`?",
        ]),
        case("a fault with a wrong key").lines(&head("faults: [{ origin: crm-api, statuss: 500 }]\n")).says(&[
            "catalogue/demo/one.yaml:5:",
            "a fault has no `statuss`",
            "did you mean `status`?",
        ]),
        case("a fault that does nothing").lines(&head("faults: [{ origin: crm-api }]\n")).says(&[
            "catalogue/demo/one.yaml:5:",
            "`status`",
        ]),
        case("a fault at an unknown origin").lines(&head("faults: [{ origin: crn-api, status: 500 }]\n")).says(&[
            "catalogue/demo/one.yaml:5:",
            "crn-api",
            "crm-api",
        ]),
        case("a fault at an opaque origin").lines(&head("faults: [{ origin: opaque, status: 500 }]\n")).says(&[
            "catalogue/demo/one.yaml:5:",
            "`opaque` has no server where anything could go wrong",
            "`crm-api`",
        ]),
        case("a fault at a look-alike that nobody serves").lines(&head("faults: [{ origin: rum.prefix, status: 500 }]\n")).says(&[
            "catalogue/demo/one.yaml:5:",
            "nobody serves `rum.prefix` in this world",
            "`crm-api`",
        ]),
        case("a fault at an address that the world does not have")
            .lines(&head("faults: [{ origin: \"https://crm.qontak.co\", status: 500 }]\n"))
            .says(&[
                "catalogue/demo/one.yaml:5:",
                "nobody serves `https://crm.qontak.co` in this world",
                "`https://crm.qontak.com`",
            ]),
        case("a stub at an address that is none")
            .lines(&head("stubs: [{ origin: maps.example, routes: [] }]\n"))
            .says(&["catalogue/demo/one.yaml:5:", "`maps.example` is no origin", "`https://partner.example`"]),
        case("a stub at more than an origin")
            .lines(&head("stubs: [{ origin: \"https://maps.example/v1\", routes: [] }]\n"))
            .says(&["catalogue/demo/one.yaml:5:", "more than scheme, host and port"]),
        case("a stub in the place of an origin of the world")
            .lines(&head("stubs: [{ origin: \"https://CRM.qontak.com:443/\", routes: [] }]\n"))
            .says(&["catalogue/demo/one.yaml:5:", "it is the origin `crm` of the world", "leave the stub out"]),
        case("two stubs at one address")
            .lines(
                "stubs:\n  - { origin: \"https://maps.example\", routes: [] }\n  - { origin: \"https://maps.example:443\", routes: [] }\nsteps:\n  - reload\n",
            )
            .says(&["catalogue/demo/one.yaml:7:", "another stub already"]),
        case("a stub without an origin").lines(&head("stubs: [{ routes: [] }]\n")).says(&[
            "catalogue/demo/one.yaml:5:",
            "origin",
        ]),
        case("a wrong cookie policy").lines(&head("third-party-cookies: blok\n")).says(&[
            "catalogue/demo/one.yaml:5:22",
            "no cookie policy `blok`",
            "did you mean `block`?",
        ]),
        case("a wrong engine").lines(&head("engines: [chrome]\n")).says(&[
            "catalogue/demo/one.yaml:5:11",
            "no engine `chrome`",
            "`chromium`",
        ]),
        case("no steps").lines("steps: []\n").says(&["catalogue/demo/one.yaml:5:", "no steps"]),
    ]);
}

#[test]
fn in_steps_and_expectations() {
    hold(vec![
        case("an unknown step")
            .steps("  - clik: { role: button, name: Add }\n")
            .says(&[
                "catalogue/demo/one.yaml:6:5",
                "there is no step `clik`",
                "did you mean `click`?",
            ]),
        case("an unknown expectation")
            .steps("  - expect:\n      - requets: { to: crm, count: 0 }\n")
            .says(&[
                "catalogue/demo/one.yaml:7:9",
                "there is no expectation `requets`",
                "did you mean `request`?",
            ]),
        case("an unknown prelude").steps("  - use: sign-inn\n").says(&[
            "catalogue/demo/one.yaml:6:",
            "there is no prelude `sign-inn`",
            "did you mean `sign-in`?",
        ]),
        case("a wrong span").steps("  - advance: 10 seconds\n").says(&[
            "catalogue/demo/one.yaml:6:14",
            "`10 seconds` is no span of time",
            "write `250ms`, `10s`",
        ]),
        case("a wrong regular expression")
            .steps("  - expect:\n      - url: { $matches: \"a(\" }\n")
            .says(&[
                "catalogue/demo/one.yaml:7:",
                "no regular expression",
                "unclosed group",
            ]),
        case("two ways to name an element")
            .steps("  - click: { role: button, text: Add }\n")
            .says(&[
                "catalogue/demo/one.yaml:6:28",
                "in one way; here are `role` and `text`",
            ]),
        case("an unknown variant")
            .steps("  - open: \"/${sender}\"\n")
            .says(&["catalogue/demo/one.yaml:6:", "${sender}"]),
        case("an unknown origin in a placeholder")
            .steps("  - open: \"${origin.crn}/x\"\n")
            .says(&[
                "catalogue/demo/one.yaml:6:",
                "the world has no value `${origin.crn}`",
                "the world has no value",
            ]),
        case("an unknown field of the persona")
            .steps("  - open: \"/${persona.emial}\"\n")
            .says(&[
                "catalogue/demo/one.yaml:6:",
                "`${persona.emial}`",
                "the world has no value",
            ]),
        case("an unknown customer")
            .steps("  - open: \"/${customer.999.name}\"\n")
            .says(&["catalogue/demo/one.yaml:6:", "`${customer.999.name}`"]),
        case("a placeholder that is not closed")
            .steps("  - open: \"/${origin.crm\"\n")
            .says(&["catalogue/demo/one.yaml:6:", "not closed"]),
        case("since without its mark")
            .steps("  - expect:\n      - request: { since: later, count: 0 }\n")
            .says(&[
                "catalogue/demo/one.yaml:7:",
                "there is no mark `later`",
                "`- mark: later`",
            ]),
        case("bounds of a count the wrong way round")
            .steps("  - expect:\n      - request: { count: { at-least: 3, at-most: 1 } }\n")
            .says(&[
                "catalogue/demo/one.yaml:7:27",
                "no number is at least 3 and at most 1",
            ]),
        case("a wrong stage direction in a step")
            .steps("  - reload\n  - stage: { crm-embed: { embed-redy: withheld } }\n")
            .says(&[
                "catalogue/demo/one.yaml:7:",
                "embed-redy",
                "did you mean `embed-ready`?",
            ]),
        case("a wrong fault in a step")
            .steps("  - reload\n  - fault: { origin: crm-api, dealy: 2s }\n")
            .says(&["catalogue/demo/one.yaml:7:", "dealy", "did you mean `delay`?"]),
        case("a fault in a step at an opaque origin")
            .steps("  - reload\n  - fault: { origin: \"null\", status: 500 }\n")
            .says(&["catalogue/demo/one.yaml:7:", "`null` has no server"]),
        case("a URL that is none")
            .steps("  - open: \"https://\"\n")
            .says(&["catalogue/demo/one.yaml:6:", "`https://` is no URL"]),
        case("a URL of a further tab that is none")
            .steps("  - open-tab: { name: second, url: \"https://\" }\n")
            .says(&["catalogue/demo/one.yaml:6:", "`https://` is no URL"]),
        case("an unknown frame that is navigated")
            .steps("  - navigate-frame: { frame: cmr, to: attacker }\n")
            .says(&["catalogue/demo/one.yaml:6:", "cmr", "did you mean `crm`?"]),
        case("an unknown origin that a frame is sent to")
            .steps("  - navigate-frame: { frame: crm, to: atacker }\n")
            .says(&[
                "catalogue/demo/one.yaml:6:",
                "there is no origin `atacker`",
                "did you mean `attacker`?",
                "an address with its scheme",
            ]),
        case("a frame that is sent to an opaque origin")
            .steps("  - navigate-frame: { frame: crm, to: opaque }\n")
            .says(&["catalogue/demo/one.yaml:6:", "`opaque` has no address", "`attacker`"]),
        case("an unknown page that sends a request")
            .steps("  - request: { from: cmr, url: /x }\n")
            .says(&["catalogue/demo/one.yaml:6:", "cmr", "did you mean `crm`?"]),
        case("a locator name that nothing maps, under a key")
            .steps("  - press: { key: Enter, on: { named: typo } }\n")
            .says(&["catalogue/demo/one.yaml:6:", "no locator is called `typo`", "rehearse.toml"]),
        case("an unknown target origin of a message")
            .steps("  - post-message: { from: attacker, data: {}, target-origin: cmr }\n")
            .says(&["catalogue/demo/one.yaml:6:", "cmr", "did you mean `crm`?"]),
        case("a target origin that no browser takes")
            .steps("  - post-message: { from: attacker, data: {}, target-origin: opaque }\n")
            .says(&["catalogue/demo/one.yaml:6:", "target origin `opaque`", "`*`"]),
        case("a popup at the origin null")
            .steps("  - post-message: { from: \"null\", data: {} }\n")
            .says(&["catalogue/demo/one.yaml:6:", "`null`", "`opaque`"]),
        case("a path that cannot be read")
            .steps("  - expect:\n      - request: { path: \"/v1/{id\", count: 0 }\n")
            .says(&["catalogue/demo/one.yaml:7:", "the path `/v1/{id` cannot be read", "`{a,b}`"]),
        case("a path with a bracket that is not closed")
            .steps("  - expect:\n      - request: { path: \"/x[\", count: 0 }\n")
            .says(&["catalogue/demo/one.yaml:7:", "the path `/x[` cannot be read"]),
        case("a path with its query")
            .steps("  - expect:\n      - request: { path: \"/search?term=x\", count: 0 }\n")
            .says(&["catalogue/demo/one.yaml:7:", "without their query", "`query`"]),
        case("a path that begins with no slash")
            .steps("  - observe:\n      question: Q\n      answer: { asked: { requests-of: { path: v1/leads } } }\n")
            .says(&["catalogue/demo/one.yaml:6:", "paths begin with `/`", "`/v1/leads`"]),
        case("an unknown key on the keyboard")
            .steps("  - press: Escpae\n")
            .says(&["catalogue/demo/one.yaml:6:", "Escpae"]),
        case("an unknown origin in a message expectation")
            .steps("  - expect:\n      - message: { from: custmer-detail, count: 0 }\n")
            .says(&[
                "catalogue/demo/one.yaml:7:",
                "custmer-detail",
                "did you mean `customer-detail`?",
            ]),
        case("an unknown target origin in a message expectation")
            .steps("  - expect:\n      - message: { target-origin: cmr, count: 0 }\n")
            .says(&["catalogue/demo/one.yaml:7:", "cmr", "did you mean `crm`?"]),
        case("an unknown origin in a frame expectation")
            .steps("  - expect:\n      - frame: { of: cmr, count: 0 }\n")
            .says(&["catalogue/demo/one.yaml:7:", "cmr", "did you mean `crm`?"]),
        case("an unknown origin in a storage expectation")
            .steps("  - expect:\n      - storage: { origin: cmr, key: token, value: { $absent: true } }\n")
            .says(&["catalogue/demo/one.yaml:7:", "cmr", "did you mean `crm`?"]),
        case("an unknown origin in a probe")
            .steps("  - observe:\n      question: Q\n      answer: { asked: { requests-of: { to: cmr } } }\n")
            .says(&["catalogue/demo/one.yaml:6:", "cmr", "did you mean `crm`?"]),
        case("an unknown message kind")
            .steps("  - expect:\n      - message: { kind: EMBED_REDY, count: 0 }\n")
            .says(&[
                "catalogue/demo/one.yaml:7:",
                "EMBED_REDY",
                "did you mean `EMBED_READY`?",
            ]),
        case("an unknown telemetry sink")
            .steps("  - expect:\n      - telemetry: { sink: mixpannel, count: 0 }\n")
            .says(&[
                "catalogue/demo/one.yaml:7:",
                "mixpannel",
                "did you mean `mixpanel`?",
            ]),
        case("an unknown mock in an expectation")
            .steps("  - expect:\n      - mock: { name: crm-embd, fact: ticket-created, count: 0 }\n")
            .says(&[
                "catalogue/demo/one.yaml:7:",
                "crm-embd",
                "did you mean `crm-embed`?",
            ]),
        case("a sender of a message that does not exist")
            .steps("  - post-message: { from: atacker, data: {} }\n")
            .says(&[
                "catalogue/demo/one.yaml:6:",
                "atacker",
                "did you mean `attacker`?",
            ]),
        case("a locator name that nothing maps")
            .steps("  - click: { named: add-ticket }\n")
            .says(&["catalogue/demo/one.yaml:6:", "add-ticket", "rehearse.toml"]),
        case("many mistakes at once")
            .steps("  - clik: { role: button }\n  - advance: soon\n  - expect: []\n")
            .says(&["one.yaml:6:", "one.yaml:7:", "mistakes in the scenario files"]),
    ]);
}

#[test]
fn in_the_providers_arguments() {
    let wrong = |name: &'static str, arguments: &[&str]| {
        let arguments = [&["provider"], arguments].concat();
        case(name).instead(&arguments)
    };
    let client = |name: &'static str, text: &str| wrong(name, &["--client", text]);
    hold(vec![
        wrong("an unknown provider", &["ssoo"]).says(&["there is no provider `ssoo`", "did you mean `sso`?"]),
        wrong("a port that is none", &["--port", "70000"]).says(&["70000", "--port"]),
        wrong("a port with none after it", &["--port", "65535"]).says(&[
            "port 65535",
            "`--port`",
            "take a lower one",
        ]),
        client("a client without an id", "redirect=http://localhost/cb").says(&[
            "`--client ",
            "has no id",
            "id=my-app",
        ]),
        client("a client without a redirect URI", "id=my-app")
            .says(&["has no redirect URI", "redirect=http"]),
        client(
            "an unknown key of a client",
            "id=my-app,redirct=http://localhost/cb",
        )
        .says(&["a client has no `redirct`", "did you mean `redirect`?"]),
        client(
            "a client that is there already",
            "id=crm-web,redirect=http://localhost/cb",
        )
        .says(&["there is a client `crm-web` already", "another id"]),
        client(
            "an unknown issuer",
            "id=my-app,redirect=http://localhost/cb,issuer=dezky-portl",
        )
        .says(&["there is no issuer `dezky-portl`", "did you mean `dezky-portal`?"]),
        client(
            "a secret that is not set",
            "id=my-app,redirect=http://localhost/cb,secret-from=NOT_SET_ANYWHERE",
        )
        .says(&["`NOT_SET_ANYWHERE` holds no secret", "set it"]),
        wrong("an origin without an address", &["--origin", "operator"])
            .says(&["has no `=`", "write `--origin"]),
        wrong("an unknown origin", &["--origin", "oprator=http://localhost:1"])
            .says(&["no client has an origin `oprator`", "did you mean `operator`?"]),
        wrong(
            "an origin with a path",
            &["--origin", "operator=http://localhost:1/app"],
        )
        .says(&["is no origin", "scheme, host and port"]),
        wrong("an unknown key in the configuration", &[])
            .file(
                "rehearse.toml",
                "[[provider.client]]\nid = \"a\"\nredirct-uris = []\n",
            )
            .says(&["rehearse.toml", "redirct-uris", "redirect-uris"]),
        wrong("a wrong client in the configuration", &[])
            .file(
                "rehearse.toml",
                "[[provider.client]]\nid = \"my-app\"\nredirect-uris = [\"/cb\"]\n",
            )
            .says(&[
                "rehearse.toml",
                "client `my-app`",
                "`/cb` is no address",
                "write a whole one",
            ]),
    ]);
}

#[test]
fn in_the_catalogues_folder() {
    hold(vec![
        case("a directory in place of a file")
            .with(|work| {
                let file = work.join("scenarios/catalogue/demo/one.yaml");
                std::fs::remove_file(&file).expect("the good one");
                std::fs::create_dir_all(file).expect("a folder");
            })
            .says(&["scenarios/catalogue"]),
        case("no scenario at all")
            .with(|work| std::fs::remove_dir_all(work.join("scenarios/catalogue")).expect("the good one"))
            .says(&["scenarios/catalogue", "there is no scenario here", "`catalogue/<area>/<name>.yaml`"]),
        case("an empty folder")
            .with(|work| std::fs::create_dir(work.join("empty")).expect("a folder"))
            .instead(&["run", "--scenarios", "empty"])
            .says(&["empty/catalogue", "there is no scenario here"]),
        case("a folder that is not there").instead(&["run", "--scenarios", "nowhere"]).says(&["nowhere"]),
        case("a file in place of the folder")
            .file("scenarios.yaml", "title: x\n")
            .instead(&["run", "--scenarios", "scenarios.yaml"])
            .says(&["scenarios.yaml"]),
        case("a file that no one looks at")
            .file("scenarios/catalogue/demo/two.yml", QUICK)
            .says(&["catalogue/demo/two.yml", "name it `.yaml`"]),
        case("a scenario without an area")
            .file("scenarios/catalogue/two.yaml", QUICK)
            .says(&["catalogue/two.yaml", "`catalogue/<area>/<name>.yaml`"]),
        case("a requirement twice")
            .file("scenarios/requirements/again.yaml", RULES.replace("area: demo", "area: again"))
            .says(&["requirements/", "`DEMO-01` is there already"]),
        case("a requirement with an unknown owner")
            .file("scenarios/requirements/demo.yaml", RULES.replace("owner: mock", "owner: boss"))
            .says(&["requirements/demo.yaml:5:", "no owner `boss`", "`front-end`"]),
        case("a prelude that uses itself")
            .file("scenarios/preludes/ping.yaml", "title: Ping\nsteps:\n  - use: ping\n")
            .says(&["preludes/ping.yaml:3:", "uses itself"]),
        case("a sabotage of no scenario")
            .file(
                "scenarios/sabotage/demo/bad.yaml",
                "title: Bad\norigin: customer-detail\nedit: { file: /src/main.js, find: x, replace: y }\nkills: [demo/oen]\n",
            )
            .says(&["sabotage/demo/bad.yaml:4:9", "there is no scenario `demo/oen`", "did you mean `demo/one`?"]),
        case("a sabotage that kills nothing")
            .file(
                "scenarios/sabotage/demo/bad.yaml",
                "title: Bad\norigin: customer-detail\nedit: { file: /src/main.js, find: x, replace: y }\nkills: []\n",
            )
            .says(&["sabotage/demo/bad.yaml", "kills nothing"]),
        case("a sabotage without an edit")
            .file(
                "scenarios/sabotage/demo/bad.yaml",
                "title: Bad\norigin: customer-detail\nedit: { file: /src/main.js, find: x }\nkills: [demo/one]\n",
            )
            .says(&["sabotage/demo/bad.yaml:3:", "find, replace"]),
        case("a sabotage of an unknown origin")
            .file(
                "scenarios/sabotage/demo/bad.yaml",
                "title: Bad\norigin: customer-detial\nedit: { file: /src/main.js, find: x, replace: y }\nkills: [demo/one]\n",
            )
            .instead(&["sabotage", "--scenarios", "scenarios"])
            .says(&["customer-detial", "customer-detail"]),
        case("a sabotage filter that matches nothing")
            .instead(&["sabotage", "--scenarios", "scenarios", "nothing"])
            .says(&["`nothing`"]),
    ]);
}

#[test]
fn on_the_command_line() {
    hold(vec![
        case("nothing at all")
            .instead(&[])
            .says(&["Usage:", "run", "Examples:"]),
        case("an unknown command").instead(&["rnu"]).says(&["'rnu'"]),
        case("an unknown option")
            .also(&["--egnine", "firefox"])
            .says(&["'--egnine'", "'--engine'"]),
        case("an unknown engine")
            .also(&["--engine", "chrome"])
            .says(&["'chrome'", "chromium, firefox"]),
        case("an unknown cookie policy")
            .also(&["--third-party-cookies", "never"])
            .says(&["'never'", "allow, block, partition"]),
        case("an unknown screenshot policy")
            .also(&["--screenshots", "always"])
            .says(&["'always'", "off"]),
        case("no workers")
            .also(&["--workers", "0"])
            .says(&["'0'", "--workers", "1..=64"]),
        case("too many workers")
            .also(&["--workers", "1000"])
            .says(&["'1000'", "1..=64"]),
        case("no repeat")
            .also(&["--repeat", "0"])
            .says(&["'0'", "--repeat", "1..=1000"]),
        case("a negative number of retries")
            .also(&["--retries=-1"])
            .says(&["'-1'", "--retries"]),
        case("a seed that is no number")
            .also(&["--seed", "lucky"])
            .says(&["'lucky'", "--seed"]),
        case("a shard beyond the last")
            .also(&["--shard", "3/2"])
            .says(&["3/2", "such as `2/4`"]),
        case("a shard that is none")
            .also(&["--shard", "half"])
            .says(&["half", "such as `2/4`"]),
        case("a filter that matches nothing")
            .also(&["demo/two"])
            .says(&["no scenario matches `demo/two`", "rehearse list"]),
        case("one filter of two that matches nothing")
            .also(&["demo/one", "nothing"])
            .says(&["no scenario matches `nothing`"]),
        case("serve without a target")
            .also(&["--serve", "https://customers.qontak.com"])
            .says(&["has no `=`", "`--serve https://customers.qontak.com=dir:../dist`"]),
        case("serve of an unknown origin")
            .also(&["--serve", "https://customer.qontak.com=mock:sso"])
            .says(&["https://customer.qontak.com", "customer-detail"]),
        case("serve of an unknown kind")
            .also(&["--serve", "crm=file:/tmp"])
            .says(&["file:/tmp", "`dir:PATH`"]),
        case("serve from a folder that is not there")
            .also(&["--serve", "https://customers.qontak.com=dir:nowhere"])
            .says(&["https://customers.qontak.com", "nowhere"]),
        case("serve from a file")
            .also(&[
                "--serve",
                "https://customers.qontak.com=dir:scenarios/requirements/demo.yaml",
            ])
            .says(&["https://customers.qontak.com", "demo.yaml"]),
        case("serve from an empty folder")
            .with(|work| std::fs::create_dir(work.join("dist")).expect("a folder"))
            .also(&["--serve", "https://customers.qontak.com=dir:dist"])
            .says(&["https://customers.qontak.com", "dist", "is empty"]),
        case("serve by a server that nobody started")
            .also(&["--serve", "https://customers.qontak.com=http://localhost:1"])
            .says(&[
                "http://localhost:1",
                "https://customers.qontak.com",
                "does not answer",
                "start it",
            ]),
        case("serve by a server elsewhere")
            .also(&["--serve", "https://customers.qontak.com=http://10.0.0.7:3000"])
            .says(&["10.0.0.7", "runs on this machine"]),
        case("serve by a server with TLS")
            .also(&["--serve", "https://customers.qontak.com=https://localhost:3000"])
            .says(&["https://localhost:3000", "plain http"]),
        case("serve by an unknown mock")
            .also(&["--serve", "https://customers.qontak.com=mock:crn"])
            .says(&["crn", "customers.qontak.com"]),
        case("serve by an unknown app")
            .also(&["--serve", "https://customers.qontak.com=app:custmer-detail"])
            .says(&["custmer-detail", "customer-detail"]),
        case("a WebDriver address that is none")
            .also(&["--webdriver", "localhost"])
            .says(&["'localhost'", "--webdriver"]),
        case("open of an unknown world")
            .instead(&["open", "customer-detial"])
            .says(&[
                "there is no world `customer-detial`",
                "did you mean `customer-detail`?",
            ]),
        case("open with scenarios, of which it plays none")
            .instead(&[
                "open",
                "customer-detail",
                "--no-browser",
                "--scenarios",
                "scenarios",
            ])
            .says(&["`--scenarios scenarios`", "leave the option out"]),
        case("open with an unknown switch")
            .instead(&["open", "customer-detail", "--switch", "auto=yes", "--no-browser"])
            .says(&["`auto`", "auto-associate"]),
        case("open with a switch without value")
            .instead(&["open", "customer-detail", "--switch", "auto-associate"])
            .says(&["has no `=`", "auto-associate=yes"]),
        case("open with an unknown value")
            .instead(&["open", "customer-detail", "--switch", "auto-associate=si"])
            .says(&["`si`", "`no`, `yes`"]),
        case("open with an unknown origin to serve")
            .instead(&[
                "open",
                "customer-detail",
                "--no-browser",
                "--serve",
                "crn=mock:sso",
            ])
            .says(&["crn", "crm"]),
        case("a schema of nothing")
            .instead(&["schema", "nothing"])
            .says(&["'nothing'", "scenario"]),
        case("setup of an unknown engine")
            .instead(&["setup", "--engine", "opera"])
            .says(&["'opera'", "chromium"]),
    ]);
}

#[test]
fn in_the_configuration() {
    let toml = |name, text: &'static str| case(name).file("rehearse.toml", text);
    hold(vec![
        toml("broken TOML", "[serve\n").says(&["rehearse.toml", "line 1", "1 |"]),
        toml("an unknown key", "[run]\nworker = 2\n").says(&[
            "rehearse.toml",
            "line 2",
            "worker",
            "`workers`",
        ]),
        toml("an unknown table", "[server]\nx = 1\n").says(&["rehearse.toml", "line 1", "server", "`serve`"]),
        toml("a wrong engine", "[run]\nengines = [\"chrome\"]\n").says(&[
            "rehearse.toml",
            "`chrome`",
            "`chromium`",
        ]),
        toml("a wrong type", "[run]\nworkers = \"two\"\n").says(&["rehearse.toml", "line 2", "workers"]),
        toml("no workers", "[run]\nworkers = 0\n").says(&["rehearse.toml", "workers", "`0`"]),
        toml(
            "a wrong cookie policy",
            "[run]\nthird-party-cookies = \"never\"\n",
        )
        .says(&["rehearse.toml", "`never`", "`allow`, `block` or `partition`"]),
        toml(
            "a wrong target",
            "[serve]\n\"https://customers.qontak.com\" = \"../dist\"\n",
        )
        .says(&[
            "rehearse.toml",
            "https://customers.qontak.com",
            "../dist",
            "`dir:PATH`",
        ]),
        toml(
            "a locator of two ways",
            "[locators.add-ticket]\nrole = \"button\"\ntext = \"Add\"\n",
        )
        .says(&["rehearse.toml", "rehearse.toml", "role", "text"]),
        toml(
            "a locator that leads back to itself",
            "[locators.save]\ncss = \"button\"\nnamed = \"save\"\n",
        )
        .steps("  - click: { named: save }\n")
        .says(&[
            "rehearse.toml",
            "`locators.save`",
            "leads back into the map",
            "`css`",
        ]),
        toml(
            "a locator around another that leads back into the map",
            "[locators.save]\ncss = \"button\"\nwithin = { within = { named = \"save\" }, css = \"main\" }\n",
        )
        .says(&[
            "rehearse.toml",
            "`locators.save.within.within`",
            "leads back into the map",
        ]),
        toml(
            "a locator around another that says nothing",
            "[locators.save]\ncss = \"button\"\nwithin = {}\n",
        )
        .says(&[
            "rehearse.toml",
            "`locators.save.within`",
            "in one way, of `role`",
            "here are 0",
        ]),
        toml(
            "a name of a locator without its role",
            "[locators.save]\ncss = \"button\"\nname = \"Save\"\n",
        )
        .says(&["rehearse.toml", "`locators.save`", "add the role"]),
        toml(
            "part of a text that a locator does not have",
            "[locators.save]\ncss = \"button\"\npartly = true\n",
        )
        .says(&["rehearse.toml", "`locators.save`", "`partly`"]),
        toml(
            "a frame of a locator that the world does not have",
            "[locators.save]\ncss = \"button\"\nwithin = { css = \"main\", frame = \"cmr\" }\n",
        )
        .steps("  - click: { named: save }\n")
        .says(&[
            "catalogue/demo/one.yaml:6:",
            "the locator `save` is in the frame `cmr`",
            "under `[locators.save]`",
            "`crm`",
        ]),
        toml(
            "a wrong key of a locator",
            "[locators.add-ticket]\ntestid = \"add\"\n",
        )
        .says(&["rehearse.toml", "line 2", "testid"]),
        case("not UTF-8")
            .file("rehearse.toml", b"[run]\n# \xff\n")
            .says(&["rehearse.toml", "UTF-8"]),
        case("a folder in place of the file")
            .with(|work| std::fs::create_dir(work.join("conf")).expect("a folder"))
            .also(&["--config", "conf"])
            .says(&["failed to read the configuration `conf`"]),
        case("a missing file")
            .also(&["--config", "nowhere.toml"])
            .says(&["nowhere.toml", "failed to read the configuration"]),
        case("scenarios that are not there")
            .file("rehearse.toml", "[run]\nscenarios = \"nowhere\"\n")
            .instead(&["run"])
            .says(&["nowhere"]),
    ]);
}

#[test]
fn in_a_run_directory() {
    let report = |name| case(name).instead(&["report", "run"]);
    let manifest = "{\"format_version\": 2, \"id\": \"x\"}\n";
    hold(vec![
        report("a folder that is not there").says(&["run/run.json", "failed to read"]),
        report("a folder without a run")
            .with(|work| std::fs::create_dir(work.join("run")).expect("a folder"))
            .says(&["run/run.json", "failed to read"]),
        report("a file in place of the folder")
            .file("run", "x")
            .says(&["run/run.json"]),
        report("another format")
            .file("run/run.json", "{\"format_version\": 99}\n")
            .says(&["run/run.json", "99", "2"]),
        report("no format at all")
            .file("run/run.json", "{}\n")
            .says(&["run/run.json", "format_version"]),
        report("a broken run.json")
            .file("run/run.json", "{\"format_version\": 2,\n \"id\": \n")
            .says(&["run/run.json:", "line 3"]),
        report("half of a run.json")
            .file("run/run.json", manifest)
            .says(&["run/run.json", "missing field"]),
        report("an empty run.json")
            .file("run/run.json", "")
            .says(&["run/run.json"]),
        case("no folder named").instead(&["report"]).says(&["<DIR>"]),
        case("an unknown place for screenshots")
            .instead(&["report", "run", "--screenshots", "somewhere"])
            .says(&["--screenshots", "somewhere", "inside", "beside"]),
        case("earlier runs that are not there")
            .instead(&["report", "run", "--history", "nowhere"])
            .says(&["nowhere", "failed to read the earlier runs", "reports/runs"]),
    ]);
}

#[test]
fn in_the_output_folder() {
    let mut cases = vec![
        case("under a file")
            .file("file", "x")
            .also(&["--output", "file"])
            .says(&["file/runs", "`--output`"]),
        case("a file in the way of the runs")
            .file("out/runs", "x")
            .also(&["--output", "out"])
            .says(&["out/runs", "`--output`"]),
    ];
    if cfg!(target_os = "linux") {
        // The kernel's own folder takes no files, from root neither.
        cases.push(
            case("where nothing can be made")
                .also(&["--output", "/proc/rehearse"])
                .says(&["/proc/rehearse/runs", "`--output`"]),
        );
    }
    if is_root() {
        println!("skipped: a read-only folder does not stop root");
    } else {
        cases.push(
            case("under a folder that is read-only")
                .with(|work| {
                    std::fs::create_dir(work.join("out")).expect("a folder");
                    std::fs::set_permissions(work.join("out"), std::fs::Permissions::from_mode(0o555))
                        .expect("permissions");
                })
                .also(&["--output", "out"])
                .says(&["out/runs", "denied", "`--output`"]),
        );
    }
    hold(cases);
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::metadata(folder.path()).expect("its owner").uid() == 0
}

#[test]
fn in_what_drives_the_browser() {
    const SABOTAGE: &str = "title: A demo that is spoilt\norigin: customer-detail\n\
        edit: { file: index.html, find: a, replace: b }\nkills: [demo/one]\n";
    hold(vec![
        case("a sabotage plays in the first engine of the file, and the second need not be there")
            .file("scenarios/sabotage/demo/spoilt.yaml", SABOTAGE)
            .file("rehearse.toml", "[run]\nengines = [\"chromium\", \"firefox\"]\n")
            .file("file", "x")
            .instead(&["sabotage", "--scenarios", "scenarios", "--output", "file"])
            .set("REHEARSE_FIREFOX", "/nowhere/firefox")
            .says(&["file/runs", "`--output`"]),
        case("a driver that is not there")
            .set("REHEARSE_CHROMEDRIVER", "/nowhere/chromedriver")
            .says(&["ChromeDriver", "REHEARSE_CHROMEDRIVER", "/nowhere/chromedriver"]),
        case("a browser that is not there")
            .set("REHEARSE_CHROMIUM", "/nowhere/chromium")
            .says(&["Chromium", "REHEARSE_CHROMIUM", "/nowhere/chromium"]),
        case("a driver of the other engine that is not there")
            .set("REHEARSE_GECKODRIVER", "/nowhere/geckodriver")
            .also(&["--engine", "firefox"])
            .says(&["geckodriver", "REHEARSE_GECKODRIVER", "/nowhere/geckodriver"]),
        case("a driver that may not be executed")
            .file("driver", "notes")
            .set("REHEARSE_CHROMEDRIVER", "{work}/driver")
            .says(&["ChromeDriver", "REHEARSE_CHROMEDRIVER", "driver"]),
        case("open without the driver")
            .instead(&["open", "customer-detail", "--headless"])
            .set("REHEARSE_CHROMEDRIVER", "/nowhere/chromedriver")
            .says(&["ChromeDriver", "REHEARSE_CHROMEDRIVER", "/nowhere/chromedriver"]),
        case("a driver that ends at once")
            .with(|work| {
                drop(script(
                    &work.join("driver"),
                    "#!/bin/sh\necho 'no licence found' >&2\nexit 7\n",
                ));
            })
            .set("REHEARSE_CHROMEDRIVER", "{work}/driver")
            .while_playing()
            .says(&["demo/one", "driver", "no licence found", "1 broken"]),
        case("a driver that is no driver")
            .with(|work| {
                drop(script(
                    &work.join("driver"),
                    "#!/bin/sh\necho 'ChromeDriver was started successfully on port 1.'\nexec sleep 600\n",
                ));
            })
            .set("REHEARSE_CHROMEDRIVER", "{work}/driver")
            .while_playing()
            .says(&["demo/one", "open a session at http://127.0.0.1:1", "1 broken"]),
        case("a WebDriver server that nobody started")
            .also(&["--webdriver", "http://127.0.0.1:1"])
            .while_playing()
            .says(&["demo/one", "http://127.0.0.1:1", "1 broken"]),
    ]);
}

#[test]
fn a_driver_that_hangs_is_given_up() {
    hold(vec![
        case("a driver that says nothing and stays")
            .with(|work| drop(script(&work.join("driver"), "#!/bin/sh\nexec sleep 600\n")))
            .set("REHEARSE_CHROMEDRIVER", "{work}/driver")
            .while_playing()
            .says(&["demo/one", "named no port", "1 broken"]),
    ]);
}

/// A file system of a few pages, in name spaces of our own: no privilege is needed where the system grants them.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let house = House::new();
    catalogue::lay_out(&house.work(), &[("demo/one", QUICK)]);
    let full = house.path().join("full");
    std::fs::create_dir(&full).expect("a folder");
    let mount = format!(
        "mount -t tmpfs -o size=4k,nr_inodes=2 rehearse '{}'",
        full.display()
    );
    let namespaces = ["--user", "--map-root-user", "--mount", "--", "sh", "-c"];
    let granted = std::process::Command::new("unshare")
        .args(namespaces)
        .arg(&mount)
        .status();
    if !granted.is_ok_and(|status| status.success()) {
        println!("skipped: this system grants no name spaces, so no small disk can be had");
        return;
    }
    let program = house.command(["run", "--scenarios", "scenarios", "--output"]);
    let mut command = house.command(Vec::<String>::new());
    let mut inside = std::process::Command::new("unshare");
    inside
        .args(namespaces)
        .arg(format!("{mount} && exec \"$0\" \"$@\""))
        .arg(program.get_program())
        .args(program.get_args())
        .arg(&full);
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            inside.env(name, value);
        }
    }
    inside
        .env("REHEARSE_CHROMIUM", "/bin/false")
        .env("REHEARSE_CHROMEDRIVER", "/bin/false")
        .current_dir(house.work())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    command.stdin(std::process::Stdio::null());
    let said = support::program::Running::start(&mut inside).wait(support::program::PATIENCE);
    assert_eq!(said.code, Some(2), "{}", said.all());
    for part in ["No space left on device", "full/runs", "`--output`"] {
        assert!(said.err.contains(part), "{part}\n{}", said.all());
    }
    assert!(!said.err.contains("panicked at"), "{}", said.all());
}
