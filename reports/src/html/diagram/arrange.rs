//! Order: rows by time, late responses in their place, static files taken together.

use std::collections::HashMap;

use super::requests::Returns;
use super::row::{Kind, Row};

/// The rows in the order they are read.
pub(super) fn rows(mut rows: Vec<Row>, returns: &Returns) -> Vec<Row> {
    sort(&mut rows);
    let late = late_returns(&rows, returns);
    rows.extend(late);
    sort(&mut rows);
    fold_assets(rows)
}

fn sort(rows: &mut [Row]) {
    // A section begins before what happens in it; what is simultaneous keeps the journal's order.
    rows.sort_by_key(|row| (row.t, !row.is_band(), row.events.first().copied()));
}

/// Rows of their own for responses that came after something else had happened.
fn late_returns(rows: &[Row], returns: &Returns) -> Vec<Row> {
    let separators: Vec<i64> = rows
        .iter()
        .filter(|row| row.separates())
        .map(|row| row.t)
        .collect();
    let mut late = Vec::new();
    for row in rows {
        if row.kind != Kind::Request {
            continue;
        }
        let Some(&at) = row.events.first().and_then(|seq| returns.get(seq)) else {
            continue;
        };
        let next = separators.partition_point(|&t| t <= row.t);
        if separators.get(next).is_none_or(|&t| t >= at) {
            continue;
        }
        let mut back = row.clone();
        back.kind = Kind::Return;
        back.t = at;
        (back.from, back.to) = (row.to, row.from);
        back.detail = String::new();
        late.push(back);
    }
    late
}

/// Takes the static files of a section that went the same way into one row, at the place of the first.
fn fold_assets(rows: Vec<Row>) -> Vec<Row> {
    let mut folded: Vec<Row> = Vec::with_capacity(rows.len());
    let mut groups: HashMap<(Option<usize>, Option<usize>), (usize, usize)> = HashMap::new();
    for row in rows {
        if row.is_band() {
            groups.clear();
        }
        if row.kind != Kind::Assets {
            folded.push(row);
            continue;
        }
        match groups.get_mut(&(row.from, row.to)) {
            None => {
                groups.insert((row.from, row.to), (folded.len(), 1));
                folded.push(row);
            }
            Some((at, count)) => {
                *count += 1;
                let group = &mut folded[*at];
                let ends = row
                    .t
                    .saturating_add(i64::try_from(row.took.unwrap_or(0)).unwrap_or(i64::MAX));
                let took = u64::try_from(ends.saturating_sub(group.t)).unwrap_or(0);
                group.took = Some(took.max(group.took.unwrap_or(0)));
                group.size = Some(group.size.unwrap_or(0).saturating_add(row.size.unwrap_or(0)));
                group.events.extend(row.events);
                group.label = format!("{count} static files");
                group.status = None;
            }
        }
    }
    folded
}
