//! `rehearse provider`: the single sign-on by itself, for an application in development.

use std::collections::BTreeMap;

use fixtures::{ClientSpec, ProviderSpec};
use mocks::{IssuerCard, PersonCard};
use url::Url;
use world::ProviderPlan;

use super::runtime;
use crate::arguments::Provider;
use crate::configuration::Configuration;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::registration::{self, Written, hint, listed};

pub(crate) fn execute(arguments: &Provider) -> Result<Exit, Failure> {
    let configuration = Configuration::load(arguments.config.as_deref())?;
    let mut specs = fixtures::providers()?;
    let chosen = chosen(&arguments.providers, &specs)?;
    // The configuration speaks of all providers, whichever are served today.
    let written = written(arguments, &configuration)?;
    let secrets = registration::register(&written, &mut specs, &chosen, |name| std::env::var(name).ok())?;
    let origins = origins(arguments, &configuration, &specs)?;
    specs.retain(|spec| chosen.contains(&spec.origin));
    let missing = missing(&specs, &origins);
    let plan = ProviderPlan {
        specs,
        origins,
        secrets,
        port: arguments.port.or(configuration.provider.port).unwrap_or(0),
    };
    runtime()?.block_on(async {
        let signal = interrupt::signal();
        let provider = world::Provider::open(plan, |line| anstream::println!("{line}"))
            .await
            .map_err(|error| Failure::usage(error.to_string()))?;
        introduce(
            &provider.issuers(),
            &provider.people(),
            &missing,
            &variables(&written),
        );
        signal.await;
        provider.shutdown().await;
        Ok(Exit::Passed)
    })
}

/// The names of the providers to serve: those that were named, all of them where none is.
fn chosen(names: &[String], specs: &[ProviderSpec]) -> Result<Vec<String>, Failure> {
    let known: Vec<String> = specs.iter().map(|spec| spec.origin.clone()).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        let known = || known.iter().map(String::as_str);
        return Err(Failure::usage(format!(
            "there is no provider `{name}`; there are {}{}",
            listed(known()),
            hint(fixtures::closest(name, known()))
        )));
    }
    let wanted = |name: &String| names.is_empty() || names.contains(name);
    Ok(known.into_iter().filter(wanted).collect())
}

/// Clients of the command line and of the configuration, with where they were written.
fn written(arguments: &Provider, configuration: &Configuration) -> Result<Vec<Written>, Failure> {
    let configured = configuration.provider.clients.iter().map(|client| Written {
        place: format!("{}, client `{}`", configuration.path.display(), client.id),
        client: client.clone(),
        typed: false,
    });
    let mut written: Vec<Written> = configured.collect();
    for text in &arguments.client {
        let place = format!("`--client {text}`");
        let client =
            registration::read(text).map_err(|reason| Failure::usage(format!("{place}: {reason}")))?;
        // The command line goes before the file.
        written.retain(|other| other.client.id != client.id || other.typed);
        written.push(Written {
            place,
            client,
            typed: true,
        });
    }
    Ok(written)
}

/// The origins that addresses of clients refer to: as the worlds have them, or as a team says.
fn origins(
    arguments: &Provider,
    configuration: &Configuration,
    specs: &[ProviderSpec],
) -> Result<BTreeMap<String, String>, Failure> {
    let mut origins = BTreeMap::new();
    for name in fixtures::world_names()? {
        origins.extend(fixtures::world(&name)?.addresses());
    }
    for spec in fixtures::providers()? {
        origins.remove(&spec.origin);
    }
    let mut said: Vec<(String, String, String)> = Vec::new();
    for (name, address) in &configuration.provider.origins {
        let place = format!("{}, origin `{name}`", configuration.path.display());
        said.push((place, name.clone(), address.clone()));
    }
    for pair in &arguments.origin {
        let place = format!("`--origin {pair}`");
        let (name, address) = pair.split_once('=').ok_or_else(|| {
            Failure::usage(format!(
                "{place} has no `=`; write `--origin customer-detail=http://localhost:5173`"
            ))
        })?;
        said.push((place, name.to_owned(), address.to_owned()));
    }
    let known = referred(specs);
    for (place, name, address) in said {
        if !known.contains(&name) {
            let known = || known.iter().map(String::as_str);
            return Err(Failure::usage(format!(
                "{place}: no client has an origin `{name}`; there are {}{}",
                listed(known()),
                hint(fixtures::closest(&name, known()))
            )));
        }
        let origin = origin(&address).ok_or_else(|| {
            Failure::usage(format!(
                "{place}: `{address}` is no origin; write scheme, host and port, as in `http://localhost:5173`"
            ))
        })?;
        origins.insert(name, origin);
    }
    Ok(origins)
}

fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let bare =
        url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let web = ["http", "https"].contains(&url.scheme());
    (bare && web).then(|| url.origin().ascii_serialization())
}

