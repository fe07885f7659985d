//! Discovery (OpenID Connect Discovery 1.0, §4; RFC 8414) and the key set (RFC 7517).

use http::StatusCode;
use serde_json::json;

use super::Sso;
use crate::desk::{Call, Reply};

pub(super) fn configuration(sso: &Sso, _call: &Call) -> Reply {
    let issuer = sso.issuer();
    Reply::json(
        StatusCode::OK,
        &json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "jwks_uri": format!("{issuer}/jwks.json"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile", "email"],
            "prompt_values_supported": ["none", "login"],
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "name", "locale", "email", "email_verified", "company_sso_id"],
            "authorization_response_iss_parameter_supported": true,
        }),
    )
}

pub(super) fn key_set(sso: &Sso, _call: &Call) -> Reply {
    Reply::json(StatusCode::OK, &sso.keys.set())
}
