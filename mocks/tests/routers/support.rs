//! A browser of sorts for router tests: cookies by host, no sockets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use journal::{Clock, Event, ExchangeId, Fact, Recorder};
use mocks::{Ensemble, Setting};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tower::ServiceExt as _;
use url::Url;

pub(crate) const APP: &str = "https://customers.qontak.com";
pub(crate) const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-standard-0123";

pub(crate) struct World {
    pub(crate) ensemble: Ensemble,
    pub(crate) recorder: Recorder,
    pub(crate) spec: fixtures::WorldSpec,
    cookies: Mutex<BTreeMap<(String, String), String>>,
    exchanges: Mutex<u64>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub(crate) fn location(&self) -> Url {
        Url::parse(self.header("location"))
            .unwrap_or_else(|error| panic!("{error}: {:?} {}", self.headers, self.body))
    }

    pub(crate) fn located(&self, name: &str) -> Option<String> {
        self.location()
            .query_pairs()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned())
    }
}

impl World {
    /// The world of customer-detail.
    pub(crate) fn new(switches: &[(&str, &str)]) -> Self {
        Self::of("customer-detail", switches)
    }

    pub(crate) fn of(name: &str, switches: &[(&str, &str)]) -> Self {
        let switches = switches
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Self::on(fixtures::world(name).unwrap().resolve(&switches).unwrap())
    }

    /// The world of customer-detail with further origins, each served by a mock.
    pub(crate) fn with_origins(origins: &[(&str, &str, &str)]) -> Self {
        let mut spec = fixtures::world("customer-detail").unwrap();
        for (name, origin, mock) in origins {
            let origin = fixtures::OriginSpec {
                origin: (*origin).to_owned(),
                serve: fixtures::Serve::Mock((*mock).to_owned()),
                also: Vec::new(),
                overlays: Vec::new(),
                headers: BTreeMap::new(),
            };
            spec.origins.insert((*name).to_owned(), origin);
        }
        Self::on(spec)
    }

    fn on(spec: fixtures::WorldSpec) -> Self {
        let recorder = Recorder::in_memory(Clock::new(), 7);
        let ensemble = Ensemble::new(Setting {
            recorder: recorder.clone(),
            origins: spec.addresses(),
            switches: spec.settings.clone(),
            seed: Some(7),
        })
        .unwrap();
        Self {
            ensemble,
            recorder,
            spec,
            cookies: Mutex::default(),
            exchanges: Mutex::default(),
        }
    }

    /// The address of the front end, which is also the client `front_end` at the single sign-on.
    pub(crate) fn app(&self) -> &str {
        &self.spec.origins[&self.spec.front_end].origin
    }

    fn callback(&self) -> String {
        format!("{}/sso-callback", self.app())
    }

    pub(crate) fn direct(&self, mock: &str, direction: Value) {
        self.ensemble.direct(mock, &direction).unwrap();
    }

    pub(crate) async fn get(&self, url: &str) -> Answer {
        self.send(Method::GET, url, &[], Vec::new()).await
    }

    pub(crate) async fn get_as(&self, url: &str, token: &str) -> Answer {
        let authorization = format!("Bearer {token}");
        self.send(
            Method::GET,
            url,
            &[("authorization", &authorization), ("origin", self.app())],
            Vec::new(),
        )
        .await
    }

