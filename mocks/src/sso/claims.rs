//! The claims of a person by scope (OpenID Connect Core, §5.4), alike in identity tokens and userinfo.

use fixtures::Persona;
use serde_json::{Value, json};

use super::scope::words;

/// Scopes the provider understands.
pub(super) const SCOPES: &[&str] = &["openid", "profile", "email", "groups", "offline_access"];

/// Adds what a scope tells of a person.
pub(super) fn add(claims: &mut Value, persona: &Persona, scope: &str) {
    for word in words(scope) {
        match word {
            "profile" => {
                claims["name"] = json!(persona.name);
                claims["locale"] = json!(persona.locale);
            }
            "email" => {
                claims["email"] = json!(persona.email);
                claims["email_verified"] = json!(true);
            }
            "groups" => claims["groups"] = json!(persona.groups),
            _ => {}
        }
    }
}
