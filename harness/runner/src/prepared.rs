//! A scenario made ready: names looked up, directions checked, nothing left to go wrong but the product.

use std::collections::BTreeMap;
use std::sync::Arc;

use fixtures::{LookAlike, Persona, Records, WorldSpec};
use scenarios::model::Locator;
use scenarios::{Case, Diagnostic, Play};
use world::{Fault, Stub};

use crate::lookup::Lookup;
use crate::names::Names;

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
        let play = case.instantiate(&|name| lookup.get(name), &lookup.names())?;

        let kinds: Vec<String> = fixtures::message_contracts()
            .map_err(|error| at(&["world"], error.to_string()))?
            .into_iter()
            .map(|contract| contract.kind)
            .collect();
        let names = Names {
            origins: &origins,
            kinds: &kinds,
            spec: &spec,
            people: &people,
            locators,
        };
        let mut wrong = Vec::new();
        for (mock, direction) in &play.stage {
            if let Err(error) = mocks_check(mock, direction) {
                wrong.push(case.diagnostic(&["stage", mock], error));
            }
        }
        let mut faults = Vec::new();
        for (index, fault) in play.faults.iter().enumerate() {
            match serde_json::from_value(fault.clone()) {
                Ok(fault) => {
                    names.fault(&case.place(&["faults", &index.to_string()]), &fault, &mut wrong);
                    faults.push(fault);
                }
                Err(error) => wrong.push(case.diagnostic(&["faults", &index.to_string()], error.to_string())),
            }
        }
        let mut stubs = Vec::new();
        for (index, stub) in play.stubs.iter().enumerate() {
            match serde_json::from_value(stub.clone()) {
                Ok(stub) => stubs.push(stub),
                Err(error) => wrong.push(case.diagnostic(&["stubs", &index.to_string()], error.to_string())),
            }
        }
        for step in &play.steps {
            wrong.extend(names.check(step));
            match &step.step {
                scenarios::model::Step::Stage(directions) => {
                    for (mock, direction) in directions {
                        if let Err(error) = mocks_check(mock, direction) {
                            wrong.push(Diagnostic::at(step.location.clone(), error));
                        }
                    }
                }
                scenarios::model::Step::Fault(fault) => {
                    match serde_json::from_value::<Fault>(fault.clone()) {
                        Ok(fault) => names.fault(&step.location, &fault, &mut wrong),
                        Err(error) => wrong.push(Diagnostic::at(step.location.clone(), error.to_string())),
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
