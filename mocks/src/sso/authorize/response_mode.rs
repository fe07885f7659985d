//! How the answer reaches the client: in the query, in the fragment (OAuth 2.0 Multiple Response Type
//! Encoding Practices, §2.1), or by a form (OAuth 2.0 Form Post Response Mode, §2).

use http::StatusCode;
use url::Url;

use super::super::page::{Page, hidden, origin_of, with_query};
use super::{Authorization, Refusal};
use crate::desk::Reply;

/// A response mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResponseMode {
    Query,
    Fragment,
    FormPost,
}

pub(super) fn choose_response_mode(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    authorization.response_mode = usual(authorization.parameter("response_type").unwrap_or_default());
    authorization.response_mode = match authorization.parameter("response_mode") {
        None => authorization.response_mode,
        Some("query") => ResponseMode::Query,
        Some("fragment") => ResponseMode::Fragment,
        Some("form_post") => ResponseMode::FormPost,
        Some(other) => {
            return Err(Refusal::back(
                "invalid_request",
                format!("the response mode {other} is not offered"),
            ));
        }
    };
    Ok(())
}

/// Where a client looks that names no mode. Types that would bring tokens to the front are refused, and even that is
/// read in the fragment (RFC 6749, §4.2.2.1; OpenID Connect Core, §3.2.2.6).
fn usual(response_type: &str) -> ResponseMode {
    let mut words = response_type.split(' ');
    if words.any(|word| ["token", "id_token"].contains(&word)) {
        ResponseMode::Fragment
    } else {
        ResponseMode::Query
    }
}

pub(super) fn reply(authorization: &Authorization<'_>, fields: &[(&str, &str)]) -> Reply {
    let uri = &authorization.redirect_uri;
    match authorization.response_mode {
        ResponseMode::Query => Reply::redirect(status(authorization), &with_query(uri, fields)),
        ResponseMode::Fragment => Reply::redirect(status(authorization), &with_fragment(uri, fields)),
        ResponseMode::FormPost => form(authorization, fields),
    }
}

/// After a form the browser must go on by GET (RFC 9700, §4.12).
fn status(authorization: &Authorization<'_>) -> StatusCode {
    if authorization.progress.any() {
        StatusCode::SEE_OTHER
    } else {
        StatusCode::FOUND
    }
}

fn with_fragment(uri: &str, fields: &[(&str, &str)]) -> String {
    let encoded = serde_urlencoded::to_string(fields).unwrap_or_default();
    match Url::parse(uri) {
        Ok(mut url) => {
            url.set_fragment(Some(&encoded));
            url.into()
        }
        Err(_) => uri.to_owned(),
    }
}

/// A page that submits itself, and has a button where scripts are off. The client may have asked in a frame, with
/// `prompt=none`, and so may frame it.
fn form(authorization: &Authorization<'_>, fields: &[(&str, &str)]) -> Reply {
    let Some(provider) = authorization.sso.providers.get(authorization.issuer.provider) else {
        return Reply::redirect(
            status(authorization),
            &with_query(&authorization.redirect_uri, fields),
        );
    };
    let items: String = fields.iter().map(|(name, value)| hidden(name, value)).collect();
    Page {
        template: "form-post.html",
        leads_away: true,
        script: true,
        ancestor: &origin_of(&authorization.redirect_uri),
        values: &[("action", &authorization.redirect_uri)],
        items: &items,
        ..Page::default()
    }
    .reply(authorization.sso, provider, StatusCode::OK)
}
