//! A relying party of the operator portal's provider, and a person at its pages.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode};
use serde_json::Value;
use url::Url;

use crate::support::{Answer, VERIFIER, World, challenge, hidden};

pub(crate) const AUTH: &str = "https://auth.dezky.local";
pub(crate) const OPERATOR_ISSUER: &str = "https://auth.dezky.local/application/o/dezky-operator/";
pub(crate) const PORTAL_ISSUER: &str = "https://auth.dezky.local/application/o/dezky-portal/";

/// A client, by what it would be configured with.
pub(crate) struct Party {
    pub(crate) id: &'static str,
    pub(crate) issuer: &'static str,
    pub(crate) redirect_uri: &'static str,
    pub(crate) scope: &'static str,
}

pub(crate) const OPERATOR: Party = Party {
    id: "dezky-operator",
    issuer: OPERATOR_ISSUER,
    redirect_uri: "https://operator.dezky.local/auth/oidc/callback",
    scope: "openid profile email groups offline_access",
};

pub(crate) const PORTAL: Party = Party {
    id: "dezky-portal",
    issuer: PORTAL_ISSUER,
    redirect_uri: "https://app.dezky.local/auth/oidc/callback",
    scope: "openid profile email groups offline_access",
};

pub(crate) const SPA: Party = Party {
    id: "dezky-portal-spa",
    issuer: PORTAL_ISSUER,
    redirect_uri: "https://app.dezky.local/callback",
    scope: "openid groups offline_access",
};

/// A world with the origins of the operator portal beside the others.
pub(crate) fn world() -> World {
    World::with_origins(&[
        ("auth", AUTH, "sso"),
        ("operator", "https://operator.dezky.local", "attacker"),
        ("portal", "https://app.dezky.local", "attacker"),
    ])
}

impl Party {
    pub(crate) fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.issuer.trim_end_matches('/'))
    }

    /// The address of `/authorize`, with parameters replaced, added or (where empty) left out.
    pub(crate) fn authorize_url(&self, changes: &[(&str, &str)]) -> String {
        let challenge = challenge(VERIFIER);
        let mut parameters = BTreeMap::from([
            ("response_type", "code"),
            ("client_id", self.id),
            ("redirect_uri", self.redirect_uri),
            ("scope", self.scope),
            ("state", "state-0123456789abcdef"),
            ("nonce", "nonce-0123456789abcdef"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        parameters.extend(changes.iter().copied());
        parameters.retain(|_, value| !value.is_empty());
        Url::parse_with_params(&self.endpoint("/authorize"), parameters)
            .unwrap()
            .into()
    }

    /// Posts a form as this client: with its secret, if it has one.
    pub(crate) async fn post(&self, world: &World, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        let authorization = world
            .ensemble
            .client_secret(self.id)
            .map(|secret| format!("Basic {}", STANDARD.encode(format!("{}:{secret}", self.id))));
        match &authorization {
            Some(value) => headers.push(("authorization", value)),
            None => fields.push(("client_id", self.id)),
        }
        let body = serde_urlencoded::to_string(fields).unwrap();
        world
            .send(Method::POST, &self.endpoint(path), &headers, body.into_bytes())
            .await
    }

    pub(crate) async fn redeem(&self, world: &World, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect_uri),
            ("code_verifier", VERIFIER),
        ];
        self.post(world, "/token", &fields).await
    }

    pub(crate) async fn refresh(&self, world: &World, token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post(world, "/token", &fields).await
    }

    /// Signs a person in, through every page that comes, and gives the last answer.
    pub(crate) async fn sign_in(&self, world: &World, persona: &str, changes: &[(&str, &str)]) -> Answer {
        let mut answer = world.get(&self.authorize_url(changes)).await;
        for _ in 0..6 {
            if answer.body.contains("id=\"continue\"") {
                answer = world.get(&continued(&answer)).await;
            }
            if answer.header("location").is_empty() || answer.location().path() != "/login" {
                return answer;
            }
            let page = world.get(answer.header("location")).await;
            answer = fill_in(world, &page, persona).await;
        }
        panic!("the pages do not end: {}", answer.body);
    }

    pub(crate) async fn code(&self, world: &World, persona: &str) -> String {
        let answer = self.sign_in(world, persona, &[]).await;
        answer.located("code").unwrap()
    }

    pub(crate) async fn tokens(&self, world: &World, persona: &str) -> Value {
        self.tokens_asked_for(world, persona, &[]).await
    }

    /// The tokens that a request with some changes brings.
    pub(crate) async fn tokens_asked_for(
        &self,
        world: &World,
        persona: &str,
        changes: &[(&str, &str)],
    ) -> Value {
        let answer = self.sign_in(world, persona, changes).await;
        let answer = self.redeem(world, &answer.located("code").unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }
}

/// Answers the page that is shown, as the person would who wants to go on.
pub(crate) async fn fill_in(world: &World, page: &Answer, persona: &str) -> Answer {
    let person = fixtures::persona(persona).unwrap();
    let code = world.ensemble.one_time_code(persona).unwrap_or_default();
    let fields: Vec<(&str, &str)> = if page.body.contains("id=\"password\"") {
        vec![("email", &person.email), ("password", &person.password)]
    } else if page.body.contains("id=\"code\"") {
        vec![("code", &code)]
    } else if page.body.contains("value=\"allow\"") {
        vec![("answer", "allow")]
    } else if page.body.contains("value=\"this\"") {
        vec![("answer", "this")]
    } else {
        panic!("a page that nobody knows: {}", page.body)
    };
    submit(world, page, &fields).await
}

/// Where a page with frames leads on to.
pub(crate) fn continued(page: &Answer) -> String {
    let (_, rest) = page
        .body
        .split_once("id=\"continue\" href=\"")
        .unwrap_or_else(|| panic!("it leads nowhere: {}", page.body));
    rest.split_once('"').unwrap().0.replace("&amp;", "&")
}

/// Submits the form of a page with fields beside its hidden ones.
pub(crate) async fn submit(world: &World, page: &Answer, fields: &[(&str, &str)]) -> Answer {
    let (request, token) = (hidden(&page.body, "request"), hidden(&page.body, "form_token"));
    let mut all = vec![("request", request.as_str()), ("form_token", token.as_str())];
    all.extend(fields);
    world.post_form(&format!("{AUTH}/login"), &all).await
}

/// The claims of a token, unverified.
pub(crate) fn claims(token: &Value) -> Value {
    part(token, 1)
}

/// A part of a token: 0 is the header, 1 the claims.
pub(crate) fn part(token: &Value, index: usize) -> Value {
    let part = token.as_str().unwrap().split('.').nth(index).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
