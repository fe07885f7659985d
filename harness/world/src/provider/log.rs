//! What a developer sees: a line a request, and below it what the provider made of it.
//!
//! Secrets stay out by choice of what is shown, not by search: no header, no body, and of queries and facts
//! only the members named here, which hold none.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{Method, Request, StatusCode};
use journal::{Event, ExchangeId, Fact};
use serde_json::Value;

/// Parameters of a query that are shown.
const PARAMETERS: [&str; 5] = ["client_id", "response_type", "redirect_uri", "scope", "prompt"];

/// Members of facts that are shown.
const MEMBERS: [&str; 8] = [
    "client",
    "persona",
    "error",
    "description",
    "reason",
    "problem",
    "cause",
    "status",
];

/// Longer values are cut.
const LONGEST: usize = 200;

type Say = Box<dyn Fn(&str) + Send + Sync>;

pub(super) struct Log {
    say: Say,
    /// What was told of requests that are not answered yet.
    told: Mutex<HashMap<ExchangeId, Vec<String>>>,
}

impl std::fmt::Debug for Log {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Log")
    }
}

/// A request that is not answered yet. One that is dropped was left by its client.
#[must_use = "a request that is dropped counts as left by its client"]
pub(super) struct Entry<'a> {
    log: &'a Log,
    exchange: ExchangeId,
    line: String,
}

impl Log {
    pub(super) fn new(say: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self {
            say: Box::new(say),
            told: Mutex::default(),
        }
    }

    pub(super) fn say(&self, line: &str) {
        (self.say)(line);
    }

    /// Takes note of an event: until its request is answered, or at once where it belongs to none.
    pub(super) fn note(&self, event: &Event) {
        let Some(line) = words(&event.fact) else {
            return;
        };
        match event.exchange {
            Some(exchange) => self.told().entry(exchange).or_default().push(line),
            None => self.say(&line),
        }
    }

    pub(super) fn begin<B>(&self, provider: &str, exchange: ExchangeId, request: &Request<B>) -> Entry<'_> {
        Entry {
            log: self,
            exchange,
            line: format!(
                "{provider}  {} {}{}",
                shown(request.method().as_str()),
                shown(request.uri().path()),
                parameters(request.method(), request.uri().query().unwrap_or_default())
            ),
        }
    }

    fn told(&self) -> MutexGuard<'_, HashMap<ExchangeId, Vec<String>>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry<'_> {
    /// The request was answered.
    pub(super) fn end(mut self, status: StatusCode, reason: Option<&str>) {
        self.line = format!("{} {}", self.line, status.as_u16());
        if let Some(reason) = reason {
            let told = format!("refused: {reason}");
            self.log.told().entry(self.exchange).or_default().push(told);
        }
        drop(self);
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        let told = self.log.told().remove(&self.exchange).unwrap_or_default();
        // In one piece, so that no other request's line comes between.
        let mut text = self.line.clone();
        for line in told {
            text.push_str("\n     ");
            text.push_str(&line);
        }
        self.log.say(&text);
    }
}

/// A fact in words; nothing for one that is not the developer's business.
fn words(fact: &Fact) -> Option<String> {
    match fact {
        Fact::Domain(fact) => {
            let members = MEMBERS.iter().filter_map(|name| {
                let value = match fact.data.get(*name)? {
                    Value::Null => return None,
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                Some(format!(" {name}={}", quoted(&value)))
            });
            Some(format!("{}{}", fact.name, members.collect::<String>()))
        }
        Fact::Unrouted(unrouted) => Some(format!(
            "there is no {} {} here",
            shown(&unrouted.method),
            shown(&unrouted.path)
        )),
        // Departures from the contract are among them: it is that of our own applications. A stranger may keep to
        // the standard and not to it, and what the provider does not take, it refuses.
        _ => None,
    }
}

/// The parameters that are shown. Those of other methods stand in a body.
fn parameters(method: &Method, query: &str) -> String {
    if *method != Method::GET {
        return String::new();
    }
    url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| PARAMETERS.contains(&name.as_ref()))
        .map(|(name, value)| {
            // An address may carry anything behind its path.
            let value = value.split(['?', '#']).next().unwrap_or_default();
            format!(" {name}={}", quoted(value))
        })
        .collect()
}

fn quoted(text: &str) -> String {
    let text = shown(text);
    if text.is_empty() || text.contains(' ') {
        format!("\"{text}\"")
    } else {
        text
    }
}

/// Text that no terminal obeys.
fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(LONGEST)
        .flat_map(|character| {
            let plain = !character.is_control();
            let escaped = (!plain).then(|| character.escape_default()).into_iter().flatten();
            plain.then_some(character).into_iter().chain(escaped)
        })
        .collect();
    if text.chars().count() > LONGEST {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use journal::fact::{ContractViolation, DomainFact};
    use serde_json::json;

    use super::*;

    fn domain(data: Value) -> Fact {
        Fact::Domain(DomainFact {
            mock: "sso".to_owned(),
            name: "token-refused".to_owned(),
            data,
        })
    }

    #[test]
    fn what_may_hold_a_secret_is_not_shown() {
        let fact = domain(json!({
            "client": "my-app", "code": "s3cret-code", "error": "invalid_grant", "description": "the code has expired"
        }));
        assert_eq!(
            words(&fact).unwrap(),
            "token-refused client=my-app error=invalid_grant description=\"the code has expired\""
        );
        let fact = Fact::ContractViolation(ContractViolation {
            mock: "sso".to_owned(),
            operation: "POST /token".to_owned(),
            errors: vec!["body at `/code`: \"s3cret-code\" is too short".to_owned()],
        });
        assert_eq!(words(&fact), None, "it is not the contract of a stranger");
        let query = "client_id=a&state=s3cret&redirect_uri=http%3A%2F%2Flocalhost%2Fcb%3Fcode%3Ds3cret&code_challenge=s3cret";
        assert_eq!(
            parameters(&Method::GET, query),
            " client_id=a redirect_uri=http://localhost/cb"
        );
    }

    #[test]
    fn a_terminal_is_not_obeyed() {
        let fact = domain(json!({"client": "\u{1b}[2J\n"}));
        assert_eq!(words(&fact).unwrap(), "token-refused client=\\u{1b}[2J\\n");
    }

    #[test]
    fn a_request_is_told_with_its_facts_in_one_piece() {
        let said = Arc::new(Mutex::new(Vec::new()));
        let listener = Arc::clone(&said);
        let log = Log::new(move |line| listener.lock().unwrap().push(line.to_owned()));
        let request = Request::post("/token?code=s3cret").body(()).unwrap();
        let entry = log.begin("sso", ExchangeId(7), &request);
        log.note(&Event {
            seq: 1,
            at: journal::Moment::default(),
            source: journal::Source::Mock("sso".to_owned()),
            exchange: Some(ExchangeId(7)),
            sightings: Vec::new(),
            fact: domain(json!({"error": "invalid_client"})),
        });
        assert!(said.lock().unwrap().is_empty());
        entry.end(StatusCode::UNAUTHORIZED, None);
        drop(log.begin("sso", ExchangeId(8), &request));
        assert_eq!(
            *said.lock().unwrap(),
            [
                "sso  POST /token 401\n     token-refused error=invalid_client",
                "sso  POST /token"
            ]
        );
    }
}
