//! Clients that a team registers with the providers, without an edit of our files: from `--client` and from
//! `[[provider.client]]` of the configuration.

mod spelling;

use std::collections::{BTreeMap, BTreeSet};

use fixtures::{ClientSpec, Demand, ProviderSpec, Signing};
use serde::Deserialize;
use url::Url;

use crate::exit::Failure;

pub(crate) use spelling::read;

/// What providers understand; a client may ask for all of it unless it says less.
const SCOPES: [&str; 5] = ["openid", "profile", "email", "groups", "offline_access"];

/// A secret that a team chooses is as long as this at least.
const SHORTEST_SECRET: usize = 16;

/// In `Authorization: Basic` id and secret are form-encoded (RFC 6749, §2.3.1), and many clients send them as they are:
/// these characters would be read as others then.
const AMBIGUOUS: [char; 3] = ['+', '%', '&'];

/// The same in words.
const AMBIGUOUS_HERE: &str = "`+`, `%` or `&`, which some clients form-encode in `Authorization: Basic` and others do \
                              not, so that it would be read in two ways (RFC 6749, §2.3.1)";

/// A client, as a team writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Registration {
    /// `client_id`.
    pub(crate) id: String,
    /// The application's name, as pages show it; the id where it has none.
    pub(crate) title: Option<String>,
    /// The issuer, by name: the provider's, or the application's. The first one where it names none.
    pub(crate) issuer: Option<String>,
    /// Exact redirect URIs; a loopback address without a port is one at every port.
    pub(crate) redirect_uris: Vec<String>,
    /// Exact addresses to go to after signing out; the start pages of the redirect URIs' origins by default, in
    /// either spelling.
    pub(crate) post_logout_redirect_uris: Option<Vec<String>>,
    /// Where it takes logout tokens.
    pub(crate) back_channel_logout_uri: Option<String>,
    /// What is framed when its user signs out.
    pub(crate) front_channel_logout_uri: Option<String>,
    /// Whether it has a secret.
    #[serde(default)]
    pub(crate) confidential: bool,
    /// The environment variable its secret stands in; without one the secret is made anew.
    pub(crate) secret_from: Option<String>,
    /// What is demanded of its requests and users; PKCE by default, which does without a state (RFC 9700, §2.1).
    pub(crate) demands: Option<Vec<Demand>>,
    /// Groups of which a user must be in one.
    #[serde(default)]
    pub(crate) groups: Vec<String>,
    /// Scopes it may ask for; all there are by default.
    pub(crate) scopes: Option<Vec<String>>,
    /// The services its access tokens are for; itself by default.
    pub(crate) audience: Option<Vec<String>>,
    /// The algorithm its tokens are signed with.
    #[serde(default)]
    pub(crate) signing: Signing,
}

/// A registration and where it was written.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) place: String,
    pub(crate) client: Registration,
    /// On the command line, so that it belongs to what this very command serves.
    pub(crate) typed: bool,
}

/// Puts registrations among the clients of the providers, and gives the secrets that were chosen. The providers are all
/// there are: what a file says of one that is not `chosen` is right all the same, but its secret is not asked for.
pub(crate) fn register(
    written: &[Written],
    providers: &mut [ProviderSpec],
    chosen: &[String],
    environment: impl Fn(&str) -> Option<String>,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut secrets = BTreeMap::new();
    for one in written {
        let Written { place, client, typed } = one;
        let wrong = |what: String| Failure::usage(format!("{place}: {what}"));
        check(client, providers).map_err(wrong)?;
        let (provider, issuer) = home(one, providers, chosen).map_err(wrong)?;
        let provider = &mut providers[provider];
        let is_served = chosen.contains(&provider.origin);
        if *typed && !is_served {
            return Err(wrong(format!(
                "its issuer belongs to the provider `{}`, which is not served; name the provider too, or another \
                 `issuer`",
                provider.origin
            )));
        }
        if let Some(variable) = client.secret_from.as_ref().filter(|_| is_served) {
            let secret = environment(variable).filter(|secret| secret.len() >= SHORTEST_SECRET);
            let secret = secret.ok_or_else(|| {
                wrong(format!(
                    "the environment variable `{variable}` holds no secret of at least {SHORTEST_SECRET} \
                     characters; set it, or leave the secret to be made anew with `confidential`"
                ))
            })?;
            if secret.contains(AMBIGUOUS) {
                return Err(wrong(format!(
                    "the secret in the environment variable `{variable}` holds {AMBIGUOUS_HERE}; make one without \
                     them, as `openssl rand -hex 32` does"
                )));
            }
            secrets.insert(client.id.clone(), secret);
        }
        provider.issuers[issuer].clients.push(spec(client));
    }
    Ok(secrets)
}

