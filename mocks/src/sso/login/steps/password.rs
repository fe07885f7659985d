//! E-mail address and password.

use serde_json::json;

use super::super::super::direction::SignIn;
use super::super::super::state::{SESSION_LIFETIME_S, Session};
use super::super::Progress;
use super::super::submit::{Done, Submission};
use super::{renew, someone_else};

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
    let mut session = Session {
        provider: submission.login.provider,
        persona: persona.clone(),
        authenticated_s: now,
        expires_s: now + SESSION_LIFETIME_S,
        sid: sso.scene.random().token(),
        methods: vec!["pwd"],
        clients: std::collections::BTreeSet::new(),
    };
    if someone_else(before, &session) {
        // Clients of the old session must not take the new person for the old one.
        if let Some(before) = before {
            sso.session_ended(before, "other-account", submission.call.exchange);
        }
    } else if let Some(before) = before {
        // The same person again: the session goes on, and its clients with it.
        session.sid.clone_from(&before.sid);
        session.clients.clone_from(&before.clients);
    }
    let cookie = renew(submission, &session);
    sso.tell(
        submission.call.exchange,
        "session-started",
        json!({"persona": persona.key, "company_sso_id": persona.company_sso_id}),
    );
    Done::On {
        progress: Progress {
            signed_in: true,
            ..submission.login.progress
        },
        session: Box::new(session),
        cookie: Some(cookie),
    }
}
