//! Requests joined with their responses, and redirect chains.

use std::collections::HashMap;
use std::ops::Deref;

use crate::fact::{Request, Response};
use crate::{Event, ExchangeId, Fact, Sequence};

/// A request with what became of it.
#[derive(Clone, Debug)]
pub struct Exchange<'journal> {
    /// Sequence of the request event.
    pub seq: Sequence,
    /// The request's event.
    pub event: &'journal Event,
    /// The request.
    pub request: &'journal Request,
    /// The response's event and the response, if there was one.
    pub response: Option<(&'journal Event, &'journal Response)>,
    /// Why it ended without one.
    pub aborted: Option<&'journal str>,
}

/// All exchanges, in order of their requests.
pub fn exchanges<E: Deref<Target = Event>>(events: &[E]) -> Vec<Exchange<'_>> {
    let mut all: Vec<Exchange<'_>> = Vec::new();
    let mut index: HashMap<ExchangeId, usize> = HashMap::new();
    for event in events {
        let event: &Event = event;
        match &event.fact {
            Fact::Request(request) => {
                index.insert(request.exchange, all.len());
                all.push(Exchange {
                    seq: event.seq,
                    event,
                    request,
                    response: None,
                    aborted: None,
                });
            }
            Fact::Response(response) => {
                if let Some(&at) = index.get(&response.exchange) {
                    all[at].response = Some((event, response));
                }
            }
            Fact::Aborted(aborted) => {
                if let Some(&at) = index.get(&aborted.exchange) {
                    all[at].aborted = Some(&aborted.reason);
                }
            }
            _ => {}
        }
    }
    all
}

/// The redirect chain that an exchange ends or continues: the exchanges that led to it, first one first,
/// itself last.
///
/// A hop is an earlier exchange answered 3xx whose `Location`, resolved against its URL, is the URL of
/// the next one; where that URL was asked for several times since, it led to the first of these.
#[must_use]
pub fn hops<'all, 'journal>(all: &'all [Exchange<'journal>], last: usize) -> Vec<&'all Exchange<'journal>> {
    let mut chain = vec![&all[last]];
    let mut at = last;
    while let Some(previous) = led_to(all, at) {
        chain.push(&all[previous]);
        at = previous;
    }
    chain.reverse();
    chain
}

fn led_to(all: &[Exchange<'_>], at: usize) -> Option<usize> {
    let url = address(&all[at].request.url);
    let previous = (0..at).rev().find(|&index| redirects_to(&all[index], &url))?;
    let followed = all[previous + 1..at]
        .iter()
        .any(|exchange| address(&exchange.request.url) == url);
    (!followed).then_some(previous)
}

fn redirects_to(exchange: &Exchange<'_>, url: &str) -> bool {
    let Some((_, response)) = exchange.response else {
        return false;
    };
    if !(300..400).contains(&response.status) {
        return false;
    }
    let Some(location) = response.header("location") else {
        return false;
    };
    address(location) == url
        || url::Url::parse(&exchange.request.url)
            .and_then(|base| base.join(location))
            .is_ok_and(|target| address(target.as_str()) == url)
}

/// A URL without its fragment, which is not sent, and decoded: to be resolved, a pseudonym in it is encoded.
fn address(url: &str) -> String {
    let sent = url.split('#').next().unwrap_or_default();
    percent_encoding::percent_decode_str(sent)
        .decode_utf8_lossy()
        .into_owned()
}
