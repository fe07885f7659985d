//! The stage: one world, one user context, one journal, and everything a step can do on them.
//!
//! [`Stage`] is the Rust API under the scenario language. A step either is done, is *blocked* by the
//! product (the element never came), or shows that something is *broken* (the browser is gone).

mod expect;
mod input;
mod messages;
mod navigate;
mod observe;
mod storage;
mod surroundings;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use browser::{Browser, ContextOptions, Held, Patience, Tab, UserContext};
use journal::fact::{Screenshot, Settled, StepOutcome, WorldUp};
use journal::{Fact, Finding, Recorder, Sequence, Source};
use scenarios::model::Step;
use verdict::Context;
use world::World;

use self::expect::Decision;
use crate::shared::{Shared, journal_location};
use crate::{Broken, Job, Prepared, Screenshots, serve};

/// How long a step waits for the page, and an expectation for what it expects, while nothing happens.
const PATIENCE: Duration = Duration::from_secs(6);

/// How long pages that are hidden are waited for before they are left: what they keep until then goes out with them.
const HIDDEN: Duration = Duration::from_secs(2);

/// How long pages are waited for to say who asked for what was refused.
const ASKERS: Duration = Duration::from_secs(1);

/// How long the world may take to come to rest. A world that is still restless then is judged as it is,
/// with a finding that says what was still moving.
const REST_DEADLINE: Duration = Duration::from_secs(15);
/// It gets this many rounds in any case: on a machine that is busy with other things, few fit into the time.
const FEWEST_ROUNDS: u32 = 25;

/// Rounds in a row in which nothing may stir before the world counts as settled: what one round set off is
/// seen in the next.
const CALM_ROUNDS: u32 = 2;

/// Why a step did not happen.
#[derive(Debug)]
pub enum StepError {
    /// The product did not let it happen.
    Blocked(String),
    /// The harness or the browser could not do it.
    Broken(Broken),
}

impl From<Broken> for StepError {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl From<browser::Error> for StepError {
    fn from(error: browser::Error) -> Self {
        if error.is_blocked() {
            Self::Blocked(error.to_string())
        } else {
            Self::Broken(error.into())
        }
    }
}

impl From<world::Error> for StepError {
    fn from(error: world::Error) -> Self {
        Self::Broken(error.into())
    }
}

/// What a stage is raised from.
pub(crate) struct Raise<'a> {
    pub(crate) shared: &'a Arc<Shared>,
    pub(crate) job: &'a Job,
    pub(crate) prepared: &'a Arc<Prepared>,
    pub(crate) browser: &'a Browser,
    pub(crate) recorder: Recorder,
    pub(crate) folder: PathBuf,
}

/// One world and one user context, with the journal both write.
#[must_use = "a stage must be struck, so that its world and its context end"]
pub struct Stage {
    shared: Arc<Shared>,
    job: Job,
    prepared: Arc<Prepared>,
    world: World,
    context: UserContext,
    recorder: Recorder,
    folder: PathBuf,
    tabs: BTreeMap<String, Tab>,
    current: String,
    origins: BTreeMap<String, String>,
    verdict: Context,
}

