//! Who may come in: requests that name this machine. A page of another site can have its own name resolve to
//! this machine and then read what answers there (DNS rebinding); its requests name that name.

use axum::body::Body;
use http::uri::Authority;
use http::{Request, Response, StatusCode, header};
use url::Host;

use crate::exchange::text;

/// A request that was turned away.
pub(super) struct TurnedAway {
    pub(super) response: Response<Body>,
    pub(super) reason: String,
}

/// The refusal of a request that does not name this machine; nothing for one that does.
pub(super) fn turn_away<B>(request: &Request<B>) -> Option<TurnedAway> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let host = named
        .next()
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    // One valid Host, and an absolute address that agrees with it (RFC 9112, §3.2).
    let alone = named.next().is_none();
    let in_address = request.uri().authority().map(Authority::as_str);
    if alone && is_this_machine(host) && in_address.is_none_or(is_this_machine) {
        return None;
    }
    let shown = in_address.unwrap_or(host).escape_debug();
    let reason = format!("the request names the host `{shown}`");
    let words = format!("{reason}; this provider answers to localhost, 127.0.0.1 and [::1] alone\n");
    Some(TurnedAway {
        response: text(StatusCode::MISDIRECTED_REQUEST, words),
        reason,
    })
}

fn is_this_machine(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    if authority.as_str().contains('@') {
        return false;
    }
    match Host::parse(authority.host()) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        // RFC 6761, §6.3: these names are this machine wherever they are looked up.
        Ok(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_taken() {
        for (host, taken) in [
            ("localhost", true),
            ("localhost:9000", true),
            ("LOCALHOST:9000", true),
            ("app.localhost:9000", true),
            ("127.0.0.1:9000", true),
            ("[::1]:9000", true),
            ("", false),
            ("evil.example", false),
            ("evil.example:9000", false),
            ("localhost.evil.example", false),
            ("evil-localhost", false),
            ("localhost@evil.example", false),
            ("evil.example@localhost", false),
            ("10.0.0.1", false),
            ("0.0.0.0:9000", false),
            ("account.mekari.com", false),
        ] {
            assert_eq!(is_this_machine(host), taken, "{host}");
        }
    }

    #[test]
    fn a_host_that_is_missing_or_given_twice_is_refused() {
        let refused = |request: Request<()>| turn_away(&request).is_some();
        assert!(refused(Request::get("/").body(()).unwrap()));
        let twice = Request::get("/")
            .header("host", "localhost")
            .header("host", "localhost");
        assert!(refused(twice.body(()).unwrap()));
        let absolute = Request::get("http://evil.example/").header("host", "localhost");
        assert!(refused(absolute.body(()).unwrap()));
        let good = Request::get("/").header("host", "localhost");
        assert!(!refused(good.body(()).unwrap()));
    }
}
