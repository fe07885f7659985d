//! Who takes part: the browser, the documents of each origin in it, and the servers behind the wire.

use std::collections::{BTreeMap, HashMap};

use journal::fact::WorldUp;
use serde::Serialize;

/// Which side of the wire a lane is on; lanes stand in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Side {
    /// The browser itself and whoever sits before it.
    Browser,
    /// Documents of an origin.
    Page,
    /// The server of an origin.
    Server,
    /// What is not in this world.
    Outside,
}

/// One lifeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Lane {
    /// Its side.
    pub(crate) side: Side,
    /// The origin, empty for the browser and the outside.
    pub(crate) origin: String,
    /// Its name in the world, else its host.
    pub(crate) name: String,
    /// Not one of the product's own: an attacker, a look-alike, an opaque origin.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) foreign: bool,
}

/// The lanes of one diagram, in the order of their first appearance until [`Lanes::arrange`].
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    names: BTreeMap<String, String>,
    lanes: Vec<Lane>,
    index: HashMap<(Side, String), usize>,
}

impl Lanes {
    /// Lanes of a world.
    pub(crate) fn new(world: Option<&WorldUp>) -> Self {
        let names = world
            .into_iter()
            .flat_map(|world| &world.origins)
            .map(|(name, origin)| (origin.clone(), name.clone()))
            .collect();
        let mut lanes = Self {
            names,
            ..Self::default()
        };
        lanes.browser();
        lanes
    }

    /// The browser's lane.
    pub(crate) fn browser(&mut self) -> usize {
        self.lane(Side::Browser, "")
    }

    /// The lane of an origin's documents.
    pub(crate) fn page(&mut self, origin: &str) -> usize {
        self.lane(Side::Page, origin)
    }

    /// The lane of an origin's server.
    pub(crate) fn server(&mut self, origin: &str) -> usize {
        self.lane(Side::Server, origin)
    }

    /// The lane of everything that is not in the world.
    pub(crate) fn outside(&mut self) -> usize {
        self.lane(Side::Outside, "")
    }

    /// The lane of an origin's documents, if it has one.
    pub(crate) fn known_page(&self, origin: &str) -> Option<usize> {
        self.index.get(&(Side::Page, origin.to_owned())).copied()
    }

    /// The origin that a name of the world stands for.
    pub(crate) fn origin_named(&self, name: &str) -> Option<String> {
        let mut origins = self.names.iter();
        origins.find_map(|(origin, known)| (known == name).then(|| origin.clone()))
    }

    fn lane(&mut self, side: Side, origin: &str) -> usize {
        if let Some(&lane) = self.index.get(&(side, origin.to_owned())) {
            return lane;
        }
        let (name, foreign) = match side {
            Side::Browser => ("browser".to_owned(), false),
            Side::Outside => ("outside".to_owned(), true),
            Side::Page | Side::Server => self.named(origin),
        };
        self.lanes.push(Lane {
            side,
            origin: super::super::label::line(origin),
            name,
            foreign,
        });
        self.index.insert((side, origin.to_owned()), self.lanes.len() - 1);
        self.lanes.len() - 1
    }

    fn named(&self, origin: &str) -> (String, bool) {
        match self.names.get(origin) {
            Some(name) => {
                let hostile = ["attacker", "lookalike", "look-alike", "evil", "rogue"];
                (name.clone(), hostile.iter().any(|word| name.contains(word)))
            }
            None if origin == "null" => ("opaque".to_owned(), true),
            None => {
                let host = origin.split_once("://").map_or(origin, |(_, host)| host);
                (super::super::label::line(host), !self.names.is_empty())
            }
        }
    }

    /// The lanes by side, and the new place of each.
    pub(crate) fn arrange(self) -> (Vec<Lane>, Vec<usize>) {
        let mut order: Vec<usize> = (0..self.lanes.len()).collect();
        order.sort_by_key(|&lane| self.lanes[lane].side);
        let mut places = vec![0; order.len()];
        for (place, &lane) in order.iter().enumerate() {
            places[lane] = place;
        }
        let lanes = order.iter().map(|&lane| self.lanes[lane].clone()).collect();
        (lanes, places)
    }
}

/// The origin of a URL, with the HTTP scheme that a WebSocket's connection begins with.
pub(crate) fn origin_of(url: &str) -> String {
    let Ok(parsed) = url::Url::parse(url) else {
        return url.split(['?', '#']).next().unwrap_or_default().to_owned();
    };
    let origin = parsed.origin().ascii_serialization();
    if let Some(rest) = origin.strip_prefix("wss://") {
        return format!("https://{rest}");
    }
    if let Some(rest) = origin.strip_prefix("ws://") {
        return format!("http://{rest}");
    }
    origin
}

/// Path and query of a URL.
pub(crate) fn path_of(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    url[after_scheme..]
        .find(['/', '?'])
        .map_or("/", |at| &url[after_scheme + at..])
}
