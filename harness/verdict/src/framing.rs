//! Documents that do not let themselves be embedded by the page that tried.
//!
//! A browser tells nobody of it: the violation belongs to the document that was never shown (CSP3, §6.4.2.1), and
//! the page around the frame sees an ordinary load. What is known is that the navigation of a frame failed although
//! a good response had come whole, and that the response says who may embed it. (An error without a body fails too,
//! whatever its policy.)

use std::ops::Deref;

use journal::fact::{NavigationStage, Response};
use journal::projection::{Exchange, exchanges};
use journal::{Event, Fact, Sequence};

/// A frame that stayed empty by the will of its document.
pub(crate) struct Refused<'a> {
    /// Where the navigation failed.
    pub(crate) seq: Sequence,
    /// `frame-ancestors`, or `x-frame-options` (HTML, "The `X-Frame-Options` header"), which counts without it alone.
    pub(crate) directive: &'static str,
    /// The document's address.
    pub(crate) url: &'a str,
}

pub(crate) fn refused<E: Deref<Target = Event>>(events: &[E]) -> Vec<Refused<'_>> {
    let failed: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Navigation(navigation)
                if navigation.stage == NavigationStage::Failed && !navigation.top_level =>
            {
                Some((event.seq, navigation.url.as_str()))
            }
            _ => None,
        })
        .collect();
    if failed.is_empty() {
        return Vec::new();
    }
    let exchanges = exchanges(events);
    failed
        .into_iter()
        .filter_map(|(seq, url)| {
            let response =
                response_to(url, seq, &exchanges).filter(|response| (200..300).contains(&response.status))?;
            let directive = policy(response)?;
            Some(Refused { seq, directive, url })
        })
        .collect()
}

/// The response to the last request for an address before a moment. It may be noted after that moment.
fn response_to<'a>(url: &str, before: Sequence, exchanges: &[Exchange<'a>]) -> Option<&'a Response> {
    let address = url.split('#').next().unwrap_or(url);
    let exchange = exchanges
        .iter()
        .rfind(|exchange| exchange.seq < before && exchange.request.url == address)?;
    exchange.response.map(|(_, response)| response)
}

/// Which header field says who may embed a document.
fn policy(response: &Response) -> Option<&'static str> {
    let names_ancestors = response
        .header_values("content-security-policy")
        .flat_map(|policy| policy.split([';', ',']))
        .filter_map(|directive| directive.split_ascii_whitespace().next())
        .any(|name| name.eq_ignore_ascii_case("frame-ancestors"));
    if names_ancestors {
        Some("frame-ancestors")
    } else if response.header("x-frame-options").is_some() {
        Some("x-frame-options")
    } else {
        None
    }
}
