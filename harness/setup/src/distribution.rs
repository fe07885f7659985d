//! The families of Linux distributions: the same program, such as `apt-get`, brings different packages in each.

use std::fs;
use std::path::Path;

/// Where a distribution says who it is. The first that is there counts, as its manual page demands.
const FILES: [&str; 2] = ["/etc/os-release", "/usr/lib/os-release"];

/// A family of distributions with the same names for the same packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distribution {
    /// Debian, and what is built from its packages.
    Debian,
    /// Ubuntu and its kin: Debian's tools, but browsers are snaps, and the packages named after them bring those.
    Ubuntu,
    /// Fedora.
    Fedora,
    /// Arch Linux and its kin.
    Arch,
    /// Anything else, or one that does not say.
    Other,
}

impl Distribution {
    /// The family of this machine.
    pub(crate) fn current() -> Self {
        FILES
            .iter()
            .find_map(|file| fs::read_to_string(Path::new(file)).ok())
            .map_or(Self::Other, |text| Self::of(&text))
    }

    /// The family that the text of an `os-release` names.
    pub(crate) fn of(text: &str) -> Self {
        let is = |name: &str| names(text).any(|own| own == name);
        // Ubuntu calls itself like Debian, and Red Hat like Fedora, but neither has the browsers of the other.
        if is("ubuntu") {
            Self::Ubuntu
        } else if is("debian") {
            Self::Debian
        } else if is("fedora") && !is("rhel") && !is("centos") {
            Self::Fedora
        } else if is("arch") {
            Self::Arch
        } else {
            Self::Other
        }
    }
}

/// The distribution's own name, and the names of those that it is like.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter_map(|line| {
            let (key, value) = line.trim().split_once('=')?;
            ["ID", "ID_LIKE"].contains(&key).then_some(value)
        })
        .flat_map(|value| value.trim_matches(['"', '\'']).split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n", Distribution::Debian)]
    #[case("ID=kali\nID_LIKE=debian\n", Distribution::Debian)]
    #[case("ID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME=noble\n", Distribution::Ubuntu)]
    #[case("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", Distribution::Ubuntu)]
    #[case("ID='fedora'\n", Distribution::Fedora)]
    #[case("ID=\"rhel\"\nID_LIKE=\"fedora\"\n", Distribution::Other)]
    #[case("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", Distribution::Other)]
    #[case("ID=manjaro\nID_LIKE=arch\n", Distribution::Arch)]
    #[case("ID=altlinux\n", Distribution::Other)]
    #[case("VARIANT_ID=debian\n# ID=debian\n", Distribution::Other)]
    #[case("", Distribution::Other)]
    fn a_distribution_says_who_it_is(#[case] text: &str, #[case] expected: Distribution) {
        assert_eq!(Distribution::of(text), expected);
    }
}
