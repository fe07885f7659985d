//! A provider, a client and a person for tests of what requests leave behind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use journal::{Clock, Fact, Recorder};
use serde_json::Value;

use super::super::client_authentication::{Basic, Request};
use super::super::state::{Code, Grant, RefreshToken, SESSION_LIFETIME_S, Session};
use super::super::verify::claims_of;
use super::super::{Client, Sso};
use super::{Exchange, code};
use crate::Setting;
use crate::desk::Call;
use crate::scene::Scene;

pub(crate) struct Trial {
    recorder: Recorder,
    pub(crate) sso: Sso,
    request: Request,
}

impl Trial {
    pub(crate) fn new() -> Self {
        let world = fixtures::world("customer-detail").unwrap();
        let recorder = Recorder::in_memory(Clock::new(), 1);
        let scene = Scene::new(Setting {
            recorder: recorder.clone(),
            origins: world.addresses(),
            switches: world.settings,
            seed: Some(1),
        });
        let personas = vec![fixtures::persona("support-agent").unwrap()];
        Self {
            recorder,
            sso: Sso::new(&Arc::new(scene.unwrap()), personas).unwrap(),
            request: Request {
                fields: Some(Vec::new()),
                basic: Basic::Absent,
            },
        }
    }

    fn client(&self) -> &Client {
        self.sso.client("customer-detail").unwrap()
    }

    /// A request of the client, authenticated.
    pub(super) fn asked(&self) -> Exchange<'_> {
        Exchange {
            sso: &self.sso,
            issuer: &self.sso.issuers[self.client().issuer],
            request: &self.request,
            client: self.client(),
            exchange: None,
        }
    }

    /// A session of the person that nobody remembers.
    pub(crate) fn session(&self) -> Session {
        let now = self.sso.now_s();
        Session {
            provider: 0,
            persona: self.sso.personas[0].clone(),
            authenticated_s: now,
            expires_s: now + SESSION_LIFETIME_S,
            sid: "a-session".to_owned(),
            methods: vec!["pwd"],
            clients: BTreeSet::new(),
        }
    }

    /// The person is signed in in a browser; gives what that browser sends.
    pub(crate) fn signed_in(&self, cookie: &str) -> Call {
        let session = self.session();
        self.sso.state().sessions.insert(cookie.to_owned(), session);
        let provider = &self.sso.providers[0];
        let sent = format!("{}={cookie}", provider.session_cookie);
        Call {
            method: Method::POST,
            host: provider.origin.trim_start_matches("https://").to_owned(),
            path: "/login".to_owned(),
            params: BTreeMap::new(),
            query: Vec::new(),
            headers: HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(sent).unwrap())]),
            body: Bytes::new(),
            exchange: None,
        }
    }

    /// A code that was granted.
    pub(crate) fn code(&self, value: &str) {
        let until_s = self.sso.now_s() + 60;
        self.code_until(value, until_s);
    }

    /// A code that was over a day ago.
    pub(crate) fn stale_code(&self, value: &str) {
        let until_s = self.sso.now_s() - 24 * 60 * 60;
        self.code_until(value, until_s);
    }

    /// A code that was exchanged, for a refresh token too.
    pub(crate) fn spent_code(&self, value: &str) {
        self.code(value);
        if let Some(code) = self.sso.state().codes.get_mut(value) {
            code.scope.push_str(" offline_access");
        }
        code::spend(&self.asked(), value).unwrap();
    }

    fn code_until(&self, value: &str, expires_s: i64) {
        let code = Code {
            client: self.client().id.clone(),
            redirect_uri: String::new(),
            scope: "openid".to_owned(),
            nonce: None,
            challenge: String::new(),
            session: self.session(),
            expires_s,
            spent_for: None,
        };
        self.sso.state().codes.insert(value.to_owned(), code);
    }

    /// A refresh token that was issued, by its value.
    pub(super) fn refresh_token(&self) -> &'static str {
        let grant = Grant {
            client: self.client().id.clone(),
            scope: "openid".to_owned(),
            session: self.session(),
            given_s: self.sso.now_s(),
            ended: false,
        };
        let token = RefreshToken {
            grant: "a-grant".to_owned(),
            expires_s: self.sso.now_s() + 60,
            used: false,
        };
        let mut state = self.sso.state();
        state.grants.insert(token.grant.clone(), grant);
        state.refresh_tokens.insert("a-refresh-token".to_owned(), token);
        "a-refresh-token"
    }

    /// What becomes of the access token among tokens that were issued.
    pub(super) fn counts(&self, tokens: &Value) -> Result<(), &'static str> {
        let token = tokens["access_token"].as_str().unwrap();
        assert!(!claims_of(token).is_null());
        self.sso.verify_any(token).map(drop)
    }

    /// How often the journal was told something.
    pub(crate) fn told(&self, name: &str) -> usize {
        let events = self.recorder.after(0);
        let named = |fact: &Fact| matches!(fact, Fact::Domain(domain) if domain.name == name);
        events.iter().filter(|event| named(&event.fact)).count()
    }
}
