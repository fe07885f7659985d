//! Providers and their issuers (OpenID Connect Discovery 1.0, §3), as the fixtures have them.

use fixtures::{IssuerSpec, ProviderSpec};
use url::Url;

use super::Client;
use crate::scene::Scene;

/// An origin at which people sign in. Its session counts for all its issuers.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    /// Its origin's name.
    pub(crate) name: String,
    /// How its pages call themselves.
    pub(crate) brand: String,
    /// The name of its session cookie.
    pub(crate) session_cookie: String,
    /// Its origin, without a slash at the end.
    pub(crate) origin: String,
}

impl Provider {
    /// Whether it is spoken to without TLS.
    pub(crate) fn is_plain(&self) -> bool {
        self.origin.starts_with("http://")
    }
}

/// An issuer: an address, and what is registered with it.
#[derive(Clone, Debug)]
pub(crate) struct Issuer {
    /// Its place among the issuers of the world.
    pub(crate) index: usize,
    /// The provider it belongs to, by place.
    pub(crate) provider: usize,
    /// What it goes by, for people and for its keys.
    pub(crate) name: String,
    /// The issuer identifier, which clients compare character by character.
    pub(crate) address: String,
    /// The application it is for.
    pub(crate) application: Option<String>,
}

impl Issuer {
    /// The address of one of its endpoints: `/token`.
    pub(crate) fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.address.trim_end_matches('/'))
    }
}

/// The providers, issuers and clients of a world: those whose origins it has.
pub(crate) fn registered(
    scene: &Scene,
    specs: Vec<ProviderSpec>,
) -> (Vec<Provider>, Vec<Issuer>, Vec<Client>) {
    let (mut providers, mut issuers, mut clients) = (Vec::new(), Vec::new(), Vec::new());
    for spec in specs {
        let origin = scene.origin(&spec.origin);
        if origin.is_empty() {
            continue;
        }
        for issuer in spec.issuers {
            let known = of(issuers.len(), providers.len(), &spec.origin, origin, &issuer);
            let registered = issuer.clients.into_iter();
            clients.extend(registered.filter_map(|client| Client::of(scene, known.index, client)));
            issuers.push(known);
        }
        let origin = origin.to_owned();
        providers.push(Provider {
            name: spec.origin,
            brand: spec.brand,
            session_cookie: spec.session_cookie,
            origin,
        });
    }
    (providers, issuers, clients)
}

fn of(index: usize, provider: usize, name: &str, origin: &str, spec: &IssuerSpec) -> Issuer {
    let (name, address) = match &spec.application {
        None => (name.to_owned(), origin.to_owned()),
        Some(application) => (
            application.clone(),
            format!("{origin}/application/o/{application}/"),
        ),
    };
    Issuer {
        index,
        provider,
        name,
        address,
        application: spec.application.clone(),
    }
}

/// The host of an origin as `Host` states it: without the scheme's usual port.
pub(super) fn host_of(origin: &str) -> String {
    Url::parse(origin)
        .map(|url| url[url::Position::BeforeHost..url::Position::AfterPort].to_owned())
        .unwrap_or_default()
}

/// An address of a client with each `${origin}` replaced; nothing where the world lacks one of them.
pub(super) fn address(scene: &Scene, template: &str) -> Option<String> {
    let mut parts = template.split("${");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}')?;
        let origin = scene.origin(name);
        if origin.is_empty() {
            return None;
        }
        filled.push_str(origin);
        filled.push_str(rest);
    }
    Some(filled)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://auth.dezky.local", "auth.dezky.local")]
    #[case("https://auth.dezky.local:443", "auth.dezky.local")]
    #[case("https://auth.dezky.local:8443", "auth.dezky.local:8443")]
    #[case("http://127.0.0.1:9000", "127.0.0.1:9000")]
    #[case("nonsense", "")]
    fn a_host_is_spelled_as_requests_spell_it(#[case] origin: &str, #[case] expected: &str) {
        assert_eq!(host_of(origin), expected);
    }
}
