//! Giving every origin of a plan its server.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::Server;
use super::directory::Directory;
use super::stub::{self, Stubs};
use super::upstream::Upstream;
use crate::origin::Origin;
use crate::plan::{OriginPlan, Plan, Target};
use crate::site::{Book, Manners, Overlay, Site};
use crate::{Cast, Error};

/// Looks up or makes every server, and checks that they answer.
pub(crate) async fn populate(plan: &Plan, cast: &dyn Cast) -> Result<(Book, Stubs), Error> {
    let mut book = Book::default();
    check_serve(plan)?;
    for (name, origin) in &plan.layout.origins {
        let target = plan.serve.get(name).unwrap_or(&origin.target);
        let server = server(name, origin, target, cast).await?;
        let overlay = overlay(name, origin, cast)?;
        let headers = headers(name, origin)?;
        let addresses = std::iter::once(&origin.origin).chain(&origin.also);
        for (index, address) in addresses.enumerate() {
            let parsed: Origin = address.parse()?;
            let site = Site {
                name: name.clone(),
                address: parsed.to_string(),
                origin: parsed,
                server: server.clone(),
                mock: mock_of(target),
                overlay: overlay.clone(),
                headers: headers.clone(),
                manners: Manners::default(),
            };
            book.add(site, index == 0)?;
        }
    }
    let stubs = stub::start(&plan.stubs, &mut book).await?;
    Ok((book, stubs))
}

/// An origin named in `serve` must be in the world.
fn check_serve(plan: &Plan) -> Result<(), Error> {
    for (name, target) in &plan.serve {
        if !plan.layout.origins.contains_key(name) {
            let names: Vec<_> = plan
                .layout
                .origins
                .keys()
                .map(|name| format!("`{name}`"))
                .collect();
            return Err(Error::UnknownOrigin {
                name: name.clone(),
                place: format!("`--serve {name}={target}`"),
                known: names.join(", "),
            });
        }
    }
    Ok(())
}

fn mock_of(target: &Target) -> Option<String> {
    match target {
        Target::Mock(mock) => Some(mock.clone()),
        _ => None,
    }
}

async fn server(name: &str, origin: &OriginPlan, target: &Target, cast: &dyn Cast) -> Result<Server, Error> {
    let fail = |reason: String| Error::Serve {
        origin: origin.origin.clone(),
        target: target.to_string(),
        reason,
    };
    match target {
        Target::Mock(mock) => cast
            .router(mock)
            .map(Server::Router)
            .ok_or_else(|| fail(format!("there is no mock `{mock}` in this world"))),
        Target::App(app) => {
            let folder = fixtures::app_directory(app).map_err(|error| fail(error.to_string()))?;
            Directory::open(&folder)
                .map(|folder| Server::Directory(Arc::new(folder)))
                .map_err(fail)
        }
        Target::Directory(path) => Directory::open(path)
            .map(|folder| Server::Directory(Arc::new(folder)))
            .map_err(fail),
        Target::Upstream { url, host } => {
            let upstream = Upstream::new(url, *host).map_err(fail)?;
            upstream.dial().await.map_err(|source| Error::UpstreamSilent {
                name: name.to_owned(),
                origin: origin.origin.clone(),
                url: url.as_str().trim_end_matches('/').to_owned(),
                source,
            })?;
            Ok(Server::Upstream(Arc::new(upstream)))
        }
    }
}

fn overlay(name: &str, origin: &OriginPlan, cast: &dyn Cast) -> Result<Option<Overlay>, Error> {
    if origin.overlays.is_empty() {
        return Ok(None);
    }
    let router = cast.overlay(name).ok_or_else(|| Error::Serve {
        origin: origin.origin.clone(),
        target: origin.overlays.join(", "),
        reason: format!("the mocks have no overlay for `{name}`"),
    })?;
    Ok(Some(Overlay {
        paths: origin.overlays.clone(),
        router,
    }))
}

fn headers(name: &str, origin: &OriginPlan) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    for (field, value) in &origin.headers {
        let (Ok(parsed), Ok(content)) = (
            HeaderName::try_from(field.as_str()),
            HeaderValue::try_from(value.as_str()),
        ) else {
            return Err(Error::Malformed {
                what: format!("the header fields of `{name}`"),
                reason: format!("`{field}: {value}` is no header field"),
            });
        };
        headers.insert(parsed, content);
    }
    Ok(headers)
}
