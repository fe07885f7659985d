//! Stub servers: one wiremock server for each origin that a scenario declares itself.

use std::sync::Arc;

use url::Url;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::Server;
use super::upstream::Upstream;
use crate::Error;
use crate::origin::Origin;
use crate::plan::{HostHeader, Stub, StubRoute};
use crate::site::{Book, Manners, Site};

/// Running stub servers. They end when this is dropped.
#[derive(Default)]
#[must_use = "stub servers end when this is dropped"]
pub(crate) struct Stubs {
    _servers: Vec<MockServer>,
}

/// Starts a server for each stub and puts it into the book.
pub(super) async fn start(stubs: &[Stub], book: &mut Book) -> Result<Stubs, Error> {
    let mut servers = Vec::new();
    for stub in stubs {
        let origin: Origin = stub.origin.parse()?;
        let server = MockServer::builder().disable_request_recording().start().await;
        for route in &stub.routes {
            mount(&server, route.clone()).await;
        }
        let fail = |reason: String| Error::Malformed {
            what: format!("the stub of {origin}"),
            reason,
        };
        let url = Url::parse(&server.uri()).map_err(|error| fail(error.to_string()))?;
        let upstream = Upstream::new(&url, HostHeader::Origin).map_err(fail)?;
        book.add(
            Site {
                name: origin.to_string(),
                address: origin.to_string(),
                origin,
                server: Server::Upstream(Arc::new(upstream)),
                mock: None,
                overlay: None,
                headers: http::HeaderMap::new(),
                manners: Manners::default(),
            },
            true,
        )?;
        servers.push(server);
    }
    Ok(Stubs { _servers: servers })
}

async fn mount(server: &MockServer, route: StubRoute) {
    let mut answer = ResponseTemplate::new(route.status).set_body_bytes(route.body.into_bytes());
    for (name, value) in &route.headers {
        answer = answer.insert_header(name.as_str(), value.as_str());
    }
    if !route.delay.is_zero() {
        answer = answer.set_delay(route.delay);
    }
    let (method, path) = (route.method, route.path);
    Mock::given(move |request: &Request| {
        method
            .as_ref()
            .is_none_or(|method| method == request.method.as_str())
            && path.matches(request.url.path(), request.url.query())
    })
    .respond_with(answer)
    .mount(server)
    .await;
}