    pub(crate) async fn post_form(&self, url: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, url, &headers, body.into_bytes()).await
    }

    pub(crate) async fn post_json(&self, url: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        self.send(Method::POST, url, &all, body.to_string().into_bytes())
            .await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let url = Url::parse(url).unwrap();
        let origin = url.origin().ascii_serialization();
        let (name, spec) = self
            .spec
            .origins
            .iter()
            .find(|(_, spec)| spec.origin == origin || spec.also.contains(&origin))
            .unwrap_or_else(|| panic!("{origin} is not in the world"));
        let router = match &spec.serve {
            fixtures::Serve::Mock(mock) => self.ensemble.router(mock).unwrap(),
            _ => self.ensemble.overlay(name).unwrap(),
        };
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", &url[url::Position::BeforeHost..url::Position::AfterPort]);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let cookies = self.cookies_of(&origin);
        if !cookies.is_empty() && !headers.iter().any(|(name, _)| *name == "cookie") {
            request = request.header("cookie", cookies);
        }
        let exchange = {
            let mut exchanges = self.exchanges.lock().unwrap();
            *exchanges += 1;
            ExchangeId(*exchanges)
        };
        let request = request.extension(exchange).body(Body::from(body)).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        for cookie in parts.headers.get_all("set-cookie") {
            self.keep(&origin, cookie.to_str().unwrap());
        }
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    fn cookies_of(&self, origin: &str) -> String {
        let jar = self.cookies.lock().unwrap();
        jar.iter()
            .filter(|((known, _), _)| known == origin)
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    pub(crate) fn cookie(&self, origin: &str, name: &str) -> Option<String> {
        self.cookies
            .lock()
            .unwrap()
            .get(&(origin.to_owned(), name.to_owned()))
            .cloned()
    }

    fn keep(&self, origin: &str, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').unwrap();
        let key = (origin.to_owned(), name.to_owned());
        let mut jar = self.cookies.lock().unwrap();
        if attributes.contains("Max-Age=0") {
            jar.remove(&key);
        } else {
            jar.insert(key, value.to_owned());
        }
    }

    /// The address of `/authorize` for the front end's client, with parameters replaced or added.
    pub(crate) fn authorize_url(&self, changes: &[(&str, &str)]) -> String {
        let (challenge, callback) = (challenge(VERIFIER), self.callback());
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", self.spec.front_end.as_str()),
            ("redirect_uri", &callback),
            ("scope", "openid profile email"),
            ("state", "state-0123456789abcdef"),
            ("nonce", "nonce-0123456789abcdef"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in changes {
            parameters.retain(|(known, _)| known != name);
            if !value.is_empty() {
                parameters.push((name, value));
            }
        }
        Url::parse_with_params("https://account.mekari.com/authorize", parameters)
            .unwrap()
            .into()
    }

    /// Follows a redirect to the sign-in page, signs in there and gives the answer to the form.
    pub(crate) async fn sign_in_at(&self, login_url: &str, persona: &str) -> Answer {
        let persona = fixtures::persona(persona).unwrap();
        let page = self.get(login_url).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        self.post_form(
            "https://account.mekari.com/login",
            &[
                ("request", &hidden(&page.body, "request")),
                ("form_token", &hidden(&page.body, "form_token")),
                ("email", &persona.email),
                ("password", &persona.password),
            ],
        )
        .await
    }

    /// Signs a persona in at the single sign-on for the front end and gives the code.
    pub(crate) async fn code(&self, persona: &str) -> String {
        let start = self.get(&self.authorize_url(&[])).await;
        let answer = if start.location().path() == "/login" {
            self.sign_in_at(start.location().as_str(), persona).await
        } else {
            start
        };
        answer.located("code").unwrap()
    }

    pub(crate) async fn exchange(&self, changes: &[(&str, &str)]) -> Answer {
        let callback = self.callback();
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("redirect_uri", callback.as_str()),
            ("client_id", self.spec.front_end.as_str()),
            ("code_verifier", VERIFIER),
        ];
        for (name, value) in changes {
            fields.retain(|(known, _)| known != name);
            if !value.is_empty() {
                fields.push((name, value));
            }
        }
        self.post_form("https://account.mekari.com/token", &fields).await
    }

    /// An access token of a persona, for the front end.
    pub(crate) async fn token(&self, persona: &str) -> String {
        let code = self.code(persona).await;
        let answer = self.exchange(&[("code", &code)]).await;
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Signs a persona in at the CRM, all the way.
    pub(crate) async fn sign_in_at_crm(&self, persona: &str) -> Answer {
        let crm = self.spec.origins["crm"].origin.clone();
        let begin = self.get(&format!("{crm}/login")).await;
        let authorize = self.get(begin.location().as_str()).await;
        let back = if authorize.location().path() == "/login" {
            self.sign_in_at(authorize.location().as_str(), persona).await
        } else {
            authorize
        };
        self.get(back.location().as_str()).await
    }

    pub(crate) fn facts(&self) -> Vec<Fact> {
        self.events()
            .into_iter()
            .map(|event| event.fact.clone())
            .collect()
    }

    pub(crate) fn events(&self) -> Vec<Arc<Event>> {
        self.recorder.after(0)
    }

    /// The data of all domain facts of a name.
    pub(crate) fn told(&self, name: &str) -> Vec<Value> {
        self.facts()
            .into_iter()
            .filter_map(|fact| match fact {
                Fact::Domain(domain) if domain.name == name => Some(domain.data),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        self.facts()
            .into_iter()
            .filter_map(|fact| match fact {
                Fact::ContractViolation(violation) => Some(violation),
                _ => None,
            })
            .flat_map(|violation| {
                violation
                    .errors
                    .into_iter()
                    .map(move |error| format!("{}: {error}", violation.operation))
            })
            .collect()
    }

    pub(crate) fn unrouted(&self) -> Vec<String> {
        self.facts()
            .into_iter()
            .filter_map(|fact| match fact {
                Fact::Unrouted(unrouted) => Some(format!("{} {}", unrouted.method, unrouted.path)),
                _ => None,
            })
            .collect()
    }
}

pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// The value of a hidden field, or of a button.
pub(crate) fn hidden(html: &str, name: &str) -> String {
    let (_, rest) = html
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no field {name} in {html}"));
    rest.split_once('"').unwrap().0.to_owned()
}
