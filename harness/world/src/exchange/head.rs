//! Heads: from what the wire carried to what a server expects.

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Uri, header};

use crate::site::Site;

/// Joins the crumbs into which HTTP/2 may split a cookie (RFC 9113, section 8.2.3).
pub(super) fn join_cookies(headers: &mut HeaderMap) {
    let mut crumbs = headers.get_all(header::COOKIE).iter();
    if crumbs.next().is_none() || crumbs.next().is_none() {
        return;
    }
    let whole: Vec<&[u8]> = headers
        .get_all(header::COOKIE)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if let Ok(whole) = HeaderValue::from_bytes(&whole.join(&b"; "[..])) {
        headers.insert(header::COOKIE, whole);
    }
}

/// Takes out the fields that are addressed to the proxy itself.
pub(super) fn drop_proxy_fields(headers: &mut HeaderMap) {
    headers.remove(HeaderName::from_static("proxy-connection"));
    headers.remove(header::PROXY_AUTHORIZATION);
}

/// The URL as the page wrote it.
pub(super) fn absolute_url(site: &Site, uri: &Uri) -> String {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    format!("{}{path}", site.address)
}

/// Gives a server what it would see if it were spoken to directly: a path, and a `Host`.
pub(super) fn strip_for_server(parts: &mut Parts, site: &Site) {
    let path = parts.uri.path_and_query().cloned();
    if parts.uri.authority().is_some() {
        parts.uri = path.map_or_else(Uri::default, Uri::from);
    }
    if let Ok(host) = HeaderValue::try_from(site.origin.host_header()) {
        parts.headers.insert(header::HOST, host);
    }
}

/// Header fields for the journal: names in lower case, in the order they came, repeated ones repeated.
pub(super) fn listed(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect()
}

/// A header field as text.
pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookie_crumbs_become_one_cookie() {
        let mut headers = HeaderMap::new();
        for crumb in ["a=1", "b=2", "c=3"] {
            headers.append(header::COOKIE, HeaderValue::from_static(crumb));
        }
        join_cookies(&mut headers);
        let joined: Vec<_> = headers.get_all(header::COOKIE).iter().collect();
        assert_eq!(joined, ["a=1; b=2; c=3"]);
    }

    #[test]
    fn a_list_keeps_repeated_fields() {
        let mut headers = HeaderMap::new();
        headers.append("x-a", HeaderValue::from_static("1"));
        headers.append("x-b", HeaderValue::from_static("2"));
        headers.append("x-a", HeaderValue::from_static("3"));
        let listed = listed(&headers);
        assert_eq!(listed.len(), 3);
        assert!(listed.contains(&("x-a".to_owned(), "3".to_owned())));
    }
}
