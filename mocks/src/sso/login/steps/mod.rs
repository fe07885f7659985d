//! What each page asks, and what becomes of the answer.

mod account;
mod consent;
mod one_time_code;
mod password;

pub(super) use account::account;
pub(super) use consent::{consent, consent_items};
pub(super) use one_time_code::one_time_code;
pub(super) use password::password;

use super::super::Sso;
use super::super::state::Session;
use super::submit::Submission;

/// A browser's session after a step that made another of it.
struct Renewed {
    session: Session,
    /// The cookie's value.
    cookie: String,
    /// The session that the browser had until now.
    before: Option<Session>,
}

/// Puts a session under a new name in place of the browser's old one, so that none can be planted beforehand.
/// Nothing where the old one has ended since the form was read: it must not come back.
fn renew(submission: &Submission<'_>, mut session: Session) -> Option<Renewed> {
    let sso: &Sso = submission.sso;
    let cookie = sso.scene.secret("sso_session");
    let known = sso
        .providers
        .get(session.provider)
        .and_then(|provider| submission.call.cookie(&provider.session_cookie));
    sso.make_room();
    let mut state = sso.state();
    let before = known
        .and_then(|known| state.sessions.remove(known))
        .filter(|_| submission.session.is_some());
    if submission.session.is_some() && before.is_none() {
        return None;
    }
    if let Some(before) = before.as_ref().filter(|before| before.sid == session.sid) {
        // Taken from what was removed: a client may have joined since the form was read.
        session.clients.clone_from(&before.clients);
    }
    state.sessions.insert(cookie.clone(), session.clone());
    Some(Renewed {
        session,
        cookie,
        before,
    })
}

#[cfg(test)]
mod tests {
    use super::super::submit::Done;
    use super::super::{Login, Next, Progress, Step};
    use super::*;
    use crate::desk::Call;
    use crate::sso::token::Trial;

    /// The password's form, sent by a browser that had a session when the form was read.
    fn submission<'a>(trial: &'a Trial, call: &'a Call) -> Submission<'a> {
        let person = &trial.sso.personas()[0];
        let fields = [("email", &person.email), ("password", &person.password)];
        Submission {
            sso: &trial.sso,
            call,
            fields: fields
                .map(|(name, value)| (name.to_owned(), value.clone()))
                .to_vec(),
            login: Login {
                step: Step::Password,
                next: Next::Home,
                progress: Progress::default(),
                provider: 0,
                person: None,
                form_token: String::new(),
                browser_token: String::new(),
                expires_s: i64::MAX,
            },
            session: trial.sso.session(call),
        }
    }

    #[test]
    fn a_session_that_ended_meanwhile_does_not_come_back() {
        let trial = Trial::new();
        let call = trial.signed_in("a-cookie");
        let submission = submission(&trial, &call);
        trial.sso.state().sessions.clear();
        assert!(matches!(password(&submission), Done::Over("no-session")));
        assert!(trial.sso.state().sessions.is_empty());
        assert_eq!(trial.told("session-started"), 0);
    }

    #[test]
    fn a_client_that_joined_meanwhile_is_told_of_the_end_too() {
        let trial = Trial::new();
        let call = trial.signed_in("a-cookie");
        let submission = submission(&trial, &call);
        let sid = trial.session().sid;
        if let Some(running) = trial.sso.state().session_of(&sid) {
            running.clients.insert("customer-detail".to_owned());
        }
        let Done::On { session, .. } = password(&submission) else {
            panic!("the password is right");
        };
        assert!(session.clients.contains("customer-detail"));
        let state = trial.sso.state();
        let remembered: Vec<&Session> = state.sessions.values().collect();
        assert_eq!((remembered.len(), &remembered[0].sid), (1, &sid));
        assert!(remembered[0].clients.contains("customer-detail"));
    }
}
