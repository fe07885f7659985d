//! Choosing cases on the command line.

use super::Case;

impl Case {
    /// Whether a filter chooses this case: part of its id, a glob over its id or name (`ticket/*ready*`), an area, or a
    /// requirement's id (`TCKT-08`, `TCKT-S02`). Letter case does not matter.
    #[must_use]
    pub fn matches(&self, filter: &str) -> bool {
        let filter = filter.trim().to_lowercase();
        let id = self.id.to_lowercase();
        if filter.contains(['*', '?']) {
            let name = self.name.to_lowercase();
            return glob(&filter, &id)
                || glob(&filter, &name)
                || self
                    .covers
                    .iter()
                    .any(|covered| glob(&filter, &covered.to_lowercase()));
        }
        id.contains(&filter)
            || self.covers.iter().any(|covered| {
                let covered = covered.to_lowercase();
                covered == filter
                    || covered
                        .strip_prefix(&filter)
                        .is_some_and(|rest| rest.starts_with('/'))
            })
    }
}

/// `*` stands for any text, `?` for one character.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(character) if *character == '?' || *character == text[seen] => {
                at += 1;
                seen += 1;
            }
            _ => match &mut star {
                Some((back, from)) => {
                    *from += 1;
                    at = *back + 1;
                    seen = *from;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|character| *character == '*')
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn globs_match_as_in_a_shell() {
        assert!(glob("ticket/*", "ticket/spoofed-ready[sender=attacker]"));
        assert!(glob("*ready*", "ticket/spoofed-ready"));
        assert!(glob("t?cket/*y", "ticket/ready"));
        assert!(glob("*", ""));
        assert!(!glob("ticket/*x", "ticket/ready"));
        assert!(!glob("ready", "ticket/ready"));
        assert!(glob("*a*b*c*", "xxaxxbxxcxx"));
    }
}
