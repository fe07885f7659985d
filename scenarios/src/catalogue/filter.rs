//! Choosing cases and sabotages on the command line. Letter case does not matter.

use super::{Case, Catalogue, KnownBad};

impl Catalogue {
    /// Positions of the cases that any of the filters chooses; of all of them where there is none. A filter is the name of an
    /// area; where no area is called so, a whole id, with its variants or without; where there is none, a part of an id, a glob
    /// over id or name (`ticket/*ready*`), or a requirement's id (`TCKT-08`, `TCKT-S02`).
    #[must_use]
    pub fn positions(&self, filters: &[String]) -> Vec<usize> {
        let names = |filter: &str, case: &Case| {
            named(filter, &case.id) || named(filter, &case.name) || covers(filter, case)
        };
        let is = |filter: &str, case: &Case| {
            case.id.to_lowercase() == filter || case.name.to_lowercase() == filter
        };
        chosen(&self.cases, filters, Case::area, is, names)
    }

    /// The cases at these [positions](Self::positions).
    #[must_use]
    pub fn matching(&self, filters: &[String]) -> Vec<&Case> {
        let positions = self.positions(filters).into_iter();
        positions.map(|position| &self.cases[position]).collect()
    }

    /// The sabotages that any of the filters chooses; all of them where there is none. A filter is the name of an area; where
    /// no area is called so, a whole id; where there is none, a part of an id, or a glob over it.
    #[must_use]
    pub fn matching_sabotages(&self, filters: &[String]) -> Vec<&KnownBad> {
        let is = |filter: &str, known_bad: &KnownBad| known_bad.id.to_lowercase() == filter;
        let names = |filter: &str, known_bad: &KnownBad| named(filter, &known_bad.id);
        let positions = chosen(&self.sabotages, filters, KnownBad::area, is, names);
        let positions = positions.into_iter();
        positions.map(|position| &self.sabotages[position]).collect()
    }
}

impl Case {
    fn area(&self) -> &str {
        &self.area
    }
}

impl KnownBad {
    fn area(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }
}

/// How a filter is meant: the first that anything answers to.
enum Meant {
    Area,
    WholeId,
    AnyName,
}

fn chosen<T>(
    all: &[T],
    filters: &[String],
    area: impl Fn(&T) -> &str,
    is: impl Fn(&str, &T) -> bool,
    names: impl Fn(&str, &T) -> bool,
) -> Vec<usize> {
    if filters.is_empty() {
        return (0..all.len()).collect();
    }
    let areas: Vec<String> = all.iter().map(|one| area(one).to_lowercase()).collect();
    let filters: Vec<(String, Meant)> = filters
        .iter()
        .map(|filter| {
            let filter = filter.trim().to_lowercase();
            let meant = if areas.contains(&filter) {
                Meant::Area
            } else if all.iter().any(|one| is(&filter, one)) {
                Meant::WholeId
            } else {
                Meant::AnyName
            };
            (filter, meant)
        })
        .collect();
    let is_chosen = |position: &usize| {
        let one = &all[*position];
        filters.iter().any(|(filter, meant)| match meant {
            Meant::Area => areas[*position] == *filter,
            Meant::WholeId => is(filter, one),
            Meant::AnyName => names(filter, one),
        })
    };
    (0..all.len()).filter(is_chosen).collect()
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
