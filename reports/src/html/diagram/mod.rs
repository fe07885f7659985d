//! The sequence diagram of a scenario: who spoke to whom, in which order.
//!
//! The rows are worked out here, where they can be tested; the page only draws them. Lanes stand in three
//! groups, so that every border is visible: the browser, the documents in it by origin, and the servers by
//! origin on the other side of the wire. Messages cross borders between documents, requests cross the wire.

mod arrange;
mod lanes;
mod notes;
mod requests;
mod row;
mod windows;

use std::collections::HashSet;
use std::sync::Arc;

use journal::{Event, Fact, Sequence};
use serde::Serialize;

pub(crate) use lanes::Lane;
use lanes::Lanes;
pub(crate) use row::Row;

/// Lanes and rows, ready to be drawn.
#[derive(Debug, Serialize)]
pub(crate) struct Diagram {
    /// From left to right.
    pub(crate) lanes: Vec<Lane>,
    /// From top to bottom.
    pub(crate) rows: Vec<Row>,
}

/// Works out the diagram of a scenario. Rows that hold a finding's evidence are never folded away.
pub(crate) fn of(events: &[Arc<Event>], began_us: u64, evidence: &HashSet<Sequence>) -> Diagram {
    let world = events.iter().find_map(|event| match &event.fact {
        Fact::WorldUp(world) => Some(world),
        _ => None,
    });
    let mut lanes = Lanes::new(world);
    let time = Time { began_us };
    let mut rows = windows::navigations(events, time, &mut lanes);
    rows.extend(windows::messages(events, time, &mut lanes));
    let (requests, returns) = requests::rows(events, time, evidence, &mut lanes);
    rows.extend(requests);
    rows.extend(notes::rows(events, time, &mut lanes));
    let mut rows = arrange::rows(rows, &returns);
    let (lanes, places) = lanes.arrange();
    for row in &mut rows {
        row.from = row.from.map(|lane| places[lane]);
        row.to = row.to.map(|lane| places[lane]);
    }
    Diagram { lanes, rows }
}

/// The scenario's own zero of time.
#[derive(Clone, Copy, Debug)]
struct Time {
    began_us: u64,
}

impl Time {
    fn of(self, wall_us: u64) -> i64 {
        let wall = i64::try_from(wall_us).unwrap_or(i64::MAX);
        wall.saturating_sub(i64::try_from(self.began_us).unwrap_or(i64::MAX))
    }

    /// A page's own time, unless it lies far from when the journal heard of it.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a cast from f64 saturates, and far-off times are refused"
    )]
    fn of_page(self, page_ms: f64, wall_us: u64) -> i64 {
        const FAR_US: u64 = 5_000_000;
        let told = self.of(wall_us);
        let began = i64::try_from(self.began_us).unwrap_or(i64::MAX);
        let page = ((page_ms * 1000.0) as i64).saturating_sub(began);
        if page.abs_diff(told) > FAR_US { told } else { page }
    }
}
