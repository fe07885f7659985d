//! The two names of an event: the label people read, and the name the data team uses.

/// Name and label of each event.
const NAMES: &[(&str, &str)] = &[
    (
        "cdp_ticket_embed_opened",
        "[Qontak One] [Customer] Create Ticket Embed Opened",
    ),
    (
        "cdp_ticket_embed_created",
        "[Qontak One] [Customer] Create Ticket Embed Created",
    ),
    (
        "cdp_ticket_embed_create_error",
        "[Qontak One] [Customer] Create Ticket Embed Create Error",
    ),
    (
        "cdp_ticket_embed_associate_failed",
        "[Qontak One] [Customer] Create Ticket Embed Associate Failed",
    ),
    (
        "cdp_ticket_embed_init_dropped",
        "[Qontak One] [Customer] Create Ticket Embed Init Dropped",
    ),
];

/// The name of an event as sent, whichever of the two was sent; unknown ones stay as they are.
pub(super) fn snake_case(sent: &str) -> &str {
    NAMES
        .iter()
        .find(|(_, label)| *label == sent)
        .map_or(sent, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_mapped_back_and_other_names_stay() {
        assert_eq!(
            snake_case("[Qontak One] [Customer] Create Ticket Embed Init Dropped"),
            "cdp_ticket_embed_init_dropped"
        );
        assert_eq!(snake_case("cdp_ticket_embed_opened"), "cdp_ticket_embed_opened");
        assert_eq!(snake_case("$identify"), "$identify");
    }
}
