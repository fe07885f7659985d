//! The pages on which a person signs in and decides: password, one-time code, account, consent, signing out.
//!
//! A page is one step. What it is for stays here and only its handle travels, so a page can lead nowhere else.
//! After each step the request that asked for it is looked at anew, and may ask for the next.

mod begin;
mod go_on;
mod show;
mod steps;
mod submit;

pub(super) use begin::{ask, ask_to_sign_out, begin};
pub(super) use show::show;
pub(super) use submit::submit;

/// A page that was shown, or is about to be.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) step: Step,
    pub(crate) next: Next,
    /// What the user has done for the request so far.
    pub(crate) progress: Progress,
    /// The provider whose pages these are, by place.
    pub(crate) provider: usize,
    /// Who is to decide, by persona. Where somebody is to sign in: who was signed in until then, if anybody was.
    pub(crate) person: Option<String>,
    /// Ties the form to the page that showed it.
    pub(crate) form_token: String,
    /// Ties the form to the browser that was shown it.
    pub(crate) browser_token: String,
    pub(crate) expires_s: i64,
}

/// What a page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// E-mail address and password.
    Password,
    /// A code of the authenticator app.
    OneTimeCode,
    /// Which account.
    Account,
    /// Consent.
    Consent,
    /// Whether to sign out.
    SignOut,
    /// Nothing: a page has only shown something, and leads back here.
    GoOn,
}

/// What goes on once a page was answered.
#[derive(Clone, Debug)]
pub(crate) enum Next {
    /// Nothing: the user came by themselves.
    Home,
    /// An authorization request at an issuer, by place.
    Request {
        issuer: usize,
        parameters: Vec<(String, String)>,
    },
    /// Signing out, and then this address.
    SignedOut(Option<String>),
}

impl Next {
    /// Whether it may lead to another origin.
    fn leads_away(&self) -> bool {
        match self {
            Self::Request { .. } | Self::SignedOut(Some(_)) => true,
            Self::Home | Self::SignedOut(None) => false,
        }
    }
}

/// What the user has done for one request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    /// Gave the password.
    pub(crate) signed_in: bool,
    /// Showed a one-time code.
    pub(crate) second_factor: bool,
    /// Chose an account.
    pub(crate) chosen: bool,
    pub(crate) consent: Consent,
}

/// What became of the consent page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Consent {
    #[default]
    NotAsked,
    Given,
    Refused,
}

impl Progress {
    /// Whether the user did anything, and so comes from a form.
    pub(crate) fn any(self) -> bool {
        self.signed_in || self.second_factor || self.chosen || self.consent != Consent::NotAsked
    }
}
