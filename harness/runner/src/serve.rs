//! Who serves an origin instead of what the world says. A run plays in several worlds: each takes what is its own.

use std::collections::BTreeMap;

use world::Target;

use crate::Error;

/// What of it concerns a world.
pub(crate) fn of_world(serve: &BTreeMap<String, Target>, plan: &world::Plan) -> BTreeMap<String, Target> {
    serve
        .iter()
        .filter(|(name, _)| plan.layout.origins.contains_key(*name))
        .map(|(name, target)| (name.clone(), target.clone()))
        .collect()
}

/// Whether everything is named as an origin of some world: an address would be left out where a switch moves the origin.
///
/// # Errors
/// One is not.
pub(crate) fn check(serve: &BTreeMap<String, Target>) -> Result<(), Error> {
    if serve.is_empty() {
        return Ok(());
    }
    let names = world::OriginNames::load()?;
    for (origin, target) in serve {
        let place = format!("`--serve {origin}={target}` or `[serve]` of `rehearse.toml`");
        let found = names.find(origin, place);
        let name = found.map_err(|error| Error::Option(error.to_string()))?;
        if name != origin {
            return Err(Error::Option(format!(
                "failed to serve `{origin}`: here an origin goes by its name, `{name}`"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use scenarios::Catalogue;

    use super::*;
    use crate::{Options, Session};

    async fn try_with(origin: &str) -> Result<(), Error> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let catalogue = Arc::new(Catalogue::load(&root).unwrap());
        let target: Target = "app:customer-detail".parse().unwrap();
        let options = Options {
            serve: BTreeMap::from([(origin.to_owned(), target)]),
            ..Options::default()
        };
        Session::prepare(catalogue, options)?.try_worlds().await
    }

    /// The whole catalogue plays in worlds of which only one has the origin.
    #[tokio::test]
    async fn each_world_takes_what_is_its_own() {
        try_with("customer-detail").await.unwrap();
    }

    /// An address is true under some values of the switches only.
    #[tokio::test]
    async fn an_address_is_refused_with_the_name_to_use() {
        let refused = try_with("https://crm.mekari.com").await.unwrap_err().to_string();
        assert!(refused.contains("goes by its name, `crm`"), "{refused}");
    }

    #[tokio::test]
    async fn what_no_world_has_is_refused_with_what_there_is() {
        let refused = try_with("https://customers.qontak.org")
            .await
            .unwrap_err()
            .to_string();
        for said in [
            "customers.qontak.org",
            "rehearse.toml",
            "`customer-detail`",
            "`hub-chat`",
        ] {
            assert!(refused.contains(said), "{said} is not in {refused}");
        }
    }
}
