//! The redirect URI must be one of the client's, character by character (RFC 9700, §4.1.3). Only the port of an
//! application on the user's own machine may be any (RFC 8252, §7.3): it takes one that is free.

use super::super::Client;
use super::{Authorization, Refusal};

/// Where such an application listens. Not `localhost`, which may be looked up elsewhere (RFC 8252, §8.3).
const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

pub(super) fn match_redirect_uri(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let uri = authorization
        .parameter("redirect_uri")
        .ok_or_else(|| Refusal::Tell("The application did not say where to go back to.".to_owned()))?
        .to_owned();
    let known = authorization
        .client
        .is_some_and(|client| client.redirect_uris.contains(&uri) || is_loopback_of(client, &uri));
    if !known {
        return Err(Refusal::Tell(
            "The application wants to be sent to an address that is not its own.".to_owned(),
        ));
    }
    authorization.redirect_uri = uri;
    Ok(())
}

/// Whether it is one of a public client's that were registered without a port, with one.
fn is_loopback_of(client: &Client, uri: &str) -> bool {
    let port_left_out = LOOPBACK.iter().find_map(|host| without_port(uri, host));
    client.secret.is_none() && port_left_out.is_some_and(|uri| client.redirect_uris.contains(&uri))
}

/// An address of a host without its port; nothing where it is none or has none.
fn without_port(uri: &str, host: &str) -> Option<String> {
    let rest = uri.strip_prefix(host)?.strip_prefix(':')?;
    let (port, path) = rest.split_at(rest.find('/')?);
    let number: u16 = port.parse().ok()?;
    // A number has more spellings than one, and each must be somebody's own.
    (number != 0 && number.to_string() == port).then(|| format!("{host}{path}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::sso::token::Trial;

    #[rstest]
    #[case("http://127.0.0.1:49152/cb", true)]
    #[case("http://127.0.0.1:1/cb", true)]
    #[case("http://[::1]:49152/cb?x=1", true)]
    #[case("http://127.0.0.1:49152/cb/", false)]
    #[case("http://127.0.0.1:49152/other", false)]
    #[case("http://127.0.0.1:49152", false)]
    #[case("http://127.0.0.1:/cb", false)]
    #[case("http://127.0.0.1:0/cb", false)]
    #[case("http://127.0.0.1:080/cb", false)]
    #[case("http://127.0.0.1:+80/cb", false)]
    #[case("http://127.0.0.1:65536/cb", false)]
    #[case("http://127.0.0.1:80@evil.example/cb", false)]
    #[case("http://127.0.0.1.evil.example:80/cb", false)]
    #[case("http://127.0.0.2:49152/cb", false)]
    #[case("http://localhost:49152/cb", false)]
    #[case("https://127.0.0.1:49152/cb", false)]
    #[case("http://127.0.0.1:49152/fixed", false)]
    fn the_port_of_this_machine_may_be_any_and_nothing_else(#[case] uri: &str, #[case] known: bool) {
        let trial = Trial::new();
        let mut client = trial.sso.client("customer-detail").unwrap().clone();
        client.redirect_uris = [
            "http://127.0.0.1/cb",
            "http://[::1]/cb?x=1",
            "http://localhost/cb",
            "https://127.0.0.1/cb",
            "http://127.0.0.1:8080/fixed",
        ]
        .map(str::to_owned)
        .to_vec();
        assert_eq!(is_loopback_of(&client, uri), known);
        client.secret = Some("a-secret".to_owned());
        assert!(
            !is_loopback_of(&client, uri),
            "a server has an address of its own"
        );
    }
}
