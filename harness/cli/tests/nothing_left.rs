//! However a run ends, nothing of it stays: no process, no listening port, no temporary folder. And what a dead driver
//! or browser took down with it is tried once more, while the rest of the run goes on.
#![cfg(unix)]

mod support;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use journal::run::{RunManifest, Verdict};
use support::browsers::Engine;
use support::catalogue::{self, QUICK, SLOW};
use support::processes::{self, Kin};
use support::program::{House, Running, Said};
use support::runs;
use sysinfo::Signal;

/// How long what a dead harness leaves behind may stay.
const CLEARED: Duration = Duration::from_secs(3);

/// One at a time: what is taken here is time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A run of three scenarios, met in the middle of the second.
struct Scene {
    house: House,
    kin: Kin,
    running: Running,
}

const BEFORE: &str = "demo/a-quick";
const MIDDLE: &str = "demo/b-slow";
const AFTER: &str = "demo/c-quick";

fn in_the_middle(engine: Engine) -> Scene {
    let house = House::new();
    let scenarios = [(BEFORE, QUICK), (MIDDLE, SLOW), (AFTER, QUICK)];
    catalogue::lay_out(&house.work(), &scenarios);
    let output = house.output();
    let arguments = [
        "run",
        "--workers",
        "1",
        "--scenarios",
        "scenarios",
        "--screenshots",
        "off",
        "--engine",
        engine.name(),
        "--output",
    ];
    let mut command = house.command(arguments);
    let mut running = Running::start(command.arg(&output));
    let mut kin = Kin::of(&house.tmp());
    let met = support::until(Duration::from_secs(60), || {
        if running.has_ended() {
            return Some(false);
        }
        let run = runs::all(&output).pop()?;
        let journal = journal::run::folder_of(MIDDLE, engine.name(), 1);
        run.join(journal).join("events.jsonl").is_file().then_some(true)
    });
    if met != Some(true) {
        let said = running.kill();
        panic!("the run was never in the middle\n{}", said.all());
    }
    kin.look();
    Scene { house, kin, running }
}

impl Scene {
    fn driver(&mut self, engine: Engine) -> u32 {
        self.kin
            .driver(engine.driver())
            .unwrap_or_else(|| panic!("no driver among\n  {}", self.kin.alive().join("\n  ")))
    }

    fn browser(&mut self, engine: Engine) -> u32 {
        let driver = self.driver(engine);
        self.kin
            .browser(driver)
            .unwrap_or_else(|| panic!("no browser among\n  {}", self.kin.alive().join("\n  ")))
    }
}

/// What there still is of a run, in words; empty when it is gone without a trace.
fn remains(kin: &mut Kin, ports: &[u16], tmp: &Path) -> Vec<String> {
    let mut left: Vec<String> = kin
        .alive()
        .into_iter()
        .map(|line| format!("process {line}"))
        .collect();
    left.extend(
        ports
            .iter()
            .filter(|&&port| processes::is_open(port))
            .map(|port| format!("port {port}")),
    );
    left.extend(
        runs::files_and_folders(tmp)
            .into_iter()
            .map(|path| format!("file {}", path.display())),
    );
    left
}

fn assert_nothing_left(kin: &mut Kin, ports: &[u16], house: &House) {
    let mut left = Vec::new();
    let gone = support::until(CLEARED, || {
        left = remains(kin, ports, &house.tmp());
        left.is_empty().then_some(())
    });
    left.truncate(12);
    assert!(
        gone.is_some(),
        "{} s later there still is\n  {}",
        CLEARED.as_secs(),
        left.join("\n  ")
    );
}

/// Ports on which anything of the run listens. There must be some, or the test would prove nothing.
fn ports(kin: &mut Kin) -> Vec<u16> {
    let ports: Vec<u16> = kin.ports().into_iter().collect();
    if cfg!(target_os = "linux") {
        assert!(!ports.is_empty(), "nothing listens in the middle of a run");
    }
    ports
}

fn the_harness_is_killed(engine: Engine) {
    engine.must_be_installed();
    let _alone = alone();
    let mut scene = in_the_middle(engine);
    scene.browser(engine);
    let ports = ports(&mut scene.kin);
    scene.running.kill();
    assert_nothing_left(&mut scene.kin, &ports, &scene.house);
}

#[test]
fn of_a_harness_that_is_killed_while_chromium_plays() {
    the_harness_is_killed(Engine::Chromium);
}

#[test]
fn of_a_harness_that_is_killed_while_firefox_plays() {
    the_harness_is_killed(Engine::Firefox);
}

/// The run went on after something died under its second scenario.
fn assert_recovered(scene: Scene) {
    let Scene {
        house,
        mut kin,
        running,
    } = scene;
    let said = running.wait(Duration::from_secs(90));
    assert_eq!(said.code, Some(0), "{}", said.all());
    let manifest = runs::manifest(&house.output());
    let attempts: Vec<_> = manifest
        .scenarios
        .iter()
        .map(|record| (record.id.as_str(), record.verdict, record.attempts))
        .collect();
    let passed = Verdict::Passed;
    assert_eq!(
        attempts,
        [(BEFORE, passed, 1), (MIDDLE, passed, 2), (AFTER, passed, 1)],
        "{}",
        said.all()
    );
    let middle = &manifest.scenarios[1];
    assert_eq!(middle.earlier.len(), 1, "{:?}", middle.earlier);
    assert!(
        !middle.earlier[0].reason.is_empty(),
        "the reason of the first attempt is told"
    );
    assert_nothing_left(&mut kin, &[], &house);
}

