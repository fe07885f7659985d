//! Which scenario runs there will be, in which order.

use std::collections::BTreeMap;

use scenarios::model::{CookiePolicy, Engine, Sabotage};
use scenarios::{Case, Catalogue};

use crate::{Error, Options};

/// One scenario in one engine, once.
#[derive(Clone, Debug)]
pub struct Job {
    /// Position of the case in the catalogue.
    pub case: usize,
    /// The engine.
    pub engine: Engine,
    /// Third-party-cookie policy of the browser.
    pub cookies: CookiePolicy,
    /// Which repeat it is, from 1.
    pub repeat: u32,
    /// Why it is not to be played, if so.
    pub skip: Option<String>,
    /// The sabotage it is played under: position in the session's rewrites.
    pub sabotage: Option<usize>,
}

/// Jobs that answer one question together: the first that fails makes the others needless.
#[derive(Clone, Debug)]
pub struct Group {
    /// The sabotage.
    pub sabotage: usize,
    /// The scenario that must turn red, as the sabotage names it.
    pub scenario: String,
    /// Positions in [`Plan::jobs`].
    pub jobs: Vec<usize>,
}

/// All scenario runs, in the order in which they are reported.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The jobs.
    pub jobs: Vec<Job>,
    /// Groups of jobs, for sabotage; empty where every job stands for itself.
    pub groups: Vec<Group>,
    /// For sabotage: the jobs that play each case without any, by case. They come first.
    pub baseline: BTreeMap<usize, usize>,
}

impl Plan {
    /// Makes the plan: filter, engines, repeats, shard.
    ///
    /// # Errors
    /// A filter matches nothing.
    pub fn make(catalogue: &Catalogue, options: &Options) -> Result<Self, Error> {
        for filter in &options.filters {
            if catalogue.positions(std::slice::from_ref(filter)).is_empty() {
                return Err(Error::NothingMatches {
                    filter: format!("`{filter}`"),
                    total: catalogue.cases().len(),
                });
            }
        }
        let chosen = catalogue.positions(&options.filters);
        let mut jobs = Vec::new();
        // One engine is dealt out after the other, or with two engines two shards would get one each.
        let is_dealt = |engine: usize, turn: usize| {
            let position = engine * chosen.len() * options.repeat as usize + turn;
            options.shard.is_none_or(|shard| shard.holds(position))
        };
        let mut turn = 0;
        for repeat in 1..=options.repeat {
            for &index in &chosen {
                let case = &catalogue.cases()[index];
                for (number, &engine) in options.engines.iter().enumerate() {
                    if !is_dealt(number, turn) {
                        continue;
                    }
                    jobs.push(Job {
                        case: index,
                        engine,
                        cookies: case.third_party_cookies.unwrap_or(options.cookies),
                        repeat,
                        skip: unsuited(case, engine),
                        sabotage: None,
                    });
                }
                turn += 1;
            }
        }
        Ok(Self {
            jobs,
            groups: Vec::new(),
            baseline: BTreeMap::new(),
        })
    }

    /// Makes the plan for sabotages: each with the scenarios it must turn red, in one engine.
    ///
    /// # Errors
    /// A sabotage names a scenario that does not exist.
    pub fn for_sabotages(
        catalogue: &Catalogue,
        options: &Options,
        sabotages: &[(String, Sabotage)],
    ) -> Result<Self, Error> {
        let engine = options.engines.first().copied().unwrap_or(Engine::Chromium);
        let mut plan = Self {
            jobs: Vec::new(),
            groups: Vec::new(),
            baseline: BTreeMap::new(),
        };
        for (position, (id, sabotage)) in sabotages.iter().enumerate() {
            for scenario in &sabotage.kills {
                let cases = catalogue
                    .cases()
                    .iter()
                    .enumerate()
                    .filter(|(_, case)| case.id == *scenario || case.name == *scenario);
                let mut group = Group {
                    sabotage: position,
                    scenario: scenario.clone(),
                    jobs: Vec::new(),
                };
                for (index, case) in cases {
                    let job = Job {
                        case: index,
                        engine,
                        cookies: case.third_party_cookies.unwrap_or(options.cookies),
                        repeat: 1,
                        skip: unsuited(case, engine),
                        sabotage: Some(position),
                    };
                    if options.baseline {
                        plan.baseline.entry(index).or_insert_with(|| {
                            plan.jobs.push(Job {
                                sabotage: None,
                                ..job.clone()
                            });
                            plan.jobs.len() - 1
                        });
                    }
                    group.jobs.push(plan.jobs.len());
                    plan.jobs.push(job);
                }
                if group.jobs.is_empty() {
                    return Err(Error::Option(format!(
                        "sabotage `{id}` names the scenario `{scenario}`, which does not exist"
                    )));
                }
                plan.groups.push(group);
            }
        }
        Ok(plan)
    }

    /// The order in which workers take the jobs, in groups: those that need the same browser together, so
    /// that browsers are started as seldom as possible; positions in [`Plan::jobs`].
    #[must_use]
    pub fn order_of_play(&self) -> Vec<Vec<usize>> {
        let mut order: Vec<Vec<usize>> = if self.groups.is_empty() {
            (0..self.jobs.len()).map(|index| vec![index]).collect()
        } else {
            let baseline = self.baseline.values().map(|&index| vec![index]);
            baseline
                .chain(self.groups.iter().map(|group| group.jobs.clone()))
                .collect()
        };
        order.sort_by_key(|group| {
            group
                .first()
                .map(|&index| (self.jobs[index].engine, self.jobs[index].cookies))
        });
        order
    }
}

fn unsuited(case: &Case, engine: Engine) -> Option<String> {
    let engines = case.engines.as_ref()?;
    (!engines.contains(&engine)).then(|| format!("the scenario does not apply to {engine}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Shard;

    #[test]
    fn shards_are_alike_in_each_engine_and_hold_every_job_once() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let catalogue = Catalogue::load(&root).unwrap();
        let jobs = |shard| {
            let options = Options {
                engines: vec![Engine::Chromium, Engine::Firefox],
                shard,
                ..Options::default()
            };
            let jobs = Plan::make(&catalogue, &options).unwrap().jobs.into_iter();
            jobs.map(|job| (job.case, job.engine)).collect::<Vec<_>>()
        };
        let all = jobs(None);
        for total in [2, 3, 4] {
            let shards: Vec<_> = (1..=total)
                .map(|index| jobs(Some(Shard { index, total })))
                .collect();
            for shard in &shards {
                for engine in [Engine::Chromium, Engine::Firefox] {
                    let held = shard.iter().filter(|(_, played)| *played == engine).count();
                    let part = all.len() / 2 / total;
                    assert!(
                        (part..=part + 1).contains(&held),
                        "{held} of {engine} in one of {total}"
                    );
                }
            }
            let mut together = shards.concat();
            together.sort_unstable();
            assert_eq!(together, all);
        }
    }
}
