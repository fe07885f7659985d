//! Brings what is missing. What is there stays as it is; what cannot be brought is told.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};

use crate::context::Context;
use crate::engine::Engine;
use crate::error::SetupError;
use crate::inspect::inspect;
use crate::job::plan;
use crate::part::Part;
use crate::privilege::Privilege;
use crate::step::Step;

/// Installs what the wanted engines and the fixtures' front ends lack, and returns every part as it is afterwards. What
/// only an engine that is not wanted lacks is left alone.
///
/// # Errors
/// [`SetupError::Incomplete`] when something that is wanted is still missing at the end, with what to type for each;
/// [`SetupError::File`] when the checkout's tools folder cannot be used.
pub fn install(
    context: &Context,
    engines: &BTreeSet<Engine>,
    on_step: &mut dyn FnMut(Step),
) -> Result<Vec<Part>, SetupError> {
    let mut parts = inspect(context);
    if faulty(&parts, engines).next().is_none() {
        present(&parts, engines, on_step);
        return Ok(parts);
    }
    let (_lock, waited) = Lock::take(context, on_step)?;
    if waited {
        parts = inspect(context);
    }
    present(&parts, engines, on_step);
    let jobs = plan(context, &parts, engines, &Privilege::of(context));
    let mut failures = Vec::new();
    for job in &jobs {
        if let Err(failure) = job.run(context, on_step) {
            on_step(Step::Failed {
                what: job.what(),
                cause: failure.to_string(),
            });
            failures.push(failure);
        }
    }
    let parts = inspect(context);
    let missing: Vec<Part> = faulty(&parts, engines).cloned().collect();
    if missing.is_empty() {
        return Ok(parts);
    }
    Err(SetupError::Incomplete {
        parts: missing,
        failures,
    })
}

fn wanted<'a>(parts: &'a [Part], engines: &'a BTreeSet<Engine>) -> impl Iterator<Item = &'a Part> {
    parts
        .iter()
        .filter(|part| part.engine().is_none_or(|engine| engines.contains(&engine)))
}

pub(crate) fn faulty<'a>(parts: &'a [Part], engines: &'a BTreeSet<Engine>) -> impl Iterator<Item = &'a Part> {
    wanted(parts, engines).filter(|part| !part.is_ok())
}

fn present(parts: &[Part], engines: &BTreeSet<Engine>, on_step: &mut dyn FnMut(Step)) {
    for part in wanted(parts, engines).filter(|part| part.is_ok()) {
        on_step(Step::Present(part.clone()));
    }
}

/// Held while a set-up of this checkout is at work: two at once would tread on each other's packages.
struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, and says whether another set-up had to be waited for.
    fn take(context: &Context, on_step: &mut dyn FnMut(Step)) -> Result<(Self, bool), SetupError> {
        let path = context.tools_root().join("setup.lock");
        let fault = |cause| SetupError::File {
            action: "lock",
            path: path.clone(),
            cause,
        };
        fs::create_dir_all(context.tools_root()).map_err(fault)?;
        let file = File::create(&path).map_err(fault)?;
        let waited = match file.try_lock() {
            Ok(()) => false,
            Err(TryLockError::WouldBlock) => {
                on_step(Step::Waiting);
                file.lock().map_err(fault)?;
                true
            }
            Err(TryLockError::Error(cause)) => return Err(fault(cause)),
        };
        Ok((Self { _file: file }, waited))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::testing::Machine;

    #[test]
    fn what_cannot_be_installed_is_told_with_its_remedy() {
        let machine = Machine::new();
        let mut steps = Vec::new();
        let chromium = BTreeSet::from([Engine::Chromium]);
        let error = install(&machine.context(), &chromium, &mut |step| steps.push(step))
            .expect_err("nothing is there");
        assert!(
            matches!(&error, SetupError::Incomplete { parts, failures } if parts.len() == 2 && failures.is_empty())
        );
        assert!(
            error
                .to_string()
                .contains("type: export REHEARSE_CHROMEDRIVER=\"$(npx "),
            "{error}"
        );
        assert!(steps.is_empty(), "{steps:?}");
    }

    #[test]
    fn nothing_is_touched_when_nothing_is_wanted() {
        let machine = Machine::new();
        let parts =
            install(&machine.context(), &BTreeSet::new(), &mut |step| panic!("{step}")).expect("done");
        assert_eq!(parts.len(), 4);
        assert!(!machine.context().tools_root().exists());
    }

    #[cfg(unix)]
    #[test]
    fn packages_are_stamped_after_npm_and_then_left_alone() {
        let machine = Machine::new();
        let folder = machine.npm_folder("fixtures/apps/crm");
        let context = machine.context();
        // `true` stands in for npm: it exits well and prints nothing.
        let really = context_free("true");
        fs::create_dir_all(machine.bin()).expect("bin");
        std::os::unix::fs::symlink(really, machine.bin().join("npm")).expect("a stand-in for npm");
        let mut steps = Vec::new();
        install(&context, &BTreeSet::new(), &mut |step| steps.push(step)).expect("installed");
        assert!(
            matches!(&steps[..], [Step::Running { .. }, Step::Installed { .. }]),
            "{steps:?}"
        );
        assert!(folder.join("node_modules").is_dir());
        steps.clear();
        install(&context, &BTreeSet::new(), &mut |step| steps.push(step)).expect("nothing to do");
        assert!(matches!(&steps[..], [Step::Present(_)]), "{steps:?}");
    }

    #[cfg(unix)]
    fn context_free(name: &str) -> std::path::PathBuf {
        which::which(name).expect("a system with the usual small programs")
    }
}
