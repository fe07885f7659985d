//! Firefox.
use super::Table;
pub(crate) static TABLE: Table = Table {
    driver: "geckodriver",
    driver_arguments: |_| vec![],
    port_in: |_| None,
    capabilities: |_, _| Default::default(),
    one_visible_tab: false,
    accepts_insecure: false,
};
