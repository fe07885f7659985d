//! Where everything is: the origins of a world and the servers behind them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use http::{HeaderMap, HeaderValue, header};
use journal::fact::Refusal;

use crate::Error;
use crate::origin::{Endpoint, Origin, Scheme};
use crate::server::Server;

/// One origin of a world.
#[derive(Debug)]
pub(crate) struct Site {
    /// Name of the origin, shared with its look-alikes.
    pub(crate) name: String,
    pub(crate) origin: Origin,
    /// The origin as text.
    pub(crate) address: String,
    pub(crate) server: Server,
    /// The mock behind the server, where it is one.
    pub(crate) mock: Option<String>,
    pub(crate) overlay: Option<Overlay>,
    /// Header fields of documents that a folder serves.
    pub(crate) headers: HeaderMap,
    pub(crate) manners: Manners,
}

/// Paths that the environment answers.
#[derive(Clone, Debug)]
pub(crate) struct Overlay {
    pub(crate) paths: Vec<String>,
    pub(crate) router: Router,
}

/// The CORS fields an origin was seen to give to each sender, so that a fault can answer as it would.
#[derive(Debug, Default)]
pub(crate) struct Manners(Mutex<HashMap<HeaderValue, Vec<(http::HeaderName, HeaderValue)>>>);

impl Manners {
    /// Learns from an answer to a sender.
    pub(crate) fn learn(&self, sender: Option<&HeaderValue>, answer: &HeaderMap) {
        let Some(sender) = sender else { return };
        let fields: Vec<_> = [
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            header::VARY,
        ]
        .into_iter()
        .filter_map(|name| Some((name.clone(), answer.get(name)?.clone())))
        .collect();
        if answer.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(sender.clone(), fields);
        }
    }

    /// The fields a sender is given; none where it was never seen to get any.
    pub(crate) fn towards(&self, sender: &HeaderValue) -> Option<Vec<(http::HeaderName, HeaderValue)>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(sender)
            .cloned()
    }
}

/// All origins of a world.
#[derive(Debug, Default)]
pub(crate) struct Book {
    sites: HashMap<Endpoint, Vec<Arc<Site>>>,
    hosts: HashSet<String>,
    names: BTreeMap<String, String>,
}

impl Book {
    /// Adds an origin; `main` says whether it is the one its name stands for.
    pub(crate) fn add(&mut self, site: Site, main: bool) -> Result<(), Error> {
        let at = self.sites.entry(site.origin.endpoint.clone()).or_default();
        if let Some(other) = at.iter().find(|other| other.origin == site.origin) {
            return Err(Error::OriginTwice {
                origin: site.address,
                one: other.name.clone(),
                other: site.name,
            });
        }
        self.hosts.insert(site.origin.endpoint.host.clone());
        if main {
            self.names.insert(site.name.clone(), site.address.clone());
        }
        at.push(Arc::new(site));
        Ok(())
    }

    /// The origin at an endpoint, or why there is none.
    pub(crate) fn find(&self, scheme: Scheme, endpoint: &Endpoint) -> Result<&Arc<Site>, Refusal> {
        self.at(endpoint)?
            .iter()
            .find(|site| site.origin.scheme == scheme)
            .ok_or(Refusal::UndeclaredPort)
    }

    /// The origins at an endpoint: one, or two where it is spoken to with and without TLS.
    pub(crate) fn at(&self, endpoint: &Endpoint) -> Result<&[Arc<Site>], Refusal> {
        match self.sites.get(endpoint) {
            Some(sites) => Ok(sites),
            None if self.hosts.contains(&endpoint.host) => Err(Refusal::UndeclaredPort),
            None => Err(Refusal::UnknownHost),
        }
    }

    pub(crate) fn sites(&self) -> impl Iterator<Item = &Arc<Site>> {
        self.sites.values().flatten()
    }

    /// Origins by name.
    pub(crate) fn names(&self) -> &BTreeMap<String, String> {
        &self.names
    }

    /// Checks that a name or address is one of this world.
    pub(crate) fn check(&self, name: &str, place: &str) -> Result<(), Error> {
        if self.sites().any(|site| site.name == name || site.address == name) {
            return Ok(());
        }
        let known: Vec<_> = self.names.keys().map(|name| format!("`{name}`")).collect();
        Err(Error::UnknownOrigin {
            name: name.to_owned(),
            place: place.to_owned(),
            known: known.join(", "),
        })
    }
}
