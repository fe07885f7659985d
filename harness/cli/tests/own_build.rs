//! A build of one's own in place of the reference app: a folder, and a dev server.
#![cfg(unix)]

mod support;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use journal::run::Verdict;
use support::browsers::Engine;
use support::program::{House, Said};
use support::{app, processes, runs};

const CUSTOMER_DETAIL: &str = "customer-detail";
const ORIGIN: &str = "https://customers.qontak.com";

/// What a build has to do with: routes without a file, sign-in, the embed, messages, telemetry.
const REPRESENTATIVE: [&str; 3] = [
    "ticket/created-ticket-appears",
    "ticket/spoofed-ready[sender=attacker]",
    "ticket/menu-offers-both-ways",
];

fn all_must_be_installed() {
    Engine::Chromium.must_be_installed();
    app::must_be_installed(CUSTOMER_DETAIL);
}

fn play(house: &House, scenarios: &[&str], target: &str) -> Said {
    let mut arguments: Vec<String> = vec!["run".to_owned()];
    arguments.extend(scenarios.iter().map(|&scenario| scenario.to_owned()));
    arguments.extend(["--screenshots", "off", "--serve"].map(str::to_owned));
    arguments.push(format!("{ORIGIN}={target}"));
    arguments.extend(["--output".to_owned(), house.output().display().to_string()]);
    house.run(arguments)
}

fn assert_all_pass(house: &House, said: &Said, target: &str) {
    let manifest = runs::manifest(&house.output());
    assert_eq!(said.code, Some(0), "{}\n{}", runs::red(&manifest), said.all());
    assert_eq!(manifest.summary.passed, REPRESENTATIVE.len());
    assert_eq!(
        manifest.served.get("customer-detail").map(String::as_str),
        Some(target),
        "the manifest says who served"
    );
}

#[test]
fn from_a_folder() {
    all_must_be_installed();
    let house = House::new();
    let target = format!("dir:{}", app::copy(CUSTOMER_DETAIL, &house).display());
    let said = play(&house, &REPRESENTATIVE, &target);
    assert_all_pass(&house, &said, &target);
}

/// It is the folder that is judged, not the reference app beside it.
#[test]
fn from_a_folder_with_a_mistake_in_it() {
    all_must_be_installed();
    let house = House::new();
    let build = app::copy(CUSTOMER_DETAIL, &house);
    spoil(&build.join("src"), "Associate existing", "Link existing");
    let said = play(
        &house,
        &["ticket/menu-offers-both-ways"],
        &format!("dir:{}", build.display()),
    );
    assert_eq!(said.code, Some(1), "{}", said.all());
    let manifest = runs::manifest(&house.output());
    let record = &manifest.scenarios[0];
    assert_eq!(record.verdict, Verdict::Failed);
    assert!(!record.findings.is_empty());
    assert!(
        said.out.contains("1 failed") && said.err.contains("menu-offers-both-ways.yaml:"),
        "{}",
        said.all()
    );
}

/// Replaces a text in every file that holds it.
fn spoil(folder: &Path, find: &str, replace: &str) {
    let mut spoilt = 0;
    for file in runs::files(folder) {
        let text = fs::read_to_string(&file).expect("a text");
        if text.contains(find) {
            fs::write(&file, text.replace(find, replace)).expect("the file again");
            spoilt += 1;
        }
    }
    assert!(spoilt > 0, "`{find}` stands in no file");
}

/// A dev server of the app's own kind. It ends with this.
struct DevServer {
    child: std::process::Child,
    port: u16,
}

