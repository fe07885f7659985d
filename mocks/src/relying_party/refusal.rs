//! Why something is refused, in the words of whoever refuses it.

use std::error::Error;

use http::StatusCode;
use openidconnect::core::CoreErrorResponseType;
use openidconnect::{RequestTokenError, StandardErrorResponse};

/// What the token endpoint can answer instead of a token, or why it was not reached.
pub(super) type TokenError =
    RequestTokenError<std::convert::Infallible, StandardErrorResponse<CoreErrorResponseType>>;

/// A refusal, to be shown and told.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) reason: String,
}

impl Refusal {
    /// What came is wrong.
    pub(super) fn of(reason: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            reason: reason.into(),
        }
    }

    /// What came is wrong, as an error has it.
    pub(super) fn said(error: &dyn Error) -> Self {
        Self::of(chain(error))
    }

    /// The provider does not answer as it should (RFC 9110, §15.6.3).
    pub(super) fn of_provider(error: &dyn Error) -> Self {
        Self {
            status: StatusCode::BAD_GATEWAY,
            ..Self::said(error)
        }
    }

    /// Whether nobody said no: the provider failed, and another try may go well.
    pub(super) fn is_of_provider(&self) -> bool {
        self.status == StatusCode::BAD_GATEWAY
    }

    /// The token endpoint refuses, or fails.
    pub(super) fn of_token_endpoint(error: &TokenError) -> Self {
        match error {
            // `server_error` is no refusal: RFC 6749, §4.1.2.1, has it for the provider's own failures.
            RequestTokenError::ServerResponse(said) if said.error().to_string() != "server_error" => {
                Self::said(error)
            }
            _ => Self::of_provider(error),
        }
    }
}

/// An error with its causes.
fn chain(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let reason = inner.to_string();
        // Some errors already say their cause.
        if !said.ends_with(&reason) {
            said = format!("{said}: {reason}");
        }
        cause = inner.source();
    }
    said
}
