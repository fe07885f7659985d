//! Discovery (OpenID Connect Discovery 1.0, §3 and §4) and the key set (RFC 7517, §5).

use http::StatusCode;
use serde_json::{Value, json};

use super::state::{ONE_FACTOR, TWO_FACTORS};
use super::{Issuer, Sso, claims, keys, protocol_error};
use crate::desk::{Call, Reply};

pub(super) fn configuration(_sso: &Sso, issuer: &Issuer, _call: &Call) -> Reply {
    let authentication = json!(["client_secret_basic", "client_secret_post", "none"]);
    Reply::json(
        StatusCode::OK,
        &json!({
            "issuer": issuer.address,
            "authorization_endpoint": issuer.endpoint("/authorize"),
            "token_endpoint": issuer.endpoint("/token"),
            "userinfo_endpoint": issuer.endpoint("/userinfo"),
            "jwks_uri": issuer.endpoint("/jwks.json"),
            // RFC 8414, §2.
            "revocation_endpoint": issuer.endpoint("/revoke"),
            "introspection_endpoint": issuer.endpoint("/introspect"),
            // RP-Initiated Logout 1.0, §2.1.
            "end_session_endpoint": issuer.endpoint("/end_session"),
            "backchannel_logout_supported": true,
            "backchannel_logout_session_supported": true,
            "frontchannel_logout_supported": true,
            "frontchannel_logout_session_supported": true,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": [
                "authorization_code",
                "refresh_token",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "token_endpoint_auth_methods_supported": authentication,
            "revocation_endpoint_auth_methods_supported": authentication,
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": claims::SCOPES,
            "prompt_values_supported": ["none", "login", "consent", "select_account"],
            "acr_values_supported": [ONE_FACTOR, TWO_FACTORS],
            "claims_supported": [
                "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "acr", "amr", "sid", "name",
                "locale", "email", "email_verified", "groups", "company_sso_id",
            ],
            "claims_parameter_supported": false,
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
            "authorization_response_iss_parameter_supported": true,
        }),
    )
}

pub(super) fn key_set(sso: &Sso, issuer: &Issuer, _call: &Call) -> Reply {
    match keys::published(&issuer.name, sso.rotation()) {
        Ok(keys) => {
            let keys: Vec<&Value> = keys.iter().map(|key| &key.public).collect();
            Reply::json(StatusCode::OK, &json!({"keys": keys}))
        }
        Err(error) => protocol_error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            &error.to_string(),
        ),
    }
}
