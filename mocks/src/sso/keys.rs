//! The signing key: RS256 (RFC 7518, §3.3), made once in the life of this process.

use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde_json::{Value, json};

use crate::Error;

/// A key pair with its public half as a JSON Web Key.
pub(crate) struct Keys {
    pub(crate) id: String,
    pub(crate) signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
    public: Value,
}

/// The key pair of this process. Making it takes a noticeable fraction of a second, once.
pub(crate) fn keys() -> Result<&'static Keys, Error> {
    static KEYS: OnceLock<Result<Keys, String>> = OnceLock::new();
    KEYS.get_or_init(Keys::make)
        .as_ref()
        .map_err(|reason| Error::Key(reason.clone()))
}

impl Keys {
    fn make() -> Result<Self, String> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|error| error.to_string())?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|error| error.to_string())?;
        // jsonwebtoken reads PKCS#8 as PEM only.
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der.as_ref())
        );
        let signing = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|error| error.to_string())?;
        let jwk = Jwk::from_encoding_key(&signing, Algorithm::RS256).map_err(|error| error.to_string())?;
        let id = jwk
            .thumbprint(ThumbprintHash::SHA256)
            .map_err(|error| error.to_string())?;
        let verifying = DecodingKey::from_jwk(&jwk).map_err(|error| error.to_string())?;
        let mut public = serde_json::to_value(&jwk).map_err(|error| error.to_string())?;
        public["kid"] = json!(id);
        public["use"] = json!("sig");
        Ok(Self {
            id,
            signing,
            verifying,
            public,
        })
    }

    /// The key set, as relying parties fetch it (RFC 7517, §5).
    pub(crate) fn set(&self) -> Value {
        json!({"keys": [self.public]})
    }
}
