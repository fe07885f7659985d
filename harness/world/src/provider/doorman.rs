//! Who may come in: requests that name this machine. A page of another site can have its own name resolve to
//! this machine and then read what answers there (DNS rebinding); its requests name that name.

use axum::body::Body;
use http::uri::Authority;
use http::{Request, Response, StatusCode, header};
use url::Host;

use crate::exchange::text;
use crate::origin::Endpoint;

/// A request that was turned away.
pub(super) struct TurnedAway {
    pub(super) response: Response<Body>,
    pub(super) reason: String,
}

/// Whom a text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    ThisMachine,
    Another,
    /// It is no host.
    Nobody,
}

/// The refusal of a request that does not name this machine; nothing for one that does.
pub(super) fn turn_away<B>(request: &Request<B>) -> Option<TurnedAway> {
    let mut fields = request.headers().get_all(header::HOST).iter();
    let host = fields
        .next()
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let alone = fields.next().is_none();
    let in_address = request.uri().authority().map(Authority::as_str);
    // The address comes first: where there is one, it is what was asked for.
    let mut texts = in_address.into_iter().chain([host]);
    // One valid Host, and an absolute address that is valid too (RFC 9112, §3.2).
    if !alone || texts.clone().any(|text| named(text) == Named::Nobody) {
        return Some(unreadable());
    }
    let foreign = texts.find(|text| named(text) == Named::Another)?;
    Some(misdirected(foreign))
}

fn unreadable() -> TurnedAway {
    let reason = "the request does not name one valid host".to_owned();
    TurnedAway {
        response: text(StatusCode::BAD_REQUEST, format!("{reason}\n")),
        reason,
    }
}

fn misdirected(host: &str) -> TurnedAway {
    let reason = format!("the request names the host `{}`", host.escape_debug());
    let words = format!("{reason}; this provider answers to localhost, 127.0.0.1 and [::1] alone\n");
    TurnedAway {
        response: text(StatusCode::MISDIRECTED_REQUEST, words),
        reason,
    }
}

fn named(host: &str) -> Named {
    // The port is none of its business, but must be one.
    let endpoint = Endpoint::from_host_header(host, 80);
    let here = match endpoint.map(|endpoint| Host::parse(&endpoint.host)) {
        Some(Ok(Host::Ipv4(address))) => address.is_loopback(),
        Some(Ok(Host::Ipv6(address))) => address.is_loopback(),
        // RFC 6761, §6.3: these names are this machine wherever they are looked up.
        Some(Ok(Host::Domain(name))) => name == "localhost" || name.ends_with(".localhost"),
        Some(Err(_)) | None => return Named::Nobody,
    };
    if here { Named::ThisMachine } else { Named::Another }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_taken() {
        use Named::{Another, Nobody, ThisMachine};
        for (host, is) in [
            ("localhost", ThisMachine),
            ("localhost:9000", ThisMachine),
            ("LOCALHOST:9000", ThisMachine),
            ("app.localhost:9000", ThisMachine),
            ("127.0.0.1:9000", ThisMachine),
            ("[::1]:9000", ThisMachine),
            ("evil.example", Another),
            ("evil.example:9000", Another),
            ("localhost.evil.example", Another),
            ("evil-localhost", Another),
            ("10.0.0.1", Another),
            ("0.0.0.0:9000", Another),
            ("account.mekari.com", Another),
            ("", Nobody),
            ("localhost@evil.example", Nobody),
            ("evil.example@localhost", Nobody),
            ("localhost:99999", Nobody),
            ("localhost:x", Nobody),
            ("local host", Nobody),
            ("[::1", Nobody),
        ] {
            assert_eq!(named(host), is, "{host}");
        }
    }

    #[test]
    fn a_host_that_cannot_be_read_is_a_mistake_and_another_one_is_misdirected() {
        let answered = |address: &str, hosts: &[&str]| {
            let mut request = Request::get(address);
            for host in hosts {
                request = request.header("host", *host);
            }
            turn_away(&request.body(()).unwrap()).map(|turned| turned.response.status().as_u16())
        };
        for (address, hosts, status) in [
            ("/", &["localhost"][..], None),
            ("http://localhost/", &["localhost"], None),
            ("/", &[], Some(400)),
            ("/", &["localhost", "localhost"], Some(400)),
            ("/", &["evil.example", "localhost"], Some(400)),
            ("/", &["evil.example@localhost"], Some(400)),
            ("http://localhost:99999/", &["localhost"], Some(400)),
            ("/", &["evil.example"], Some(421)),
            ("http://evil.example/", &["localhost"], Some(421)),
            ("http://localhost/", &["evil.example"], Some(421)),
        ] {
            assert_eq!(answered(address, hosts), status, "{address} {hosts:?}");
        }
    }
}
