//! A call by the server half of an application, answered without a socket: what it sends is a whole HTTP
//! request, and what it gets is what the wire would have brought.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use journal::ExchangeId;

use super::endpoints::{application_of, path_at_issuer};
use super::{Sso, issuer};
use crate::desk::{Call, Reply};

/// What servers call. The other endpoints are for browsers, which come by the wire.
const CALLED_BY_SERVERS: &[&str] = &[
    "/.well-known/openid-configuration",
    "/jwks.json",
    "/token",
    "/userinfo",
    "/revoke",
    "/introspect",
];

impl Sso {
    /// Answers a request of an application's server, directed failures included. Facts belong to the exchange
    /// in whose course the server asks; neither request nor answer is noted, for both hold secrets.
    pub(crate) fn answer_server(
        &self,
        request: Request<Vec<u8>>,
        exchange: Option<ExchangeId>,
    ) -> Response<Vec<u8>> {
        let (parts, body) = request.into_parts();
        let authority = parts
            .uri
            .authority()
            .map(|authority| authority.as_str().to_owned());
        let call = Call {
            method: parts.method,
            host: authority.unwrap_or_default(),
            path: parts.uri.path().to_owned(),
            params: application_of(parts.uri.path())
                .map(|application| BTreeMap::from([("application".to_owned(), application.to_owned())]))
                .unwrap_or_default(),
            query: serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default(),
            headers: parts.headers,
            body: Bytes::from(body),
            exchange,
        };
        self.answer_called(&call).complete().map(|body| body.to_vec())
    }

    fn answer_called(&self, call: &Call) -> Reply {
        let path = path_at_issuer(&call.path);
        // A call to a host of nobody must not end at the first provider, as one by the wire does.
        let known = self
            .providers
            .iter()
            .any(|provider| issuer::host_of(&provider.origin).eq_ignore_ascii_case(&call.host));
        let endpoint = Self::ENDPOINTS.iter().find(|endpoint| {
            known
                && CALLED_BY_SERVERS.contains(&path)
                && endpoint.path == path
                && endpoint.method == call.method
        });
        match endpoint {
            Some(endpoint) => (endpoint.answer)(self, call),
            None => Reply::error(
                StatusCode::NOT_FOUND,
                "not_found",
                "nothing answers a server here",
            ),
        }
    }
}
