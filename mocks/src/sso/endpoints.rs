//! The table of endpoints: those of an issuer, both at the origin itself and below each application, and
//! those of the provider's own pages.

use http::{Method, StatusCode};

use super::direction::Failing;
use super::{
    Issuer, Sso, authorize, discovery, introspect, login, logout, page, revoke, sign_out, token, userinfo,
};
use crate::desk::{Call, Endpoint, Reply};

/// Where an application's issuer is, before the paths of its endpoints.
const APPLICATION: &str = "/application/o/";

/// An endpoint's answer, at an issuer.
type Answer = fn(&Sso, &Issuer, &Call) -> Reply;

/// Two endpoints for each line, and the others as they are.
macro_rules! table {
    ([$($method:ident $path:literal $failing:ident $answer:path;)*] $([$own:ident $own_path:literal $own_answer:path])*) => {
        &[
            $(
                Endpoint {
                    method: Method::$method,
                    path: $path,
                    answer: |sso, call| at_issuer(sso, call, Failing::$failing, $answer),
                },
                Endpoint {
                    method: Method::$method,
                    path: concat!("/application/o/{application}", $path),
                    answer: |sso, call| at_issuer(sso, call, Failing::$failing, $answer),
                },
            )*
            $(
                Endpoint {
                    method: Method::$own,
                    path: $own_path,
                    answer: $own_answer,
                },
            )*
        ]
    };
}

impl Sso {
    pub(crate) const ENDPOINTS: &'static [Endpoint<Self>] = table! {
        [
            GET "/.well-known/openid-configuration" Discovery discovery::configuration;
            GET "/jwks.json" Jwks discovery::key_set;
            GET "/authorize" Authorize authorize::answer;
            POST "/authorize" Authorize authorize::answer;
            POST "/token" Token token::answer;
            GET "/userinfo" Userinfo userinfo::answer;
            POST "/userinfo" Userinfo userinfo::answer;
            POST "/revoke" Revoke revoke::answer;
            POST "/introspect" Introspect introspect::answer;
            GET "/end_session" EndSession logout::answer;
            POST "/end_session" EndSession logout::answer;
        ]
        [GET "/login" login::show]
        [POST "/login" login::submit]
        [GET "/sign_out" sign_out::answer]
        [GET "/assets/{*file}" page::asset]
        [GET "/favicon.ico" page::icon]
    };
}

fn at_issuer(sso: &Sso, call: &Call, endpoint: Failing, answer: Answer) -> Reply {
    let Some(issuer) = sso.issuer_at(call) else {
        return Reply::error(
            StatusCode::NOT_FOUND,
            "not_found",
            "no issuer has this address; see fixtures/sso/providers.yaml",
        );
    };
    let failure = sso.stage().failure(endpoint);
    failure.unwrap_or_else(|| answer(sso, issuer, call))
}

/// The path of an endpoint without the application it is below.
pub(super) fn path_at_issuer(path: &str) -> &str {
    path.strip_prefix(APPLICATION)
        .and_then(|rest| rest.find('/').and_then(|slash| rest.get(slash..)))
        .unwrap_or(path)
}

/// The application whose issuer a path is below, if it is below one.
pub(super) fn application_of(path: &str) -> Option<&str> {
    let (application, _) = path.strip_prefix(APPLICATION)?.split_once('/')?;
    Some(application)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/token", "/token")]
    #[case("/application/o/dezky-portal/token", "/token")]
    #[case(
        "/application/o/dezky-portal/.well-known/openid-configuration",
        "/.well-known/openid-configuration"
    )]
    #[case("/application/o/dezky-portal", "/application/o/dezky-portal")]
    fn an_endpoint_is_the_same_at_every_issuer(#[case] path: &str, #[case] expected: &str) {
        assert_eq!(path_at_issuer(path), expected);
        // What is cut off is the application's issuer, and nothing else is.
        assert_eq!(application_of(path).is_some(), path != expected);
    }
}
