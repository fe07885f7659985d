//! Keys as a person names them, and as WebDriver takes them (WebDriver, "Keyboard actions").

use serde_json::{Value, json};

/// A key with the modifiers held while it is pressed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chord {
    modifiers: Vec<char>,
    key: char,
}

impl Chord {
    /// Reads a chord such as `Escape`, `Control+k` or `Shift+Tab`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts: Vec<&str> = text.split('+').collect();
        // `Control++` presses the plus key.
        if text.ends_with('+') {
            parts.truncate(parts.len().saturating_sub(2));
            parts.push("+");
        }
        let key = parts.pop().unwrap_or_default();
        let modifiers = parts
            .into_iter()
            .map(|name| modifier(name).ok_or_else(|| format!("`{name}` is not a modifier key")))
            .collect::<Result<_, _>>()?;
        let key = named(key)
            .or_else(|| modifier(key))
            .or_else(|| single(key))
            .ok_or_else(|| format!("there is no key `{key}`"))?;
        Ok(Self { modifiers, key })
    }

    /// The key actions that press and release it.
    pub(crate) fn actions(&self) -> Vec<Value> {
        let down = self.modifiers.iter().map(|key| key_down(*key));
        let up = self.modifiers.iter().rev().map(|key| key_up(*key));
        down.chain([key_down(self.key), key_up(self.key)])
            .chain(up)
            .collect()
    }
}

/// Tells whether a key or chord can be pressed, without a browser.
///
/// # Errors
/// There is no such key: the text says what would be right.
pub fn check_keys(text: &str) -> Result<(), String> {
    Chord::parse(text).map(drop)
}

/// The key actions that type a text.
pub(crate) fn typing(text: &str) -> Vec<Value> {
    text.replace("\r\n", "\n")
        .chars()
        .map(|character| match character {
            '\n' => '\u{E007}',
            '\t' => '\u{E004}',
            other => other,
        })
        .flat_map(|key| [key_down(key), key_up(key)])
        .collect()
}

fn key_down(key: char) -> Value {
    json!({"type": "keyDown", "value": key.to_string()})
}

fn key_up(key: char) -> Value {
    json!({"type": "keyUp", "value": key.to_string()})
}

fn single(text: &str) -> Option<char> {
    let mut characters = text.chars();
    let first = characters.next()?;
    characters.next().is_none().then_some(first)
}

fn modifier(name: &str) -> Option<char> {
    Some(match name {
        "Shift" => '\u{E008}',
        "Control" | "Ctrl" => '\u{E009}',
        "Alt" | "Option" => '\u{E00A}',
        "Meta" | "Command" | "Cmd" => '\u{E03D}',
        _ => return None,
    })
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "Backspace" => '\u{E003}',
        "Tab" => '\u{E004}',
        "Enter" | "Return" => '\u{E007}',
        "Escape" | "Esc" => '\u{E00C}',
        "Space" => ' ',
        "PageUp" => '\u{E00E}',
        "PageDown" => '\u{E00F}',
        "End" => '\u{E010}',
        "Home" => '\u{E011}',
        "ArrowLeft" => '\u{E012}',
        "ArrowUp" => '\u{E013}',
        "ArrowRight" => '\u{E014}',
        "ArrowDown" => '\u{E015}',
        "Insert" => '\u{E016}',
        "Delete" => '\u{E017}',
        _ => {
            let number: u32 = name.strip_prefix('F')?.parse().ok()?;
            if !(1..=12).contains(&number) {
                return None;
            }
            return char::from_u32(0xE030 + number);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_read() {
        let chord = |text| Chord::parse(text).expect(text);
        assert_eq!(chord("Escape").key, '\u{E00C}');
        assert_eq!(chord("Control+k").modifiers, ['\u{E009}']);
        assert_eq!(chord("Control+[").key, '[');
        assert_eq!(chord("Control++").key, '+');
        assert_eq!(chord("+").key, '+');
        assert_eq!(chord("F12").key, '\u{E03C}');
        assert_eq!(chord("Shift+Tab").actions().len(), 4);
        assert!(Chord::parse("Hyper+x").is_err());
        assert!(Chord::parse("Enterr").is_err());
    }

    #[test]
    fn new_lines_are_typed_as_enter() {
        assert_eq!(typing("a\r\nb").len(), 6);
    }
}
