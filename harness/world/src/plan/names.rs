//! Origins as a user may call them: by their name in a world, or by an address.

use std::collections::{BTreeMap, BTreeSet};

use crate::Error;
use crate::origin::Origin;

/// The origins of every world, by name and by each address that a value of a switch gives them.
///
/// An address belongs to one name, in whatever world: so a name says all, and stays true when a switch moves the origin.
#[derive(Clone, Debug, Default)]
pub struct OriginNames {
    names: BTreeSet<String>,
    addresses: BTreeMap<Origin, String>,
}

impl OriginNames {
    /// Reads all worlds.
    ///
    /// # Errors
    /// A world cannot be read.
    pub fn load() -> Result<Self, fixtures::Error> {
        let mut all = Self::default();
        for world in fixtures::world_names()? {
            for (name, address) in addresses_of(&world)? {
                if let Ok(origin) = address.parse() {
                    all.addresses.insert(origin, name.clone());
                }
                all.names.insert(name);
            }
        }
        Ok(all)
    }

    /// The name of the origin that is called so; `place` is where it was written, for the message.
    ///
    /// # Errors
    /// No world has such an origin, under no value of a switch.
    pub fn find(&self, text: &str, place: impl Into<String>) -> Result<&str, Error> {
        let by_address = || self.addresses.get(&text.parse::<Origin>().ok()?);
        self.names.get(text).or_else(by_address).map_or_else(
            || {
                let known: Vec<_> = self.names.iter().map(|name| format!("`{name}`")).collect();
                Err(Error::UnknownOrigin {
                    name: text.to_owned(),
                    place: place.into(),
                    known: known.join(", "),
                })
            },
            |name| Ok(name.as_str()),
        )
    }
}

/// The names of a world's origins with their addresses, under every value of every switch.
fn addresses_of(world: &str) -> Result<BTreeSet<(String, String)>, fixtures::Error> {
    let spec = fixtures::world(world)?;
    let mut found: BTreeSet<_> = spec.addresses().into_iter().collect();
    for (switch, choice) in &spec.switches {
        for value in &choice.values {
            let set = BTreeMap::from([(switch.clone(), value.clone())]);
            found.extend(spec.resolve(&set)?.addresses());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_found_by_its_name_and_by_every_address_that_a_switch_gives_it() {
        let names = OriginNames::load().unwrap();
        for (text, name) in [
            ("crm", "crm"),
            ("https://crm.qontak.com", "crm"),
            ("https://crm.mekari.com", "crm"),
            ("https://CRM.mekari.com:443/", "crm"),
            ("https://account.mekari.io", "sso"),
            ("https://chat.qontak.com", "hub-chat"),
        ] {
            assert_eq!(names.find(text, "a test").unwrap(), name, "{text}");
        }
    }

    #[test]
    fn what_no_world_has_is_told_with_what_there_is() {
        let names = OriginNames::load().unwrap();
        for text in ["https://crm.qontak.org", "http://crm.qontak.com", "crn", ""] {
            let said = names.find(text, "`--serve X=mock:sso`").unwrap_err().to_string();
            for part in [text, "`--serve X=mock:sso`", "`crm`", "`hub-chat`"] {
                assert!(said.contains(part), "{part} is not in {said}");
            }
        }
    }

    /// Otherwise an address would not say which origin is meant.
    #[test]
    fn no_address_goes_by_two_names() {
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        for world in fixtures::world_names().unwrap() {
            for (name, address) in addresses_of(&world).unwrap() {
                let owner = owners.entry(address.clone()).or_insert_with(|| name.clone());
                assert_eq!(*owner, name, "{address}");
            }
        }
    }
}
