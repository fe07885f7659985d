//! The ephemeral certificate authority: its key is made in memory and dies with the process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, SerialNumber,
};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, SigningKey, SingleCertAndKey};

use crate::Error;

/// How long certificates are valid, on either side of now.
const VALID: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A certificate authority for one process of the harness.
///
/// Worlds of the process share it, so that a browser which trusts it once can visit them all, and so
/// that a host's certificate is made once. Leaf certificates share a key but never a serial number:
/// Firefox refuses a second certificate with the number of another.
pub struct Authority {
    certificate: CertificateDer<'static>,
    pem: String,
    spki: String,
    issuer: Issuer<'static, KeyPair>,
    leaf_key: KeyPair,
    signer: Arc<dyn SigningKey>,
    provider: Arc<CryptoProvider>,
    hosts: Mutex<HashMap<String, Arc<ServerConfig>>>,
}

impl fmt::Debug for Authority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the keys.
        formatter
            .debug_struct("Authority")
            .field("spki_sha256", &self.spki)
            .finish_non_exhaustive()
    }
}

impl Authority {
    /// Makes an authority with a fresh key.
    ///
    /// # Errors
    /// The machine gives no randomness, or the crypto library refuses.
    pub fn generate() -> Result<Self, Error> {
        let fail = |source| Error::Certificate {
            what: "the authority's certificate".to_owned(),
            source,
        };
        let key = KeyPair::generate().map_err(fail)?;
        let leaf_key = KeyPair::generate().map_err(fail)?;
        let mut params = CertificateParams::new(Vec::new()).map_err(fail)?;
        let serial = serial_number()?;
        let mark: String = serial[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        params
            .distinguished_name
            .push(DnType::CommonName, format!("Rehearse ephemeral authority {mark}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        finish(&mut params, &serial);
        let certificate = params.self_signed(&key).map_err(fail)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let signer = provider
            .key_provider
            .load_private_key(
                leaf_key
                    .serialize_der()
                    .try_into()
                    .map_err(|_| fail(rcgen::Error::CouldNotParseKeyPair))?,
            )
            .map_err(|source| Error::Tls {
                host: "all hosts".to_owned(),
                source,
            })?;
        Ok(Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            spki: STANDARD.encode(digest::digest(&digest::SHA256, &key.subject_public_key_info())),
            issuer: Issuer::new(params, key),
            leaf_key,
            signer,
            provider,
            hosts: Mutex::new(HashMap::new()),
        })
    }

    /// The authority's certificate, in PEM. There is no way to get its key.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.pem
    }

    /// SHA-256 of the authority's public key (SPKI) in base64, as
    /// `--ignore-certificate-errors-spki-list` wants it.
    #[must_use]
    pub fn spki_sha256_base64(&self) -> &str {
        &self.spki
    }

    /// The TLS side of a host, made at the first call.
    pub(crate) fn host(&self, host: &str) -> Result<Arc<ServerConfig>, Error> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = hosts.get(host) {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.config(host)?);
        hosts.insert(host.to_owned(), Arc::clone(&config));
        Ok(config)
    }

    fn config(&self, host: &str) -> Result<ServerConfig, Error> {
        let fail = |source| Error::Certificate {
            what: format!("a certificate for {host}"),
            source,
        };
        let mut params = CertificateParams::new(vec![host.to_owned()]).map_err(fail)?;
        params.distinguished_name.push(DnType::CommonName, "Rehearse");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        finish(&mut params, &serial_number()?);
        let leaf = params.signed_by(&self.leaf_key, &self.issuer).map_err(fail)?;
        let chain = vec![leaf.der().clone(), self.certificate.clone()];
        let certified = CertifiedKey::new(chain, Arc::clone(&self.signer));
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|source| Error::Tls {
                host: host.to_owned(),
                source,
            })?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn finish(params: &mut CertificateParams, serial: &[u8]) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + now.saturating_sub(VALID);
    params.not_after = epoch + (now + VALID);
    params.serial_number = Some(SerialNumber::from_slice(serial));
}

/// A random serial number: positive, and of full length in DER.
fn serial_number() -> Result<[u8; 16], Error> {
    let mut serial = [0; 16];
    aws_lc_rs::rand::fill(&mut serial).map_err(|_| Error::Random {
        what: "a serial number",
    })?;
    serial[0] = (serial[0] & 0x7f) | 0x40;
    Ok(serial)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_gets_one_certificate_and_no_two_share_a_serial_number() {
        let authority = Authority::generate().unwrap();
        let one = authority.host("crm.qontak.com").unwrap();
        assert!(Arc::ptr_eq(&one, &authority.host("crm.qontak.com").unwrap()));
        assert!(!Arc::ptr_eq(&one, &authority.host("c360.qontak.com").unwrap()));
        let serials: std::collections::HashSet<_> = (0..100).map(|_| serial_number().unwrap()).collect();
        assert_eq!(serials.len(), 100);
    }

    #[test]
    fn the_spki_hash_is_base64_of_32_bytes_and_debug_shows_no_key() {
        let authority = Authority::generate().unwrap();
        let hash = STANDARD.decode(authority.spki_sha256_base64()).unwrap();
        assert_eq!(hash.len(), 32);
        assert!(
            authority
                .certificate_pem()
                .starts_with("-----BEGIN CERTIFICATE-----")
        );
        assert!(!format!("{authority:?}").to_lowercase().contains("key"));
    }
}