/// What types cannot say.
fn check(client: &Registration, providers: &[ProviderSpec]) -> Result<(), String> {
    let id = &client.id;
    if id.is_empty() || !id.chars().all(|character| character.is_ascii_graphic()) {
        return Err(format!(
            "`{}` is no client id; use letters, digits and dashes, as in `my-app`",
            id.escape_debug()
        ));
    }
    if id.contains(AMBIGUOUS) {
        return Err(format!(
            "the client id `{id}` holds {AMBIGUOUS_HERE}; use letters, digits and dashes, as in `my-app`"
        ));
    }
    let issuers = providers.iter().flat_map(|provider| &provider.issuers);
    if issuers
        .flat_map(|issuer| &issuer.clients)
        .any(|known| known.id == *id)
    {
        return Err(format!(
            "there is a client `{id}` already; give this one another id, or move the other's origin with `--origin`"
        ));
    }
    if client.redirect_uris.is_empty() {
        return Err(format!(
            "the client `{id}` has no redirect URI; write `redirect=http://localhost:5173/callback`"
        ));
    }
    for uri in client
        .redirect_uris
        .iter()
        .chain(client.post_logout_redirect_uris.iter().flatten())
    {
        address(uri)?;
    }
    for uri in client
        .back_channel_logout_uri
        .iter()
        .chain(&client.front_channel_logout_uri)
    {
        let url = address(uri)?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err(format!(
                "`{uri}` cannot be called; write `http://localhost:3000/logout`"
            ));
        }
    }
    let unknown = client
        .scopes
        .iter()
        .flatten()
        .find(|scope| !SCOPES.contains(&scope.as_str()));
    if let Some(scope) = unknown {
        return Err(format!(
            "there is no scope `{scope}`; there are {}{}",
            listed(SCOPES),
            hint(fixtures::closest(scope, SCOPES))
        ));
    }
    // Every request must hold it (OpenID Connect Core, §3.1.2.1, `scope`).
    let openid = |scopes: &Vec<String>| scopes.iter().any(|scope| scope == "openid");
    if client.scopes.as_ref().is_some_and(|scopes| !openid(scopes)) {
        return Err(format!(
            "the scopes of the client `{id}` lack `openid`, without which nobody signs in; add it, as in \
             `scope=openid`, or leave the scopes out"
        ));
    }
    Ok(())
}

/// An absolute address without a fragment (RFC 6749, §3.1.2).
fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| {
        format!("`{text}` is no address: {error}; write a whole one, as in `http://localhost:5173/callback`")
    })?;
    match url.fragment() {
        Some(_) => Err(format!(
            "`{text}` has a fragment, which no redirect can carry; leave `#…` out"
        )),
        None => Ok(url),
    }
}

/// Where a client belongs: the positions of a provider and of its issuer. One without an issuer belongs to the first: on
/// the command line to the first that is served, in a file always to the same.
fn home(written: &Written, providers: &[ProviderSpec], chosen: &[String]) -> Result<(usize, usize), String> {
    let Some(wanted) = &written.client.issuer else {
        let is_served = |provider: &ProviderSpec| chosen.contains(&provider.origin);
        let first = providers.iter().position(is_served).filter(|_| written.typed);
        return Ok((first.unwrap_or(0), 0));
    };
    for (position, provider) in providers.iter().enumerate() {
        if let Some(issuer) = names_of(provider).iter().position(|name| name == wanted) {
            return Ok((position, issuer));
        }
    }
    let known: Vec<String> = providers.iter().flat_map(names_of).collect();
    let known = || known.iter().map(String::as_str);
    Err(format!(
        "there is no issuer `{wanted}` here; there are {}{}",
        listed(known()),
        hint(fixtures::closest(wanted, known()))
    ))
}

/// What the issuers of a provider go by.
fn names_of(provider: &ProviderSpec) -> Vec<String> {
    let name = |issuer: &fixtures::IssuerSpec| issuer.application.clone();
    let issuers = provider.issuers.iter();
    issuers
        .map(|issuer| name(issuer).unwrap_or_else(|| provider.origin.clone()))
        .collect()
}

