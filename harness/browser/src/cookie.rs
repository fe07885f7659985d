//! Cookies as the browser keeps them.

use serde::{Deserialize, Serialize};

/// A cookie with its attributes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Cookie {
    /// Name.
    pub name: String,
    /// Value; text only where it is UTF-8, else base64.
    pub value: String,
    /// Host it belongs to; with a leading dot where the `Domain` attribute was given.
    pub domain: String,
    /// `Path`.
    pub path: String,
    /// `Secure`.
    pub secure: bool,
    /// `HttpOnly`.
    pub http_only: bool,
    /// `SameSite` as the browser applies it.
    pub same_site: SameSite,
    /// Seconds since the epoch; none for a session cookie.
    pub expires: Option<u64>,
    /// Origin or site whose partition it lies in (`Partitioned`); none for an unpartitioned one.
    pub partition: Option<String>,
}

/// The `SameSite` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SameSite {
    /// Never sent across sites.
    Strict,
    /// Sent on top-level navigation only.
    Lax,
    /// Sent everywhere.
    None,
    /// None was given: the browser's own default.
    Default,
}
