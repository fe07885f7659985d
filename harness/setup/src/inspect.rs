//! Looks at every part of a run and judges it. Nothing is changed.

use std::path::Path;
use std::thread;

use crate::cargo_tool::CargoTool;
use crate::command::quoted;
use crate::context::{Context, Os};
use crate::distribution::Distribution;
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
    let browser = match &versions[..] {
        [Some(Ok(version)), ..] => Some(version.major()),
        _ => None,
    };
    let mut parts: Vec<Part> = found
        .iter()
        .zip(versions)
        .map(|((tool, found), version)| tool_part(context, *tool, found, version, browser))
        .collect();
    judge_pair(context, &found, &mut parts);
    parts.extend(package_parts(context));
    parts.extend(python::part(context));
    parts
}

/// One program as a part. `browser` is the major version of the Chromium that is there.
fn tool_part(
    context: &Context,
    tool: Tool,
    found: &Found,
    version: Option<Result<Version, String>>,
    browser: Option<u32>,
) -> Part {
    let missing = |cause: String| Verdict::Missing {
        cause,
        remedy: remedy(context, tool, found, browser),
    };
    let (version, verdict) = match version {
        Some(Ok(version)) if found.is_snap() => (
            Some(version),
            missing(
                "it is a snap: it sees neither the profile nor the folders that a driver gives it".to_owned(),
            ),
        ),
        Some(Ok(version)) => (Some(version), Verdict::Ok),
        Some(Err(cause)) => (None, missing(cause)),
        None => (None, missing(absence(tool, found))),
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

fn remedy(context: &Context, tool: Tool, found: &Found, browser: Option<u32>) -> String {
    let variable = tool.variable().unwrap_or_default();
    if matches!(found, Found::Named(_) | Found::NamedInVain(_)) {
        return format!("unset {variable}   (or let it name a {tool} that works)");
    }
    if tool == Tool::GeckoDriver {
        return CargoTool::GECKODRIVER.command(context).to_string();
    }
    let packages = Packager::of(context).zip(tool.engine());
    match packages.map(|(packager, engine)| (packager, packager.packages(engine))) {
        Some((packager, packages)) if !packages.is_empty() => packager.typed(packages),
        _ if context.os() == Os::Linux => from_its_makers(context, tool, browser),
        _ => format!(
            "export {variable}=/path/to/{tool}   (after installing it: no package manager is known here)"
        ),
    }
}

/// Where no package of the distribution brings it: what the makers of the browser publish, put into the checkout's own
/// tools and named by its variable. The driver follows a browser that is there already.
fn from_its_makers(context: &Context, tool: Tool, browser: Option<u32>) -> String {
    let wanted = match (tool, browser) {
        (Tool::ChromeDriver, Some(major)) => format!("chromedriver@{major}"),
        (Tool::ChromeDriver, None) => "chromedriver@stable".to_owned(),
        (Tool::Firefox, _) => "firefox@stable".to_owned(),
        _ => "chrome@stable".to_owned(),
    };
    let remark = match (tool, context.distribution()) {
        (Tool::Firefox, Distribution::Ubuntu) => "   (or install Mozilla's own package; a snap will not do)",
        // Since 23.10 Ubuntu lets only programs that it knows by their place make the namespaces of a sandbox.
        (Tool::Chromium, Distribution::Ubuntu) => {
            "   (or install Google's own package; without root, Ubuntu since 23.10 gives no other Chrome a sandbox)"
        }
        _ => "",
    };
    format!(
        "export {variable}=\"$(npx --yes @puppeteer/browsers install {wanted} --path {folder} --format '{{{{path}}}}')\"{remark}",
        variable = tool.variable().unwrap_or_default(),
        folder = quoted(&context.tools_root().to_string_lossy()),
    )
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
    let major = Some(browser_version.major());
    let remedy = match named {
        Some(tool) => remedy(
            context,
            tool,
            &Found::Named(browser.path.clone().unwrap_or_default()),
            major,
        ),
        None => remedy(context, Tool::ChromeDriver, driver_found, major),
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

    const UBUNTU: &str = "ID=ubuntu\nID_LIKE=debian";

    #[test]
    fn on_ubuntu_browsers_come_from_their_makers() {
        let machine = Machine::new();
        plant(&machine.bin(), "apt-get");
        let context = machine.context().of_distribution(UBUNTU);
        let parts = inspect_with(&context, &versions("", ""));
        for (tool, variable, wanted) in [
            (Tool::Chromium, "REHEARSE_CHROMIUM", "chrome@stable"),
            (Tool::ChromeDriver, "REHEARSE_CHROMEDRIVER", "chromedriver@stable"),
            (Tool::Firefox, "REHEARSE_FIREFOX", "firefox@stable"),
        ] {
            let remedy = part(&parts, tool).remedy().expect("a remedy");
            let typed =
                format!("export {variable}=\"$(npx --yes @puppeteer/browsers install {wanted} --path ");
            assert!(remedy.starts_with(&typed), "{remedy}");
            assert!(!remedy.contains("apt-get"), "{remedy}");
        }
        let firefox = part(&parts, Tool::Firefox).remedy().expect("a remedy");
        assert!(firefox.contains("--format '{{path}}')\""), "{firefox}");
        assert!(firefox.contains("Mozilla's own package"), "{firefox}");
        let chromium = part(&parts, Tool::Chromium).remedy().expect("a remedy");
        assert!(chromium.contains("Google's own package"), "{chromium}");
    }

    #[test]
    fn a_driver_from_its_makers_is_for_the_browser_that_is_there() {
        let machine = full_machine();
        let context = machine.context().of_distribution(UBUNTU);
        let wanted = |parts: &[Part]| {
            let remedy = part(parts, Tool::ChromeDriver).remedy().expect("a remedy");
            assert!(remedy.contains(" install chromedriver@156 "), "{remedy}");
        };
        wanted(&inspect_with(&context, &versions("C 156.0.1", "D 155.9.9")));
        wanted(&inspect_with(&context, &versions("C 156.0.1", "")));
    }

    #[cfg(unix)]
    #[test]
    fn a_snap_is_no_browser_for_a_driver() {
        let machine = full_machine();
        let context = machine.context().of_distribution(UBUNTU);
        let snap = plant(&machine.root().join("usr"), "snap");
        std::fs::remove_file(machine.bin().join("chromium")).expect("removed");
        std::os::unix::fs::symlink(snap, machine.bin().join("chromium")).expect("a link");
        let shim = "#!/bin/sh\nexec /snap/bin/firefox \"$@\"\n";
        std::fs::write(machine.bin().join("firefox-esr"), shim).expect("a shim");
        let parts = inspect_with(&context, &versions("C 156.0.1", "D 156.0.2"));
        for tool in [Tool::Chromium, Tool::Firefox] {
            assert!(
                matches!(&part(&parts, tool).verdict, Verdict::Missing { cause, remedy }
                    if cause.contains("is a snap") && remedy.starts_with("export REHEARSE_")),
                "{parts:?}"
            );
        }
        // Who names one knows what they do.
        let named = context.with_named(Tool::Firefox, &machine.bin().join("firefox-esr"));
        let parts = inspect_with(&named, &versions("C 156.0.1", "D 156.0.2"));
        assert!(part(&parts, Tool::Firefox).is_ok(), "{parts:?}");
    }

    #[test]
    fn a_distribution_that_nobody_knows_is_not_taken_for_debian() {
        let machine = Machine::new();
        plant(&machine.bin(), "apt-get");
        let context = machine.context().of_distribution("ID=altlinux");
        let parts = inspect_with(&context, &versions("", ""));
        let remedy = part(&parts, Tool::Firefox).remedy().expect("a remedy");
        assert!(remedy.contains("install firefox@stable"), "{remedy}");
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
