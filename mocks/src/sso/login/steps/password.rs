//! E-mail address and password.

use serde_json::json;

use super::super::super::direction::SignIn;
use super::super::super::state::{SESSION_LIFETIME_S, Session};
use super::super::submit::{Done, Submission};
use super::super::{Consent, Progress};
use super::renew;

pub(in super::super) fn password(submission: &Submission<'_>) -> Done {
    let sso = submission.sso;
    let email = submission.field("email").trim();
    let password = submission.field("password");
    let refused = sso.stage().sign_in == SignIn::Refused;
    let persona = sso
        .personas()
        .iter()
        .find(|persona| persona.email.eq_ignore_ascii_case(email) && persona.password == password)
        .filter(|_| !refused);
    let Some(persona) = persona else {
        return Done::Again {
            reason: "wrong-password",
            problem: "The e-mail address or the password is wrong.",
        };
    };
    let now = sso.now_s();
    let before = submission.session.as_ref();
    // The same person again: the session goes on, under its name among clients.
    let same = before.filter(|before| before.persona.key == persona.key);
    let session = Session {
        provider: submission.login.provider,
        persona: persona.clone(),
        authenticated_s: now,
        expires_s: now + SESSION_LIFETIME_S,
        sid: same.map_or_else(|| sso.scene.random().token(), |same| same.sid.clone()),
        methods: vec!["pwd"],
        clients: std::collections::BTreeSet::new(),
    };
    let Some(renewed) = renew(submission, session) else {
        return Done::Over("no-session");
    };
    // Clients of the old session must not take the new person for the old one.
    let left = renewed.before.filter(|left| left.persona.key != persona.key);
    if let Some(left) = &left {
        sso.session_ended(left, "other-account", submission.call.exchange);
    }
    sso.tell(
        submission.call.exchange,
        "session-started",
        json!({"persona": persona.key, "company_sso_id": persona.company_sso_id}),
    );
    Done::On {
        // What somebody else may have shown or consented to before does not count for whoever signs in now. Who has
        // consented themselves and only took longer than `max_age` allows is not asked over and over.
        progress: Progress {
            signed_in: true,
            chosen: submission.login.progress.chosen,
            consent: if submission.login.person.as_ref() == Some(&persona.key) {
                submission.login.progress.consent
            } else {
                Consent::NotAsked
            },
            ..Progress::default()
        },
        session: Box::new(renewed.session),
        cookie: Some(renewed.cookie),
        left: left.map(Box::new),
    }
}
