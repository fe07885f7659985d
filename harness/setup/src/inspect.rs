//! Looks at every part of a run and judges it. Nothing is changed.

use std::path::Path;
use std::thread;

use crate::cargo_tool::CargoTool;
use crate::context::Context;
use crate::engine::Engine;
use crate::npm::Folder;
use crate::packager::Packager;
use crate::part::{Part, PartId, Verdict};
use crate::python;
use crate::tool::{Found, Tool};
use crate::version::{self, Version};

/// Looks at the browsers, their drivers and the packages, and says what to type where one is missing or does not fit.
#[must_use]
pub fn inspect(context: &Context) -> Vec<Part> {
    inspect_with(context, &|tool, path| version::of(context.os(), tool, path))
}

/// The same, with the versions asked from `version_of`.
pub(crate) fn inspect_with(
    context: &Context,
    version_of: &(dyn Fn(Tool, &Path) -> Result<Version, String> + Sync),
) -> Vec<Part> {
    let found = Tool::OF_ENGINES.map(|tool| (tool, tool.find(context)));
    // A browser takes its time to say its version, so all are asked at once.
    let versions: Vec<_> = thread::scope(|scope| {
        let asked = found.each_ref().map(|(tool, found)| {
            let ask = move || found.path().map(|path| version_of(*tool, path));
            scope.spawn(ask)
        });
        asked
            .into_iter()
            .map(|thread| thread.join().unwrap_or_default())
            .collect()
    });
    let mut parts: Vec<Part> = found
        .iter()
        .zip(versions)
        .map(|((tool, found), version)| tool_part(context, *tool, found, version))
        .collect();
    judge_pair(context, &found, &mut parts);
    parts.extend(package_parts(context));
    parts.extend(python::part(context));
    parts
}

fn tool_part(context: &Context, tool: Tool, found: &Found, version: Option<Result<Version, String>>) -> Part {
    let (version, verdict) = match version {
        Some(Ok(version)) => (Some(version), Verdict::Ok),
        Some(Err(cause)) => (
            None,
            Verdict::Missing {
                cause,
                remedy: remedy(context, tool, found),
            },
        ),
        None => (
            None,
            Verdict::Missing {
                cause: absence(tool, found),
                remedy: remedy(context, tool, found),
            },
        ),
    };
    Part {
        id: PartId::Tool(tool),
        version,
        path: found.path().map(Path::to_path_buf),
        verdict,
    }
}

fn absence(tool: Tool, found: &Found) -> String {
    let variable = tool.variable().unwrap_or_default();
    match found {
        Found::NamedInVain(path) => format!("{variable} names `{}`, which is no program", path.display()),
        _ => format!(
            "it is neither named by {variable}, nor in .tools/bin, nor on PATH, nor in the usual places"
        ),
    }
}

fn remedy(context: &Context, tool: Tool, found: &Found) -> String {
    let variable = tool.variable().unwrap_or_default();
    if matches!(found, Found::Named(_) | Found::NamedInVain(_)) {
        return format!("unset {variable}   (or let it name a {tool} that works)");
    }
    match (tool, Packager::of(context)) {
        (Tool::GeckoDriver, _) => CargoTool::GECKODRIVER.command(context).to_string(),
        (Tool::Chromium | Tool::ChromeDriver, Some(packager)) => {
            packager.typed(packager.packages(Engine::Chromium))
        }
        (_, Some(packager)) => packager.typed(packager.packages(Engine::Firefox)),
        (_, None) => format!(
            "export {variable}=/path/to/{tool}   (after installing it: no package manager is known here)"
        ),
    }
}

/// ChromeDriver refuses a browser of another major version, so the pair is judged together, at the driver.
fn judge_pair(context: &Context, found: &[(Tool, Found); 4], parts: &mut [Part]) {
    let [(_, browser_found), (_, driver_found), ..] = found;
    let [browser, driver, ..] = parts else { return };
    let (Some(browser_version), Some(driver_version)) = (&browser.version, &driver.version) else {
        return;
    };
    if browser_version.major() == driver_version.major() {
        return;
    }
    let cause = format!(
        "this ChromeDriver is for Chromium {}, but the browser at `{}` is {}",
        driver_version.major(),
        browser.path.as_deref().unwrap_or(Path::new("")).display(),
        browser_version.major(),
    );
    let named = match (browser_found, driver_found) {
        (_, Found::Named(_)) => Some(Tool::ChromeDriver),
        (Found::Named(_), _) => Some(Tool::Chromium),
        _ => None,
    };
    let remedy = match named {
        Some(tool) => remedy(
            context,
            tool,
            &Found::Named(browser.path.clone().unwrap_or_default()),
        ),
        None => remedy(context, Tool::ChromeDriver, driver_found),
    };
    driver.verdict = Verdict::Mismatched { cause, remedy };
}