/// The seed of one scenario's world, by FNV-1a: what is drawn in one world is never drawn again in another, where
/// the same value would be another secret.
fn seed_of(run: u64, scenario: &str) -> u64 {
    let bytes = run.to_le_bytes().into_iter().chain(scenario.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Name of the tab that a scenario begins in.
const MAIN: &str = "main";

impl Stage {
    /// Boots the world, makes the user context and opens the first tab.
    pub(crate) async fn raise(raise: Raise<'_>) -> Result<Self, Broken> {
        let Raise {
            shared,
            job,
            prepared,
            browser,
            recorder,
            folder,
        } = raise;
        let mut plan = world::Plan::new(&prepared.spec, recorder.clone())?;
        plan.serve = serve::of_world(&shared.options.serve, &plan);
        plan.stage.clone_from(&prepared.play.stage);
        plan.faults.clone_from(&prepared.faults);
        plan.stubs.clone_from(&prepared.stubs);
        plan.seed = seed_of(shared.options.seed, &prepared.case.id);
        plan.rewrites.extend(
            job.sabotage
                .and_then(|position| shared.rewrites.get(position))
                .cloned(),
        );
        let world = World::boot(plan, shared.pool.authority()).await?;
        let origins = prepared.origins();
        recorder.record(
            Source::Runner,
            None,
            Fact::WorldUp(WorldUp {
                world: prepared.spec.name.clone(),
                origins: origins.clone(),
                switches: prepared.spec.settings.clone(),
            }),
        );
        let options = ContextOptions {
            patience: PATIENCE,
            held: Held::new(world.held()),
            ..ContextOptions::new(world.address(), recorder.clone())
        };
        let context = match browser.context(options).await {
            Ok(context) => context,
            Err(error) => {
                let _ = world.shutdown().await;
                return Err(error.into());
            }
        };
        let tab = match context.open_tab().await {
            Ok(tab) => tab,
            Err(error) => {
                let _ = context.close().await;
                let _ = world.shutdown().await;
                return Err(error.into());
            }
        };
        let verdict = expect::context(prepared, &recorder, shared.options.pristine)?;
        Ok(Self {
            shared: shared.clone(),
            job: job.clone(),
            prepared: prepared.clone(),
            world,
            context,
            recorder,
            folder,
            tabs: BTreeMap::from([(MAIN.to_owned(), tab)]),
            current: MAIN.to_owned(),
            origins,
            verdict,
        })
    }

    /// Plays the scenario's steps, up to the first that does not happen or does not hold.
    pub(crate) async fn drive(&mut self) -> Result<(), Broken> {
        let prepared = self.prepared.clone();
        for placed in &prepared.play.steps {
            let began_after = self.recorder.len();
            let began = Instant::now();
            let outcome = self.step(placed.index, &placed.step).await;
            let duration_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            let decided_at = outcome
                .as_ref()
                .ok()
                .and_then(|decision| Some(decision.as_ref()?.at));
            let (outcome, verdict) = match outcome {
                Ok(decision) => (
                    StepOutcome::Done,
                    Ok(decision.is_none_or(|decision| decision.holds)),
                ),
                Err(StepError::Blocked(reason)) => (StepOutcome::Blocked(reason), Ok(false)),
                Err(StepError::Broken(broken)) => (StepOutcome::Broken(broken.reason.clone()), Err(broken)),
            };
            self.recorder.record(
                Source::Runner,
                None,
                Fact::Step(journal::fact::Step {
                    index: placed.index,
                    title: placed.title.clone(),
                    location: Some(journal_location(&placed.location)),
                    outcome,
                    began_after,
                    decided_at,
                    duration_us,
                }),
            );
            let holds = verdict.map_err(|mut broken| {
                broken.reason = format!("{} ({}): {}", placed.title, placed.location, broken.reason);
                broken
            })?;
            let wanted = match self.shared.options.screenshots {
                Screenshots::Step => true,
                Screenshots::Expect => matches!(placed.step, Step::Expect(_)),
                Screenshots::Failure | Screenshots::Off => false,
            };
            if wanted && holds {
                self.take_screenshot(placed.index).await?;
            }
            if !holds {
                self.picture_of_failure(placed.index).await;
                break;
            }
        }
        Ok(())
    }

    /// Does one step; a decision where it expects something.
    async fn step(&mut self, index: usize, step: &Step) -> Result<Option<Decision>, StepError> {
        match step {
            Step::Open(url) => self.open(url).await?,
            Step::OpenTab(tab) => self.open_tab(&tab.name, &tab.url).await?,
            Step::SwitchTab(name) => self.switch_tab(name).await?,
            Step::CloseTab(name) => self.close_tab(name).await?,
            Step::Reload => drop(self.tab()?.reload().await?),
            Step::Back => self.tab()?.back().await?,
            Step::Click(locator) => self.click(locator, 1).await?,
            Step::DoubleClick(locator) => self.click(locator, 2).await?,
            Step::Fill(fill) => self.fill(fill).await?,
            Step::Select(select) => self.select(&select.field, &select.option).await?,
            Step::Press(press) => self.press(press).await?,
            Step::Focus(locator) => self.focus(locator).await?,
            Step::Hover(locator) => self.hover(locator).await?,
            Step::ScrollTo(locator) => self.scroll_to(locator).await?,
            Step::PostMessage(post) => self.post_message(post).await?,
            Step::NavigateFrame(navigate) => self.navigate_frame(navigate).await?,
            Step::Request(request) => self.request(request).await?,
            Step::Stage(directions) => self.direct(directions)?,
            Step::Fault(fault) => self.inject(fault)?,
            Step::ClearFaults => self.clear_faults(),
            Step::Advance(span) => self.advance(span.0).await?,
            Step::Mark(name) => {
                // What is under way belongs to the time before it.
                self.settle().await?;
                let fact = Fact::Mark(journal::fact::Mark { name: name.clone() });
                self.recorder.record(Source::Runner, None, fact);
            }
            Step::Screenshot(_) if self.shared.options.screenshots == Screenshots::Off => {}
            Step::Screenshot(_) => self.take_screenshot(index).await?,
            Step::Expect(expectations) => return self.expect(expectations).await.map(Some),
            Step::Observe(observe) => self.observe(observe).await?,
            Step::Use(_) => {
                // Preludes were expanded when the scenario was made ready.
                return Err(Broken::harness("a prelude was not expanded").into());
            }
        }
        Ok(None)
    }

    /// Leaves the pages, so that unload beacons go, and waits until the world is at rest.
    ///
    /// Firefox gives up some of what a page sends that is just being left. Therefore it first looks away from the pages:
    /// SDKs take that for the last moment, too, and nothing is lost of what a page sends that stays.
    pub(crate) async fn come_to_rest(&mut self) -> Result<(), Broken> {
        self.settle().await?;
        self.await_askers().await;
        self.note_storage().await?;
        if self.context.look_away().await? {
            self.await_conservation(HIDDEN).await;
        }
        self.context.leave().await?;
        self.await_conservation(PATIENCE).await;
        self.settle().await?;
        Ok(())
    }

    /// Waits until nothing is in flight, every frame is idle and every message is delivered.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn settle(&self) -> Result<Settled, Broken> {
        let deadline = Instant::now() + REST_DEADLINE;
        let mut settled = Settled {
            rounds: 0,
            restless: Vec::new(),
        };
        let mut calm = 0;
        loop {
            let remaining = deadline.saturating_duration_since(Instant::now());
            let quiet = tokio::time::timeout(remaining, self.world.quiet()).await.is_ok();
            let before = self.recorder.len();
            let round = self.context.settle_round().await?;
            settled.rounds += 1;
            let moving: Vec<String> = self
                .world
                .in_flight()
                .into_iter()
                .filter(|one| !one.held_by_fault && !one.long_lived)
                .map(|one| format!("request in flight: {}", one.url))
                .collect();
            let at_rest = quiet && moving.is_empty() && !round.stirred && self.recorder.len() == before;
            calm = if at_rest { calm + 1 } else { 0 };
            // A calm round is always given the chance to be followed by another.
            let given_up = calm == 0 && remaining.is_zero() && settled.rounds >= FEWEST_ROUNDS;
            if given_up {
                settled.restless = round.restless;
                settled.restless.extend(moving);
                if settled.restless.is_empty() {
                    settled.restless.push("a request that came and went".to_owned());
                }
            }
            if given_up || calm >= CALM_ROUNDS {
                self.recorder
                    .record(Source::Runner, None, Fact::Settled(settled.clone()));
                return Ok(settled);
            }
        }
    }

    /// Waits until of every request that was refused somebody has said who asked: the gateway knows of a refusal before the
    /// page does. Of what pages do not tell (workers, looking ahead) nobody will, so a moment of silence ends it.
    async fn await_askers(&self) {
        let missing = || verdict::unexplained_refusals(&self.recorder.after(0));
        self.await_none(missing, ASKERS).await;
    }

    /// Waits until the telemetry that pages handed over, or that the scenario expects, has arrived, or so long nothing
    /// has happened.
    async fn await_conservation(&self, calm: Duration) {
        let pending =
            || verdict::pending_at_the_end(&self.recorder.after(0), &self.prepared.play, &self.verdict);
        self.await_none(pending, calm).await;
    }

    /// Waits until nothing is missing, or so long nothing has happened.
    async fn await_none(&self, missing: impl Fn() -> usize, calm: Duration) {
        let mut patience = Patience::new(&self.recorder, calm);
        let mut growth = self.recorder.growth();
        loop {
            growth.borrow_and_update();
            // A page that is sent round in circles keeps the journal growing: growth alone is no reason to go on.
            if missing() == 0 || patience.is_over() {
                return;
            }
            let _ = tokio::time::timeout(patience.left(), growth.changed()).await;
        }
    }

    /// What the verdict finds, and first what the gateway knows to be wrong with a server of the user's own.
    pub(crate) fn judge(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self
            .world
            .diagnoses()
            .into_iter()
            .map(|diagnosis| Finding {
                rule: "serve".to_owned(),
                title: "a server of your own refused to stand in for an origin".to_owned(),
                expected: "the server answers for the origin".to_owned(),
                // It may hold an address, and an address a secret.
                actual: self.recorder.redact_text(diagnosis),
                evidence: Vec::new(),
                location: None,
            })
            .collect();
        findings.extend(verdict::judge(
            &self.recorder.after(0),
            &self.prepared.play,
            &self.verdict,
        ));
        findings
    }

    /// How often each rewrite's text was found, a response at a time.
    pub(crate) fn rewrites_met(&self) -> Vec<(String, usize)> {
        self.world.rewrites_applied()
    }

    /// Ends the context and the world.
    pub(crate) async fn strike(self) -> Result<(), Broken> {
        let closed = self.context.close().await;
        let down = self.world.shutdown().await;
        closed?;
        down?;
        Ok(())
    }

    /// What the page looked like when a step did not happen or an expectation did not hold.
    async fn picture_of_failure(&self, step: usize) {
        if self.shared.options.screenshots != Screenshots::Off {
            // A finding without its picture is still a finding.
            let _ = self.take_screenshot(step).await;
        }
    }

    async fn take_screenshot(&self, step: usize) -> Result<(), Broken> {
        let Ok(tab) = self.tab() else { return Ok(()) };
        let pixels = tab.screenshot().await?;
        let file = format!("step-{step:03}.png");
        let path = self.folder.join(&file);
        std::fs::write(&path, pixels)
            .map_err(|error| Broken::harness(format!("failed to write `{}`: {error}", path.display())))?;
        self.recorder
            .record(Source::Runner, None, Fact::Screenshot(Screenshot { file, step }));
        Ok(())
    }

    fn tab(&self) -> Result<&Tab, Broken> {
        self.tabs
            .get(&self.current)
            .ok_or_else(|| Broken::harness(format!("there is no tab `{}`", self.current)))
    }

    /// The origin that a scenario names: a name of the world, or an origin as it is.
    fn origin(&self, name: &str) -> String {
        self.origins.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    fn since(&self, seq: Sequence) -> Vec<Arc<journal::Event>> {
        self.recorder.after(seq)
    }
}
