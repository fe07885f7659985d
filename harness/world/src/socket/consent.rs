//! Whether a server's 101 is its consent to a WebSocket (RFC 6455, section 4.1).
//!
//! Over HTTP/1.1 the browser looks itself. Over HTTP/2 it is shown none of these fields (RFC 8441, section 5), so that
//! nobody else could tell a server that switched to something else.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, header};

use super::names;

/// What a server adds to the key before it hashes both (RFC 6455, section 1.3).
const SERVERS_PART: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Looks at the fields of a 101.
///
/// # Errors
/// What is wrong with them, in words.
pub(super) fn check(key: &HeaderValue, answered: &HeaderMap) -> Result<(), &'static str> {
    if !names(answered, header::UPGRADE, "websocket") {
        return Err("its `Upgrade` does not name `websocket`");
    }
    if !names(answered, header::CONNECTION, "upgrade") {
        return Err("its `Connection` does not name `Upgrade`");
    }
    let accept = answered.get(header::SEC_WEBSOCKET_ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok()).map(str::trim);
    if accept == Some(&accept_of(key)) {
        Ok(())
    } else {
        Err("its `Sec-WebSocket-Accept` does not answer the key that was sent")
    }
}

fn accept_of(key: &HeaderValue) -> String {
    let joined = [key.as_bytes(), SERVERS_PART].concat();
    STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &joined))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6455, section 1.3.
    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
    const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    fn checked(upgrade: &'static str, connection: &'static str, accept: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::UPGRADE, HeaderValue::from_static(upgrade));
        headers.insert(header::CONNECTION, HeaderValue::from_static(connection));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, HeaderValue::from_static(accept));
        check(&HeaderValue::from_static(KEY), &headers).is_ok()
    }

    #[test]
    fn all_three_fields_must_be_as_the_standard_has_them() {
        assert!(checked("websocket", "Upgrade", ACCEPT));
        assert!(checked("WebSocket", "keep-alive, upgrade", ACCEPT));
        assert!(!checked("h2c", "Upgrade", ACCEPT));
        assert!(!checked("websocket", "keep-alive", ACCEPT));
        assert!(!checked("websocket", "Upgrade", "s3pplmbitxaq9kygzzhzrbk+xoo="));
        assert!(!checked("websocket", "Upgrade", ""));
    }
}
