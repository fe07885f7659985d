//! The command that plays something again.

use std::collections::BTreeMap;
use std::path::Path;

use scenarios::Case;
use scenarios::model::CookiePolicy;
use world::Target;

use crate::{Job, OpenWorld, Options};

/// What to type to play a job again: from the same catalogue, in the same kind of browser, with the same draw of values
/// and the same servers.
pub(crate) fn of_job(options: &Options, case: &Case, job: &Job, sabotage: Option<&str>) -> String {
    let places = &options.places;
    let mut words = Vec::new();
    match sabotage {
        Some(sabotage) => {
            words.push("rehearse sabotage".to_owned());
            words.extend(places.sabotages.iter().map(|folder| quoted_path(folder)));
            words.push(quoted(sabotage));
        }
        None => words.extend(["rehearse run".to_owned(), quoted(&case.id)]),
    }
    for (option, place) in [
        ("--scenarios", &places.scenarios),
        ("--config", &places.configuration),
    ] {
        words.extend(place.iter().map(|path| format!("{option} {}", quoted_path(path))));
    }
    words.push(format!("--engine {}", job.engine));
    // What the scenario says itself goes before the option.
    if case.third_party_cookies.is_none() && job.cookies != CookiePolicy::Allow {
        words.push(format!("--third-party-cookies {}", job.cookies));
    }
    words.push(format!("--seed {}", options.seed));
    if options.pristine {
        words.push("--pristine".to_owned());
    }
    words.extend(served(&options.serve));
    words.join(" ")
}

/// What to type to open a world again.
pub(crate) fn of_open(wish: &OpenWorld) -> String {
    let mut words = vec!["rehearse open".to_owned(), quoted(&wish.world)];
    words.push(match wish.engine {
        Some(engine) => format!("--engine {engine}"),
        None => "--no-browser".to_owned(),
    });
    let switches = wish.switches.iter();
    words.extend(switches.map(|(name, value)| format!("--switch {}", quoted(&format!("{name}={value}")))));
    words.extend(served(&wish.serve));
    words.join(" ")
}

fn served(serve: &BTreeMap<String, Target>) -> impl Iterator<Item = String> {
    let pairs = serve.iter();
    pairs.map(|(origin, target)| format!("--serve {}", quoted(&format!("{origin}={target}"))))
}

fn quoted_path(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

/// A word as a shell reads it: as it is where nothing in it means anything to one, else between single quotes.
fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./:=@%+,".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use scenarios::Catalogue;

    use super::*;
    use crate::{Places, Plan};

    fn played(id: &str, options: Options, sabotage: Option<&str>) -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let catalogue = Catalogue::load(&root).unwrap();
        let options = Options {
            filters: vec![id.to_owned()],
            seed: 7,
            ..options
        };
        let plan = Plan::make(&catalogue, &options).unwrap();
        let job = &plan.jobs[0];
        of_job(&options, &catalogue.cases()[job.case], job, sabotage)
    }

    #[test]
    fn what_made_a_difference_is_said() {
        assert_eq!(
            played("ticket/list-fails", Options::default(), None),
            "rehearse run ticket/list-fails --engine chromium --seed 7"
        );
        let options = Options {
            cookies: CookiePolicy::Block,
            pristine: true,
            serve: BTreeMap::from([("customer-detail".to_owned(), "dir:../my dist".parse().unwrap())]),
            places: Places {
                scenarios: Some("../our scenarios".into()),
                sabotages: Some("edits".into()),
                configuration: Some("ci.toml".into()),
            },
            ..Options::default()
        };
        assert_eq!(
            played(
                "ticket/list-fails",
                options.clone(),
                Some("ticket/list-says-empty")
            ),
            "rehearse sabotage edits ticket/list-says-empty --scenarios '../our scenarios' --config ci.toml --engine chromium \
             --third-party-cookies block --seed 7 --pristine --serve 'customer-detail=dir:../my dist'"
        );
        // It says itself which cookies it needs.
        assert_eq!(
            played(
                "ticket/embed-authentication[auth=cookie,cookies=allow,site=same]",
                options,
                None
            ),
            "rehearse run 'ticket/embed-authentication[auth=cookie,cookies=allow,site=same]' --scenarios '../our scenarios' \
             --config ci.toml --engine chromium --seed 7 --pristine --serve 'customer-detail=dir:../my dist'"
        );
    }

    #[test]
    fn a_world_is_opened_with_its_switches() {
        let wish = OpenWorld {
            world: "customer-detail".to_owned(),
            switches: BTreeMap::from([("auto-associate".to_owned(), "yes".to_owned())]),
            serve: BTreeMap::new(),
            engine: None,
            headed: false,
            tools: crate::Tools::default(),
        };
        assert_eq!(
            of_open(&wish),
            "rehearse open customer-detail --no-browser --switch auto-associate=yes"
        );
    }

    #[test]
    fn a_shell_gets_each_word_whole() {
        assert_eq!(quoted("ticket/list-fails"), "ticket/list-fails");
        assert_eq!(
            quoted("https://a.example=dir:../dist"),
            "https://a.example=dir:../dist"
        );
        assert_eq!(
            quoted("ticket/spoofed-ready[sender=crm.suffix]"),
            "'ticket/spoofed-ready[sender=crm.suffix]'"
        );
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(
            quoted("http://localhost:1;host=origin"),
            "'http://localhost:1;host=origin'"
        );
        assert_eq!(quoted(""), "''");
    }
}
