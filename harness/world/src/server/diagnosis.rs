//! Dev servers that refuse the host: recognised by their words, explained by name.

use crate::plan::HostHeader;

/// A dev server's refusal, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Diagnosis {
    /// The server.
    pub(super) server: &'static str,
    /// Its setting that admits a host.
    pub(super) setting: &'static str,
}

/// Bytes of a refusal that are looked at.
pub(super) const LOOKED_AT: usize = 16 * 1024;

/// A server, a phrase of its refusal, its setting.
const KNOWN: [(&str, &str, &str); 7] = [
    (
        "Vite",
        "Blocked request. This host",
        "`server.allowedHosts` in vite.config",
    ),
    (
        "webpack-dev-server",
        "Invalid Host/Origin header",
        "`devServer.allowedHosts`",
    ),
    (
        "webpack-dev-server",
        "Invalid Host header",
        "`devServer.allowedHosts`",
    ),
    (
        "Angular",
        "is not allowed to access this application",
        "`security.allowedHosts` in angular.json",
    ),
    (
        "Next.js",
        "Blocked cross-origin request",
        "`allowedDevOrigins` in next.config",
    ),
    ("Rails", "Blocked hosts:", "`config.hosts`"),
    ("Django", "Invalid HTTP_HOST header", "`ALLOWED_HOSTS`"),
];

/// Whether an answer with this status and length could be such a refusal, so that it is worth reading.
pub(super) fn is_suspect(status: u16, length: Option<u64>) -> bool {
    match status {
        400 | 403 => length.is_none_or(|length| length <= LOOKED_AT as u64),
        // Old webpack-dev-servers refuse with 200 and a few words.
        200 => length.is_some_and(|length| length <= 32),
        _ => false,
    }
}

/// Recognises a refusal by its words.
pub(super) fn diagnose(body: &str) -> Option<Diagnosis> {
    KNOWN
        .iter()
        .find(|(_, phrase, _)| body.contains(phrase))
        .map(|(server, _, setting)| Diagnosis { server, setting })
}

impl Diagnosis {
    /// The refusal in words, with its remedy.
    pub(super) fn words(self, upstream: &str, origin: &str, host: HostHeader, seen: &str) -> String {
        let Self { server, setting } = self;
        let remedy = match host {
            HostHeader::Origin => format!(
                "Either let it see its own host (leave `;host=origin` away), or admit `{seen}` in {setting}."
            ),
            HostHeader::Upstream => format!("Admit `{seen}` in {setting}."),
        };
        format!("{server} at {upstream}, which serves {origin}, refuses the host `{seen}`. {remedy}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_recognised_by_name() {
        for (body, server) in [
            (
                "Blocked request. This host (\"customers.qontak.com\") is not allowed.\nTo allow this host, add \"customers.qontak.com\" to `server.allowedHosts` in vite.config.js.",
                Some("Vite"),
            ),
            ("Invalid Host header", Some("webpack-dev-server")),
            ("Invalid Host/Origin header", Some("webpack-dev-server")),
            ("<h1>Blocked hosts: customers.qontak.com</h1>", Some("Rails")),
            ("Forbidden", None),
        ] {
            assert_eq!(diagnose(body).map(|diagnosis| diagnosis.server), server, "{body}");
        }
    }

    #[test]
    fn only_answers_that_could_be_refusals_are_read() {
        assert!(is_suspect(403, None));
        assert!(is_suspect(403, Some(200)));
        assert!(is_suspect(200, Some(19)));
        assert!(!is_suspect(200, Some(4000)));
        assert!(!is_suspect(200, None));
        assert!(!is_suspect(403, Some(10_000_000)));
        assert!(!is_suspect(500, Some(10)));
    }
}
