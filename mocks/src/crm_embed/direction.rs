//! How a scenario directs the CRM's web side.

use fixtures::{LayoutField, Pipeline};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::CrmEmbed;
use super::stage::{CloseMessage, CreatedMessage, EmbedReady, Hold, Page, TicketError};
use crate::direction::Change;

/// Directions for the CRM's web side.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct CrmEmbedDirection {
    /// What the embed's address answers.
    page: Change<Page>,
    /// When and how the embed says that it is ready.
    embed_ready: Change<EmbedReady>,
    /// When and how the embed says that a ticket was created.
    created_message: Change<CreatedMessage>,
    /// Whether the embed asks to be closed after a ticket was created.
    close_message: Change<CloseMessage>,
    /// What to let go that is held as `late`.
    release: Vec<Hold>,
    /// The `embed_source` that the page sends; `null` for its own, `embed-web-cdp`.
    embed_source: Change<Option<String>>,
    /// A `data_source` that the page sends beside it, which the server must overwrite; `null` for none.
    data_source: Change<Option<String>>,
    /// The values of `embed_source` that the server takes over as `data_source`.
    allowed_sources: Change<Vec<String>>,
    /// Whether a created ticket is associated with the customer at once; `null` for as the switch says.
    auto_associate: Change<Option<YesNo>>,
    /// How the creation of a ticket fails; `null` for not at all.
    ticket_error: Change<Option<TicketError>>,
    /// Heights the page reports beside the measured ones, once the form is shown: numbers, or anything else
    /// to report something that is no height (`"NaN"` and `"Infinity"` stand for those numbers).
    resize: Change<Vec<Value>>,
    /// Whether the page reports its measured height.
    measured_height: Change<bool>,
    /// The pipelines offered; `null` for the company's.
    pipelines: Change<Option<Vec<PipelineDirection>>>,
    /// The custom layout; `null` for the company's.
    fields: Change<Option<Vec<FieldDirection>>>,
    /// Ends every session at the CRM.
    end_sessions: bool,
}

/// Yes or no, as the switches spell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum YesNo {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// A pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PipelineDirection {
    /// Identity.
    id: String,
    /// Name.
    name: String,
    /// Stages, in order.
    stages: Vec<StageDirection>,
}

/// A stage of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct StageDirection {
    /// Identity.
    id: String,
    /// Name.
    name: String,
}

/// A field of a custom layout.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct FieldDirection {
    /// Key under which the value is sent.
    key: String,
    /// Label, as people read it.
    label: String,
    /// What kind of field it is.
    r#type: FieldType,
    /// Whether it must be filled in.
    #[serde(default)]
    required: bool,
    /// What a `select` offers.
    #[serde(default)]
    options: Vec<String>,
}

/// A kind of field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FieldType {
    /// One line.
    Text,
    /// Several lines.
    Textarea,
    /// One of its options.
    Select,
    /// A date.
    Date,
}

impl CrmEmbed {
    pub(super) fn direct(&self, direction: CrmEmbedDirection) {
        {
            let mut stage = self.stage();
            direction.page.apply(&mut stage.page);
            direction.embed_ready.apply(&mut stage.embed_ready);
            direction.created_message.apply(&mut stage.created_message);
            direction.close_message.apply(&mut stage.close_message);
            direction.embed_source.apply(&mut stage.embed_source);
            direction.data_source.apply(&mut stage.data_source);
            direction.allowed_sources.apply(&mut stage.allowed_sources);
            direction.ticket_error.apply(&mut stage.ticket_error);
            direction.resize.apply(&mut stage.resize);
            direction.measured_height.apply(&mut stage.measured_height);
            if let Change::To(answer) = direction.auto_associate {
                stage.auto_associate = answer.map(|answer| answer == YesNo::Yes);
            }
            if let Change::To(pipelines) = direction.pipelines {
                stage.pipelines = pipelines.map(|pipelines| pipelines.into_iter().map(Into::into).collect());
            }
            if let Change::To(fields) = direction.fields {
                stage.fields = fields.map(|fields| fields.into_iter().map(Into::into).collect());
            }
        }
        if direction.end_sessions {
            self.sessions().end_all();
        }
        self.released.release(&direction.release);
    }
}

impl From<PipelineDirection> for Pipeline {
    fn from(direction: PipelineDirection) -> Self {
        Self {
            id: direction.id,
            name: direction.name,
            stages: direction
                .stages
                .into_iter()
                .map(|stage| fixtures::Stage {
                    id: stage.id,
                    name: stage.name,
                })
                .collect(),
        }
    }
}

impl From<FieldDirection> for LayoutField {
    fn from(direction: FieldDirection) -> Self {
        let kind = match direction.r#type {
            FieldType::Text => "text",
            FieldType::Textarea => "textarea",
            FieldType::Select => "select",
            FieldType::Date => "date",
        };
        Self {
            key: direction.key,
            label: direction.label,
            kind: kind.to_owned(),
            required: direction.required,
            options: direction.options,
        }
    }
}
