//! What types cannot say: names that must exist, order that must hold.

use super::expand::Placed;
use super::support::Support;
use crate::Diagnostic;
use crate::model::{Expectation, Scenario, Step};
use crate::yaml::Node;

/// Checks a scenario's head.
pub(super) fn head(scenario: &Scenario, tree: &Node, support: &Support, problems: &mut Vec<Diagnostic>) {
    if scenario.steps.is_empty() {
        problems.push(Diagnostic::place(
            tree.reach(&["steps"]),
            "this scenario has no steps",
        ));
    }
    if scenario.covers.is_empty() {
        problems.push(
            Diagnostic::place(tree.reach(&["covers"]), "this scenario covers no requirement")
                .help("name the ids of the requirements it proves"),
        );
    }
    for (index, id) in scenario.covers.iter().enumerate() {
        let place = tree.reach(&["covers", &index.to_string()]);
        if support.ruled
            && !support
                .requirements
                .iter()
                .any(|known| known.requirement.id == id.value)
            && !id.value.contains("${")
        {
            let known = support
                .requirements
                .iter()
                .map(|known| known.requirement.id.as_str());
            let problem = Diagnostic::place(place, format!("there is no requirement `{}`", id.value));
            problems.push(problem.advised(&id.value, known));
        }
        if scenario.covers[..index]
            .iter()
            .any(|before| before.value == id.value)
        {
            problems.push(Diagnostic::place(
                place,
                format!("`{}` is covered twice", id.value),
            ));
        }
    }
    for (index, tolerance) in scenario.tolerate.iter().enumerate() {
        const RULES: [&str; 8] = [
            "ALL-01", "ALL-02", "ALL-03", "ALL-04", "ALL-05", "ALL-06", "LOOP", "SETTLE",
        ];
        let rule = tolerance.value.rule.as_str();
        let index = index.to_string();
        if !RULES.contains(&rule) && !rule.contains("${") {
            let place = tree.reach(&["tolerate", &index, "rule"]);
            problems.push(
                Diagnostic::place(place, format!("there is no invariant `{rule}`")).advised(rule, RULES),
            );
        }
        if tolerance.value.because.trim().is_empty() {
            let place = tree.reach(&["tolerate", &index, "because"]);
            problems.push(Diagnostic::place(place, "this tolerance gives no reason"));
        }
    }
    if scenario.engines.as_ref().is_some_and(Vec::is_empty) {
        problems.push(Diagnostic::place(
            tree.reach(&["engines"]),
            "this scenario can run in no engine",
        ));
    }
}

/// Checks steps in their order.
pub(super) fn steps(steps: &[(Step, Placed)], problems: &mut Vec<Diagnostic>) {
    let mut order = Order {
        marks: Vec::new(),
        tabs: vec!["main".to_owned()],
        problems,
    };
    for (step, placed) in steps {
        order.step(step, &placed.node);
    }
}

struct Order<'problems> {
    marks: Vec<String>,
    tabs: Vec<String>,
    problems: &'problems mut Vec<Diagnostic>,
}

impl Order<'_> {
    fn step(&mut self, step: &Step, node: &Node) {
        match step {
            Step::Mark(name) => {
                if self.marks.contains(name) {
                    self.problem(node, &["mark"], format!("there is a mark `{name}` already"));
                }
                self.marks.push(name.clone());
            }
            Step::OpenTab(tab) => {
                if self.tabs.contains(&tab.name) {
                    self.problem(
                        node,
                        &["open-tab", "name"],
                        format!("there is a tab `{}` already", tab.name),
                    );
                } else {
                    self.tabs.push(tab.name.clone());
                }
            }
            Step::SwitchTab(name) => self.tab(node, "switch-tab", name),
            Step::CloseTab(name) => {
                self.tab(node, "close-tab", name);
                if name == "main" {
                    self.problem(
                        node,
                        &["close-tab"],
                        "the tab `main` stays: it becomes the current one".to_owned(),
                    );
                } else {
                    self.tabs.retain(|tab| tab != name);
                }
            }
            Step::Expect(expectations) => {
                if expectations.is_empty() {
                    self.problem(node, &["expect"], "nothing is expected here".to_owned());
                }
                for (index, expectation) in expectations.iter().enumerate() {
                    let index = index.to_string();
                    self.expectation(&expectation.value, node, &index);
                }
            }
            Step::Observe(observe) if observe.answer.is_empty() => {
                self.problem(
                    node,
                    &["observe", "answer"],
                    "nothing is read off here".to_owned(),
                );
            }
            Step::PostMessage(post) if post.times == 0 => self.never(node, &["post-message", "times"]),
            Step::Press(crate::model::Press::On { times: 0, .. }) => self.never(node, &["press", "times"]),
            _ => {}
        }
    }

    fn expectation(&mut self, expectation: &Expectation, node: &Node, index: &str) {
        let (name, since) = match expectation {
            Expectation::Message(message) => ("message", &message.since),
            Expectation::Request(request) => ("request", &request.since),
            Expectation::Mock(mock) => ("mock", &mock.since),
            Expectation::Storage(storage) => {
                let area = storage.area.as_deref();
                if !area.is_none_or(|area| ["local", "session"].contains(&area) || area.contains("${")) {
                    let path = ["expect", index, "storage", "area"];
                    self.problem(node, &path, "the area is `local` or `session`".to_owned());
                }
                return;
            }
            Expectation::Error(error) => {
                let of = error.of.as_deref();
                if !of
                    .is_none_or(|of| ["console", "uncaught", "rejection"].contains(&of) || of.contains("${"))
                {
                    let path = ["expect", index, "error", "of"];
                    self.problem(
                        node,
                        &path,
                        "`of` is `console`, `uncaught` or `rejection`".to_owned(),
                    );
                }
                return;
            }
            Expectation::Refused(refused) => {
                const REASONS: [&str; 5] = [
                    "unknown-host",
                    "undeclared-port",
                    "malformed",
                    "too-large",
                    "foreign-peer",
                ];
                if let Some(reason) = refused.reason.as_deref()
                    && !REASONS.contains(&reason)
                    && !reason.contains("${")
                {
                    let place = node.reach(&["expect", index, "refused", "reason"]);
                    let problem = Diagnostic::place(place, format!("the gateway knows no reason `{reason}`"));
                    self.problems.push(problem.advised(reason, REASONS));
                }
                return;
            }
            _ => return,
        };
        if let Some(since) = since
            && !self.marks.contains(since)
            && !since.contains("${")
        {
            let place = node.reach(&["expect", index, name, "since"]);
            let problem = Diagnostic::place(place, format!("there is no mark `{since}` before this step"))
                .help(format!("set it with `- mark: {since}` in an earlier step"));
            self.problems
                .push(problem.advised(since, self.marks.iter().map(String::as_str)));
        }
    }

    fn tab(&mut self, node: &Node, step: &str, name: &str) {
        if !self.tabs.iter().any(|tab| tab == name) && !name.contains("${") {
            let problem = Diagnostic::place(
                node.reach(&[step]),
                format!("there is no tab `{name}` at this point"),
            );
            let advised = problem.advised(name, self.tabs.iter().map(String::as_str));
            self.problems.push(advised);
        }
    }

    fn never(&mut self, node: &Node, path: &[&str]) {
        self.problem(node, path, "zero times is never".to_owned());
    }

    fn problem(&mut self, node: &Node, path: &[&str], message: String) {
        self.problems.push(Diagnostic::place(node.reach(path), message));
    }
}
