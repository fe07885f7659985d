//! Takes a form.

use http::StatusCode;
use serde_json::json;

use super::super::state::Session;
use super::super::{Sso, logout, page};
use super::go_on::go_on;
use super::show::form;
use super::{Login, Next, Progress, Step, steps};
use crate::desk::{Call, Reply, first};

/// One check: lets a form pass, or says why it did not come from a page shown to this browser.
type Check = fn(&Submission<'_>) -> Result<(), &'static str>;

/// The checks that the form is ours, in order. What a step asks is looked at after them.
const CHECKS: &[Check] = &[match_provider, match_form_token, match_browser, match_person];

/// A form on its way through the checks.
pub(super) struct Submission<'a> {
    pub(super) sso: &'a Sso,
    pub(super) call: &'a Call,
    pub(super) fields: Vec<(String, String)>,
    pub(super) login: Login,
    /// The session of the browser, if it has one.
    pub(super) session: Option<Session>,
}

/// How a step ends.
pub(super) enum Done {
    /// It is done; a new session's cookie, if there is one.
    On {
        progress: Progress,
        session: Box<Session>,
        cookie: Option<String>,
        /// The session of somebody else that gave way to it.
        left: Option<Box<Session>>,
    },
    /// Signing out was decided.
    SignOut(bool),
    /// Somebody else is to sign in.
    SignIn(Progress),
    /// The page is shown again, with what is wrong.
    Again {
        reason: &'static str,
        problem: &'static str,
    },
    /// The page is used up.
    Over(&'static str),
}

impl Submission<'_> {
    pub(super) fn field(&self, name: &str) -> &str {
        first(&self.fields, name).unwrap_or_default()
    }
}

/// `POST /login`.
pub(crate) fn submit(sso: &Sso, call: &Call) -> Reply {
    let fields = call.form().unwrap_or_default();
    let handle = first(&fields, "request").unwrap_or_default().to_owned();
    let login = sso.state().logins.get(&handle).cloned();
    let Some(login) = login.filter(|login| login.expires_s > sso.now_s()) else {
        return refuse(sso, call, "unknown-page");
    };
    let submission = Submission {
        session: sso.session(call),
        sso,
        call,
        fields,
        login,
    };
    if let Err(reason) = CHECKS.iter().try_for_each(|check| check(&submission)) {
        return refuse(sso, call, reason);
    }
    // A page counts once, also for forms that come at the same time. Only a mistake puts it back.
    if sso.state().logins.remove(&handle).is_none() {
        return refuse(sso, call, "unknown-page");
    }
    let done = match submission.login.step {
        Step::Password => steps::password(&submission),
        Step::OneTimeCode => steps::one_time_code(&submission),
        Step::Account => steps::account(&submission),
        Step::Consent => steps::consent(&submission),
        Step::SignOut => Done::SignOut(submission.field("answer") == "yes"),
        // It has no form.
        Step::GoOn => Done::Over("unknown-page"),
    };
    if let Done::Again { reason, problem } = done {
        tell_refused(sso, call, reason);
        let again = submission.login.clone();
        sso.state().logins.insert(handle.clone(), again);
        let email = submission.field("email").to_owned();
        return form(sso, Some(call), &handle, &submission.login, problem, &email);
    }
    let reply = finish(&submission, done);
    match sso.providers.get(submission.login.provider) {
        Some(provider) => reply.with("set-cookie", &page::no_login_cookie(provider, &handle)),
        None => reply,
    }
}

fn finish(submission: &Submission<'_>, done: Done) -> Reply {
    let Submission { sso, call, login, .. } = submission;
    match done {
        Done::On {
            progress,
            session,
            cookie,
            left,
        } => {
            let reply = go_on(sso, call, login, progress, *session, left.as_deref());
            match cookie.zip(sso.providers.get(login.provider)) {
                Some((value, provider)) => {
                    reply.with("set-cookie", &page::session_cookie(sso, provider, &value))
                }
                None => reply,
            }
        }
        Done::SignOut(yes) => {
            let then = match &login.next {
                Next::SignedOut(then) => then.as_deref(),
                Next::Home | Next::Request { .. } => None,
            };
            logout::decided(sso, call, login.provider, yes, then)
        }
        Done::SignIn(progress) => super::begin(sso, login.provider, login.next.clone(), progress),
        Done::Over(reason) | Done::Again { reason, .. } => refuse(sso, call, reason),
    }
}

fn tell_refused(sso: &Sso, call: &Call, reason: &str) {
    sso.tell(call.exchange, "sign-in-refused", json!({"reason": reason}));
}

pub(super) fn refuse(sso: &Sso, call: &Call, reason: &str) -> Reply {
    tell_refused(sso, call, reason);
    let (title, text) = match reason {
        "too-many-codes" => (
            "Too many wrong codes",
            "Wait half a minute. Then go back to where you came from and sign in again.",
        ),
        _ => (
            "This form was not shown to you",
            "Go back to where you came from and sign in again.",
        ),
    };
    match sso.provider_at(call) {
        Some(provider) => page::notice(sso, provider, StatusCode::FORBIDDEN, title, text),
        None => Reply::error(StatusCode::FORBIDDEN, "forbidden", title),
    }
}

fn match_provider(submission: &Submission<'_>) -> Result<(), &'static str> {
    if submission.login.provider == submission.sso.provider_index(submission.call) {
        Ok(())
    } else {
        Err("unknown-page")
    }
}

/// Against forms that other sites submit: the token is in our page only.
fn match_form_token(submission: &Submission<'_>) -> Result<(), &'static str> {
    if submission.login.form_token == submission.field("form_token") {
        Ok(())
    } else {
        Err("wrong-form-token")
    }
}

/// Against pages fetched by somebody else and put before this user: the cookie is in that browser only.
fn match_browser(submission: &Submission<'_>) -> Result<(), &'static str> {
    let name = page::login_cookie_name(submission.field("request"));
    if submission.call.cookie(&name) == Some(&submission.login.browser_token) {
        Ok(())
    } else {
        Err("other-browser")
    }
}

/// Against a decision of one person that another began: in the meantime somebody else signed in. Anybody may give
/// a password.
fn match_person(submission: &Submission<'_>) -> Result<(), &'static str> {
    let now = submission.session.as_ref().map(|session| &session.persona.key);
    match &submission.login.person {
        Some(person) if now != Some(person) && submission.login.step != Step::Password => Err("other-person"),
        _ => Ok(()),
    }
}
