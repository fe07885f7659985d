//! A whole run: plan, workers, manifest.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use futures_util::future::join_all;
use journal::run::{EngineRecord, FORMAT_VERSION, RequirementRecord, RunManifest, ScenarioRecord, Summary};
use scenarios::Catalogue;
use tokio_util::sync::CancellationToken;
use world::Rewrite;

use crate::shared::{Shared, lock};
use crate::worker::Worker;
use crate::{BrowserPool, Error, Options, Plan, Prepared, Progress, RunDirectory, serve};

/// A run that was prepared and can be played.
///
/// Everything a user can get wrong is found while it is made; what happens after that is the product's
/// fault, or the harness's.
#[must_use = "a session does nothing until it is played"]
pub struct Session {
    catalogue: Arc<Catalogue>,
    options: Options,
    plan: Plan,
    /// One entry a case of the catalogue; none for those that are not played.
    prepared: Vec<Option<Arc<Prepared>>>,
    rewrites: Vec<Rewrite>,
}

impl Session {
    /// Prepares a run.
    ///
    /// # Errors
    /// Filters that match nothing, scenarios that cannot be played, tools that are missing.
    pub fn prepare(catalogue: Arc<Catalogue>, options: Options) -> Result<Self, Error> {
        let plan = Plan::make(&catalogue, &options)?;
        Self::of_plan(catalogue, options, plan)
    }

    pub(crate) fn of_plan(catalogue: Arc<Catalogue>, options: Options, plan: Plan) -> Result<Self, Error> {
        let records = Arc::new(fixtures::records()?);
        let mut prepared: Vec<Option<Arc<Prepared>>> = vec![None; catalogue.cases().len()];
        let mut wrong = Vec::new();
        for job in &plan.jobs {
            if job.skip.is_some() || prepared[job.case].is_some() {
                continue;
            }
            match Prepared::make(&catalogue.cases()[job.case], &records, &options.locators) {
                Ok(case) => prepared[job.case] = Some(Arc::new(case)),
                Err(diagnostics) => wrong.extend(
                    diagnostics
                        .into_iter()
                        .filter(|one| !wrong.contains(one))
                        .collect::<Vec<_>>(),
                ),
            }
        }
        if wrong.is_empty() {
            Ok(Self {
                catalogue,
                options,
                plan,
                prepared,
                rewrites: Vec::new(),
            })
        } else {
            Err(Error::Diagnostics(wrong))
        }
    }

    /// Rewrites that jobs refer to by position.
    pub(crate) fn with_rewrites(mut self, rewrites: Vec<Rewrite>) -> Self {
        self.rewrites = rewrites;
        self
    }

    /// Boots each kind of world once and ends it, so that what cannot be served is told before anything is started.
    ///
    /// # Errors
    /// An origin to be served does not exist, a folder or server is not there, a rewrite names no origin.
    pub async fn try_worlds(&self) -> Result<(), Error> {
        let authority = Arc::new(world::Authority::generate()?);
        serve::check(&self.options.serve)?;
        for (spec, rewrites) in self.kinds_of_world() {
            let recorder = journal::Recorder::in_memory(journal::Clock::new(), 0);
            let mut plan = world::Plan::new(spec, recorder)?;
            plan.serve = serve::of_world(&self.options.serve, &plan);
            plan.rewrites = rewrites
                .into_iter()
                .map(|position| self.rewrites[position].clone())
                .collect();
            let trial = world::World::boot(plan, &authority).await;
            trial
                .map_err(|error| Error::Option(error.to_string()))?
                .shutdown()
                .await?;
        }
        Ok(())
    }

    /// Each kind of world that will be booted, with the rewrites that some job asks of it.
    fn kinds_of_world(&self) -> Vec<(&fixtures::WorldSpec, BTreeSet<usize>)> {
        let mut kinds: Vec<(&fixtures::WorldSpec, BTreeSet<usize>)> = Vec::new();
        for job in &self.plan.jobs {
            let Some(prepared) = &self.prepared[job.case] else {
                continue;
            };
            let spec = &prepared.spec;
            let known = kinds
                .iter()
                .position(|(kind, _)| kind.name == spec.name && kind.settings == spec.settings);
            let position = known.unwrap_or_else(|| {
                kinds.push((spec, BTreeSet::new()));
                kinds.len() - 1
            });
            kinds[position].1.extend(job.sabotage);
        }
        kinds
    }

