//! The custom layout is filled in as the company prescribes. The plain form knows no layout and sends none.

use super::{Creation, invalid};
use crate::desk::Reply;

pub(super) fn require_fields(creation: &mut Creation<'_>) -> Result<(), Reply> {
    let Some(fields) = creation.body["ticket"]["fields"].as_object() else {
        return Ok(());
    };
    let layout = creation.crm.prescribed(creation.company()).layout;
    if let Some(unknown) = fields
        .keys()
        .find(|key| !layout.iter().any(|field| field.key == **key))
    {
        return Err(invalid("field_unknown", &format!("There is no field {unknown}.")));
    }
    for field in &layout {
        let value = fields
            .get(&field.key)
            .and_then(|value| value.as_str())
            .unwrap_or_default();
        if field.required && value.trim().is_empty() {
            return Err(invalid(
                "field_missing",
                &format!("{} must be filled in.", field.label),
            ));
        }
        if field.kind == "select" && !value.is_empty() && !field.options.iter().any(|option| option == value)
        {
            return Err(invalid(
                "option_unknown",
                &format!("{} has no such option.", field.label),
            ));
        }
    }
    Ok(())
}
