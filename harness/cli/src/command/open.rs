//! `rehearse open`: a world to walk about in by hand, with everything recorded.

use std::collections::BTreeMap;

use runner::{OpenWorld, RunDirectory};

use super::runtime;
use crate::arguments::Open;
use crate::configuration::Configuration;
use crate::exit::{Exit, Failure};
use crate::{interrupt, selection};

pub(crate) fn execute(arguments: &Open) -> Result<Exit, Failure> {
    if let Some(folder) = &arguments.common.scenarios {
        return Err(Failure::usage(format!(
            "`--scenarios {}`: `open` plays no scenario, it shows a world to walk about in; leave the option out",
            folder.display()
        )));
    }
    let configuration = Configuration::load(arguments.common.config.as_deref())?;
    let mut switches = BTreeMap::new();
    for pair in &arguments.switch {
        let (name, value) = pair.split_once('=').ok_or_else(|| {
            Failure::usage(format!(
                "`--switch {pair}` has no `=`; write `--switch auto-associate=yes`"
            ))
        })?;
        switches.insert(name.to_owned(), value.to_owned());
    }
    let output = selection::output(arguments.output.as_ref(), &configuration);
    let wish = OpenWorld {
        world: arguments.world.clone(),
        switches,
        serve: selection::serve(&arguments.serve, &configuration)?,
        engine: (!arguments.no_browser).then(|| selection::engine(arguments.engine)),
        headed: !arguments.headless,
        tools: selection::tools(),
    };
    let (engine, tools) = (wish.engine, wish.tools.clone());
    let prepared = wish.prepare()?;
    selection::check_engines(engine.as_slice(), &tools)?;
    let directory = RunDirectory::create(&output)?;
    let (manifest, ended) = runtime()?.block_on(async {
        let cancel = interrupt::token();
        prepared
            .run(&directory, cancel, &|line| anstream::println!("{line}"))
            .await
            .inspect_err(|_| directory.abandon())
    })?;
    let published = super::run::publish(&directory, &manifest);
    if published.is_ok() {
        let report = selection::relative(&directory.path().join("report.html"));
        anstream::println!("recorded in {}", report.display());
    }
    // What went wrong first is the cause of the rest.
    ended?;
    published?;
    Ok(Exit::Passed)
}
