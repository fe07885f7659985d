//! Nothing outlives the harness, and nothing hangs when a browser dies.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use browser::{Browser, ContextOptions, Engine, ErrorKind, Launch};
use journal::{Clock, Recorder};

/// Set for the helper process that plays the harness: engine and scratch folder.
const HELPER: &str = "REHEARSE_TEST_HARNESS";

fn launch(engine: Engine, scratch: &Path) -> Launch {
    let tools = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../.tools/bin");
    let mut launch = Launch::new(engine, SocketAddr::from(([127, 0, 0, 1], 9)));
    let find = |program: &PathBuf| {
        which::which(program)
            .or_else(|_| which::which_in(program, Some(&tools), "."))
            .unwrap_or_else(|_| {
                panic!(
                    "{} is not installed: `cargo xtask setup` brings it",
                    program.display()
                )
            })
    };
    launch.browser_binary = find(&launch.browser_binary);
    launch.driver_binary = find(&launch.driver_binary);
    launch.scratch = scratch.to_owned();
    launch
}

/// Processes that have a word in their command line.
fn processes_of(word: &str) -> Vec<String> {
    let output = Command::new("ps")
        .args(["-eo", "pid,stat,args"])
        .output()
        .expect("ps");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|line| line.contains(word) && !line.contains("--exact"))
        .map(str::to_owned)
        .collect()
}

fn gone_within(limit: Duration, scratch: &Path) -> Duration {
    let begun = Instant::now();
    let word = scratch.display().to_string();
    loop {
        let processes = processes_of(&word);
        let files: Vec<_> = std::fs::read_dir(scratch).expect("scratch").collect();
        if processes.is_empty() && files.is_empty() {
            return begun.elapsed();
        }
        assert!(
            begun.elapsed() < limit,
            "still there after {limit:?}: {processes:#?} {files:?}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Starts a process that holds a browser, and waits until it does.
fn helper(engine: Engine, scratch: &Path) -> (Child, Vec<u32>) {
    let mut child = Command::new(std::env::current_exe().expect("own path"))
        .args(["--ignored", "--exact", "holds_a_browser", "--nocapture"])
        .env(HELPER, format!("{engine} {}", scratch.display()))
        .stdout(Stdio::piped())
        .spawn()
        .expect("a helper");
    let lines = BufReader::new(child.stdout.take().expect("output")).lines();
    for line in lines.map_while(Result::ok) {
        if let Some(ids) = line.strip_prefix("holding ") {
            let ids = ids.split(' ').filter_map(|id| id.parse().ok()).collect();
            return (child, ids);
        }
    }
    let status = child.wait().expect("a status");
    panic!("the helper ended: {status}");
}

#[test]
#[ignore = "runs as the helper of other tests"]
fn holds_a_browser() {
    let Ok(told) = std::env::var(HELPER) else { return };
    let (engine, scratch) = told.split_once(' ').expect("engine and folder");
    let launch = launch(engine.parse().expect("engine"), Path::new(scratch));
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let browser = Browser::launch(launch).await.expect("launch");
        let recorder = Recorder::in_memory(Clock::new(), 1);
        let proxy = SocketAddr::from(([127, 0, 0, 1], 9));
        let context = browser
            .context(ContextOptions::new(proxy, recorder))
            .await
            .expect("context");
        context.open_tab().await.expect("tab");
        let ids: Vec<String> = browser.process_ids().iter().map(u32::to_string).collect();
        println!("holding {}", ids.join(" "));
        std::io::stdout().flush().expect("flush");
        std::future::pending::<()>().await;
    });
}

fn kill(signal: &str, process: u32) {
    let status = Command::new("kill")
        .args([signal, &process.to_string()])
        .status()
        .expect("kill");
    assert!(status.success());
}

fn nothing_outlives_a_killed_harness(engine: Engine) {
    let scratch = tempfile::tempdir().expect("folder");
    let (mut child, _) = helper(engine, scratch.path());
    assert!(!processes_of(&scratch.path().display().to_string()).is_empty());
    kill("-KILL", child.id());
    child.wait().expect("reaped");
    let took = gone_within(Duration::from_secs(3), scratch.path());
    println!("{engine}: all gone {took:?} after SIGKILL");
}

fn shutdown_leaves_nothing(engine: Engine) {
    let scratch = tempfile::tempdir().expect("folder");
    let launch = launch(engine, scratch.path());
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let browser = Browser::launch(launch).await.expect("launch");
        assert!(browser.is_alive());
        println!("{} {:#?}", browser.version(), browser.fidelity());
        let begun = Instant::now();
        browser.shutdown().await.expect("shutdown");
        println!("{engine}: shut down in {:?}", begun.elapsed());
    });
    gone_within(Duration::from_millis(500), scratch.path());
}

