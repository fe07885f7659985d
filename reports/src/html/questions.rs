//! Open questions: the answers of all scenarios, laid out as one table a question.

use std::collections::BTreeMap;

use journal::fact::Answer;
use journal::run::EngineRecord;
use serde::Serialize;

/// The answers to one question.
#[derive(Debug, Serialize)]
pub(super) struct Question {
    /// The question's id.
    id: String,
    /// Columns that say which case a row is.
    case: Vec<String>,
    /// Columns that say what was observed, once an engine.
    observed: Vec<String>,
    /// The engines.
    engines: Vec<String>,
    /// The rows, in order of their cases.
    rows: Vec<QuestionRow>,
}

#[derive(Debug, Serialize)]
struct QuestionRow {
    /// Value of each case column, empty where the case does not have it.
    case: Vec<String>,
    /// By engine, then by observed column: every value that was seen, with the scenario it was seen in.
    cells: Vec<Vec<Vec<Seen>>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Seen {
    value: String,
    /// Place of the scenario in the manifest.
    scenario: usize,
}

/// An answer with the place of its scenario in the manifest, and the engine.
type Given = (usize, String, Answer);

/// Answers as they come in, scenario by scenario.
#[derive(Debug, Default)]
pub(super) struct Answers {
    all: Vec<Given>,
}

impl Answers {
    /// Notes an answer of a scenario that ran in an engine.
    pub(super) fn add(&mut self, scenario: usize, engine: &str, answer: &Answer) {
        self.all.push((scenario, engine.to_owned(), answer.clone()));
    }

    /// The tables, in order of the questions' ids, engines in order of the run's.
    pub(super) fn tables(&self, engines: &[EngineRecord]) -> Vec<Question> {
        // `OQ-2` comes before `OQ-10`.
        let mut by_question: BTreeMap<(usize, &str), Vec<&Given>> = BTreeMap::new();
        for answer in &self.all {
            let id = answer.2.question.as_str();
            by_question.entry((id.len(), id)).or_default().push(answer);
        }
        by_question
            .into_iter()
            .map(|((_, id), answers)| table(id, &answers, engines))
            .collect()
    }
}

fn table(id: &str, answers: &[&Given], known: &[EngineRecord]) -> Question {
    let mut case = Vec::new();
    let mut observed = Vec::new();
    let mut engines = Vec::new();
    for engine in known {
        if answers.iter().any(|(_, name, _)| *name == engine.name) {
            remember(&mut engines, &engine.name);
        }
    }
    for (_, engine, answer) in answers {
        remember(&mut engines, engine);
        answer.case.keys().for_each(|column| remember(&mut case, column));
        answer
            .observed
            .keys()
            .for_each(|column| remember(&mut observed, column));
    }
    let mut rows: BTreeMap<Vec<String>, Vec<Vec<Vec<Seen>>>> = BTreeMap::new();
    for (scenario, engine, answer) in answers {
        let key = case
            .iter()
            .map(|column: &String| answer.case.get(column).cloned().unwrap_or_default())
            .collect();
        let cells = rows
            .entry(key)
            .or_insert_with(|| vec![vec![Vec::new(); observed.len()]; engines.len()]);
        let Some(of_engine) = engines.iter().position(|known| known == engine) else {
            continue;
        };
        for (column, name) in observed.iter().enumerate() {
            let Some(value) = answer.observed.get(name) else {
                continue;
            };
            let cell = &mut cells[of_engine][column];
            if !cell.iter().any(|seen| seen.value == *value) {
                cell.push(Seen {
                    value: value.clone(),
                    scenario: *scenario,
                });
            }
        }
    }
    Question {
        id: id.to_owned(),
        case,
        observed,
        engines,
        rows: rows
            .into_iter()
            .map(|(case, cells)| QuestionRow { case, cells })
            .collect(),
    }
}

fn remember(known: &mut Vec<String>, name: &str) {
    if !known.iter().any(|other| other == name) {
        known.push(name.to_owned());
    }
}
