//! Shows a page.

use http::StatusCode;

use super::super::page::{self, Page, hidden};
use super::super::{Client, Sso};
use super::{Login, Next, Progress, Step, begin, go_on, steps};
use crate::desk::{Call, Reply, first};

/// `GET /login`.
pub(crate) fn show(sso: &Sso, call: &Call) -> Reply {
    let index = sso.provider_index(call);
    let Some(provider) = sso.providers.get(index) else {
        return Reply::error(
            StatusCode::NOT_FOUND,
            "not_found",
            "no provider has this address; see fixtures/sso/providers.yaml",
        );
    };
    let Some(handle) = call.query("request") else {
        if let Some(session) = sso.session(call) {
            let text = format!("Signed in as {}.", session.persona.name);
            return page::notice(sso, provider, StatusCode::OK, &provider.brand, &text);
        }
        return begin(sso, index, Next::Home, Progress::default());
    };
    let login = sso.state().logins.get(handle).cloned();
    match login.filter(|login| login.expires_s > sso.now_s() && login.provider == index) {
        Some(login) if login.step == Step::GoOn => go_on::come_back(sso, call, handle, &login),
        Some(login) => {
            let hint = login.parameter("login_hint").unwrap_or_default().to_owned();
            form(sso, Some(call), handle, &login, "", &hint)
        }
        None => page::notice(
            sso,
            provider,
            StatusCode::BAD_REQUEST,
            "This page has expired",
            "Go back to where you came from and sign in again.",
        ),
    }
}

impl Login {
    /// A parameter of the authorization request that the page is for.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        match &self.next {
            Next::Request { parameters, .. } => first(parameters, name),
            Next::Home | Next::SignedOut(_) => None,
        }
    }

    /// The client that the page is for.
    pub(super) fn client<'a>(&self, sso: &'a Sso) -> Option<&'a Client> {
        sso.client(self.parameter("client_id")?)
    }
}

/// The page of a step, with what went wrong before and the e-mail address that was given.
pub(super) fn form(
    sso: &Sso,
    call: Option<&Call>,
    handle: &str,
    login: &Login,
    problem: &str,
    email: &str,
) -> Reply {
    let Some(provider) = sso.providers.get(login.provider) else {
        return Reply::error(StatusCode::NOT_FOUND, "not_found", "no provider has this address");
    };
    let session = call.and_then(|call| sso.session(call));
    let person = session.map(|session| session.persona);
    let name = person.as_ref().map(|person| person.name.as_str());
    let address = person.as_ref().map(|person| person.email.as_str());
    let application = login.client(sso).map(|client| client.title.as_str());
    let ties = hidden("request", handle) + &hidden("form_token", &login.form_token);
    let items = match login.step {
        Step::Consent => ties + &steps::consent_items(sso, login),
        _ => ties,
    };
    Page {
        template: match login.step {
            // Going on has no page, and so never comes here.
            Step::Password | Step::GoOn => "login.html",
            Step::OneTimeCode => "one-time-code.html",
            Step::Account => "account.html",
            Step::Consent => "consent.html",
            Step::SignOut => "sign-out.html",
        },
        leads_away: login.next.leads_away(),
        values: &[
            ("problem", problem),
            ("email", email),
            ("person", name.unwrap_or_default()),
            ("address", address.unwrap_or_default()),
            ("application", application.unwrap_or(&provider.brand)),
        ],
        items: &items,
        ..Page::default()
    }
    .reply(sso, provider, StatusCode::OK)
    .with(
        "set-cookie",
        &page::login_cookie(provider, handle, &login.browser_token),
    )
}
