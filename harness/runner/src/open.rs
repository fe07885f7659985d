//! A world to walk about in by hand: booted, shown in a browser, recorded until someone ends it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use browser::{Browser, ContextOptions, Launch};
use journal::fact::WorldUp;
use journal::run::{FORMAT_VERSION, RunManifest, ScenarioRecord, Summary, Verdict, folder_of};
use journal::{Clock, Fact, Location, Recorder, Source};
use scenarios::model::Engine;
use tokio_util::sync::CancellationToken;
use world::{Authority, Quarantine, Target, World};

use crate::{Broken, Error, RunDirectory, Tools, again, serve};

/// What to open.
#[derive(Clone, Debug)]
pub struct OpenWorld {
    /// The world's name.
    pub world: String,
    /// Values of its switches, where not the default.
    pub switches: BTreeMap<String, String>,
    /// Who serves an origin instead of what the world says: the origin's name to target.
    pub serve: BTreeMap<String, Target>,
    /// The engine to show it in; none to start no browser.
    pub engine: Option<Engine>,
    /// Show the browser's window.
    pub headed: bool,
    /// Where browsers and drivers are.
    pub tools: Tools,
}

/// A world that was found and whose switches are set.
#[must_use = "nothing is open yet"]
pub struct OpenPrepared {
    wish: OpenWorld,
    spec: fixtures::WorldSpec,
}

impl OpenWorld {
    /// Finds the world and sets its switches.
    ///
    /// # Errors
    /// There is no such world, switch or value.
    pub fn prepare(self) -> Result<OpenPrepared, Error> {
        let spec = fixtures::world(&self.world)?.resolve(&self.switches)?;
        Ok(OpenPrepared { wish: self, spec })
    }
}

