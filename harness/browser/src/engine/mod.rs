//! The engines: what differs between browsers, as one table per engine.

mod chromium;
mod firefox;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::bidi::command::Proxy;
use crate::launch::Launch;

/// A browser engine that the harness can drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// Chromium, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
}

impl Engine {
    /// Every engine.
    pub const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];

    /// Its name, as on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }

    /// What the harness has to know about it.
    pub(crate) fn table(self) -> &'static Table {
        match self {
            Self::Chromium => &chromium::TABLE,
            Self::Firefox => &firefox::TABLE,
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|engine| engine.name() == text)
            .ok_or_else(|| format!("unknown engine `{text}`: one of chromium, firefox"))
    }
}

/// What happens to cookies of an embedded third party. Fixed per browser process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CookiePolicy {
    /// They are sent and stored as for a first party.
    #[default]
    Allow,
    /// They are neither sent nor stored; those with `Partitioned` still are, in their partition.
    Block,
    /// Each embedding site has its own jar. Chromium has no such setting of its own: there it blocks
    /// unpartitioned third-party cookies, which leaves the partitioned ones.
    Partition,
}

impl CookiePolicy {
    /// Every policy.
    pub const ALL: [Self; 3] = [Self::Allow, Self::Block, Self::Partition];

    /// Its name, as on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Block => "block",
            Self::Partition => "partition",
        }
    }
}

impl fmt::Display for CookiePolicy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for CookiePolicy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|policy| policy.name() == text)
            .ok_or_else(|| format!("unknown cookie policy `{text}`: one of allow, block, partition"))
    }
}

/// One way in which the browser differs from the one a user has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fidelity {
    /// The switch, pref or piece of page instrumentation.
    pub name: String,
    /// Why it is needed.
    pub reason: String,
}

impl Fidelity {
    pub(crate) fn new(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            reason: reason.into(),
        }
    }
}

/// Capabilities to ask for, and what in them is not the default.
pub(crate) type Asked = (Map<String, Value>, Vec<Fidelity>);

/// What the harness has to know about an engine. A further engine, or one behind a remote end that
/// speaks WebDriver classic only, is one more table.
pub(crate) struct Table {
    /// Arguments that make the driver listen on a free port of its own choice.
    pub(crate) driver_arguments: fn(scratch: &Path) -> Vec<String>,
    /// Reads that port off a line of the driver's standard output.
    pub(crate) port_in: fn(&str) -> Option<u16>,
    /// What the driver says when the port that it chose was taken before it had it.
    pub(crate) port_taken: Option<&'static str>,
    /// The engine's own capabilities, with everything non-default listed.
    pub(crate) capabilities: fn(&Launch, scratch: &Path) -> Asked,
    /// What must be said so that loopback names go to the proxy as well.
    pub(crate) no_proxy: &'static [&'static str],
    /// Only one tab of the process is visible: hidden ones are throttled and lack the focus, so a tab
    /// is opened in the background and activated when it is used.
    pub(crate) one_visible_tab: bool,
    /// The driver forgets script contexts of documents that are still there.
    pub(crate) forgets_realms: bool,
    /// The developer tools are told of mixed content. Elsewhere it is heard from the console, where not of every frame.
    pub(crate) tells_mixed_content: bool,
    /// Trust is by ignoring certificate errors, not by the authority's key.
    pub(crate) accepts_insecure: bool,
}

impl Table {
    /// A proxy setting by which every request goes to one address.
    pub(crate) fn proxy(&self, address: &str) -> Proxy {
        Proxy {
            proxy_type: "manual",
            http_proxy: address.to_owned(),
            ssl_proxy: address.to_owned(),
            no_proxy: self.no_proxy.iter().map(|&entry| entry.to_owned()).collect(),
        }
    }
}
