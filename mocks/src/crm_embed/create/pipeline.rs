//! Pipeline and stage, where given, are the company's.

use super::{Creation, invalid};
use crate::desk::Reply;

pub(super) fn know_pipeline(creation: &mut Creation<'_>) -> Result<(), Reply> {
    let (pipeline, stage) = (creation.ticket("pipeline_id"), creation.ticket("stage_id"));
    if pipeline.is_empty() {
        return if stage.is_empty() {
            Ok(())
        } else {
            Err(invalid("pipeline_missing", "A stage needs its pipeline."))
        };
    }
    let prescribed = creation.crm.prescribed(creation.company());
    let Some(pipeline) = prescribed.pipelines.iter().find(|known| known.id == pipeline) else {
        return Err(invalid("pipeline_unknown", "There is no such pipeline."));
    };
    if !stage.is_empty() && !pipeline.stages.iter().any(|known| known.id == stage) {
        return Err(invalid(
            "stage_unknown",
            "There is no such stage in this pipeline.",
        ));
    }
    Ok(())
}
