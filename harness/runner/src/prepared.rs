//! A scenario made ready: names looked up, directions checked, nothing left to go wrong but the product.

use std::collections::BTreeMap;
use std::sync::Arc;

use fixtures::{LookAlike, Persona, Records, WorldSpec};
use scenarios::model::{Locator, Step};
use scenarios::{Case, Diagnostic, Play};
use world::{Fault, Stub};

use crate::lookup::Lookup;
use crate::names::{Names, Served};

/// A case with its world, ready to be played in any engine.
#[derive(Debug)]
pub struct Prepared {
    /// The case.
    pub case: Case,
    /// Its steps, with every name replaced by its value.
    pub play: Play,
    /// Its world, with its switches set.
    pub spec: WorldSpec,
    /// Who signs in.
    pub persona: Option<Persona>,
    /// Faults from the start.
    pub faults: Vec<Fault>,
    /// Hosts it declares itself.
    pub stubs: Vec<Stub>,
}

impl Prepared {
    /// Makes a case ready.
    ///
    /// # Errors
    /// Whatever its author got wrong beyond the language: unknown world, persona, switch, mock,
    /// direction, fault, name in `${…}`; each with its place.
    pub fn make(
        case: &Case,
        records: &Arc<Records>,
        locators: &BTreeMap<String, Locator>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let at = |path: &[&str], message: String| vec![case.diagnostic(path, message)];
        let spec = fixtures::world(&case.world)
            .map_err(|error| at(&["world"], error.to_string()))?
            .resolve(&case.switches)
            .map_err(|error| at(&["switches"], error.to_string()))?;
        let persona = case
            .persona
            .as_deref()
            .map(fixtures::persona)
            .transpose()
            .map_err(|error| at(&["persona"], error.to_string()))?;
        let origins = named_origins(&spec);
        let people: BTreeMap<String, Persona> = spec
            .personas
            .iter()
            .map(|name| Ok((name.clone(), fixtures::persona(name)?)))
            .collect::<Result<_, fixtures::Error>>()
            .map_err(|error| at(&["world"], error.to_string()))?;
        let lookup = Lookup {
            origins: &origins,
            persona: persona.as_ref(),
            people: &people,
            records,
        };
        let mut play = case.instantiate(&|name| lookup.get(name), &lookup.names())?;

        let kinds: Vec<String> = fixtures::message_contracts()
            .map_err(|error| at(&["world"], error.to_string()))?
            .into_iter()
            .map(|contract| contract.kind)
            .collect();
        let mut wrong = Vec::new();
        for (mock, direction) in &play.stage {
            if let Err(error) = mocks_check(mock, direction) {
                wrong.push(case.diagnostic(&["stage", mock], error));
            }
        }
        let mut served = Served::of(&spec);
        let mut stubs = Vec::new();
        for (index, stub) in play.stubs.iter().enumerate() {
            let index = index.to_string();
            match serde_json::from_value::<Stub>(stub.clone()) {
                Ok(stub) => {
                    let at = case.place(&["stubs", &index, "origin"]);
                    wrong.extend(served.add_stub(&at, &stub.origin).err().map(|mistake| *mistake));
                    stubs.push(stub);
                }
                Err(error) => wrong.push(case.diagnostic(&["stubs", &index], error.to_string())),
            }
        }
        let names = Names {
            origins: &origins,
            kinds: &kinds,
            spec: &spec,
            people: &people,
            locators,
            served: &served,
        };
        let mut faults = Vec::new();
        for (index, fault) in play.faults.iter().enumerate() {
            let at = case.place(&["faults", &index.to_string()]);
            faults.extend(names.fault(&at, fault, &mut wrong));
        }
        for step in &mut play.steps {
            wrong.extend(names.check(step));
            match &mut step.step {
                Step::Stage(directions) => {
                    for (mock, direction) in directions {
                        if let Err(error) = mocks_check(mock, direction) {
                            wrong.push(Diagnostic::at(step.location.clone(), error));
                        }
                    }
                }
                Step::Fault(fault) => {
                    let read = names.fault(&step.location, fault, &mut wrong);
                    if let Some(origin) = read.and_then(|fault| fault.origin) {
                        fault["origin"] = origin.into();
                    }
                }
                _ => {}
            }
        }
        if wrong.is_empty() {
            Ok(Self {
                case: case.clone(),
                play,
                spec,
                persona,
                faults,
                stubs,
            })
        } else {
            Err(wrong)
        }
    }

    /// Origins of the world by name: its own, their look-alikes (`crm.suffix`), and `opaque`.
    #[must_use]
    pub fn origins(&self) -> BTreeMap<String, String> {
        named_origins(&self.spec)
    }
}

/// Origins of a world by name: its own, their look-alikes (`crm.suffix`), and `opaque`.
pub(crate) fn named_origins(spec: &WorldSpec) -> BTreeMap<String, String> {
    let own = spec.addresses();
    let look_alikes = own.iter().flat_map(|(name, origin)| {
        [
            (LookAlike::Suffix, "suffix"),
            (LookAlike::Scheme, "scheme"),
            (LookAlike::Port, "port"),
            (LookAlike::Prefix, "prefix"),
        ]
        .into_iter()
        .filter_map(move |(kind, word)| Some((format!("{name}.{word}"), kind.of(origin)?)))
    });
    let mut all: BTreeMap<String, String> = look_alikes.collect();
    all.extend(own);
    all.insert("opaque".to_owned(), "null".to_owned());
    all
}

fn mocks_check(mock: &str, direction: &serde_json::Value) -> Result<(), String> {
    world::check_direction(mock, direction).map_err(|error| error.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::path::Path;

    use scenarios::Catalogue;

    use super::*;

    #[test]
    fn each_scenario_of_the_catalogue_can_be_made_ready() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let catalogue = Catalogue::load(&root).unwrap();
        let records = Arc::new(fixtures::records().unwrap());
        for case in catalogue.cases() {
            let made = Prepared::make(case, &records, &BTreeMap::new());
            assert!(made.is_ok(), "{}: {:?}", case.id, made.err());
        }
    }
}
