//! One login, the same for every provider: it follows redirects and fills in the form it meets.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use rand::Rng as _;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use crate::Failure;
use crate::browser::{Answer, Browser, Connection, connection};
use crate::server::{CALLBACK, CLIENT, EMAIL, PASSWORD};

/// Pages and redirects of one login; more are a loop.
const MOST_STEPS: usize = 8;

/// A relying party that knows its provider.
#[derive(Clone)]
pub(crate) struct Party {
    issuer: String,
    authorize: String,
    token: String,
    keys: JwkSet,
}

impl Party {
    /// Reads a provider's discovery document and its keys.
    pub(crate) async fn discover(issuer: &str) -> Result<Self, Failure> {
        let connection = connection();
        let mut browser = Browser::new(&connection);
        let address = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let found: Value = serde_json::from_slice(&browser.get(&address).await?.body)?;
        let text = |name: &str| {
            let value = found[name].as_str().map(str::to_owned);
            value.ok_or_else(|| Failure::from(format!("the discovery document has no {name}")))
        };
        let keys = browser.get(&text("jwks_uri")?).await?;
        Ok(Self {
            issuer: text("issuer")?,
            authorize: text("authorization_endpoint")?,
            token: text("token_endpoint")?,
            keys: serde_json::from_slice(&keys.body)?,
        })
    }

    /// Signs somebody in with a fresh browser. Gives the number of requests it took.
    pub(crate) async fn sign_in(&self, connection: &Connection) -> Result<usize, Failure> {
        let (state, nonce, verifier) = (random(), random(), random());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let query = [
            ("client_id", CLIENT),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile email"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let address = Url::parse_with_params(&self.authorize, query)?;
        let mut browser = Browser::new(connection);
        let back = walk(&mut browser, address).await?;
        let given = |name: &str| {
            let found = back.query_pairs().find(|(known, _)| known == name);
            found.map(|(_, value)| value.into_owned())
        };
        if given("state").as_ref() != Some(&state) {
            return Err(format!("the state did not come back: {back}").into());
        }
        let code = given("code").ok_or_else(|| format!("no code came: {back}"))?;
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", &verifier),
        ];
        let answer = browser.post(&self.token, &fields).await?;
        let tokens: Value = serde_json::from_slice(&answer.body)?;
        let identity = tokens["id_token"]
            .as_str()
            .ok_or_else(|| format!("no identity token came: {tokens}"))?;
        self.verify(identity, &nonce)?;
        Ok(browser.requests)
    }

    /// Checks an identity token (OpenID Connect Core, §3.1.3.7).
    fn verify(&self, token: &str, nonce: &str) -> Result<(), Failure> {
        let header = decode_header(token)?;
        let key = header.kid.as_deref().and_then(|id| self.keys.find(id));
        let key = DecodingKey::from_jwk(key.ok_or("the key is not in the set")?)?;
        let mut validation = Validation::new(header.alg);
        validation.set_audience(&[CLIENT]);
        validation.set_issuer(&[&self.issuer]);
        let claims: Value = decode(token, &key, &validation)?.claims;
        if claims["nonce"] != nonce {
            return Err(format!("the nonce is another: {claims}").into());
        }
        if claims["email"] != EMAIL {
            return Err(format!("it is somebody else: {claims}").into());
        }
        Ok(())
    }
}

/// Walks from the authorization request to the redirect URI.
async fn walk(browser: &mut Browser<'_>, from: Url) -> Result<Url, Failure> {
    let mut here = from;
    let mut answer = browser.get(here.as_str()).await?;
    for _ in 0..MOST_STEPS {
        if let Some(location) = answer.location() {
            here = here.join(location)?;
            if here.as_str().starts_with(CALLBACK) {
                return Ok(here);
            }
            answer = browser.get(here.as_str()).await?;
            continue;
        }
        answer = fill_in(browser, &mut here, &answer).await?;
    }
    Err(format!("the login does not end: {here}").into())
}

/// Sends the form of a page, with its hidden fields as they are.
async fn fill_in(browser: &mut Browser<'_>, here: &mut Url, page: &Answer) -> Result<Answer, Failure> {
    let html = page.text();
    let (_, form) = html
        .split_once("<form")
        .ok_or_else(|| format!("{} at {here}: {html}", page.status))?;
    let target = attribute(form, "action").unwrap_or_default();
    let hidden = form
        .split("<input")
        .skip(1)
        .filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
    let mut fields: Vec<(String, String)> = hidden
        .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
        .collect();
    fields.push(("email".to_owned(), EMAIL.to_owned()));
    fields.push(("password".to_owned(), PASSWORD.to_owned()));
    *here = here.join(&target)?;
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(here.as_str(), &fields).await
}

/// An attribute of the tag that a text begins in. The values of these pages need no unescaping.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// 256 random bits in base64url.
fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; 32]>())
}
