//! The pages. They show claims, never a token.

use http::StatusCode;

use super::RelyingParty;
use super::session::Session;
use crate::desk::{Call, Reply, escaped};

/// What was done before the page is shown: what stands above the rest of it.
pub(super) enum Outcome {
    /// Nothing.
    Nothing,
    /// It went well.
    Done(String),
    /// It was refused, or failed.
    Problem(String),
    /// Somebody acts for a customer now.
    Acting {
        name: String,
        claims: Vec<(&'static str, String)>,
    },
}

fn page(
    party: &RelyingParty,
    status: StatusCode,
    name: &str,
    values: &[(&str, &str)],
    items: &[(&str, String)],
) -> Reply {
    let Some(mut html) = party.pages.filled(name, values) else {
        return Reply::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "page_missing",
            &format!("the page fixtures/pages/relying-party/{name} is missing"),
        );
    };
    for (mark, item) in items {
        // A value cannot be taken for a mark: it has no `<` left.
        html = html.replace(&format!("<!--{mark}-->"), item);
    }
    // Signing out is a form whose answer leads to the provider, and some browsers hold redirects after a form
    // to `form-action` as well (Content Security Policy 3, §6.4.1).
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self' {}; frame-ancestors 'none'",
        party.scene.origin("auth")
    );
    // The callback's address has a code in it. With less than an origin, forms would not say where they are from.
    Reply::page(status, &policy, html).with("referrer-policy", "strict-origin")
}

/// A page that says something: what was done, what went wrong.
pub(super) fn notice(
    party: &RelyingParty,
    status: StatusCode,
    title: &str,
    text: &str,
    problem: &str,
) -> Reply {
    let values = [("title", title), ("text", text), ("problem", problem)];
    page(party, status, "notice.html", &values, &[])
}

/// `GET /`: who is signed in.
pub(super) fn home(party: &RelyingParty, call: &Call) -> Reply {
    match party.session(call) {
        Some(session) => account(party, &session, &Outcome::Nothing),
        None => nobody(party),
    }
}

/// The page of a browser without a session.
pub(super) fn nobody(party: &RelyingParty) -> Reply {
    page(party, StatusCode::OK, "nobody.html", &[], &[])
}

/// The page of somebody who is signed in.
pub(super) fn account(party: &RelyingParty, session: &Session, outcome: &Outcome) -> Reply {
    let person = &session.person;
    let claims = [
        ("Issuer", person.issuer.clone()),
        ("Audience", person.audience.join(", ")),
        ("Subject", person.subject.clone()),
        ("Groups", person.groups.join(", ")),
        ("Signed in by", person.recognised_by.join(", ")),
        ("Access until", time(session.access_until_s)),
    ];
    let requests: String = party
        .memory()
        .support_requests
        .iter()
        .map(|(id, request)| {
            format!(
                "<li><button type=\"submit\" name=\"request\" value=\"{}\">Act for {}</button></li>\n",
                escaped(id),
                escaped(&request.name)
            )
        })
        .collect();
    let none = "<li>Nobody so far</li>\n".to_owned();
    let items = [
        ("outcome", said(outcome)),
        ("claims", list(&claims)),
        ("requests", if requests.is_empty() { none } else { requests }),
    ];
    page(
        party,
        StatusCode::OK,
        "account.html",
        &[("name", &person.name)],
        &items,
    )
}

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Nothing => String::new(),
        Outcome::Done(text) => format!("<p role=\"status\">{}</p>\n", escaped(text)),
        Outcome::Problem(text) => format!("<p role=\"alert\">{}</p>\n", escaped(text)),
        Outcome::Acting { name, claims } => format!(
            "<section aria-labelledby=\"acting-title\">\n<h2 id=\"acting-title\">Acting for {}</h2>\n<dl>\n{}</dl>\n</section>\n",
            escaped(name),
            list(claims)
        ),
    }
}

/// The groups of a `dl`. What is empty is left out.
fn list(claims: &[(&str, String)]) -> String {
    let told = claims.iter().filter(|(_, value)| !value.is_empty());
    told.map(|(name, value)| {
        format!(
            "<div><dt>{}</dt><dd>{}</dd></div>\n",
            escaped(name),
            escaped(value)
        )
    })
    .collect()
}

/// A time on the world's clock, RFC 3339.
fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map(|time| time.to_string())
        .unwrap_or_default()
}

pub(super) fn asset(party: &RelyingParty, call: &Call) -> Reply {
    let file = call.param("file");
    let known = file.ends_with(".css");
    party
        .pages
        .asset(if known { file } else { "" })
        .unwrap_or_else(|| Reply::error(StatusCode::NOT_FOUND, "not_found", "there is no such file"))
}

/// Browsers ask for it on their own.
pub(super) fn icon(_party: &RelyingParty, _call: &Call) -> Reply {
    Reply::empty(StatusCode::NO_CONTENT)
}
