//! An exchange on its way through the journal: it ends once, as answered or as aborted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use http::request::Parts;
use http::{HeaderMap, Method, Response, StatusCode, Version};
use journal::fact::{
    Aborted, FaultApplied, HttpVersion, Request as RequestFact, Response as ResponseFact, Timings,
};
use journal::{ExchangeId, Fact};

use super::fault::Met;
use super::{head, recorded};
use crate::gateway::{Gateway, Sent};
use crate::ledger::Ticket;

/// An exchange in progress. One that is dropped before it ended is journalled as aborted.
#[derive(Debug)]
pub(crate) struct Passage {
    pub(crate) gateway: Arc<Gateway>,
    ticket: Arc<Ticket>,
    /// The origin whose server asks; nothing where a browser does.
    caller: Option<String>,
    open: bool,
    /// Why it will end without an answer, where a fault decided that.
    fate: Option<String>,
    began: Instant,
    arrived: Instant,
}

impl Passage {
    /// Begins an exchange: a browser's, or one that a server of this world was sent on.
    pub(super) fn begin(gateway: &Arc<Gateway>, url: &str, began: Instant, sent: Option<&Sent>) -> Self {
        Self {
            gateway: Arc::clone(gateway),
            ticket: match sent {
                Some(sent) => Arc::clone(&sent.ticket),
                None => Arc::new(gateway.ledger.enter(url.to_owned())),
            },
            caller: sent.map(|sent| sent.from.clone()),
            open: true,
            fate: None,
            began,
            arrived: began,
        }
    }

    pub(crate) fn id(&self) -> ExchangeId {
        self.ticket.exchange()
    }

    /// What was asked for.
    pub(super) fn url(&self) -> &str {
        self.ticket.url()
    }

    /// The request is there.
    pub(super) fn arrived(&mut self, connection: u64, url: String, parts: &Parts, body: journal::Body) {
        self.arrived = Instant::now();
        let exchange = self.id();
        self.gateway.record(
            exchange,
            Fact::Request(RequestFact {
                exchange,
                connection,
                version: match parts.version {
                    Version::HTTP_2 => HttpVersion::Http2,
                    _ => HttpVersion::Http1,
                },
                method: parts.method.as_str().to_owned(),
                url,
                headers: head::listed(&parts.headers),
                body,
                caller: self.caller.clone(),
            }),
        );
    }

    /// A fault is applied.
    pub(super) fn fault(&self, label: String, detail: String) {
        let exchange = self.id();
        self.gateway.record(
            exchange,
            Fact::FaultApplied(FaultApplied {
                exchange,
                fault: label,
                detail,
            }),
        );
    }

    /// A fault keeps it from ending.
    pub(super) fn hold(&mut self, reason: String) {
        self.fate = Some(reason);
        self.ticket.hold();
    }

    /// A fault keeps it until a moment on the world's clock, or lets it go on.
    pub(super) fn delay(&self, until: Option<i64>) {
        self.ticket.delay(until);
    }

    /// It will end without an answer, for this reason.
    pub(super) fn doom(&mut self, reason: String) {
        self.fate = Some(reason);
    }

    /// It lasts by its nature.
    pub(crate) fn last(&self) {
        self.ticket.last();
    }

    /// Bends an answer as the faults want it, and hands it out.
    pub(crate) fn deliver(self, met: &Met, method: &Method, response: Response<Body>) -> Response<Body> {
        let response = met.bend(&self, response);
        self.answer(method, response)
    }

    /// Hands the answer out; its end is journalled with its last byte.
    pub(super) fn answer(self, method: &Method, response: Response<Body>) -> Response<Body> {
        recorded::record(self, method, response)
    }

    /// The answer went out.
    pub(crate) fn finish(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        body: journal::Body,
        head_at: Instant,
    ) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let exchange = self.id();
        self.gateway.record(
            exchange,
            Fact::Response(ResponseFact {
                exchange,
                status: status.as_u16(),
                headers: head::listed(headers),
                body,
                timings: Timings {
                    receive_us: micros(self.arrived.duration_since(self.began)),
                    wait_us: micros(head_at.duration_since(self.arrived)),
                    send_us: micros(head_at.elapsed()),
                },
            }),
        );
    }

    /// It ended without a complete answer.
    pub(crate) fn abort(&mut self, reason: &str) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let exchange = self.id();
        self.gateway.record(
            exchange,
            Fact::Aborted(Aborted {
                exchange,
                reason: reason.to_owned(),
            }),
        );
    }

    /// It is journalled elsewhere, as refused.
    pub(super) fn abandon(&mut self) {
        self.open = false;
    }

    /// Why an exchange that is dropped now came to no end.
    pub(super) fn reason(&self, otherwise: &str) -> String {
        match &self.fate {
            Some(fate) => fate.clone(),
            None if self.gateway.tasks.are_over() => "the world was shut down".to_owned(),
            None => otherwise.to_owned(),
        }
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        if self.open {
            let reason = self.reason("the client went away before the answer");
            self.abort(&reason);
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
