//! How the embed behaves, and how its page learns of it.
//!
//! The page asks `GET /embed/stage.json` when it loads and when it is about to send; with `?wait=NAME` the
//! answer comes once `NAME` was released. The path is the mock's own: a real CRM has nothing like it, and
//! it counts neither for the contract nor for the world's rest.

use std::sync::Arc;

use axum::routing::MethodRouter;
use fixtures::{LayoutField, Pipeline};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::CrmEmbed;
use crate::released::stage_endpoint;

/// The path of the page's stage directions.
pub(super) const PATH: &str = "/embed/stage.json";

/// What `/embed/ticket/create` answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Page {
    /// The embed.
    #[default]
    Normal,
    /// 404.
    NotFound,
    /// The embed, under `frame-ancestors 'none'`.
    RefusesFraming,
    /// A page that speaks only the old contract, `{msg: "…"}`.
    LegacyContractOnly,
}

/// When and how the embed says that it is ready.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum EmbedReady {
    /// As soon as it is.
    #[default]
    Normal,
    /// Never.
    Withheld,
    /// Twice in a row.
    Twice,
    /// Only when told: `release: [embed-ready]`.
    Late,
    /// Only when its page goes away (`pagehide`).
    OnUnload,
    /// With `version: 2`.
    WrongVersion,
    /// Without `version`.
    MissingVersion,
}

/// When and how the embed says that a ticket was created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CreatedMessage {
    /// Once.
    #[default]
    Once,
    /// Twice in a row.
    Twice,
    /// Never.
    Withheld,
    /// Only when told: `release: [created-message]`.
    Late,
    /// Only when its page goes away (`pagehide`).
    OnUnload,
    /// With `version: 2`.
    WrongVersion,
    /// Without `version`.
    MissingVersion,
    /// With a number for `ticketId`.
    Malformed,
    /// Without `isAutoAssociated`, which the contract reads as false.
    WithoutAssociation,
}

/// Whether the embed asks to be closed after a ticket was created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CloseMessage {
    /// It does, after saying that the ticket was created.
    #[default]
    Normal,
    /// It does not.
    Withheld,
    /// It does, before saying that the ticket was created.
    First,
}

/// A point at which the embed can be held until told to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Hold {
    /// `EMBED_READY`, where it is `late`.
    EmbedReady,
    /// `TICKET_CREATED`, where it is `late`.
    CreatedMessage,
}

/// How the creation of a ticket fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct TicketError {
    /// Status, 400 to 599.
    #[schemars(range(min = 400, max = 599))]
    pub(super) status: u16,
    /// `error.code`.
    #[serde(default)]
    pub(super) code: Option<String>,
    /// `error.message`; an answer without one where it is absent.
    #[serde(default)]
    pub(super) message: Option<String>,
}

/// How the embed behaves.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Stage {
    pub(super) page: Page,
    pub(super) embed_ready: EmbedReady,
    pub(super) created_message: CreatedMessage,
    pub(super) close_message: CloseMessage,
    pub(super) embed_source: Option<String>,
    pub(super) data_source: Option<String>,
    pub(super) allowed_sources: Vec<String>,
    pub(super) auto_associate: Option<bool>,
    pub(super) ticket_error: Option<TicketError>,
    pub(super) resize: Vec<Value>,
    pub(super) measured_height: bool,
    pub(super) pipelines: Option<Vec<Pipeline>>,
    pub(super) fields: Option<Vec<LayoutField>>,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            page: Page::default(),
            embed_ready: EmbedReady::default(),
            created_message: CreatedMessage::default(),
            close_message: CloseMessage::default(),
            embed_source: None,
            data_source: None,
            allowed_sources: vec!["embed-web-cdp".to_owned(), "embed-web-chat".to_owned()],
            auto_associate: None,
            ticket_error: None,
            resize: Vec::new(),
            measured_height: true,
            pipelines: None,
            fields: None,
        }
    }
}

impl Stage {
    /// What concerns the page.
    fn for_page(&self) -> Value {
        json!({
            "embedReady": self.embed_ready,
            "createdMessage": self.created_message,
            "closeMessage": self.close_message,
            "embedSource": self.embed_source,
            "dataSource": self.data_source,
            "resize": self.resize,
            "measuredHeight": self.measured_height,
        })
    }
}

/// `GET /embed/stage.json`, by a handler that may wait.
pub(super) fn endpoint(mock: &Arc<CrmEmbed>) -> MethodRouter {
    stage_endpoint(mock, |mock| &mock.released, |mock| mock.stage().for_page())
}
