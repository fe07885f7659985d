//! The single sign-on on a loopback listener, and a person with a browser of sorts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::middleware::{self, Next};
use axum::response::Response as Answer;
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use journal::{Clock, Recorder};
use mocks::{Ensemble, Setting};
use tokio::net::TcpListener;
use url::Url;

/// What an HTTP client of a test can fail with.
pub(crate) type Failure = hyper_util::client::legacy::Error;

pub(crate) struct Stage {
    pub(crate) ensemble: Ensemble,
    pub(crate) recorder: Recorder,
    /// The origin that the provider is served at.
    pub(crate) origin: String,
    http: Client<HttpConnector, Full<Bytes>>,
    cookies: Mutex<BTreeMap<String, String>>,
    slow: Slow,
}

/// How the path ends that gets no answer, if one gets none.
type Slow = Arc<Mutex<Option<&'static str>>>;

impl Stage {
    /// Serves the mock until the test ends.
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let mut origins = fixtures::world("customer-detail").unwrap().addresses();
        for (name, address) in [
            ("auth", origin.as_str()),
            ("operator", "https://operator.dezky.local"),
            ("portal", "https://app.dezky.local"),
        ] {
            origins.insert(name.to_owned(), address.to_owned());
        }
        let recorder = Recorder::in_memory(Clock::new(), 7);
        let ensemble = Ensemble::new(Setting {
            recorder: recorder.clone(),
            origins,
            switches: BTreeMap::new(),
            seed: Some(7),
        })
        .unwrap();
        let slow = Slow::default();
        let router = ensemble.router("sso").unwrap();
        let router = router.layer(middleware::from_fn_with_state(
            Arc::clone(&slow),
            answer_unless_slow,
        ));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            ensemble,
            recorder,
            origin,
            http: Client::builder(TokioExecutor::new()).build_http(),
            cookies: Mutex::default(),
            slow,
        }
    }

    /// Leaves requests unanswered whose path ends like this, until told otherwise.
    pub(crate) fn slow_down(&self, path: Option<&'static str>) {
        *self.slow.lock().unwrap() = path;
    }

    pub(crate) fn direct(&self, direction: &serde_json::Value) {
        self.ensemble.direct("sso", direction).unwrap();
    }

    /// Where requests departed from the contract.
    pub(crate) fn violations(&self) -> Vec<String> {
        let events = self.recorder.after(0);
        let facts = events.iter().filter_map(|event| match &event.fact {
            journal::Fact::ContractViolation(violation) => Some(violation),
            _ => None,
        });
        facts
            .map(|violation| format!("{}: {:?}", violation.operation, violation.errors))
            .collect()
    }

    /// Sends a request as it is: the HTTP client that a relying party is given.
    pub(crate) async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Failure> {
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let (parts, body) = self.http.request(request).await?.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes().to_vec());
        Ok(Response::from_parts(parts, body.unwrap_or_default()))
    }

    /// Sends a request as a browser would, with its cookies.
    pub(crate) async fn browse(
        &self,
        method: Method,
        url: &str,
        fields: &[(&str, &str)],
    ) -> Response<Vec<u8>> {
        let cookies: Vec<String> = self
            .cookies
            .lock()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header("cookie", cookies.join("; "))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(serde_urlencoded::to_string(fields).unwrap().into_bytes())
            .unwrap();
        let response = self.send(request).await.unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut jar = self.cookies.lock().unwrap();
            if attributes.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }

    /// Goes to an address as a person who signs in, and gives the parameters that reach the client.
    pub(crate) async fn visit(&self, address: &Url, persona: &str) -> BTreeMap<String, String> {
        let reached = self.arrive(address, persona).await;
        reached.query_pairs().into_owned().collect()
    }

    /// The same, and gives the client's address that the browser ends at.
    pub(crate) async fn arrive(&self, address: &Url, persona: &str) -> Url {
        let person = fixtures::persona(persona).unwrap();
        let mut response = self.browse(Method::GET, address.as_str(), &[]).await;
        for _ in 0..8 {
            let location = response.headers().get("location");
            let location = location
                .unwrap_or_else(|| panic!("{}", text(&response)))
                .to_str()
                .unwrap();
            if !location.starts_with(&self.origin) {
                return Url::parse(location).unwrap();
            }
            let page = text(&self.browse(Method::GET, location, &[]).await);
            let (request, token) = (hidden(&page, "request"), hidden(&page, "form_token"));
            let mut fields = vec![("request", request.as_str()), ("form_token", token.as_str())];
            let code = self.ensemble.one_time_code(persona).unwrap_or_default();
            if page.contains("id=\"password\"") {
                fields.extend([("email", person.email.as_str()), ("password", &person.password)]);
            } else if page.contains("id=\"code\"") {
                fields.push(("code", &code));
            } else {
                fields.push(("answer", "allow"));
            }
            let login = format!("{}/login", self.origin);
            response = self.browse(Method::POST, &login, &fields).await;
        }
        panic!("the pages do not end: {}", text(&response));
    }
}

async fn answer_unless_slow(State(slow): State<Slow>, request: axum::extract::Request, next: Next) -> Answer {
    let ending = *slow.lock().unwrap();
    if ending.is_some_and(|ending| request.uri().path().ends_with(ending)) {
        // However long a client waits, it is not long enough.
        std::future::pending::<()>().await;
    }
    next.run(request).await
}

pub(crate) fn text(response: &Response<Vec<u8>>) -> String {
    String::from_utf8_lossy(response.body()).into_owned()
}

fn hidden(html: &str, name: &str) -> String {
    let (_, rest) = html
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no field {name} in {html}"));
    rest.split_once('"').unwrap().0.to_owned()
}
