//! The claims of a person by scope (OpenID Connect Core, §5.4), alike in identity tokens and userinfo.

use fixtures::Persona;
use serde_json::{Value, json};

/// Scopes the provider understands.
pub(super) const SCOPES: &[&str] = &["openid", "profile", "email", "groups", "offline_access"];

/// Whether a scope holds a word.
pub(super) fn holds(scope: &str, word: &str) -> bool {
    scope.split(' ').any(|known| known == word)
}

/// Adds what a scope tells of a person.
pub(super) fn add(claims: &mut Value, persona: &Persona, scope: &str) {
    for word in scope.split(' ') {
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
