//! Text of pages and servers, made fit for terminals and logs.

/// Text that neither a terminal nor the log of a workflow obeys. Control characters are replaced, and so are those that turn
/// the direction of writing. Further lines are set in by so many columns and begin with a bar: what begins a line with `::` is a
/// command to GitHub, whatever space stands before it, and `##[` is one anywhere.
#[must_use]
pub fn plain(text: &str, indent: usize) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.chars().map(harmless).collect())
        .collect();
    lines.join(&format!("\n{:indent$}| ", "")).replace("##[", "# #[")
}

/// The character, or what stands in for one that would act on what shows it.
pub fn harmless(character: char) -> char {
    let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if turns || (character.is_control() && character != '\t') {
        '\u{fffd}'
    } else {
        character
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_page_commands_neither_the_terminal_nor_the_workflow() {
        assert_eq!(plain("Add ticket\tnow – später", 4), "Add ticket\tnow – später");
        assert_eq!(
            plain("\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}x\ry", 4),
            "\u{fffd}]0;owned\u{fffd}\u{fffd}2J\u{fffd}x\u{fffd}y"
        );
        assert_eq!(
            plain("one\n::stop-commands::x\r\n  ::add-mask::y", 4),
            "one\n    | ::stop-commands::x\n    |   ::add-mask::y"
        );
        assert_eq!(plain("a ###[stop-commands]x", 0), "a ## #[stop-commands]x");
    }
}
