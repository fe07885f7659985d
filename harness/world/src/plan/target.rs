//! Who serves an origin: a mock, a reference app, a folder, a server that is already running.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use fixtures::Serve;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::Error;

/// Who serves an origin.
///
/// Written `mock:crm`, `app:customer-detail`, `dir:../dist` or `http://localhost:3000`, the last one with
/// `;host=origin` after it where the server should see the production host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Target {
    /// A mock, by name.
    Mock(String),
    /// A reference app, by name.
    App(String),
    /// A folder with a build; `index.html` answers navigations to unknown paths.
    Directory(PathBuf),
    /// A server on this machine, such as a dev server.
    Upstream {
        /// Its address.
        url: Url,
        /// What it sees as `Host`.
        host: HostHeader,
    },
}

/// What an upstream server sees as `Host`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HostHeader {
    /// Its own address, as when a developer opens it directly: `Host` and a same-origin `Origin` name
    /// it. Dev servers with a host check are content with this.
    #[default]
    Upstream,
    /// The production origin's, with `X-Forwarded-Host` and `X-Forwarded-Proto` beside it.
    Origin,
}

impl FromStr for Target {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fail = |reason: String| Error::Target {
            text: text.to_owned(),
            reason,
        };
        let (target, options) = text.split_once(';').unwrap_or((text, ""));
        let host = match options {
            "" => None,
            "host=origin" => Some(HostHeader::Origin),
            "host=upstream" => Some(HostHeader::Upstream),
            other => {
                return Err(fail(format!(
                    "there is no option `{other}`; there are `host=origin` and `host=upstream`"
                )));
            }
        };
        if host.is_some() && !target.starts_with("http") {
            return Err(fail("`host=` goes with a running server only".to_owned()));
        }
        match target.split_once(':') {
            Some(("mock" | "app" | "dir", "")) => Err(fail(
                "the part after the colon is missing, as in `mock:crm`".to_owned(),
            )),
            Some(("mock", name)) => Ok(Self::Mock(name.to_owned())),
            Some(("app", name)) => Ok(Self::App(name.to_owned())),
            Some(("dir", path)) => Ok(Self::Directory(PathBuf::from(path))),
            Some(("http" | "https", _)) => {
                let url = upstream(target).map_err(fail)?;
                let host = host.unwrap_or_default();
                Ok(Self::Upstream { url, host })
            }
            _ => Err(fail(
                "write `mock:NAME`, `app:NAME`, `dir:PATH` or `http://localhost:PORT`".to_owned(),
            )),
        }
    }
}

fn upstream(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{error}; write `http://localhost:3000`"))?;
    if url.scheme() != "http" {
        return Err(
            "an upstream is spoken to without TLS; let it serve plain http, the gateway puts TLS in \
                    front of it"
                .to_owned(),
        );
    }
    let loopback = match url.host() {
        Some(Host::Domain(host)) => host == "localhost" || host.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if !loopback {
        return Err(
            "an upstream runs on this machine; forward its port here (`ssh -L`, `docker -p`) and \
                    write `http://localhost:PORT`"
                .to_owned(),
        );
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err("an upstream is scheme, host and port; paths are those of the origin".to_owned());
    }
    Ok(url)
}

impl TryFrom<&Serve> for Target {
    type Error = Error;

    fn try_from(serve: &Serve) -> Result<Self, Error> {
        Ok(match serve {
            Serve::Mock(name) => Self::Mock(name.clone()),
            Serve::App(name) => Self::App(name.clone()),
            Serve::Directory(path) => Self::Directory(path.clone()),
            Serve::Upstream { url } => url.parse()?,
        })
    }
}

impl TryFrom<String> for Target {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mock(name) => write!(formatter, "mock:{name}"),
            Self::App(name) => write!(formatter, "app:{name}"),
            Self::Directory(path) => write!(formatter, "dir:{}", path.display()),
            Self::Upstream { url, host } => {
                formatter.write_str(url.as_str().trim_end_matches('/'))?;
                match host {
                    HostHeader::Upstream => Ok(()),
                    HostHeader::Origin => formatter.write_str(";host=origin"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_read_back_as_they_are_shown() {
        for text in [
            "mock:crm",
            "app:customer-detail",
            "dir:../dist",
            "http://localhost:3000",
            "http://127.0.0.1:5173;host=origin",
            "http://[::1]:8080",
            "http://app.localhost:3000",
        ] {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn mistakes_are_named_with_their_remedy() {
        for (text, part) in [
            ("crm", "write `mock:NAME`"),
            ("mock:", "after the colon is missing"),
            ("dir:", "after the colon is missing"),
            ("mock:crm;host=origin", "running server only"),
            ("http://localhost:3000;hots=origin", "there are `host=origin`"),
            ("https://localhost:3000", "let it serve plain http"),
            ("http://10.0.0.7:3000", "forward its port here"),
            ("http://staging.example", "forward its port here"),
            ("http://169.254.169.254", "forward its port here"),
            ("http://localhost:3000/base", "scheme, host and port"),
            ("http://localhost:x", "write `http://localhost:3000`"),
            ("ftp://localhost", "write `mock:NAME`"),
        ] {
            let error = text.parse::<Target>().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