impl OpenPrepared {
    /// Boots the world, opens it and records until `cancel` fires or the browser is closed. Beside the manifest stands what
    /// went wrong in the end, when everything was recorded already.
    ///
    /// # Errors
    /// Nothing was recorded: the world does not boot, the browser does not start, the journal cannot be written.
    pub async fn run(
        self,
        directory: &RunDirectory,
        cancel: CancellationToken,
        say: &(dyn Fn(&str) + Sync),
    ) -> Result<(RunManifest, Result<(), Error>), Error> {
        let began = Instant::now();
        let began_ms = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0);
        let id = format!("open/{}", self.spec.name);
        let engine_name = self
            .wish
            .engine
            .map_or_else(|| "by-hand".to_owned(), |engine| engine.to_string());
        let output = |attempt, path: &std::path::Path| {
            let path = path.display().to_string();
            move |source| Error::Output {
                attempt,
                path,
                source,
            }
        };
        let folder = directory.path().join(folder_of(&id, &engine_name, 1));
        std::fs::create_dir_all(&folder).map_err(output("create", &folder))?;
        let seed = u64::from(rand::random::<u32>());
        let recorder = Recorder::to_file(Clock::new(), seed, &folder.join("events.jsonl"))?;
        let authority = Arc::new(Authority::generate()?);
        let origins = crate::prepared::named_origins(&self.spec);
        let front = origins.get(&self.spec.front_end).cloned().unwrap_or_default();
        let mut plan = world::Plan::new(&self.spec, recorder.clone())?;
        serve::check(&self.wish.serve)?;
        plan.serve = serve::of_world(&self.wish.serve, &plan);
        let served = plan
            .serve
            .iter()
            .map(|(name, target)| (name.clone(), target.to_string()))
            .collect();
        plan.seed = seed;
        let world = World::boot(plan, &authority)
            .await
            .map_err(|error| Error::Option(error.to_string()))?;
        recorder.record(
            Source::Runner,
            None,
            Fact::WorldUp(WorldUp {
                world: self.spec.name.clone(),
                origins: origins.clone(),
                switches: self.spec.settings.clone(),
            }),
        );
        say(&format!(
            "{} is up behind the proxy http://{}",
            self.spec.name,
            world.address()
        ));
        for (name, origin) in &origins {
            say(&format!("  {name:<20} {origin}"));
        }
        for name in &self.spec.personas {
            if let Ok(persona) = fixtures::persona(name) {
                say(&format!(
                    "  sign in as {} with password {}",
                    persona.email, persona.password
                ));
                if let Some(address) = world.authenticator(name) {
                    say(&format!("    and an authenticator app that has read {address}"));
                }
            }
        }
        let mut engines = Vec::new();
        let mut fidelity = Vec::new();
        let shown = match self.wish.engine {
            Some(engine) => {
                let quarantine = Quarantine::open().await?;
                let shown = self
                    .show(
                        engine,
                        &authority,
                        &quarantine,
                        &recorder,
                        world.address(),
                        &front,
                    )
                    .await;
                match shown {
                    Ok((browser, context)) => {
                        engines.push(journal::run::EngineRecord {
                            name: engine.to_string(),
                            version: browser.version().to_owned(),
                        });
                        fidelity.extend(
                            browser
                                .fidelity()
                                .iter()
                                .map(|entry| format!("{engine}: {}: {}", entry.name, entry.reason)),
                        );
                        say("the browser is open; Ctrl-C ends and writes the report");
                        Some((browser, context, quarantine))
                    }
                    Err(broken) => {
                        let _ = world.shutdown().await;
                        return Err(Error::Browser(broken.reason));
                    }
                }
            }
            None => {
                say(&format!(
                    "point a Chromium at it: --proxy-server=http://{} --proxy-bypass-list='<-loopback>' --ignore-certificate-errors-spki-list={} --user-data-dir=$(mktemp -d) {front}",
                    world.address(),
                    authority.spki_sha256_base64()
                ));
                say("Ctrl-C ends and writes the report");
                None
            }
        };
        tokio::select! {
            () = cancel.cancelled() => {}
            () = gone(shown.as_ref().map(|(browser, ..)| browser)) => {}
        }
        if let Some((browser, context, _quarantine)) = shown {
            let _ = context.close().await;
            let _ = browser.shutdown().await;
        }
        let down = world.shutdown().await;
        let flushed = recorder.flush();
        let mut summary = Summary::default();
        summary.count(Verdict::Passed);
        let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let manifest = RunManifest {
            format_version: FORMAT_VERSION,
            id: directory.id().to_owned(),
            seed,
            began_ms,
            duration_ms,
            harness: env!("CARGO_PKG_VERSION").to_owned(),
            engines,
            pristine: false,
            interrupted: false,
            served,
            summary,
            fidelity,
            scenarios: vec![ScenarioRecord {
                id: id.clone(),
                title: format!("{}, walked by hand", self.spec.title),
                engine: engine_name.clone(),
                repeat: 1,
                verdict: Verdict::Passed,
                attempts: 1,
                duration_ms,
                phases_ms: BTreeMap::new(),
                covers: Vec::new(),
                location: Location {
                    file: format!("fixtures/worlds/{}.yaml", self.spec.name),
                    line: 1,
                    column: 1,
                },
                again: Some(again::of_open(&self.wish)),
                reason: Some("walked by hand: recorded, not judged".to_owned()),
                findings: Vec::new(),
                folder: Some(
                    folder_of(&id, &engine_name, 1)
                        .components()
                        .map(|part| part.as_os_str().to_string_lossy().into_owned())
                        .collect::<Vec<_>>()
                        .join("/"),
                ),
                earlier: Vec::new(),
            }],
            requirements: Vec::new(),
        };
        let written = manifest.write(directory.path());
        let ended = written
            .and(flushed)
            .map_err(Error::from)
            .and(down.map_err(Error::from));
        Ok((manifest, ended))
    }

    async fn show(
        &self,
        engine: Engine,
        authority: &Authority,
        quarantine: &Quarantine,
        recorder: &Recorder,
        proxy: std::net::SocketAddr,
        front: &str,
    ) -> Result<(Browser, browser::UserContext), Broken> {
        let (engine, browser_binary, driver_binary) = self.wish.tools.of(engine)?;
        let mut launch = Launch::new(engine, quarantine.address());
        launch.headed = self.wish.headed;
        launch.browser_binary = browser_binary;
        launch.driver_binary = driver_binary;
        authority.spki_sha256_base64().clone_into(&mut launch.trust_spki);
        let browser = Browser::launch(launch).await?;
        let context = browser
            .context(ContextOptions::new(proxy, recorder.clone()))
            .await?;
        let tab = context.open_tab().await?;
        tab.activate().await?;
        tab.navigate(front).await?;
        Ok((browser, context))
    }
}

/// Resolves when the browser has ended; never without one.
async fn gone(browser: Option<&Browser>) {
    match browser {
        Some(browser) => {
            while browser.is_alive() {
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        }
        None => std::future::pending().await,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    /// Nobody walks a second time because of what fails when all is done.
    #[tokio::test]
    async fn what_was_recorded_is_given_back_whatever_fails_in_the_end() {
        let output = std::env::temp_dir().join(format!("rehearse-open-{}", std::process::id()));
        let directory = RunDirectory::create(&output).unwrap();
        let wish = OpenWorld {
            world: "customer-detail".to_owned(),
            switches: BTreeMap::new(),
            serve: BTreeMap::new(),
            engine: None,
            headed: false,
            tools: Tools::default(),
        };
        // A folder in the way of the manifest.
        std::fs::create_dir(directory.path().join("run.json")).unwrap();
        let cancel = CancellationToken::new();
        cancel.cancel();
        let outcome = wish.prepare().unwrap().run(&directory, cancel, &|_| {}).await;
        let (manifest, ended) = outcome.unwrap();
        let folder = manifest.scenarios[0].folder.clone().unwrap();
        let journal = directory.path().join(folder).join("events.jsonl");
        assert!(journal.is_file());
        assert!(ended.unwrap_err().to_string().contains("run.json"));
        std::fs::remove_dir_all(output).unwrap();
    }
}
