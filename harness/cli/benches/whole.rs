//! What the harness costs, printed beside yardsticks taken in the same minutes on the same machine.
//!
//! ```sh
//! cargo bench -p rehearse --bench whole                          # plays the catalogue once
//! cargo bench -p rehearse --bench whole -- reports/latest        # takes the times of a run that was played
//! cargo bench -p rehearse --bench whole -- --filter ticket/menu  # plays a part of it
//! ```
//!
//! Nothing is asserted: numbers of one machine say nothing about another, but a factor over a yardstick does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use browser::{Browser, ContextOptions, Launch};
use journal::fact::PhaseName;
use journal::run::{RunManifest, Verdict};
use journal::{Clock, Recorder};
use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessesToUpdate, System};
use world::{Authority, Quarantine, World};

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    // A second process of this program can be the watchdog that outlives a killed bench.
    if let Some(code) = browser::watchdog::run_if_asked() {
        return code;
    }
    // A bench program may be run as a test, to see that it still builds; there is nothing to measure then.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    if arguments.iter().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS;
    }
    if cfg!(debug_assertions) {
        println!("note: built without optimisation; the harness's own part is slower than it need be");
    }
    if let Err(failure) = measure(&arguments) {
        println!("not measured: {failure}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn measure(arguments: &[String]) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    header("World");
    runtime.block_on(worlds())?;
    header("User context (Chromium)");
    runtime.block_on(contexts())?;
    let run = match arguments.iter().position(|argument| argument == "--filter") {
        Some(at) => play(arguments.get(at + 1).map(String::as_str))?,
        None => match arguments.first() {
            Some(path) => PathBuf::from(path),
            None => play(None)?,
        },
    };
    header("Catalogue");
    phases(&run)?;
    header("Page code: the same scenarios with it and without");
    page_code()
}

fn header(title: &str) {
    println!(
        "\n{title}\n{:<46} {:>7} {:>10} {:>10} {:>10}",
        "", "n", "median", "p95", "most"
    );
}

/// A row of the table; times in milliseconds.
fn row(name: &str, times: &mut [f64]) {
    if times.is_empty() {
        println!("{name:<46} {:>7}", 0);
        return;
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    println!(
        "{name:<46} {:>7} {:>7.1} ms {:>7.1} ms {:>7.1} ms",
        times.len(),
        at(0.5),
        at(0.95),
        times[times.len() - 1]
    );
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

async fn worlds() -> Result<(), Failure> {
    const TIMES: usize = 30;
    let authority = Arc::new(Authority::generate()?);
    let spec = fixtures::world("customer-detail")?;
    let (mut boots, mut ends, mut files, mut ports) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for seed in 0..TIMES as u64 {
        let recorder = Recorder::in_memory(Clock::new(), seed);
        let began = Instant::now();
        let mut plan = world::Plan::new(&spec, recorder)?;
        plan.seed = seed;
        let world = World::boot(plan, &authority).await?;
        boots.push(ms(began.elapsed()));
        let began = Instant::now();
        world.shutdown().await?;
        ends.push(ms(began.elapsed()));
        let began = Instant::now();
        std::hint::black_box(fixtures::world("customer-detail")?);
        files.push(ms(began.elapsed()));
        let began = Instant::now();
        std::hint::black_box(tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?);
        ports.push(ms(began.elapsed()));
    }
    // The first one fills the authority's certificates and the contracts; the others find them there.
    let mut first = vec![boots.remove(0)];
    row("boot, the first of a process", &mut first);
    row("boot, later ones", &mut boots);
    row("shutdown", &mut ends);
    row("  yardstick: read and check the world's file", &mut files);
    row("  yardstick: bind a port", &mut ports);
    Ok(())
}

async fn contexts() -> Result<(), Failure> {
    const TIMES: usize = 15;
    let tools = setup::Tools::discover(&setup::Context::of_checkout(checkout()));
    let (Some(binary), Some(driver)) = (tools.chromium, tools.chromedriver) else {
        return Err("Chromium or ChromeDriver is not installed".into());
    };
    let scratch = tempfile::Builder::new().prefix("rehearse-bench-").tempdir()?;
    let authority = Arc::new(Authority::generate()?);
    let quarantine = Quarantine::open().await?;
    let world = World::boot(
        world::Plan::new(
            &fixtures::world("customer-detail")?,
            Recorder::in_memory(Clock::new(), 7),
        )?,
        &authority,
    )
    .await?;
    let mut launch = Launch::new(browser::Engine::Chromium, quarantine.address());
    launch.browser_binary = binary;
    launch.driver_binary = driver;
    scratch.path().clone_into(&mut launch.scratch);
    authority.spki_sha256_base64().clone_into(&mut launch.trust_spki);
    let began = Instant::now();
    let browser = Browser::launch(launch).await?;
    let mut started = vec![ms(began.elapsed())];
    let (mut made, mut opened, mut blank, mut app, mut closed) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for seed in 0..TIMES as u64 {
        let recorder = Recorder::in_memory(Clock::new(), seed);
        let began = Instant::now();
        let context = browser
            .context(ContextOptions::new(world.address(), recorder))
            .await?;
        made.push(ms(began.elapsed()));
        let began = Instant::now();
        let tab = context.open_tab().await?;
        opened.push(ms(began.elapsed()));
        let began = Instant::now();
        tab.navigate("about:blank").await?;
        blank.push(ms(began.elapsed()));
        let began = Instant::now();
        tab.navigate("https://account.mekari.com/login").await?;
        app.push(ms(began.elapsed()));
        let began = Instant::now();
        context.close().await?;
        closed.push(ms(began.elapsed()));
    }
    browser.shutdown().await?;
    world.shutdown().await?;
    quarantine.shutdown().await;
    row("context", &mut made);
    row("its first tab", &mut opened);
    row("removal", &mut closed);
    row("  yardstick: navigation to about:blank", &mut blank);
    row("  yardstick: navigation through the gateway", &mut app);
    row("  yardstick: a browser process of its own", &mut started);
    Ok(())
}

/// The output folder of the runs that are played here.
fn output() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench")
}

/// The program, about to play the catalogue or a part of it.
fn program(filter: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rehearse"));
    command
        .arg("run")
        .args(filter)
        .args(["--screenshots", "off", "--output"])
        .arg(output())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Plays the catalogue, or a part of it, and watches the program's memory and processor time meanwhile.
fn play(filter: Option<&str>) -> Result<PathBuf, Failure> {
    let mut child = program(filter).spawn()?;
    let mut system = System::new().map_err(|error| format!("{error:?}"))?;
    let (mut own, mut browsers) = (Vec::new(), Vec::new());
    // Processor time by process, in milliseconds: those that end keep what they had when last looked at.
    let (mut own_ms, mut browsers_ms) = (0, BTreeMap::new());
    let code = loop {
        if let Some(status) = child.try_wait()? {
            break status.code();
        }
        let wish = ProcessRefreshKind::nothing()
            .without_tasks()
            .with_memory()
            .with_cpu();
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, wish);
        if let Some(process) = system.process(Pid::from_u32(child.id())) {
            own.push(process.memory());
            own_ms = process.accumulated_cpu_time();
        }
        let kin = below(&system, child.id());
        browsers.push(kin.iter().map(|process| process.memory()).sum());
        browsers_ms.extend(
            kin.iter()
                .map(|process| (process.pid(), process.accumulated_cpu_time())),
        );
        std::thread::sleep(Duration::from_millis(100));
    };
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let most = |values: &[u64]| mib(values.iter().copied().max().unwrap_or(0));
    let at = |values: &[u64], share: f64| {
        values
            .get(((values.len().max(1) - 1) as f64 * share) as usize)
            .map_or(0.0, |&bytes| mib(bytes))
    };
    println!("\nMemory (resident), exit code {code:?}");
    println!(
        "harness: {:.0} MiB after a quarter of the run, {:.0} after a half, {:.0} at its end, {:.0} at most",
        at(&own, 0.25),
        at(&own, 0.5),
        at(&own, 1.0),
        most(&own)
    );
    println!(
        "  yardstick: driver, browser and watchdog together {:.0} MiB at most",
        most(&browsers)
    );
    let browsers_ms: u64 = browsers_ms.values().sum();
    println!("\nProcessor time");
    println!(
        "harness: {:.1} s, {:.1} % of the yardstick",
        own_ms as f64 / 1000.0,
        own_ms as f64 / browsers_ms.max(1) as f64 * 100.0
    );
    println!(
        "  yardstick: driver, browser and watchdog together {:.1} s",
        browsers_ms as f64 / 1000.0
    );
    Ok(output().join("latest"))
}

/// What noting messages and moving the clock costs in a page: each scenario's time without it is the yardstick.
fn page_code() -> Result<(), Failure> {
    const TIMES: usize = 3;
    const FILTER: &str = "ticket/menu";
    let (mut with, mut without) = (Vec::new(), Vec::new());
    // In turn, so that whatever else the machine does meets both.
    for _ in 0..TIMES {
        for (times, switch) in [(&mut with, None), (&mut without, Some("--pristine"))] {
            program(Some(FILTER)).args(switch).status()?;
            times.extend(driven(&output().join("latest"))?);
        }
    }
    // Scenarios that cannot do without it are skipped in a pristine browser.
    with.retain(|(id, _)| without.iter().any(|(other, _)| other == id));
    let bare = |times: Vec<(String, f64)>| times.into_iter().map(|(_, time)| time).collect::<Vec<_>>();
    row("steps of a scenario", &mut bare(with));
    row("  yardstick: in a pristine browser", &mut bare(without));
    Ok(())
}

/// How long the steps of each scenario of a run took, in milliseconds.
fn driven(run: &Path) -> Result<Vec<(String, f64)>, Failure> {
    let played = RunManifest::read(run)?.scenarios.into_iter();
    Ok(played
        .filter(|record| record.verdict == Verdict::Passed)
        .filter_map(|record| Some((record.id, *record.phases_ms.get(&PhaseName::Drive)?)))
        .collect())
}

/// Everything that descends from a process, itself left out.
fn below(system: &System, root: u32) -> Vec<&Process> {
    let mut found = Vec::new();
    let mut open = vec![Pid::from_u32(root)];
    while let Some(parent) = open.pop() {
        for (pid, process) in system.processes() {
            if process.parent() == Some(parent) {
                found.push(process);
                open.push(*pid);
            }
        }
    }
    found
}

fn phases(run: &Path) -> Result<(), Failure> {
    let manifest = RunManifest::read(run)?;
    let mut phases: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut whole = Vec::new();
    let mut sizes = Vec::new();
    for record in manifest
        .scenarios
        .iter()
        .filter(|record| record.verdict != Verdict::Skipped)
    {
        for (phase, spent) in &record.phases_ms {
            let name = serde_json::to_value(phase)?
                .as_str()
                .unwrap_or_default()
                .to_owned();
            phases.entry(name).or_default().push(*spent);
        }
        whole.push(record.duration_ms as f64);
        if let Some(folder) = &record.folder
            && let Ok(journal) = std::fs::metadata(run.join(folder).join("events.jsonl"))
        {
            sizes.push(journal.len() as f64 / 1024.0);
        }
    }
    let total: f64 = whole.iter().sum();
    let share =
        |name: &str| phases.get(name).map_or(0.0, |times| times.iter().sum::<f64>()) / total.max(1.0) * 100.0;
    let shares: Vec<String> = ["prepare", "drive", "settle", "judge", "publish"]
        .iter()
        .map(|name| format!("{name} {:.0} %", share(name)))
        .collect();
    for name in ["prepare", "drive", "settle", "judge", "publish"] {
        row(name, phases.get_mut(name).map_or(&mut [], Vec::as_mut_slice));
    }
    row("a scenario, all phases", &mut whole);
    sizes.sort_by(f64::total_cmp);
    let summary = manifest.summary;
    println!(
        "{} passed, {} failed, {} broken, {} skipped in {:.1} s; of the scenarios' time: {}",
        summary.passed,
        summary.failed,
        summary.broken,
        summary.skipped,
        manifest.duration_ms as f64 / 1000.0,
        shares.join(", ")
    );
    if let Some(median) = sizes.get(sizes.len() / 2) {
        println!(
            "a journal: {median:.0} KiB (median), {:.0} KiB at most",
            sizes[sizes.len() - 1]
        );
    }
    Ok(())
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