fn spec(client: &Registration) -> ClientSpec {
    // Each origin once, in the order they were written.
    let mut seen = BTreeSet::new();
    let origins: Vec<String> = client
        .redirect_uris
        .iter()
        .filter_map(|uri| Url::parse(uri).ok())
        .filter(|url| ["http", "https"].contains(&url.scheme()))
        .map(|url| url.origin().ascii_serialization())
        .filter(|origin| seen.insert(origin.clone()))
        .collect();
    let starts: Vec<String> = origins.iter().map(|origin| format!("{origin}/")).collect();
    // Compared character by character (RP-Initiated Logout 1.0, §3.1), and applications write it in both ways.
    let spelled = || origins.iter().chain(&starts).cloned().collect();
    let scopes = || SCOPES.map(str::to_owned).to_vec();
    ClientSpec {
        id: client.id.clone(),
        title: client.title.clone().unwrap_or_else(|| client.id.clone()),
        confidential: client.confidential || client.secret_from.is_some(),
        demands: client.demands.clone().unwrap_or_else(|| vec![Demand::Pkce]),
        groups: client.groups.clone(),
        scopes: client.scopes.clone().unwrap_or_else(scopes),
        audience: client.audience.clone().unwrap_or_else(|| vec![client.id.clone()]),
        exchange_audience: Vec::new(),
        actor_audience: None,
        redirect_uris: client.redirect_uris.clone(),
        return_to: starts.clone(),
        post_logout_redirect_uris: client.post_logout_redirect_uris.clone().unwrap_or_else(spelled),
        back_channel_logout_uri: client.back_channel_logout_uri.clone(),
        front_channel_logout_uri: client.front_channel_logout_uri.clone(),
        page_origins: origins,
        signing: client.signing,
        access_token_lifetime: 60 * 60,
        refresh_token_lifetime: 30 * 24 * 60 * 60,
    }
}

