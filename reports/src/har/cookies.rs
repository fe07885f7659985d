//! `Cookie` and `Set-Cookie` (RFC 6265, sections 4 and 5.2), read leniently.

use super::format::Cookie;

/// The cookies of `cookie` fields.
pub(super) fn sent<'field>(fields: impl Iterator<Item = &'field str>) -> Vec<Cookie> {
    fields
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| {
            let pair = pair.trim();
            (!pair.is_empty()).then(|| named(pair))
        })
        .collect()
}

/// The cookies of `set-cookie` fields.
pub(super) fn set<'field>(fields: impl Iterator<Item = &'field str>) -> Vec<Cookie> {
    fields.map(parse).collect()
}

fn named(pair: &str) -> Cookie {
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    Cookie {
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        ..Cookie::default()
    }
}

fn parse(field: &str) -> Cookie {
    let mut parts = field.split(';').map(str::trim);
    let mut cookie = named(parts.next().unwrap_or_default());
    cookie.http_only = Some(false);
    cookie.secure = Some(false);
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        match attribute.trim().to_ascii_lowercase().as_str() {
            "path" => cookie.path = Some(value.trim().to_owned()),
            "domain" => cookie.domain = Some(value.trim().to_owned()),
            "expires" => cookie.expires = date(value.trim()),
            "httponly" => cookie.http_only = Some(true),
            "secure" => cookie.secure = Some(true),
            "samesite" => cookie.same_site = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    cookie
}

/// An HTTP date as ISO 8601; none where it is no such date.
fn date(text: &str) -> Option<String> {
    let format = "%a, %d %b %Y %H:%M:%S GMT";
    // Cookies are also written with dashes: `Wed, 21-Oct-2026 07:28:00 GMT`.
    let text = text.replace('-', " ");
    let date = jiff::civil::DateTime::strptime(format, &text).ok()?;
    let timestamp = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    Some(format!("{timestamp:.3}"))
}
