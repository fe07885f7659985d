//! From a table of endpoints to a router.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{Method, StatusCode};
use journal::fact::{ContractViolation, Unrouted};
use journal::{ExchangeId, Fact};
use serde_json::Value;

use super::{Call, Contract, Cors, Reply};
use crate::scene::Scene;

/// One operation of a mock.
pub(crate) struct Endpoint<M> {
    pub(crate) method: Method,
    /// Path template in axum's notation, which is also the contract's.
    pub(crate) path: &'static str,
    pub(crate) answer: fn(&M, &Call) -> Reply,
}

/// What the desk needs to know of a mock.
pub(crate) trait Mock: Send + Sync + 'static {
    /// Name, as worlds and stage directions use it.
    const NAME: &'static str;
    /// Bodies beyond this are refused: 16 MiB, where the mock says nothing else.
    const LARGEST_BODY: usize = 16 * 1024 * 1024;
    /// What the mocks of a world share.
    fn scene(&self) -> &Scene;
    /// Who may read this mock's answers from another origin's page. Nobody by default.
    fn cors(&self, _call: &Call) -> Option<Cors> {
        None
    }
    /// The body as the value that the contract describes, or why it is none.
    fn body(&self, call: &Call) -> Result<Value, String> {
        call.value()
    }
}

struct Desk<M: 'static> {
    mock: Arc<M>,
    contract: Arc<Contract>,
}

impl<M> Clone for Desk<M> {
    fn clone(&self) -> Self {
        Self {
            mock: Arc::clone(&self.mock),
            contract: Arc::clone(&self.contract),
        }
    }
}

/// A router over a mock's table.
pub(crate) fn router<M: Mock>(
    mock: &Arc<M>,
    contract: &Arc<Contract>,
    table: &'static [Endpoint<M>],
) -> Router {
    router_over(mock, contract, &[table])
}

/// A router over several tables of one mock. A path stands in one of them only.
pub(crate) fn router_over<M: Mock>(
    mock: &Arc<M>,
    contract: &Arc<Contract>,
    tables: &[&'static [Endpoint<M>]],
) -> Router {
    let desk = Desk {
        mock: Arc::clone(mock),
        contract: Arc::clone(contract),
    };
    let mut paths: BTreeMap<&'static str, Vec<&'static Endpoint<M>>> = BTreeMap::new();
    for endpoint in tables.iter().copied().flatten() {
        paths.entry(endpoint.path).or_default().push(endpoint);
    }
    let mut router = Router::new();
    for (path, endpoints) in paths {
        let desk = desk.clone();
        router = router.route(
            path,
            any(move |params: RawPathParams, request: Request| {
                let desk = desk.clone();
                let endpoints = endpoints.clone();
                async move { desk.serve(&endpoints, &params, request).await }
            }),
        );
    }
    router.fallback(move |request: Request| {
        let desk = desk.clone();
        async move {
            match read(request, BTreeMap::new(), M::LARGEST_BODY).await {
                Ok(call) => desk.unrouted(&call, StatusCode::NOT_FOUND).into_response(),
                Err(reply) => reply.into_response(),
            }
        }
    })
}

impl<M: Mock> Desk<M> {
    async fn serve(
        &self,
        endpoints: &[&'static Endpoint<M>],
        params: &RawPathParams,
        request: Request,
    ) -> Response {
        let params = params
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        match read(request, params, M::LARGEST_BODY).await {
            Ok(call) => self.answer(endpoints, &call).into_response(),
            Err(reply) => reply.into_response(),
        }
    }

    fn answer(&self, endpoints: &[&'static Endpoint<M>], call: &Call) -> Reply {
        let cors = self.mock.cors(call);
        if let Some(reply) = cors.as_ref().and_then(|cors| cors.preflight(call)) {
            return reply;
        }
        let wanted = if call.method == Method::HEAD {
            &Method::GET
        } else {
            &call.method
        };
        let reply = match endpoints.iter().find(|endpoint| endpoint.method == *wanted) {
            Some(endpoint) => {
                self.hold_to_contract(endpoint, call);
                (endpoint.answer)(&self.mock, call)
            }
            None => self
                .unrouted(call, StatusCode::METHOD_NOT_ALLOWED)
                .with("allow", &allowed(endpoints)),
        };
        match cors {
            Some(cors) => cors.decorate(call, reply),
            None => reply,
        }
    }

    /// Tells the journal where a request departs from the contract. The mock answers all the same, as its
    /// original would.
    fn hold_to_contract(&self, endpoint: &Endpoint<M>, call: &Call) {
        let errors = self.contract.errors(endpoint.path, call, self.mock.body(call));
        if errors.is_empty() {
            return;
        }
        self.mock.scene().record(
            M::NAME,
            call.exchange,
            Fact::ContractViolation(ContractViolation {
                mock: M::NAME.to_owned(),
                operation: format!("{} {}", call.method, endpoint.path),
                errors,
            }),
        );
    }

    fn unrouted(&self, call: &Call, status: StatusCode) -> Reply {
        self.mock.scene().record(
            M::NAME,
            call.exchange,
            Fact::Unrouted(Unrouted {
                mock: M::NAME.to_owned(),
                method: call.method.to_string(),
                path: call.path.clone(),
            }),
        );
        let code = if status == StatusCode::NOT_FOUND {
            "not_found"
        } else {
            "method_not_allowed"
        };
        let reply = Reply::error(status, code, "nothing answers here");
        match self.mock.cors(call) {
            Some(cors) if status == StatusCode::NOT_FOUND => cors.decorate(call, reply),
            _ => reply,
        }
    }
}

/// The methods that a path answers to (RFC 9110, §15.5.6).
fn allowed<M>(endpoints: &[&'static Endpoint<M>]) -> String {
    let methods = endpoints.iter().map(|endpoint| match endpoint.method.as_str() {
        // Whatever answers one answers the other.
        "GET" => "GET, HEAD",
        other => other,
    });
    methods.collect::<Vec<_>>().join(", ")
}

async fn read(
    request: Request,
    params: BTreeMap<String, String>,
    largest_body: usize,
) -> Result<Call, Reply> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, largest_body).await.map_err(|_| {
        Reply::error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            &format!("the body is larger than {largest_body} bytes"),
        )
    })?;
    let host = parts
        .uri
        .authority()
        .map(|authority| authority.as_str().to_owned())
        .or_else(|| {
            let host = parts.headers.get(http::header::HOST)?;
            host.to_str().ok().map(str::to_owned)
        })
        .unwrap_or_default();
    let query = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default();
    Ok(Call {
        method: parts.method,
        host,
        path: parts.uri.path().to_owned(),
        params,
        query,
        headers: parts.headers,
        body,
        exchange: parts.extensions.get::<ExchangeId>().copied(),
    })
}
