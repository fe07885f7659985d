//! Saying no: to unknown hosts, undeclared ports, malformed and oversized requests.

use axum::body::Body;
use http::{HeaderMap, Response, StatusCode, header};
use journal::Fact;
use journal::fact::{Refusal, Refused};

use super::Gateway;
use crate::exchange;

/// Who asked, as far as the request says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asker(Option<String>);

impl Asker {
    /// Reads `Referer`, else `Origin`.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let field = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self(
            field(header::REFERER)
                .or_else(|| field(header::ORIGIN))
                .map(str::to_owned),
        )
    }
}

impl Gateway {
    /// Journals a refusal.
    pub(crate) fn refused(&self, authority: String, reason: Refusal, asked_by: Option<String>) {
        self.note(Fact::Refused(Refused {
            authority,
            reason,
            asked_by,
        }));
    }
}

/// Journals a refusal and words it for the client.
pub(crate) fn refuse(
    gateway: &Gateway,
    authority: String,
    reason: Refusal,
    asker: Asker,
    status: StatusCode,
) -> Response<Body> {
    let text = match reason {
        Refusal::UnknownHost => format!("{authority} is no origin of this world\n"),
        Refusal::UndeclaredPort => {
            format!("{authority} is not declared: this world has its host elsewhere\n")
        }
        Refusal::ForeignPeer => "only this machine is served\n".to_owned(),
        Refusal::TooLarge => "the request is too large\n".to_owned(),
        Refusal::Quarantine => "nothing is served here\n".to_owned(),
        Refusal::Malformed if status == StatusCode::MISDIRECTED_REQUEST => {
            "this connection was opened for another origin\n".to_owned()
        }
        Refusal::Malformed => "the request cannot be understood\n".to_owned(),
    };
    gateway.refused(authority, reason, asker.0);
    exchange::text(status, text)
}
