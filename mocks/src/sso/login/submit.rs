//! Takes the sign-in form.

use fixtures::Persona;
use http::StatusCode;
use serde_json::json;

use super::super::direction::SignIn;
use super::super::state::{Login, SESSION_LIFETIME_S, Session};
use super::super::{Sso, authorize, page};
use super::begin::form;
use crate::desk::{Call, Reply, first};

/// One check: lets a form pass, noting what it found, or refuses it.
type Check = fn(&mut Submission<'_>) -> Result<(), Refusal>;

/// The checks, in order: first that the form is ours, then who signs in.
const CHECKS: &[Check] = &[find_page, match_form_token, match_browser, recognise_person];

struct Submission<'a> {
    sso: &'a Sso,
    call: &'a Call,
    fields: Vec<(String, String)>,
    login: Option<Login>,
    persona: Option<Persona>,
}

enum Refusal {
    /// The form did not come from a page shown to this browser.
    NotOurs(&'static str),
    /// Nobody has this e-mail address and password.
    WrongPassword,
}

impl Submission<'_> {
    fn field(&self, name: &str) -> &str {
        first(&self.fields, name).unwrap_or_default()
    }
}

/// `POST /login`.
pub(crate) fn submit(sso: &Sso, call: &Call) -> Reply {
    let mut submission = Submission {
        sso,
        call,
        fields: call.form().unwrap_or_default(),
        login: None,
        persona: None,
    };
    let outcome = CHECKS.iter().try_for_each(|check| check(&mut submission));
    let refused = |reason: &str| sso.tell(call.exchange, "sign-in-refused", json!({"reason": reason}));
    match (outcome, &submission.login, &submission.persona) {
        (Ok(()), Some(login), Some(persona)) => {
            sso.state().logins.remove(submission.field("request"));
            start_session(sso, call, login, persona)
        }
        (Err(Refusal::WrongPassword), Some(login), _) => {
            refused("wrong-password");
            let handle = submission.field("request");
            let problem = "The e-mail address or the password is wrong.";
            form(sso, handle, login, problem, submission.field("email"))
        }
        (outcome, _, _) => {
            let reason = if let Err(Refusal::NotOurs(reason)) = outcome {
                reason
            } else {
                "incomplete"
            };
            refused(reason);
            page::notice(
                sso,
                StatusCode::FORBIDDEN,
                "This form was not shown to you",
                "Go back to where you came from and sign in again.",
            )
        }
    }
}

fn find_page(submission: &mut Submission<'_>) -> Result<(), Refusal> {
    let login = submission
        .sso
        .state()
        .logins
        .get(submission.field("request"))
        .cloned();
    submission.login = login.filter(|login| login.expires_s > submission.sso.now_s());
    if submission.login.is_some() {
        Ok(())
    } else {
        Err(Refusal::NotOurs("unknown-page"))
    }
}

/// Against forms that other sites submit: the token is in our page only.
fn match_form_token(submission: &mut Submission<'_>) -> Result<(), Refusal> {
    let right = submission
        .login
        .as_ref()
        .is_some_and(|login| login.form_token == submission.field("form_token"));
    if right {
        Ok(())
    } else {
        Err(Refusal::NotOurs("wrong-form-token"))
    }
}

/// Against pages fetched by somebody else and put before this user: the cookie is in that browser only.
fn match_browser(submission: &mut Submission<'_>) -> Result<(), Refusal> {
    let cookie = submission.call.cookie(page::LOGIN_COOKIE);
    let right = submission
        .login
        .as_ref()
        .is_some_and(|login| cookie == Some(login.browser_token.as_str()));
    if right {
        Ok(())
    } else {
        Err(Refusal::NotOurs("other-browser"))
    }
}

fn recognise_person(submission: &mut Submission<'_>) -> Result<(), Refusal> {
    let email = submission.field("email").trim();
    let password = submission.field("password");
    let refused = submission.sso.stage().sign_in == SignIn::Refused;
    submission.persona = submission
        .sso
        .personas()
        .iter()
        .find(|persona| persona.email.eq_ignore_ascii_case(email) && persona.password == password)
        .filter(|_| !refused)
        .cloned();
    if submission.persona.is_some() {
        Ok(())
    } else {
        Err(Refusal::WrongPassword)
    }
}

/// A new session under a new name each time, so that none can be planted beforehand.
fn start_session(sso: &Sso, call: &Call, login: &Login, persona: &Persona) -> Reply {
    let now = sso.now_s();
    let session = Session {
        persona: persona.clone(),
        authenticated_s: now,
        expires_s: now + SESSION_LIFETIME_S,
    };
    let value = sso.scene.secret("sso_session");
    {
        let mut state = sso.state();
        if let Some(old) = call.cookie(page::SESSION_COOKIE) {
            state.sessions.remove(old);
        }
        state.sessions.insert(value.clone(), session.clone());
    }
    sso.tell(
        call.exchange,
        "session-started",
        json!({"persona": persona.key, "company_sso_id": persona.company_sso_id}),
    );
    let reply = match &login.request {
        Some(request) => authorize::resume(sso, request, session, call.exchange),
        None => Reply::redirect(StatusCode::SEE_OTHER, &format!("{}/login", sso.issuer())),
    };
    reply.with("set-cookie", &page::session_cookie(sso, &value))
}