fn the_driver_is_killed(engine: Engine) {
    engine.must_be_installed();
    let _alone = alone();
    let mut scene = in_the_middle(engine);
    let driver = scene.driver(engine);
    processes::send(driver, Signal::Kill);
    assert_recovered(scene);
}

#[test]
fn of_a_chromedriver_that_is_killed() {
    the_driver_is_killed(Engine::Chromium);
}

#[test]
fn of_a_geckodriver_that_is_killed() {
    the_driver_is_killed(Engine::Firefox);
}

fn the_browser_is_killed(engine: Engine) {
    engine.must_be_installed();
    let _alone = alone();
    let mut scene = in_the_middle(engine);
    let browser = scene.browser(engine);
    processes::send(browser, Signal::Kill);
    assert_recovered(scene);
}

#[test]
fn of_a_chromium_that_is_killed() {
    the_browser_is_killed(Engine::Chromium);
}

#[test]
fn of_a_firefox_that_is_killed() {
    the_browser_is_killed(Engine::Firefox);
}

/// The run was ended by a signal, and what was done until then is kept.
fn assert_finished_early(said: &Said, house: &House) -> RunManifest {
    assert_eq!(said.code, Some(130), "{}", said.all());
    let run = runs::only(&house.output());
    let manifest = RunManifest::read(&run).expect("a manifest");
    assert!(
        manifest.interrupted,
        "the manifest says that the run was interrupted"
    );
    for file in ["report.html", "junit.xml"] {
        assert!(run.join(file).is_file(), "{file} is there");
    }
    let latest = house.output().join("latest");
    assert_eq!(
        latest.canonicalize().ok(),
        run.canonicalize().ok(),
        "`latest` points to it"
    );
    let verdicts: Vec<_> = manifest
        .scenarios
        .iter()
        .map(|record| (record.id.as_str(), record.verdict))
        .collect();
    let skipped = Verdict::Skipped;
    assert_eq!(
        verdicts,
        [(BEFORE, Verdict::Passed), (MIDDLE, skipped), (AFTER, skipped)]
    );
    for record in &manifest.scenarios[1..] {
        assert!(
            record
                .reason
                .as_deref()
                .is_some_and(|reason| reason.contains("interrupted")),
            "{record:?}"
        );
    }
    manifest
}

fn ended_by(signal: Signal) {
    Engine::Chromium.must_be_installed();
    let _alone = alone();
    let mut scene = in_the_middle(Engine::Chromium);
    let ports = ports(&mut scene.kin);
    processes::send(scene.running.id(), signal);
    let said = scene.running.wait(Duration::from_secs(20));
    assert_finished_early(&said, &scene.house);
    assert_nothing_left(&mut scene.kin, &ports, &scene.house);
}

#[test]
fn of_a_run_that_is_asked_to_terminate() {
    ended_by(Signal::Term);
}

#[test]
fn of_a_run_that_is_interrupted() {
    ended_by(Signal::Interrupt);
}

/// `killall rehearse`: whatever goes by the name gets the signal, all at once.
fn killed_by_name(signal: Signal) {
    Engine::Chromium.must_be_installed();
    let _alone = alone();
    let mut scene = in_the_middle(Engine::Chromium);
    let ports = ports(&mut scene.kin);
    let meant = scene.kin.named("rehearse");
    assert!(meant.contains(&scene.running.id()), "{meant:?}");
    for pid in meant {
        processes::send(pid, signal);
    }
    scene.running.wait(Duration::from_secs(20));
    assert_nothing_left(&mut scene.kin, &ports, &scene.house);
}

/// Only there has the watchdog a name of its own.
#[test]
#[cfg(target_os = "linux")]
fn of_programs_that_are_killed_by_name() {
    killed_by_name(Signal::Kill);
}

#[test]
fn of_programs_that_are_asked_by_name_to_terminate() {
    killed_by_name(Signal::Term);
}

#[test]
fn of_a_watchdog_that_is_asked_to_terminate() {
    Engine::Chromium.must_be_installed();
    let _alone = alone();
    let mut scene = in_the_middle(Engine::Chromium);
    let ports = ports(&mut scene.kin);
    for pid in scene.kin.named("rehearse-watch") {
        processes::send(pid, Signal::Term);
        processes::send(pid, Signal::Interrupt);
    }
    processes::send(scene.running.id(), Signal::Term);
    let said = scene.running.wait(Duration::from_secs(20));
    assert_finished_early(&said, &scene.house);
    assert_nothing_left(&mut scene.kin, &ports, &scene.house);
}

#[test]
fn of_a_run_that_is_interrupted_twice() {
    Engine::Chromium.must_be_installed();
    let _alone = alone();
    let mut scene = in_the_middle(Engine::Chromium);
    let ports = ports(&mut scene.kin);
    let id = scene.running.id();
    processes::send(id, Signal::Interrupt);
    processes::send(id, Signal::Interrupt);
    // Signals that arrive together may count as one; either way the code is that of an interrupted run.
    let said = scene.running.wait(Duration::from_secs(20));
    assert_eq!(said.code, Some(130), "{}", said.all());
    assert_nothing_left(&mut scene.kin, &ports, &scene.house);
}