impl DevServer {
    fn start(app: &Path, house: &House) -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|one| one.local_addr())
            .expect("a free port")
            .port();
        let log = fs::File::create(house.path().join("vite.log")).expect("a log");
        // Not by `npx`: what it starts would outlive it.
        let child = Command::new("node")
            .args([
                "node_modules/vite/bin/vite.js",
                "--host",
                "127.0.0.1",
                "--strictPort",
                "--port",
            ])
            .arg(port.to_string())
            .current_dir(app)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("node starts");
        let server = Self { child, port };
        let up = support::until(Duration::from_secs(30), || processes::is_open(port).then_some(()));
        assert!(
            up.is_some(),
            "{}",
            fs::read_to_string(house.path().join("vite.log")).unwrap_or_default()
        );
        server
    }

    /// Whether it has ended by itself.
    fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    fn target(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

impl Drop for DevServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn from_a_dev_server() {
    all_must_be_installed();
    let house = House::new();
    let server = DevServer::start(&app::copy(CUSTOMER_DETAIL, &house), &house);
    let said = play(&house, &REPRESENTATIVE, &server.target());
    assert_all_pass(&house, &said, &server.target());
}

#[test]
fn from_a_dev_server_that_is_given_the_production_host() {
    all_must_be_installed();
    let house = House::new();
    let build = app::copy(CUSTOMER_DETAIL, &house);
    let server = DevServer::start(&build, &house);
    let target = format!("{};host=origin", server.target());
    let said = play(&house, &REPRESENTATIVE, &target);
    assert_all_pass(&house, &said, &target);
}

#[test]
fn from_a_dev_server_that_refuses_the_production_host() {
    all_must_be_installed();
    let house = House::new();
    let build = app::copy(CUSTOMER_DETAIL, &house);
    app::spoil(
        &build.join("vite.config.js"),
        "allowedHosts: ['customers.qontak.com']",
        "allowedHosts: []",
    );
    let server = DevServer::start(&build, &house);
    let said = play(
        &house,
        &["ticket/menu-offers-both-ways"],
        &format!("{};host=origin", server.target()),
    );
    assert_ne!(said.code, Some(0), "{}", said.all());
    let all = format!("{}{}", said.out, said.err);
    for part in [
        "Vite",
        &server.target(),
        "refuses the host `customers.qontak.com`",
        "`server.allowedHosts`",
        ";host=origin",
    ] {
        assert!(all.contains(part), "it does not say {part:?}\n{}", said.all());
    }
}

#[test]
fn from_a_dev_server_that_nobody_started() {
    all_must_be_installed();
    let house = House::new();
    let server = DevServer::start(&app::copy(CUSTOMER_DETAIL, &house), &house);
    let target = server.target();
    drop(server);
    let said = play(&house, &["ticket/menu-offers-both-ways"], &target);
    assert_eq!(said.code, Some(2), "{}", said.all());
    for part in [target.as_str(), "does not answer", "start it"] {
        assert!(
            said.err.contains(part),
            "it does not say {part:?}\n{}",
            said.all()
        );
    }
}

/// The server answers what is asked before a run, and the page with its first scripts. It ends itself when the next one
/// is asked for, so that no clock decides how far a run gets.
#[test]
fn from_a_dev_server_that_ends_in_the_middle() {
    all_must_be_installed();
    let house = House::new();
    let build = app::copy(CUSTOMER_DETAIL, &house);
    app::spoil(
        &build.join("vite.config.js"),
        "export default {",
        "const ending = {
  name: 'ends-in-the-middle',
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      if (request.url.startsWith('/src/features/')) process.exit(0)
      next()
    })
  },
}
export default {
  plugins: [ending],",
    );
    let mut server = DevServer::start(&build, &house);
    let target = server.target();
    let said = play(&house, &["ticket/menu-offers-both-ways"], &target);
    assert!(
        server.has_ended(),
        "it was never asked for the app\n{}",
        said.all()
    );
    // Not the harness broke: it is the user's server that does not do what it is there for.
    assert_eq!(said.code, Some(1), "{}", said.all());
    let all = format!("{}{}", said.out, said.err);
    for part in [
        format!("the upstream {target}, which serves {ORIGIN}, broke off at /src/").as_str(),
        "a server of your own refused to stand in for an origin",
        "expected the server answers for the origin",
    ] {
        assert!(all.contains(part), "it does not say {part:?}\n{}", said.all());
    }
}
