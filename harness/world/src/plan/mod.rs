//! What a world is made from: origins, who serves them, what goes wrong, what is edited.

mod names;
mod stub;
mod target;

use std::collections::BTreeMap;

use fixtures::WorldSpec;
use journal::Recorder;
use serde_json::Value;

pub use names::OriginNames;
pub use stub::{Stub, StubRoute};
pub use target::{HostHeader, Target};

use crate::{Error, Fault, Rewrite};

/// Everything needed to boot a [`World`](crate::World).
#[derive(Clone, Debug)]
pub struct Plan {
    /// The origins.
    pub layout: Layout,
    /// The value of every switch.
    pub switches: BTreeMap<String, String>,
    /// Who serves an origin instead of whom the layout says: the origin's name to target.
    pub serve: BTreeMap<String, Target>,
    /// How mocks behave from the start: mock to direction.
    pub stage: BTreeMap<String, Value>,
    /// What goes wrong from the start.
    pub faults: Vec<Fault>,
    /// Edits of what is served.
    pub rewrites: Vec<Rewrite>,
    /// Further origins, served by stubs.
    pub stubs: Vec<Stub>,
    /// The journal. Its clock is the world's clock.
    pub recorder: Recorder,
    /// Seed of everything the mocks draw.
    pub seed: u64,
    /// How much is taken from one client.
    pub limits: Limits,
}

impl Plan {
    /// A world as its fixture says, its switches already set ([`WorldSpec::resolve`]).
    ///
    /// # Errors
    /// The fixture names an upstream server that cannot be one.
    pub fn new(spec: &WorldSpec, recorder: Recorder) -> Result<Self, Error> {
        Ok(Self {
            switches: spec.settings.clone(),
            ..Self::of(Layout::try_from(spec)?, recorder)
        })
    }

    /// A world with a layout of one's own.
    #[must_use]
    pub fn of(layout: Layout, recorder: Recorder) -> Self {
        Self {
            layout,
            switches: BTreeMap::new(),
            serve: BTreeMap::new(),
            stage: BTreeMap::new(),
            faults: Vec::new(),
            rewrites: Vec::new(),
            stubs: Vec::new(),
            recorder,
            seed: 0,
            limits: Limits::default(),
        }
    }
}

/// The origins of a world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Name of the world.
    pub name: String,
    /// Origins by name.
    pub origins: BTreeMap<String, OriginPlan>,
}

/// One origin of a world.
#[derive(Clone, Debug, PartialEq)]
pub struct OriginPlan {
    /// The origin: `https://crm.qontak.com`.
    pub origin: String,
    /// Who serves it.
    pub target: Target,
    /// Further origins on the same server, such as look-alikes.
    pub also: Vec<String>,
    /// Paths answered by the environment, whoever serves the rest.
    pub overlays: Vec<String>,
    /// Header fields of documents that a folder serves, by lower-case name.
    pub headers: BTreeMap<String, String>,
}

impl OriginPlan {
    /// An origin and who serves it.
    pub fn new(origin: impl Into<String>, target: Target) -> Self {
        Self {
            origin: origin.into(),
            target,
            also: Vec::new(),
            overlays: Vec::new(),
            headers: BTreeMap::new(),
        }
    }
}

impl TryFrom<&WorldSpec> for Layout {
    type Error = Error;

    fn try_from(spec: &WorldSpec) -> Result<Self, Error> {
        let origins = spec.origins.iter().map(|(name, spec)| {
            let plan = OriginPlan {
                origin: spec.origin.clone(),
                target: Target::try_from(&spec.serve)?,
                also: spec.also.clone(),
                overlays: spec.overlays.clone(),
                headers: spec.headers.clone(),
            };
            Ok((name.clone(), plan))
        });
        Ok(Self {
            name: spec.name.clone(),
            origins: origins.collect::<Result<_, Error>>()?,
        })
    }
}

/// How much the gateway takes from one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request's head; more is answered 431.
    pub head: usize,
    /// Bytes of a request's body; more is answered 413.
    pub body: u64,
    /// Bytes of a body, or of a WebSocket message, that are looked at for the journal. What is longer is
    /// streamed through.
    pub journalled: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: 64 * 1024,
            body: 128 * 1024 * 1024,
            journalled: 1024 * 1024,
        }
    }
}
