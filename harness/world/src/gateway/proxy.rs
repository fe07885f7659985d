//! The proxy's own HTTP: `CONNECT` opens a tunnel, an absolute URL is served at once.

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use journal::Fact;
use journal::fact::{FaultApplied, Refusal};
use tokio::net::TcpStream;

use super::line::Scissors;
use super::visit::{self, Connection, Cut};
use super::{Asker, Gateway, Line, refuse, tunnel};
use crate::exchange;
use crate::origin::{Endpoint, Scheme};

/// Serves one connection of a browser to its proxy.
pub(super) async fn serve(gateway: Arc<Gateway>, stream: TcpStream) {
    // Without it answers wait for acknowledgements; a failure only makes it slower.
    let _ = stream.set_nodelay(true);
    let number = gateway.next_connection();
    let line = Line::new(stream);
    let scissors = line.scissors();
    let front = Front {
        gateway: Arc::clone(&gateway),
        number,
        scissors,
    };
    let service = service_fn(|request| front.answer(request));
    let outcome = visit::http1(&gateway.limits)
        .serve_connection(TokioIo::new(line), service)
        .with_upgrades()
        .await;
    if let Err(error) = outcome {
        visit::journal_parse_error(&gateway, "the proxy", &error);
    }
}

struct Front {
    gateway: Arc<Gateway>,
    number: u64,
    scissors: Scissors,
}

impl Front {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
        if request.method() == Method::CONNECT {
            return self.connect(request);
        }
        let asker = Asker::of(request.headers());
        let malformed = |authority: String| {
            refuse(
                &self.gateway,
                authority,
                Refusal::Malformed,
                asker.clone(),
                StatusCode::BAD_REQUEST,
            )
        };
        let Some(authority) = request.uri().authority() else {
            // Somebody opened the proxy's port as if it were a site.
            return Ok(malformed(visit::host_of(&request)));
        };
        let endpoint = Endpoint::of(authority, Scheme::Http.port());
        let Some(endpoint) = endpoint.filter(|_| request.uri().scheme_str() == Some("http")) else {
            return Ok(malformed(request.uri().to_string()));
        };
        let site = match self.gateway.book.find(Scheme::Http, &endpoint) {
            Ok(site) => Arc::clone(site),
            Err(reason) => {
                let url = request.uri().to_string();
                return Ok(refuse(&self.gateway, url, reason, asker, StatusCode::FORBIDDEN));
            }
        };
        let connection = Arc::new(Connection::new(
            self.number,
            &self.gateway,
            self.scissors.clone(),
            site,
        ));
        if let Some(refused) = visit::misdirected(&self.gateway, &connection, &request) {
            return Ok(refused);
        }
        let cut = connection.cut_token();
        tokio::select! {
            biased;
            () = cut.cancelled() => Err(Cut),
            outcome = exchange::serve(&self.gateway, &connection, request.map(Body::new)) => outcome,
        }
    }

    fn connect(&self, mut request: Request<Incoming>) -> Result<Response<Body>, Cut> {
        let asker = Asker::of(request.headers());
        // RFC 9110, section 9.3.6: a tunnel is asked for with its port.
        let named = request.uri().authority();
        let named = named.filter(|authority| authority.port_u16().is_some());
        let Some(endpoint) = named.and_then(|authority| Endpoint::of(authority, Scheme::Https.port())) else {
            let authority = request.uri().to_string();
            let status = StatusCode::BAD_REQUEST;
            return Ok(refuse(
                &self.gateway,
                authority,
                Refusal::Malformed,
                asker,
                status,
            ));
        };
        let sites = match self.gateway.book.at(&endpoint) {
            Ok(sites) => sites,
            Err(reason) => {
                let authority = endpoint.to_string();
                return Ok(refuse(
                    &self.gateway,
                    authority,
                    reason,
                    asker,
                    StatusCode::FORBIDDEN,
                ));
            }
        };
        for site in sites {
            if let Some(fault) = self.gateway.faults.refuses(&site.name, &site.address) {
                let exchange = self.gateway.ledger.next();
                self.gateway.record(
                    exchange,
                    Fact::FaultApplied(FaultApplied {
                        exchange,
                        fault: fault.label(),
                        detail: format!("connection to {endpoint} refused"),
                    }),
                );
                return Ok(exchange::text(StatusCode::BAD_GATEWAY, "the origin is offline\n"));
            }
        }
        let gateway = Arc::clone(&self.gateway);
        let number = self.number;
        let upgrade = hyper::upgrade::on(&mut request);
        self.gateway.tasks.spawn(async move {
            let Ok(upgraded) = upgrade.await else { return };
            let Ok(parts) = upgraded.downcast::<TokioIo<Line>>() else {
                return;
            };
            let mut line = parts.io.into_inner();
            line.unread(parts.read_buf);
            tunnel::open(gateway, number, endpoint, line).await;
        });
        Ok(Response::new(Body::empty()))
    }
}