/// Words as a list for people.
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// What was probably meant.
pub(crate) fn hint(meant: Option<&str>) -> String {
    meant
        .map(|meant| format!("; did you mean `{meant}`?"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn written(text: &str) -> Written {
        Written {
            place: format!("`--client {text}`"),
            client: read(text).expect("it can be read"),
            typed: true,
        }
    }

    fn in_the_file(text: &str) -> Written {
        Written {
            typed: false,
            ..written(text)
        }
    }

    /// The clients of each provider's first issuer, and whose secrets were asked for.
    fn under(chosen: &str, written: &Written) -> Result<(Vec<Vec<String>>, Vec<String>), String> {
        let mut providers = fixtures::providers().expect("the fixtures");
        let environment = |_: &str| Some("0123456789abcdef".to_owned());
        let secrets = register(
            std::slice::from_ref(written),
            &mut providers,
            &[chosen.to_owned()],
            environment,
        );
        let secrets = secrets.map_err(|failure| failure.message)?;
        let ids = |provider: &ProviderSpec| {
            let clients = provider.issuers[0].clients.iter();
            clients.map(|client| client.id.clone()).collect()
        };
        Ok((providers.iter().map(ids).collect(), secrets.into_keys().collect()))
    }

    #[test]
    fn a_client_of_the_file_stays_with_its_issuer_whatever_is_served() {
        let written = in_the_file("id=my-app,redirect=http://localhost/cb,secret-from=SECRET");
        for (chosen, secrets) in [("sso", 1), ("auth", 0)] {
            let (clients, asked) = under(chosen, &written).expect("it is registered");
            assert!(clients[0].contains(&"my-app".to_owned()), "{chosen}");
            assert!(!clients[1].contains(&"my-app".to_owned()), "{chosen}");
            assert_eq!(asked.len(), secrets, "{chosen}");
        }
        let elsewhere = in_the_file("id=my-app,redirect=http://localhost/cb,issuer=dezky-portal");
        assert!(under("sso", &elsewhere).is_ok());
    }

    #[test]
    fn a_client_of_the_command_line_belongs_to_what_is_served() {
        let (clients, _) = under("auth", &written("id=my-app,redirect=http://localhost/cb")).expect("it is");
        assert!(clients[1].contains(&"my-app".to_owned()));
        let elsewhere = written("id=my-app,redirect=http://localhost/cb,issuer=dezky-portal");
        let said = under("sso", &elsewhere).expect_err("nobody would hear of it");
        assert!(
            said.contains("the provider `auth`, which is not served; name the provider too"),
            "{said}"
        );
    }

    fn registered(text: &str) -> Result<(Vec<ProviderSpec>, BTreeMap<String, String>), String> {
        let mut providers = fixtures::providers().expect("the fixtures");
        let environment = |name: &str| {
            let secrets = [
                ("SECRET", "0123456789abcdef"),
                ("PLUS", "0123456789abcde+"),
                ("PERCENT", "0123456789abc%2F"),
                ("AMPERSAND", "0123456789abcde&"),
            ];
            let mut known = secrets.into_iter().filter(|(known, _)| *known == name);
            known.next().map(|(_, secret)| secret.to_owned())
        };
        let all: Vec<String> = providers.iter().map(|provider| provider.origin.clone()).collect();
        register(&[written(text)], &mut providers, &all, environment)
            .map(|secrets| (providers, secrets))
            .map_err(|failure| failure.message)
    }

    #[test]
    fn a_client_is_registered_with_what_it_left_out() {
        let text = "id=my-app,redirect=http://localhost:5173/cb,redirect=http://localhost:5173/other";
        let (providers, secrets) = registered(text).expect("it is registered");
        let client = providers[0].issuers[0].clients.last().expect("a client");
        assert_eq!((client.id.as_str(), client.confidential), ("my-app", false));
        assert_eq!(client.page_origins, ["http://localhost:5173"]);
        assert_eq!(
            client.post_logout_redirect_uris,
            ["http://localhost:5173", "http://localhost:5173/"]
        );
        assert_eq!(client.audience, ["my-app"]);
        assert_eq!(client.demands, [Demand::Pkce]);
        assert!(secrets.is_empty());
    }

    #[test]
    fn a_secret_of_the_environment_makes_a_client_confidential() {
        let text = "id=my-app,redirect=http://localhost:3000/cb,issuer=dezky-portal,secret-from=SECRET";
        let (providers, secrets) = registered(text).expect("it is registered");
        let client = providers[1].issuers[1].clients.last().expect("a client");
        assert!(client.confidential);
        assert_eq!(secrets["my-app"], "0123456789abcdef");
    }

    #[rstest]
    #[case("id=my app,redirect=http://localhost/cb", "is no client id")]
    #[case(
        "id=crm-web,redirect=http://localhost/cb",
        "there is a client `crm-web` already"
    )]
    #[case(
        "id=my+app,redirect=http://localhost/cb",
        "the client id `my+app` holds `+`, `%` or `&`, which some clients form-encode"
    )]
    #[case("id=my%20app,redirect=http://localhost/cb", "use letters, digits and dashes")]
    #[case("id=my-app", "has no redirect URI")]
    #[case("id=my-app,redirect=/cb", "`/cb` is no address")]
    #[case("id=my-app,redirect=http://localhost/cb#x", "leave `#…` out")]
    #[case(
        "id=my-app,redirect=http://localhost/cb,issuer=dezky-portl",
        "did you mean `dezky-portal`?"
    )]
    #[case(
        "id=my-app,redirect=http://localhost/cb,secret-from=NOWHERE",
        "the environment variable `NOWHERE` holds no secret"
    )]
    #[case(
        "id=my-app,redirect=http://localhost/cb,secret-from=PLUS",
        "the secret in the environment variable `PLUS` holds `+`, `%` or `&`"
    )]
    #[case(
        "id=my-app,redirect=http://localhost/cb,secret-from=PERCENT",
        "make one without them, as `openssl rand -hex 32` does"
    )]
    #[case(
        "id=my-app,redirect=http://localhost/cb,secret-from=AMPERSAND",
        "`AMPERSAND` holds"
    )]
    #[case(
        "id=my-app,redirect=http://localhost/cb,scope=profile,scope=email",
        "the scopes of the client `my-app` lack `openid`"
    )]
    #[case(
        "id=my-app,redirect=http://localhost/cb,scope=opnid",
        "did you mean `openid`?"
    )]
    #[case(
        "id=my-app,redirect=http://localhost/cb,back-channel-logout=my:x",
        "cannot be called"
    )]
    fn a_mistake_is_told_with_its_place_and_remedy(#[case] text: &str, #[case] says: &str) {
        let said = registered(text).expect_err("it is a mistake");
        assert!(
            said.starts_with("`--client id=my") || said.starts_with("`--client id=crm"),
            "{said}"
        );
        assert!(said.contains(says), "{said}");
    }
}
