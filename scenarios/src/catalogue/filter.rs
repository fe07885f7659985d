//! Choosing cases and sabotages on the command line. Letter case does not matter.

use super::{Case, Catalogue, KnownBad};

impl Catalogue {
    /// Whether a filter chooses this case: its area; where no area is called so, a part of its id, a glob over its id or
    /// name (`ticket/*ready*`), or a requirement's id (`TCKT-08`, `TCKT-S02`).
    #[must_use]
    pub fn chooses(&self, filter: &str, case: &Case) -> bool {
        let filter = filter.trim().to_lowercase();
        if self.cases.iter().any(|case| case.area.to_lowercase() == filter) {
            return case.area.to_lowercase() == filter;
        }
        named(&filter, &case.id) || named(&filter, &case.name) || covers(&filter, case)
    }

    /// Whether a filter chooses this sabotage: its area; where no area is called so, a part of its id, or a glob over it.
    #[must_use]
    pub fn chooses_sabotage(&self, filter: &str, known_bad: &KnownBad) -> bool {
        let filter = filter.trim().to_lowercase();
        if self.sabotages.iter().any(|other| other.area() == filter) {
            return known_bad.area() == filter;
        }
        named(&filter, &known_bad.id)
    }
}

impl KnownBad {
    fn area(&self) -> String {
        self.id.split('/').next().unwrap_or_default().to_lowercase()
    }
}

fn named(filter: &str, id: &str) -> bool {
    let id = id.to_lowercase();
    if is_glob(filter) {
        glob(filter, &id)
    } else {
        id.contains(filter)
    }
}

fn covers(filter: &str, case: &Case) -> bool {
    case.covers.iter().any(|covered| {
        let covered = covered.to_lowercase();
        if is_glob(filter) {
            return glob(filter, &covered);
        }
        covered
            .strip_prefix(filter)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn is_glob(filter: &str) -> bool {
    filter.contains(['*', '?'])
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
