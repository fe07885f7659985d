//! A browser of sorts: one connection, and a jar of cookies for each login.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::Failure;

pub(crate) type Connection = Client<HttpConnector, Full<Bytes>>;

/// A connection that is kept from one request to the next.
pub(crate) fn connection() -> Connection {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(1)
        .build(connector)
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn location(&self) -> Option<&str> {
        self.headers.get(header::LOCATION)?.to_str().ok()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A person's browser with nothing in it.
pub(crate) struct Browser<'a> {
    connection: &'a Connection,
    cookies: BTreeMap<String, String>,
    /// How often something was asked for.
    pub(crate) requests: usize,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            cookies: BTreeMap::new(),
            requests: 0,
        }
    }

    pub(crate) async fn get(&mut self, address: &str) -> Result<Answer, Failure> {
        self.ask(Method::GET, address, String::new()).await
    }

    pub(crate) async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Result<Answer, Failure> {
        self.ask(Method::POST, address, serde_urlencoded::to_string(fields)?)
            .await
    }

    async fn ask(&mut self, method: Method, address: &str, form: String) -> Result<Answer, Failure> {
        self.requests += 1;
        let mut request = Request::builder().method(&method).uri(address);
        if !self.cookies.is_empty() {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request.header(header::COOKIE, cookies.collect::<Vec<_>>().join("; "));
        }
        if method == Method::POST {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let response = self.connection.request(request.body(Full::from(form))?).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        self.keep_cookies(&parts.headers);
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }

    /// Keeps cookies by name; neither server has one name for two paths.
    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().ok().and_then(|text| text.split(';').next());
            match pair.and_then(|pair| pair.split_once('=')) {
                // An empty value comes with an end in the past.
                Some((name, "")) => drop(self.cookies.remove(name)),
                Some((name, value)) => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
                None => {}
            }
        }
    }
}
