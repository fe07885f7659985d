//! Which origins of a scenario's world somebody serves: those of its file, look-alikes among them, and stubs.

use std::collections::{BTreeMap, BTreeSet};

use fixtures::WorldSpec;
use scenarios::{Diagnostic, Location};
use url::{Host, Url};

/// Origins with a server behind them.
pub(crate) struct Served {
    /// Names of the world's own.
    names: BTreeSet<String>,
    /// Addresses as browsers write them, each with whose it is.
    addresses: BTreeMap<String, String>,
}

impl Served {
    /// Those of a world.
    pub(crate) fn of(spec: &WorldSpec) -> Self {
        let addresses = spec.origins.iter().flat_map(|(name, origin)| {
            let all = std::iter::once(&origin.origin).chain(&origin.also);
            all.filter_map(move |text| {
                Some((address(text).ok()?, format!("the origin `{name}` of the world")))
            })
        });
        Self {
            addresses: addresses.collect(),
            names: spec.origins.keys().cloned().collect(),
        }
    }

    /// Adds a stub's; or says why it cannot be one.
    pub(crate) fn add_stub(&mut self, at: &Location, origin: &str) -> Result<(), Box<Diagnostic>> {
        let address = address(origin).map_err(|reason| no_origin(at, origin, &reason))?;
        match self.addresses.get(&address) {
            Some(owner) => {
                let message = format!("`{origin}` cannot be a stub: it is {owner}");
                Err(Box::new(Diagnostic::at(at.clone(), message).help(
                    "two servers cannot answer for one origin; take another, or leave the stub out",
                )))
            }
            None => {
                self.addresses.insert(address, "another stub already".to_owned());
                Ok(())
            }
        }
    }

    /// What the gateway knows an origin by: the world's own name as it is, anything else as its address. `origins` are all
    /// names that scenarios know.
    pub(crate) fn find(
        &self,
        at: &Location,
        name: &str,
        origins: &BTreeMap<String, String>,
    ) -> Result<String, Box<Diagnostic>> {
        if self.names.contains(name) {
            return Ok(name.to_owned());
        }
        let origin = origins.get(name).map_or(name, String::as_str);
        let unserved = |message: String| {
            let all = self.names.iter().chain(self.addresses.keys());
            let all: Vec<_> = all.map(|one| format!("`{one}`")).collect();
            let help = format!("there are {}", all.join(", "));
            Err(Box::new(Diagnostic::at(at.clone(), message).help(help)))
        };
        if origin == "null" {
            return unserved(format!("`{name}` has no server where anything could go wrong"));
        }
        if !origin.contains("://") {
            let known = self.names.iter().map(String::as_str);
            return Err(Box::new(Diagnostic::unknown(at.clone(), "origin", name, known)));
        }
        let address = address(origin).map_err(|reason| no_origin(at, name, &reason))?;
        if self.addresses.contains_key(&address) {
            Ok(address)
        } else {
            unserved(format!(
                "nobody serves `{name}` in this world, so nothing can go wrong there"
            ))
        }
    }
}

fn no_origin(at: &Location, text: &str, reason: &str) -> Box<Diagnostic> {
    let mistake = Diagnostic::at(at.clone(), format!("`{text}` is no origin: {reason}"));
    Box::new(mistake.help("write scheme and host, as in `https://partner.example`"))
}

/// An origin as browsers write it, if it is one that a world can have.
fn address(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let wrong = if !["http", "https"].contains(&url.scheme()) {
        "the scheme is neither `http` nor `https`"
    } else if !matches!(url.host(), Some(Host::Domain(_))) {
        "an IP address is no production host"
    } else if url.path() != "/"
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
    {
        "it has more than scheme, host and port"
    } else {
        return Ok(url.origin().ascii_serialization());
    };
    Err(wrong.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn a_fault_meets_who_serves_an_origin_however_it_is_named() {
        let spec = fixtures::world("customer-detail")
            .unwrap()
            .resolve(&BTreeMap::new())
            .unwrap();
        let origins = crate::prepared::named_origins(&spec);
        let at = Location {
            file: "demo.yaml".into(),
            line: 1,
            column: 1,
        };
        let mut served = Served::of(&spec);
        served.add_stub(&at, "https://maps.example").unwrap();
        for (name, known) in [
            ("crm", "crm"),
            ("crm.suffix", "https://crm.qontak.com.evil.example"),
            ("https://CRM.qontak.com:443/", "https://crm.qontak.com"),
            ("https://maps.example", "https://maps.example"),
        ] {
            assert_eq!(served.find(&at, name, &origins).unwrap(), known);
        }
        for (name, reason) in [
            ("opaque", "no server"),
            ("rum.prefix", "nobody serves"),
            ("https://other.example", "nobody serves"),
            ("https://127.0.0.1", "IP address"),
            ("crn", "no origin `crn`"),
        ] {
            let mistake = served.find(&at, name, &origins).unwrap_err();
            assert!(mistake.message().contains(reason), "{mistake}");
        }
    }
}