fn package_parts(context: &Context) -> Vec<Part> {
    let npm = Tool::Npm.find(context);
    Folder::all(context)
        .into_iter()
        .map(|folder| {
            let verdict =
                folder
                    .fault()
                    .map_or(Verdict::Ok, |cause| match (npm.path(), Packager::of(context)) {
                        (Some(_), _) => Verdict::Missing {
                            cause,
                            remedy: "cargo xtask setup".to_owned(),
                        },
                        (None, Some(packager)) => Verdict::Missing {
                            cause: format!("{cause}, and there is no npm on PATH"),
                            remedy: format!(
                                "{} && cargo xtask setup",
                                packager.typed(packager.npm_packages())
                            ),
                        },
                        (None, None) => Verdict::Missing {
                            cause: format!("{cause}, and there is no npm on PATH"),
                            remedy: "cargo xtask setup   (after installing Node.js 20 or later)".to_owned(),
                        },
                    });
            Part {
                id: PartId::Packages(folder.name().to_owned()),
                version: None,
                path: Some(folder.modules()),
                verdict,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::testing::{Machine, plant};

    fn versions(
        chromium: &'static str,
        driver: &'static str,
    ) -> impl Fn(Tool, &Path) -> Result<Version, String> + Sync {
        move |tool, _| {
            let line = match tool {
                Tool::Chromium => chromium,
                Tool::ChromeDriver => driver,
                _ => "tool 153.7.0",
            };
            Version::find_in(line).ok_or_else(|| "it said nothing".to_owned())
        }
    }

    fn full_machine() -> Machine {
        let machine = Machine::new();
        for name in [
            "apt-get",
            "chromium",
            "chromedriver",
            "firefox-esr",
            "geckodriver",
        ] {
            plant(&machine.bin(), name);
        }
        machine
    }

    fn part(parts: &[Part], tool: Tool) -> &Part {
        parts
            .iter()
            .find(|part| part.id == PartId::Tool(tool))
            .expect("every tool has a part")
    }

    #[test]
    fn a_full_machine_is_ok() {
        let parts = inspect_with(&full_machine().context(), &versions("C 156.0.1", "D 156.0.2"));
        assert!(parts.iter().all(Part::is_ok), "{parts:?}");
        assert_eq!(parts.len(), 4);
    }

    #[test]
    fn a_driver_of_another_major_version_is_a_mismatch_with_a_remedy() {
        let parts = inspect_with(&full_machine().context(), &versions("C 156.0.1", "D 155.9.9"));
        let driver = part(&parts, Tool::ChromeDriver);
        assert!(matches!(&driver.verdict, Verdict::Mismatched { cause, .. }
            if cause.contains("for Chromium 155") && cause.ends_with("is 156")));
        assert!(driver.remedy().is_some_and(|remedy| {
            remedy.ends_with("apt-get install chromium chromium-driver chromium-sandbox")
        }));
        assert!(part(&parts, Tool::Chromium).is_ok());
    }

    #[test]
    fn a_mismatch_by_a_variable_is_mended_at_the_variable() {
        let machine = full_machine();
        let own = plant(&machine.root().join("own"), "chromedriver");
        let context = machine.context().with_named(Tool::ChromeDriver, &own);
        let parts = inspect_with(&context, &versions("C 156.0.1", "D 155.9.9"));
        let remedy = part(&parts, Tool::ChromeDriver).remedy().expect("a remedy");
        assert!(remedy.starts_with("unset REHEARSE_CHROMEDRIVER"), "{remedy}");
    }

    #[test]
    fn what_is_missing_says_what_to_type() {
        let machine = Machine::new();
        plant(&machine.bin(), "apt-get");
        let parts = inspect_with(&machine.context(), &versions("", ""));
        assert!(
            part(&parts, Tool::Firefox)
                .remedy()
                .is_some_and(|it| it.ends_with("apt-get install firefox-esr"))
        );
        let gecko = part(&parts, Tool::GeckoDriver).remedy().expect("a remedy");
        assert!(
            gecko.starts_with("cargo install geckodriver --version 0.37.1 --locked --root "),
            "{gecko}"
        );
    }

    #[test]
    fn a_browser_that_does_not_answer_is_not_ok() {
        let parts = inspect_with(&full_machine().context(), &versions("", "D 156.0.2"));
        assert!(
            matches!(&part(&parts, Tool::Chromium).verdict, Verdict::Missing { cause, .. } if cause == "it said nothing")
        );
    }

    #[test]
    fn packages_without_npm_say_how_to_get_npm() {
        let machine = full_machine();
        let app = machine.root().join("fixtures/apps/crm");
        std::fs::create_dir_all(&app).expect("folder");
        std::fs::write(app.join("package.json"), "{}").expect("package.json");
        std::fs::write(app.join("package-lock.json"), "{}").expect("package-lock.json");
        let parts = inspect_with(&machine.context(), &versions("C 156.0.1", "D 156.0.2"));
        let packages = parts.last().expect("a part");
        assert_eq!(packages.id, PartId::Packages("fixtures/apps/crm".to_owned()));
        assert!(
            packages
                .remedy()
                .is_some_and(|remedy| remedy.contains("install nodejs npm && cargo xtask setup"))
        );
    }
}
