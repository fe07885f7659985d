//! `--client id=my-app,redirect=http://localhost:5173/callback`: a registration on the command line.

use fixtures::Demand;

use super::{Registration, hint, listed};

/// What can be said of a client.
const KEYS: [&str; 11] = [
    "id",
    "title",
    "issuer",
    "redirect",
    "post-logout",
    "back-channel-logout",
    "front-channel-logout",
    "confidential",
    "secret-from",
    "demand",
    "scope",
];

/// Demands, and how to demand nothing.
const DEMANDS: [(&str, Option<Demand>); 5] = [
    ("pkce", Some(Demand::Pkce)),
    ("state", Some(Demand::State)),
    ("mfa", Some(Demand::Mfa)),
    ("consent", Some(Demand::Consent)),
    ("none", None),
];

/// Reads a registration.
///
/// # Errors
/// What is wrong, and what would be right.
pub(crate) fn read(text: &str) -> Result<Registration, String> {
    let mut client = Registration::default();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (key, value) = match part.split_once('=') {
            Some((key, value)) => (key.trim(), Some(value.trim())),
            None => (part, None),
        };
        if key == "confidential" {
            client.confidential = match value {
                None | Some("yes" | "true") => true,
                Some("no" | "false") => false,
                Some(other) => return Err(format!("`confidential` is `yes` or `no`, not `{other}`")),
            };
            continue;
        }
        if !KEYS.contains(&key) {
            return Err(format!(
                "a client has no `{key}`; there are {}{}",
                listed(KEYS),
                hint(fixtures::closest(key, KEYS))
            ));
        }
        let value = value
            .filter(|value| !value.is_empty())
            .ok_or_else(|| format!("`{key}` has no value; write `{key}=…`"))?
            .to_owned();
        match key {
            "id" => client.id = value,
            "title" => client.title = Some(value),
            "issuer" => client.issuer = Some(value),
            "redirect" => client.redirect_uris.push(value),
            "post-logout" => client
                .post_logout_redirect_uris
                .get_or_insert_default()
                .push(value),
            "back-channel-logout" => client.back_channel_logout_uri = Some(value),
            "front-channel-logout" => client.front_channel_logout_uri = Some(value),
            "secret-from" => client.secret_from = Some(value),
            "scope" => client.scopes.get_or_insert_default().push(value),
            _ => {
                let known = DEMANDS.iter().find(|(name, _)| *name == value);
                let (_, demand) = known.ok_or_else(|| {
                    let names = || DEMANDS.iter().map(|(name, _)| *name);
                    format!(
                        "nothing is called for by `demand={value}`; there are {}{}",
                        listed(names()),
                        hint(fixtures::closest(&value, names()))
                    )
                })?;
                client.demands.get_or_insert_default().extend(*demand);
            }
        }
    }
    if client.id.is_empty() {
        return Err(
            "the client has no id; write `--client id=my-app,redirect=http://localhost:5173/callback`"
                .to_owned(),
        );
    }
    Ok(client)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn everything_can_be_said_on_the_command_line() {
        let text = "id=a, title=An app ,issuer=auth,redirect=http://a/1,redirect=http://a/2,post-logout=http://a/,\
                    back-channel-logout=http://a/b,front-channel-logout=http://a/f,confidential,secret-from=S,\
                    demand=pkce,demand=mfa,scope=openid,scope=email";
        let client = read(text).expect("it can be read");
        assert_eq!(
            client,
            Registration {
                id: "a".to_owned(),
                title: Some("An app".to_owned()),
                issuer: Some("auth".to_owned()),
                redirect_uris: ["http://a/1", "http://a/2"].map(str::to_owned).to_vec(),
                post_logout_redirect_uris: Some(vec!["http://a/".to_owned()]),
                back_channel_logout_uri: Some("http://a/b".to_owned()),
                front_channel_logout_uri: Some("http://a/f".to_owned()),
                confidential: true,
                secret_from: Some("S".to_owned()),
                demands: Some(vec![Demand::Pkce, Demand::Mfa]),
                scopes: Some(["openid", "email"].map(str::to_owned).to_vec()),
                ..Registration::default()
            }
        );
        assert_eq!(
            read("id=a,demand=none").expect("it can be read").demands,
            Some(Vec::new())
        );
    }

    #[rstest]
    #[case("redirect=http://localhost/cb", "the client has no id")]
    #[case("id=a,redirct=http://localhost/cb", "did you mean `redirect`?")]
    #[case("id=a,redirect", "`redirect` has no value")]
    #[case("id=a,confidential=maybe", "`yes` or `no`")]
    #[case("id=a,demand=pcke", "did you mean `pkce`?")]
    fn a_mistake_says_what_would_be_right(#[case] text: &str, #[case] says: &str) {
        let said = read(text).expect_err("it is a mistake");
        assert!(said.contains(says), "{said}");
    }
}
