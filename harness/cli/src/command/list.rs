//! `rehearse list`: scenarios, or requirements with what covers them.

use owo_colors::OwoColorize;
use scenarios::model::Owner;

use crate::arguments::List;
use crate::configuration::Configuration;
use crate::exit::{Exit, Failure};
use crate::selection;

pub(crate) fn execute(arguments: &List) -> Result<Exit, Failure> {
    let configuration = Configuration::load(arguments.common.config.as_deref())?;
    let catalogue = selection::catalogue(&arguments.common, &configuration)?;
    if arguments.coverage {
        return Ok(coverage(&catalogue, arguments));
    }
    let cases = catalogue.matching(&arguments.filters);
    if arguments.json {
        let rows: Vec<_> = cases
            .iter()
            .map(|case| {
                serde_json::json!({"id": case.id, "title": case.title, "covers": case.covers, "world": case.world,
                    "location": case.location.to_string()})
            })
            .collect();
        anstream::println!("{}", serde_json::Value::from(rows));
        return Ok(Exit::Passed);
    }
    for case in &cases {
        anstream::println!("{}  {}", case.id.bold(), case.title.dimmed());
    }
    anstream::println!("{} scenario runs", cases.len());
    Ok(Exit::Passed)
}

fn coverage(catalogue: &scenarios::Catalogue, arguments: &List) -> Exit {
    let mut rows: Vec<_> = catalogue
        .coverage()
        .into_iter()
        .filter(|row| {
            arguments.filters.is_empty()
                || arguments
                    .filters
                    .iter()
                    .any(|filter| row.requirement.id.contains(filter) || row.area == *filter)
        })
        .collect();
    // Uncovered ones last, where they are seen.
    rows.sort_by_key(|row| {
        row.scenarios.is_empty() || (row.requirement.owner == Owner::FrontEnd && row.sabotages.is_empty())
    });
    if arguments.json {
        let table: Vec<_> = rows
            .iter()
            .map(|row| {
                serde_json::json!({"id": row.requirement.id, "title": row.requirement.title, "area": row.area,
                    "owner": row.requirement.owner, "scenarios": row.scenarios, "sabotages": row.sabotages})
            })
            .collect();
        anstream::println!("{}", serde_json::Value::from(table));
        return Exit::Passed;
    }
    let mut uncovered = 0;
    for row in &rows {
        let by_sabotage = row.requirement.owner != Owner::FrontEnd || !row.sabotages.is_empty();
        let covered = !row.scenarios.is_empty() && by_sabotage;
        uncovered += usize::from(!covered);
        let mark = if covered {
            "✓".green().to_string()
        } else {
            "✗".red().to_string()
        };
        anstream::println!("{mark} {}  {}", row.requirement.id.bold(), row.requirement.title);
        let list = |names: &[String]| {
            if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(", ")
            }
        };
        anstream::println!("    {} {}", "scenarios:".dimmed(), list(&row.scenarios));
        if row.requirement.owner == Owner::FrontEnd {
            anstream::println!("    {} {}", "sabotages:".dimmed(), list(&row.sabotages));
        }
    }
    anstream::println!("{} requirements, {uncovered} uncovered", rows.len());
    Exit::Passed
}