/// `victim`: which of the browser's process ids is killed.
fn a_dead_browser_is_told(engine: Engine, victim: usize) {
    let scratch = tempfile::tempdir().expect("folder");
    let launch = launch(engine, scratch.path());
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let browser = Browser::launch(launch).await.expect("launch");
        let recorder = Recorder::in_memory(Clock::new(), 1);
        let proxy = SocketAddr::from(([127, 0, 0, 1], 9));
        let context = browser
            .context(ContextOptions::new(proxy, recorder))
            .await
            .expect("context");
        let tab = context.open_tab().await.expect("tab");
        kill("-KILL", browser.process_ids()[victim]);
        let begun = Instant::now();
        let error = loop {
            // The first answers may still come from a driver that has not noticed.
            match tab.frames().await {
                Err(error) => break error,
                Ok(_) => assert!(begun.elapsed() < Duration::from_secs(5), "nobody noticed"),
            }
        };
        println!("{engine}: noticed after {:?}: {error}", begun.elapsed());
        assert!(
            matches!(error.kind(), ErrorKind::Gone { .. }),
            "{error:?} is not `Gone`"
        );
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert!(!browser.is_alive());
        let _ = browser.shutdown().await;
    });
    gone_within(Duration::from_secs(3), scratch.path());
}

#[test]
fn chromium_does_not_outlive_a_killed_harness() {
    nothing_outlives_a_killed_harness(Engine::Chromium);
}

#[test]
fn firefox_does_not_outlive_a_killed_harness() {
    nothing_outlives_a_killed_harness(Engine::Firefox);
}

#[test]
fn chromium_shuts_down() {
    shutdown_leaves_nothing(Engine::Chromium);
}

#[test]
fn firefox_shuts_down() {
    shutdown_leaves_nothing(Engine::Firefox);
}

#[test]
fn a_killed_chromium_is_told() {
    a_dead_browser_is_told(Engine::Chromium, 1);
}

#[test]
fn a_killed_firefox_is_told() {
    a_dead_browser_is_told(Engine::Firefox, 1);
}

#[test]
fn a_missing_program_is_named() {
    let scratch = tempfile::tempdir().expect("folder");
    let mut launch = Launch::new(Engine::Chromium, SocketAddr::from(([127, 0, 0, 1], 9)));
    launch.driver_binary = "/nowhere/chromedriver".into();
    launch.scratch = scratch.path().to_owned();
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let error = runtime
        .block_on(Browser::launch(launch))
        .expect_err("there is no such driver");
    assert!(matches!(error.kind(), ErrorKind::Launch { .. }), "{error:?}");
    assert!(error.to_string().contains("/nowhere/chromedriver"), "{error}");
    gone_within(Duration::from_secs(3), scratch.path());
}

/// A chromedriver that finds its port taken so many times before the real one is started.
#[cfg(unix)]
fn unlucky(times: usize, scratch: &Path) -> Launch {
    use std::os::unix::fs::PermissionsExt;

    let mut launch = launch(Engine::Chromium, scratch);
    let tries = scratch.join("tries");
    let program = scratch.join("unlucky-driver");
    let text = format!(
        "#!/bin/sh\necho x >> '{tries}'\nif [ \"$(wc -l < '{tries}')\" -gt {times} ]; then exec '{driver}' \"$@\"; fi\n\
         echo 'bind() failed: Address already in use (98)' >&2\necho 'IPv4 port not available. Exiting...'\nexit 1\n",
        tries = tries.display(),
        driver = launch.driver_binary.display(),
    );
    std::fs::write(&program, text).expect("a script");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    launch.driver_binary = program;
    launch
}

#[test]
#[cfg(unix)]
fn a_driver_that_loses_its_port_is_started_again() {
    let folder = tempfile::tempdir().expect("folder");
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let browser = Browser::launch(unlucky(2, folder.path()))
            .await
            .expect("a browser");
        assert!(browser.is_alive());
        browser.shutdown().await.expect("an end");
    });
}

#[test]
#[cfg(unix)]
fn a_driver_that_never_gets_a_port_is_told() {
    let folder = tempfile::tempdir().expect("folder");
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let error = runtime
        .block_on(Browser::launch(unlucky(100, folder.path())))
        .expect_err("there is no port");
    assert!(matches!(error.kind(), ErrorKind::Launch { .. }), "{error:?}");
    assert!(error.to_string().contains("Address already in use"), "{error}");
    assert!(error.to_string().contains("port not available"), "{error}");
}