/// All addresses of a client that may refer to origins.
fn addresses(client: &ClientSpec) -> impl Iterator<Item = &String> {
    [
        &client.redirect_uris,
        &client.return_to,
        &client.post_logout_redirect_uris,
        &client.page_origins,
    ]
    .into_iter()
    .flatten()
    .chain(&client.back_channel_logout_uri)
    .chain(&client.front_channel_logout_uri)
}

/// The names in `${…}` of an address.
fn names(address: &str) -> impl Iterator<Item = &str> {
    address
        .split("${")
        .skip(1)
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
}

fn clients(specs: &[ProviderSpec]) -> impl Iterator<Item = &ClientSpec> {
    let issuers = specs.iter().flat_map(|spec| &spec.issuers);
    issuers.flat_map(|issuer| &issuer.clients)
}

/// The origins that clients refer to.
fn referred(specs: &[ProviderSpec]) -> Vec<String> {
    let mut known: Vec<String> = clients(specs)
        .flat_map(addresses)
        .flat_map(|address| names(address))
        .map(str::to_owned)
        .collect();
    known.sort();
    known.dedup();
    known
}

/// Clients that are not registered, each with the origin that is wanting.
fn missing(specs: &[ProviderSpec], origins: &BTreeMap<String, String>) -> Vec<(String, String)> {
    clients(specs)
        .filter_map(|client| {
            let mut wanted = addresses(client).flat_map(|address| names(address));
            let wanting = wanted.find(|name| !origins.contains_key(*name))?;
            Some((client.id.clone(), wanting.to_owned()))
        })
        .collect()
}

/// The environment variables that secrets came from, by client.
fn variables(written: &[Written]) -> BTreeMap<&str, &str> {
    let clients = written.iter().map(|written| &written.client);
    clients
        .filter_map(|client| Some((client.id.as_str(), client.secret_from.as_deref()?)))
        .collect()
}

/// Says what a developer types into an application's configuration, and into the sign-in page. A secret that
/// came from the environment is named by its variable: it may count elsewhere too, and output is kept.
fn introduce(
    issuers: &[IssuerCard],
    people: &[PersonCard],
    missing: &[(String, String)],
    variables: &BTreeMap<&str, &str>,
) {
    let say = |line: &str| anstream::println!("{line}");
    say("The single sign-on is up, on this machine alone. Everything is forgotten when it ends.");
    for issuer in issuers {
        say(&format!("\nissuer {}  ({})", issuer.address, issuer.brand));
        say(&format!("  discovery  {}", issuer.discovery));
        for client in &issuer.clients {
            let kind = if client.secret.is_some() {
                "confidential"
            } else {
                "public, PKCE"
            };
            say(&format!("  client     {}  ({kind})", client.id));
            if let Some(variable) = variables.get(client.id.as_str()) {
                say(&format!("    secret   as in {variable}"));
            } else if let Some(secret) = &client.secret {
                say(&format!("    secret   {secret}"));
            }
            for uri in &client.redirect_uris {
                say(&format!("    redirect {uri}"));
            }
            if !client.groups.is_empty() {
                say(&format!("    only     {}", client.groups.join(", ")));
            }
            if client.needs_second_factor {
                say("    asks for a one-time code");
            }
        }
    }
    if !missing.is_empty() {
        say("\nnot registered, because nobody said where they are");
        for (client, origin) in missing {
            say(&format!("  {client:<20} --origin {origin}=http://localhost:PORT"));
        }
    }
    say("\npeople");
    for person in people {
        say(&format!("  {}  ({})", person.name, person.key));
        say(&format!("    sign in as    {}", person.email));
        say(&format!("    password      {}", person.password));
        if !person.groups.is_empty() {
            say(&format!("    groups        {}", person.groups.join(", ")));
        }
        if let Some(app) = &person.authenticator {
            say(&format!(
                "    one-time code {} at this moment; each counts once",
                app.code
            ));
            say(&format!("    authenticator {}", app.uri));
        }
    }
    say("\nCtrl-C ends it. A line for each request follows:");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(
            origin("http://localhost:5173/").as_deref(),
            Some("http://localhost:5173")
        );
        for wrong in [
            "localhost:5173",
            "http://localhost/app",
            "ftp://localhost",
            "",
            "http://a@localhost",
        ] {
            assert_eq!(origin(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_client_without_its_origin_is_told() {
        let specs = fixtures::providers().expect("the fixtures");
        let all = missing(&specs, &BTreeMap::new());
        assert_eq!(all.len(), clients(&specs).count());
        assert!(referred(&specs).contains(&"operator".to_owned()));
        let origins = BTreeMap::from([("operator".to_owned(), "http://localhost:1".to_owned())]);
        assert!(
            !missing(&specs, &origins)
                .iter()
                .any(|(client, _)| client == "dezky-operator")
        );
    }
}
