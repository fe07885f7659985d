//! The end of a run: counts, and where the report lies.

use std::fmt::Write as _;
use std::path::Path;

use journal::run::{RunManifest, Summary};
use owo_colors::OwoColorize;
use reports::harmless;

use crate::selection::relative;

/// Prints the summary on standard output.
pub(crate) fn summary(manifest: &RunManifest, directory: &Path) {
    let Summary {
        passed,
        failed,
        broken,
        skipped,
        flaky,
    } = manifest.summary;
    let mut parts = vec![format!("{passed} passed").green().to_string()];
    for (count, word) in [
        (failed, "failed"),
        (broken, "broken"),
        (flaky, "flaky"),
        (skipped, "skipped"),
    ] {
        if count > 0 {
            let text = format!("{count} {word}");
            parts.push(match word {
                "failed" => text.red().bold().to_string(),
                "skipped" => text.dimmed().to_string(),
                _ => text.yellow().to_string(),
            });
        }
    }
    let engines: Vec<String> = manifest
        .engines
        .iter()
        .map(|engine| format!("{} {}", engine.name, engine.version))
        .collect();
    let mut details = vec![format!(
        "{} in {:.1} s",
        parts.join(", "),
        manifest.duration_ms as f64 / 1000.0
    )];
    details.extend(engines);
    details.push(format!("seed {}", manifest.seed));
    anstream::println!("{}", details.join(", "));
    if manifest.interrupted {
        anstream::println!("{}", "interrupted: what was done is kept".yellow());
    }
    anstream::println!("report: {}", relative(&directory.join("report.html")).display());
}

/// The summary for a job page.
pub(crate) fn markdown(manifest: &RunManifest) -> String {
    let Summary {
        passed,
        failed,
        broken,
        skipped,
        flaky,
    } = manifest.summary;
    let mut text = format!(
        "### Rehearse {}\n\n| passed | failed | broken | flaky | skipped |\n|---|---|---|---|---|\n| {passed} | {failed} | {broken} | {flaky} | {skipped} |\n",
        manifest.id
    );
    for record in manifest
        .scenarios
        .iter()
        .filter(|record| !record.findings.is_empty() || record.verdict == journal::run::Verdict::Broken)
    {
        let _ = writeln!(text, "\n**{}** ({})\n", literal(&record.id), record.engine);
        for finding in &record.findings {
            let _ = writeln!(text, "- {}: {}", literal(&finding.rule), literal(&finding.title));
        }
        if let Some(reason) = &record.reason {
            let _ = writeln!(text, "- {}", literal(reason));
        }
    }
    text
}

/// Text that means nothing to Markdown, on one line. A backslash makes any ASCII punctuation stand for itself (CommonMark 2.4).
fn literal(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut literal = String::with_capacity(line.len());
    for character in line.chars() {
        if character.is_ascii_punctuation() {
            literal.push('\\');
        }
        literal.push(harmless(character));
    }
    literal
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn what_a_page_says_is_no_markdown() {
        assert_eq!(
            literal("<img src=x>\n\n# [a](b)\u{1b}"),
            "\\<img src\\=x\\> \\# \\[a\\]\\(b\\)\u{fffd}"
        );
    }
}
