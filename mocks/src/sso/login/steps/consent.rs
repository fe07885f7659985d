//! Consent: what the application will know, and the choice (OpenID Connect Core, §3.1.2.4).

use serde_json::json;

use super::super::super::Sso;
use super::super::super::scope::words;
use super::super::submit::{Done, Submission};
use super::super::{Consent, Login, Progress};
use crate::desk::escaped;

/// What a scope tells, in words of the page.
const WORDS: &[(&str, &str)] = &[
    ("openid", "Who you are"),
    ("profile", "Your name and language"),
    ("email", "Your e-mail address"),
    ("groups", "The groups you are in"),
    ("offline_access", "All of this also while you are away"),
];

pub(in super::super) fn consent(submission: &Submission<'_>) -> Done {
    let Some(session) = submission.session.clone() else {
        return Done::Over("no-session");
    };
    let sso = submission.sso;
    let given = submission.field("answer") == "allow";
    let Some(client) = submission.login.client(sso) else {
        return Done::Over("unknown-page");
    };
    if given {
        let mut state = sso.state();
        for word in words(&scope(sso, &submission.login)) {
            let consent = (session.persona.key.clone(), client.id.clone(), word.to_owned());
            state.consents.insert(consent);
        }
    }
    let name = if given { "consent-given" } else { "consent-refused" };
    sso.tell(
        submission.call.exchange,
        name,
        json!({"persona": session.persona.key, "client": client.id}),
    );
    Done::On {
        progress: Progress {
            consent: if given { Consent::Given } else { Consent::Refused },
            ..submission.login.progress
        },
        session: Box::new(session),
        cookie: None,
        left: None,
    }
}

/// The list of what is consented to.
pub(in super::super) fn consent_items(sso: &Sso, login: &Login) -> String {
    let items: String = words(&scope(sso, login))
        .filter_map(|word| WORDS.iter().find(|(scope, _)| *scope == word))
        .map(|(_, text)| format!("<li>{}</li>\n", escaped(text)))
        .collect();
    format!("<ul>\n{items}</ul>\n")
}

/// What the client would get.
fn scope(sso: &Sso, login: &Login) -> String {
    let asked = login.parameter("scope").unwrap_or_default();
    login
        .client(sso)
        .map(|client| client.allowed(asked))
        .unwrap_or_default()
}
