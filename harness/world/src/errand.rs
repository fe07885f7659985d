//! Servers of a world that ask each other: a provider that posts a logout token, an application that redeems a
//! code. Such a request goes the way of a browser's (journal, faults, rewrites, whoever serves the origin), but
//! for TLS and a socket, and never leaves the world.

use std::sync::{Arc, Weak};

use axum::body::Body;
use http::{HeaderValue, Request, Response, header};
use http_body_util::BodyExt as _;
use journal::fact::Refusal;
use mocks::{Courier, Errand, Outcome};
use tokio::runtime::Handle;
use url::Url;

use crate::exchange;
use crate::gateway::{Connection, Gateway, Sent};
use crate::origin::{Endpoint, Scheme};
use crate::site::Site;

/// Takes the mocks' errands. It keeps no world alive: the mocks are part of the world.
pub(crate) struct Messenger {
    gateway: Weak<Gateway>,
    runtime: Handle,
}

impl Messenger {
    /// To be called on the runtime that the world runs on.
    pub(crate) fn of(gateway: &Arc<Gateway>) -> Self {
        Self {
            gateway: Arc::downgrade(gateway),
            runtime: Handle::current(),
        }
    }
}

impl Courier for Messenger {
    fn take(&self, errand: Errand) {
        let Some(gateway) = self.gateway.upgrade() else {
            return;
        };
        let url = errand.request.uri().to_string();
        let site = match site_of(&gateway, &url) {
            Ok(site) => site,
            Err(refusal) => {
                gateway.refused(url.clone(), refusal, Some(errand.from));
                (errand.done)(Outcome {
                    exchange: None,
                    answer: Err(format!("this world has no origin of {url}")),
                });
                return;
            }
        };
        // Entered here and not by the task, so that nobody finds the world quiet in between.
        let sent = Sent {
            from: errand.from,
            ticket: Arc::new(gateway.ledger.enter(url)),
        };
        // Directions come from outside the runtime too.
        let _entered = self.runtime.enter();
        let tasks = gateway.tasks.clone();
        tasks.spawn(async move {
            let ticket = Arc::clone(&sent.ticket);
            let connection = Arc::new(Connection::within(&gateway, site, sent));
            let answer = ask(&gateway, &connection, errand.request).await;
            // The end of the world is no answer, and there is nobody left to tell.
            if gateway.tasks.are_over() {
                return;
            }
            (errand.done)(Outcome {
                exchange: Some(ticket.exchange()),
                answer,
            });
            // What the sender makes of the answer belongs to the exchange.
            drop(ticket);
        });
    }
}

fn site_of(gateway: &Gateway, url: &str) -> Result<Arc<Site>, Refusal> {
    let url = Url::parse(url).map_err(|_| Refusal::Malformed)?;
    let scheme = match url.scheme() {
        "https" => Scheme::Https,
        "http" => Scheme::Http,
        _ => return Err(Refusal::Malformed),
    };
    let endpoint = Endpoint {
        host: url.host_str().ok_or(Refusal::Malformed)?.to_owned(),
        port: url.port().unwrap_or(scheme.port()),
    };
    gateway.book.find(scheme, &endpoint).map(Arc::clone)
}

/// Has the origin's server answer, and reads the answer to its end.
async fn ask(
    gateway: &Arc<Gateway>,
    connection: &Arc<Connection>,
    request: Request<bytes::Bytes>,
) -> Result<Response<bytes::Bytes>, String> {
    let mut request = request.map(Body::from);
    if let Ok(host) = HeaderValue::try_from(connection.site.origin.host_header()) {
        request.headers_mut().insert(header::HOST, host);
    }
    let cut = connection.cut_token();
    let answered = tokio::select! {
        biased;
        () = cut.cancelled() => return Err("the connection was cut".to_owned()),
        answered = exchange::serve(gateway, connection, request) => answered,
    };
    let (parts, body) = answered.map_err(|cut| cut.to_string())?.into_parts();
    match body.collect().await {
        Ok(whole) => Ok(Response::from_parts(parts, whole.to_bytes())),
        Err(error) => Err(format!("the answer broke off: {error}")),
    }
}
