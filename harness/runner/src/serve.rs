//! Who serves an origin instead of what the world says. A run plays in several worlds: each takes what is its own.

use std::collections::BTreeMap;

use world::Target;

use crate::Error;

/// What of it concerns a world.
pub(crate) fn of_world(serve: &BTreeMap<String, Target>, plan: &world::Plan) -> BTreeMap<String, Target> {
    serve
        .iter()
        .filter(|(name, _)| plan.has_origin(name))
        .map(|(name, target)| (name.clone(), target.clone()))
        .collect()
}

/// Whether every origin is one of some world.
///
/// # Errors
/// One is not.
pub(crate) fn check(serve: &BTreeMap<String, Target>) -> Result<(), Error> {
    if serve.is_empty() {
        return Ok(());
    }
    let mut plans = Vec::new();
    for name in fixtures::world_names()? {
        let spec = fixtures::world(&name)?.resolve(&BTreeMap::new())?;
        let recorder = journal::Recorder::in_memory(journal::Clock::new(), 0);
        plans.push(world::Plan::new(&spec, recorder)?);
    }
    for (name, target) in serve {
        if !plans.iter().any(|plan| plan.has_origin(name)) {
            let known: Vec<String> = plans
                .iter()
                .flat_map(|plan| plan.layout.origins.keys())
                .map(|origin| format!("`{origin}`"))
                .collect();
            let unknown = world::Error::UnknownOrigin {
                name: name.clone(),
                place: format!("`--serve {name}={target}` or `[serve]` of `rehearse.toml`"),
                known: known.join(", "),
            };
            return Err(Error::Option(unknown.to_string()));
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
        try_with("https://customers.qontak.com").await.unwrap();
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
