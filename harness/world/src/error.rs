//! What can go wrong when a world is made or directed.

/// A world could not be made, directed or ended. Each message ends with what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A certificate could not be made.
    #[error("failed to make {what}: {source}")]
    Certificate {
        /// Which: the authority's, or the one of a host.
        what: String,
        /// The cause.
        source: rcgen::Error,
    },
    /// TLS could not be set up.
    #[error("failed to set up TLS for {host}: {source}")]
    Tls {
        /// The host.
        host: String,
        /// The cause.
        source: rustls::Error,
    },
    /// The machine gave no randomness.
    #[error("failed to draw random bytes for {what}")]
    Random {
        /// What they were for.
        what: &'static str,
    },
    /// The gateway's port could not be opened.
    #[error("failed to listen on 127.0.0.1: {source}; is the limit on open files reached (`ulimit -n`)?")]
    Listen {
        /// The cause.
        source: std::io::Error,
    },
    /// A provider's port cannot be opened.
    #[error(
        "the provider `{provider}` cannot listen on port {port} of this machine: {source}; end what listens there, or take another port: each provider takes one, from {first} on (`--port`, or `port` under `[provider]` of `rehearse.toml`; 0 takes free ones)"
    )]
    ProviderPort {
        /// The provider.
        provider: String,
        /// The port.
        port: u16,
        /// The first provider's port, as it was chosen.
        first: u16,
        /// The cause.
        source: std::io::Error,
    },
    /// There are not enough ports after the one that was named.
    #[error(
        "port {port}: each provider takes a port, and there are not {count} from there on; take a lower one (`--port`, or `port` under `[provider]` of `rehearse.toml`)"
    )]
    ProviderPorts {
        /// The first.
        port: u16,
        /// How many are needed.
        count: usize,
    },
    /// The gateway could not take a connection while the world was up.
    #[error("failed to accept a connection: {source}; is the limit on open files reached (`ulimit -n`)?")]
    Accept {
        /// The cause.
        source: std::io::Error,
    },
    /// Something that should be an origin is none.
    #[error(
        "failed to read the origin `{text}`: {reason}; write scheme and host, as in `https://crm.qontak.com`"
    )]
    Origin {
        /// What was written.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Two servers would answer for one origin.
    #[error("failed to lay out the world: `{origin}` belongs to both `{one}` and `{other}`")]
    OriginTwice {
        /// The origin.
        origin: String,
        /// One owner.
        one: String,
        /// The other.
        other: String,
    },
    /// A name that should be an origin of the world is none.
    #[error("failed to find the origin `{name}`, named by {place}: the world has {known}")]
    UnknownOrigin {
        /// The name.
        name: String,
        /// Where it was written.
        place: String,
        /// The names there are.
        known: String,
    },
    /// A target that does not say who serves.
    #[error("failed to read the target `{text}`: {reason}")]
    Target {
        /// What was written.
        text: String,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
    /// An origin cannot be served as asked.
    #[error("failed to serve {origin} by `{target}`: {reason}")]
    Serve {
        /// The origin.
        origin: String,
        /// Who should serve it.
        target: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// An upstream server does not answer.
    #[error(
        "failed to reach the upstream {url} that serves {origin}: it does not answer ({source}); start it, or serve the origin otherwise (`--serve {name}=…`)"
    )]
    UpstreamSilent {
        /// The origin's name.
        name: String,
        /// The origin.
        origin: String,
        /// The upstream's address.
        url: String,
        /// The cause.
        source: std::io::Error,
    },
    /// The mocks could not be made.
    #[error(transparent)]
    Mocks(#[from] mocks::Error),
    /// A mock did not take a direction.
    #[error("failed to direct `{mock}`: {reason}")]
    Direction {
        /// The mock.
        mock: String,
        /// What is wrong.
        reason: String,
    },
    /// A fault, rewrite or stub is malformed.
    #[error("failed to use {what}: {reason}")]
    Malformed {
        /// Which, by name.
        what: String,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
}
