//! The servers, each a process of its own that ends with this one.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use journal::{Clock, Recorder};
use mocks::{Providers, Setting};

use crate::Failure;

/// Has this program serve the mock.
pub(crate) const SERVE: &str = "--serve";

pub(crate) const CLIENT: &str = "bench";
/// Nothing listens there: the driver stops before it.
pub(crate) const CALLBACK: &str = "http://localhost:1/callback";
pub(crate) const EMAIL: &str = "sari.wulandari@mekari.example";
pub(crate) const PASSWORD: &str = "Rimba-Hijau-5!";

/// A server that is up.
pub(crate) struct Server {
    child: Child,
    issuer: String,
}

impl Server {
    /// The mock, served by this very program.
    pub(crate) fn mock() -> Result<Self, Failure> {
        Self::start(Command::new(std::env::current_exe()?).arg(SERVE))
    }

    /// The npm package, installed first if it is not there.
    pub(crate) fn oidc_provider() -> Result<Self, Failure> {
        let folder = folder();
        install(&folder)?;
        let mut command = Command::new("node");
        command.arg(folder.join("server.mjs"));
        command.args([CLIENT, CALLBACK, EMAIL, PASSWORD]);
        // As it would run in earnest.
        command.env("NODE_ENV", "production");
        Self::start(&mut command)
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    fn start(command: &mut Command) -> Result<Self, Failure> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{name} does not start: {error}"))?;
        let out = child.stdout.take().ok_or("no output")?;
        let mut server = Self {
            child,
            issuer: String::new(),
        };
        let mut out = BufReader::new(out);
        out.read_line(&mut server.issuer)?;
        // What else it says is let go: a server that finds nobody listening would end.
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        server.issuer = server.issuer.trim().to_owned();
        if server.issuer.is_empty() {
            return Err(format!("{name} ended before it served").into());
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/oidc-provider")
}

/// Installs what the lock file says, once; no script of a package is run.
fn install(folder: &Path) -> Result<(), Failure> {
    if folder.join("node_modules/oidc-provider").is_dir() {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let done = Command::new(npm)
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|error| {
            format!("npm does not start ({error}); install Node, or leave it out with `--alone`")
        })?;
    if done.success() {
        Ok(())
    } else {
        Err(format!("`npm ci` failed in {}", folder.display()).into())
    }
}

/// Serves the mock until standard input ends. Prints the issuer first.
pub(crate) fn serve() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.spawn(async {
        if let Err(failure) = answer().await {
            eprintln!("the mock does not serve: {failure}");
            std::process::exit(1);
        }
    });
    let mut rest = Vec::new();
    std::io::stdin().read_to_end(&mut rest)?;
    runtime.shutdown_background();
    Ok(())
}

async fn answer() -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let issuer = format!("http://{}", listener.local_addr()?);
    let mut specs = fixtures::providers()?;
    specs.truncate(1);
    let spec = &mut specs[0];
    // As the customers' application, at an address of the bench.
    let mut client = spec.issuers[0].clients[0].clone();
    CLIENT.clone_into(&mut client.id);
    client.redirect_uris = vec![CALLBACK.to_owned()];
    client.return_to.clear();
    client.post_logout_redirect_uris.clear();
    client.page_origins.clear();
    spec.issuers[0].clients = vec![client];
    let setting = Setting {
        recorder: Recorder::to_listener(Clock::new(), |_| {}),
        origins: BTreeMap::from([(spec.origin.clone(), issuer.clone())]),
        switches: BTreeMap::new(),
        seed: None,
    };
    let providers = Providers::new(setting, specs, BTreeMap::new())?;
    println!("{issuer}");
    axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |stream| {
            let _ = stream.set_nodelay(true);
        }),
        providers.router(),
    )
    .await?;
    Ok(())
}
