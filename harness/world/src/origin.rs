//! Origins (RFC 6454): scheme, host and port, the key by which everything in a world is found.

use std::fmt;
use std::str::FromStr;

use http::uri::Authority;
use url::{Host, Url};

use crate::Error;

/// `http` or `https`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    pub(crate) fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A host and a port, the host in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Endpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Endpoint {
    /// Reads an authority; `port` stands in where it names none. `user@host` is no endpoint, and `host:99999` has a
    /// port that is none.
    pub(crate) fn of(authority: &Authority, port: u16) -> Option<Self> {
        let stated = authority.as_str().strip_prefix(authority.host())?;
        let port = match stated.strip_prefix(':') {
            // An empty port is the scheme's (RFC 9110, section 4.2.3).
            Some("") => port,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
            None if stated.is_empty() => port,
            _ => return None,
        };
        Some(Self {
            host: authority.host().to_ascii_lowercase(),
            port,
        })
    }

    /// Reads a `Host` field.
    pub(crate) fn from_host_header(text: &str, port: u16) -> Option<Self> {
        Self::of(&text.parse().ok()?, port)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

/// An origin. Displayed without the scheme's own port, as browsers do.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Origin {
    pub(crate) scheme: Scheme,
    pub(crate) endpoint: Endpoint,
}

impl Origin {
    /// What stands in `Host`: the port only where it is not the scheme's own.
    pub(crate) fn host_header(&self) -> String {
        if self.endpoint.port == self.scheme.port() {
            self.endpoint.host.clone()
        } else {
            self.endpoint.to_string()
        }
    }
}

impl FromStr for Origin {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fail = |reason: &str| Error::Origin {
            text: text.to_owned(),
            reason: reason.to_owned(),
        };
        let url = Url::parse(text).map_err(|error| fail(&error.to_string()))?;
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(fail("the scheme is neither `http` nor `https`")),
        };
        let host = match url.host() {
            Some(Host::Domain(host)) => host.to_owned(),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => {
                return Err(fail("an IP address is no production host"));
            }
            None => return Err(fail("it has no host")),
        };
        if !matches!(url.path(), "" | "/")
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
        {
            return Err(fail("it has more than scheme, host and port"));
        }
        let port = url.port().unwrap_or(scheme.port());
        Ok(Self {
            scheme,
            endpoint: Endpoint { host, port },
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme.name(), self.host_header())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_and_shown_as_browsers_do() {
        for (text, shown) in [
            ("https://crm.qontak.com", Ok("https://crm.qontak.com")),
            ("https://CRM.qontak.com:443/", Ok("https://crm.qontak.com")),
            ("http://crm.qontak.com", Ok("http://crm.qontak.com")),
            ("https://crm.qontak.com:8443", Ok("https://crm.qontak.com:8443")),
            ("http://crm.qontak.com:443", Ok("http://crm.qontak.com:443")),
            ("crm.qontak.com", Err("relative URL without a base")),
            ("ftp://crm.qontak.com", Err("neither `http` nor `https`")),
            ("https://127.0.0.1", Err("an IP address")),
            ("https://[::1]", Err("an IP address")),
            ("https://crm.qontak.com/x", Err("more than scheme, host and port")),
            (
                "https://user@crm.qontak.com",
                Err("more than scheme, host and port"),
            ),
        ] {
            match (text.parse::<Origin>(), shown) {
                (Ok(origin), Ok(shown)) => assert_eq!(origin.to_string(), shown),
                (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
                (outcome, _) => panic!("{text}: {outcome:?}"),
            }
        }
    }

    #[test]
    fn a_host_field_with_a_user_or_a_broken_port_is_none() {
        for (text, read) in [
            ("crm.qontak.com", Some("crm.qontak.com:443")),
            ("CRM.qontak.com:8443", Some("crm.qontak.com:8443")),
            ("crm.qontak.com:", Some("crm.qontak.com:443")),
            ("[::1]:8443", Some("[::1]:8443")),
            ("user@crm.qontak.com", None),
            ("crm.qontak.com:8443@crm.qontak.com", None),
            ("crm.qontak.com:99999", None),
            ("crm.qontak.com:+443", None),
            ("crm.qontak.com:x", None),
            ("crm.qontak.com/path", None),
            ("", None),
        ] {
            let endpoint = Endpoint::from_host_header(text, 443);
            assert_eq!(
                endpoint.map(|endpoint| endpoint.to_string()).as_deref(),
                read,
                "{text}"
            );
        }
    }
}