    /// What will be played.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// How many scenario runs there will be.
    #[must_use]
    pub fn len(&self) -> usize {
        self.plan.jobs.len()
    }

    /// Whether there is nothing to play.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plan.jobs.is_empty()
    }

    /// Plays all jobs and writes `run.json`. When `cancel` fires, scenarios in play are given up, what is
    /// done is kept and the manifest says that the run was interrupted.
    ///
    /// # Errors
    /// The run directory cannot be written, or no browser can be had.
    pub async fn play(
        self,
        pool: &Arc<BrowserPool>,
        directory: &RunDirectory,
        progress: Arc<dyn Progress>,
        cancel: CancellationToken,
    ) -> Result<RunManifest, Error> {
        Ok(self.play_counting(pool, directory, progress, cancel).await?.0)
    }

    /// Plays, and also tells how often each rewrite's text was found in each response it met.
    pub(crate) async fn play_counting(
        self,
        pool: &Arc<BrowserPool>,
        directory: &RunDirectory,
        progress: Arc<dyn Progress>,
        cancel: CancellationToken,
    ) -> Result<(RunManifest, Vec<(String, usize)>), Error> {
        let began = Instant::now();
        let began_ms = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0);
        progress.update(&crate::Update::Planned { total: self.len() });
        let order = self.plan.order_of_play();
        let workers = self.options.workers.clamp(1, order.len().max(1));
        let records: Vec<Mutex<Option<ScenarioRecord>>> =
            self.plan.jobs.iter().map(|_| Mutex::new(None)).collect();
        let shared = Arc::new(Shared {
            options: self.options,
            plan: self.plan,
            prepared: self.prepared,
            catalogue: self.catalogue,
            rewrites: self.rewrites,
            pool: pool.clone(),
            directory: directory.path().to_owned(),
            queue: Mutex::new(order.into_iter().collect()),
            records,
            engines: Mutex::default(),
            fidelity: Mutex::default(),
            rewrites_met: Mutex::default(),
            progress,
            cancel: cancel.clone(),
        });
        // Workers wait far more than they work, so they share the caller's task; what serves them (gateways,
        // sockets) runs on the runtime's threads.
        join_all((0..workers).map(|_| Worker::new(shared.clone()).run())).await;
        let scenarios: Vec<ScenarioRecord> = (0..shared.plan.jobs.len())
            .map(|index| shared.record_of(index))
            .collect();
        let mut summary = Summary::default();
        for record in &scenarios {
            summary.count(record.verdict);
        }
        let engines = lock(&shared.engines)
            .iter()
            .map(|(name, version)| EngineRecord {
                name: name.clone(),
                version: version.clone(),
            })
            .collect();
        let fidelity = lock(&shared.fidelity).iter().cloned().collect();
        let manifest = RunManifest {
            format_version: FORMAT_VERSION,
            id: directory.id().to_owned(),
            seed: shared.options.seed,
            began_ms,
            duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            harness: env!("CARGO_PKG_VERSION").to_owned(),
            engines,
            pristine: shared.options.pristine,
            interrupted: cancel.is_cancelled(),
            served: shared
                .options
                .serve
                .iter()
                .map(|(origin, target)| (origin.clone(), target.to_string()))
                .collect(),
            summary,
            fidelity,
            scenarios,
            requirements: requirements(&shared.catalogue),
        };
        manifest.write(directory.path())?;
        let met = std::mem::take(&mut *lock(&shared.rewrites_met));
        Ok((manifest, met))
    }
}

fn requirements(catalogue: &Catalogue) -> Vec<RequirementRecord> {
    catalogue
        .coverage()
        .into_iter()
        .map(|row| RequirementRecord {
            id: row.requirement.id.clone(),
            title: row.requirement.title.clone(),
            area: row.area.clone(),
            owner: row.requirement.owner.to_string(),
            scenarios: row.scenarios.clone(),
            sabotages: row.sabotages.clone(),
        })
        .collect()
}
