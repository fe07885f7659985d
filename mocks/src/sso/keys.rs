//! Signing keys: RS256 and ES256 (RFC 7518, §3.3 and §3.4), made once in the life of this process.
//!
//! Each issuer has a pair of each, and another pair after each rotation. Worlds of one process share them,
//! because making an RSA key takes a noticeable fraction of a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fixtures::Signing;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde_json::{Value, json};

use crate::Error;

/// A key pair with its public half as a JSON Web Key.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
    /// The public half (RFC 7517, §4).
    pub(crate) public: Value,
}

/// Which keys of an issuer are in use.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rotation {
    /// The generation that signs.
    pub(crate) current: u32,
    /// The oldest generation still published.
    pub(crate) oldest: u32,
}

/// The key of a generation of an issuer, made when it is first asked for.
///
/// # Errors
/// The key could not be made.
pub(crate) fn key(issuer: &str, generation: u32, algorithm: Signing) -> Result<Arc<Key>, Error> {
    type Pool = Mutex<HashMap<(String, u32, Signing), Arc<Key>>>;
    static POOL: OnceLock<Pool> = OnceLock::new();
    // Held while a key is made, so that two worlds do not make the same one twice.
    let mut pool = POOL
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let name = (issuer.to_owned(), generation, algorithm);
    if let Some(key) = pool.get(&name) {
        return Ok(Arc::clone(key));
    }
    let made = match algorithm {
        Signing::RS256 => rsa(),
        Signing::ES256 => ecdsa(),
    };
    let key = Arc::new(made.map_err(|reason| Error::Key(format!("{issuer}, {algorithm:?}: {reason}")))?);
    pool.insert(name, Arc::clone(&key));
    Ok(key)
}

/// Both keys of every published generation, the current one first.
///
/// # Errors
/// A key could not be made.
pub(crate) fn published(issuer: &str, rotation: Rotation) -> Result<Vec<Arc<Key>>, Error> {
    let generations = (rotation.oldest..=rotation.current).rev();
    generations
        .flat_map(|generation| {
            [Signing::RS256, Signing::ES256].map(|algorithm| key(issuer, generation, algorithm))
        })
        .collect()
}

fn rsa() -> Result<Key, String> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|error| error.to_string())?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|error| error.to_string())?;
    let signing =
        EncodingKey::from_rsa_pem(pem(der.as_ref()).as_bytes()).map_err(|error| error.to_string())?;
    Key::of(signing, Algorithm::RS256)
}

fn ecdsa() -> Result<Key, String> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|error| error.to_string())?;
    let der = pair.to_pkcs8v1().map_err(|error| error.to_string())?;
    let signing =
        EncodingKey::from_ec_pem(pem(der.as_ref()).as_bytes()).map_err(|error| error.to_string())?;
    Key::of(signing, Algorithm::ES256)
}

/// jsonwebtoken reads PKCS#8 as PEM only.
fn pem(der: &[u8]) -> String {
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    )
}

impl Key {
    fn of(signing: EncodingKey, algorithm: Algorithm) -> Result<Self, String> {
        let jwk = Jwk::from_encoding_key(&signing, algorithm).map_err(|error| error.to_string())?;
        // The thumbprint as key id (RFC 7638): nobody has to think of one.
        let id = jwk
            .thumbprint(ThumbprintHash::SHA256)
            .map_err(|error| error.to_string())?;
        let verifying = DecodingKey::from_jwk(&jwk).map_err(|error| error.to_string())?;
        let mut public = serde_json::to_value(&jwk).map_err(|error| error.to_string())?;
        public["kid"] = json!(id);
        public["use"] = json!("sig");
        Ok(Self {
            id,
            algorithm,
            signing,
            verifying,
            public,
        })
    }
}
