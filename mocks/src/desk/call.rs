//! A request as an endpoint sees it: read to its end, with its parts at hand.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method};
use journal::ExchangeId;
use serde_json::Value;

/// A request, complete.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) host: String,
    pub(crate) path: String,
    /// Values of the placeholders in the path template.
    pub(crate) params: BTreeMap<String, String>,
    /// Query parameters in order, repeated ones repeated.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) exchange: Option<ExchangeId>,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The first query parameter of a name.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    /// The media type of the body without its parameters, in lower case.
    pub(crate) fn media_type(&self) -> String {
        self.header("content-type")
            .and_then(|value| value.split(';').next())
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }

    /// The body without its content coding (RFC 9110, §8.4): scripts compress what they send to intakes.
    pub(crate) fn plain_body(&self) -> Result<Cow<'_, [u8]>, String> {
        match self.header("content-encoding") {
            None | Some("" | "identity") => Ok(Cow::Borrowed(&self.body)),
            Some(coding) => journal::canary::inflate(coding, &self.body)
                .map(Cow::Owned)
                .ok_or_else(|| format!("the content coding `{coding}` cannot be undone")),
        }
    }

    /// The body as form fields (URL Standard, §5.1). Nothing where it is another type.
    pub(crate) fn form(&self) -> Option<Vec<(String, String)>> {
        if self.media_type() != "application/x-www-form-urlencoded" {
            return None;
        }
        serde_urlencoded::from_bytes(&self.body).ok()
    }

    /// The form that came by POST; with another method a body means nothing.
    pub(crate) fn posted_form(&self) -> Option<Vec<(String, String)>> {
        (self.method == Method::POST).then(|| self.form()).flatten()
    }

    /// The body as JSON. Nothing where it is none.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as a value: JSON as it is, a form as an object of texts.
    pub(crate) fn value(&self) -> Result<Value, String> {
        if let Some(pairs) = self.form() {
            return Ok(object(pairs));
        }
        self.json().ok_or_else(|| {
            format!(
                "the body is neither JSON nor a form (content type `{}`)",
                self.media_type()
            )
        })
    }

    /// A cookie by name (RFC 6265, §5.4). HTTP/2 may split the field.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(http::header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// The token of `Authorization: Bearer` (RFC 6750, §2.1).
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }
}

#[cfg(test)]
impl Call {
    /// A request for tests: a body, its query and its header fields.
    pub(crate) fn with_body(
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Self {
        Self {
            method: Method::POST,
            host: String::new(),
            path: "/".to_owned(),
            params: BTreeMap::new(),
            query: query
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            headers: headers
                .iter()
                .map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap()))
                .collect(),
            body: body.into(),
            exchange: None,
        }
    }
}

/// The first pair of a name.
pub(crate) fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.as_str())
}

/// Form fields as an object of texts.
pub(crate) fn object(pairs: Vec<(String, String)>) -> Value {
    Value::Object(
        pairs
            .into_iter()
            .map(|(name, value)| (name, Value::String(value)))
            .collect(),
    )
}
