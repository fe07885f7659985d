//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use runner::Shard;
use url::Url;

/// Rehearse cross-origin user flows against a simulated world, in stock browsers.
#[derive(Debug, Parser)]
#[command(name = "rehearse", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  rehearse run                                   the whole catalogue in Chromium
  rehearse run ticket --engine chromium,firefox  one area, in two engines
  rehearse run TCKT-08 --repeat 10               what covers a requirement, ten times
  rehearse run --serve https://customers.qontak.com=dir:../dist
                                                 your own build instead of the reference app
  rehearse list --coverage                       which scenario and sabotage covers what
  rehearse open customer-detail                  a world to walk about in by hand
  rehearse provider --client id=my-app,redirect=http://localhost:5173/callback
                                                 the single sign-on alone, for an app in development

Exit codes: 0 passed, 1 failed, 2 usage or configuration, 3 broken, 4 flaky with --fail-on-flaky, 130 interrupted.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play scenarios and judge them.
    Run(Run),
    /// List scenarios, or requirements with what covers them.
    List(List),
    /// Prove the checks: play scenarios against known-bad edits, which must turn them red.
    Sabotage(Sabotage),
    /// Open a world in a browser and walk about in it; what crosses its borders is recorded.
    Open(Open),
    /// Run the single sign-on alone, on plain HTTP, for an application in development.
    Provider(Provider),
    /// Make the reports of a run directory again.
    Report(Report),
    /// Print the JSON Schema of the scenario language.
    Schema(Schema),
    /// Say what is installed, where, and what is missing.
    Doctor,
    /// Install what is missing: browsers, drivers, npm packages.
    Setup(Setup),
}

/// An engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineName {
    Chromium,
    Firefox,
}

/// A third-party-cookie policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Cookies {
    Allow,
    Block,
    Partition,
}

/// When screenshots are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// Never.
    Off,
    /// When a scenario fails, and where it says so.
    Failure,
    /// Also after each expectation.
    Expect,
    /// After each step.
    Step,
}

/// Where a report has its screenshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Where {
    /// In the file, however large it gets.
    Inside,
    /// Beside it, in the run directory: the file alone shows none.
    Beside,
}

#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Where scenarios, preludes, requirements and sabotages lie.
    #[arg(long, value_name = "DIR")]
    pub(crate) scenarios: Option<PathBuf>,
    /// Configuration file; `rehearse.toml` in this folder or one above, when there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Run {
    /// Only what matches: an area, a part of the id, a pattern with `*` or `?`, a requirement (`TCKT-08`).
    #[arg(value_name = "FILTER")]
    pub(crate) filters: Vec<String>,
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) play: Play,
    /// How often a failed scenario is played again; a pass is then reported as flaky.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) retries: u32,
    /// How often the whole selection is played.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) repeat: u32,
    /// Play only one of several equal parts, such as `2/4`.
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
    /// Exit with 4 when a scenario was flaky.
    #[arg(long)]
    pub(crate) fail_on_flaky: bool,
}

/// Choices that running and sabotage share.
#[derive(Debug, Args)]
pub(crate) struct Play {
    /// Engines, separated by commas; `chromium` where nothing says otherwise.
    #[arg(long, value_name = "ENGINE", value_delimiter = ',')]
    pub(crate) engine: Vec<EngineName>,
    /// What the browser does with third-party cookies, where a scenario does not say; `allow` by default.
    #[arg(long, value_name = "POLICY")]
    pub(crate) third_party_cookies: Option<Cookies>,
    /// How many scenarios play at once, each in a browser of its own; as many as there are processors, at most 4;
    /// `sabotage` twice as many.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) workers: Option<u32>,
    /// Show browser windows.
    #[arg(long)]
    pub(crate) headed: bool,
    /// Serve an origin from somewhere else: `mock:NAME`, `app:NAME`, `dir:PATH` or a URL of a dev server.
    #[arg(long, value_name = "ORIGIN=TARGET")]
    pub(crate) serve: Vec<String>,
    /// A WebDriver server to use instead of starting drivers.
    #[arg(long, value_name = "URL")]
    pub(crate) webdriver: Option<Url>,
    /// Seed of everything that is drawn.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Leave page instrumentation out: no recorder of sent messages, no virtual time.
    #[arg(long)]
    pub(crate) pristine: bool,
    /// Folder for run directories.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// When to take screenshots; `expect` by default, `off` under sabotage.
    #[arg(long, value_name = "WHEN")]
    pub(crate) screenshots: Option<When>,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only what matches.
    #[arg(value_name = "FILTER")]
    pub(crate) filters: Vec<String>,
    #[command(flatten)]
    pub(crate) common: Common,
    /// The requirement table: id, scenarios, sabotages; uncovered ones last.
    #[arg(long)]
    pub(crate) coverage: bool,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Sabotage {
    /// Only sabotages that match. A folder as the first argument is where sabotages lie instead.
    #[arg(value_name = "FILTER")]
    pub(crate) filters: Vec<String>,
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) play: Play,
    /// Do not play the scenarios without sabotage first. What is red by itself then counts as killed.
    #[arg(long)]
    pub(crate) without_baseline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The world.
    #[arg(value_name = "WORLD")]
    pub(crate) world: String,
    #[command(flatten)]
    pub(crate) common: Common,
    /// Engine.
    #[arg(long, value_name = "ENGINE", value_enum, default_value_t = EngineName::Chromium)]
    pub(crate) engine: EngineName,
    /// Serve an origin from somewhere else.
    #[arg(long, value_name = "ORIGIN=TARGET")]
    pub(crate) serve: Vec<String>,
    /// Set a switch of the world.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) switch: Vec<String>,
    /// Start no browser; print how to point one at the world.
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Without a window.
    #[arg(long)]
    pub(crate) headless: bool,
    /// Folder for run directories.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Provider {
    /// Only these providers: `sso`, `auth`.
    #[arg(value_name = "PROVIDER")]
    pub(crate) providers: Vec<String>,
    /// The first provider's port; the others take the ports after it. 0, the default, takes free ones.
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// Register a client: `id=my-app,redirect=http://localhost:5173/callback[,confidential][,issuer=NAME]`; also
    /// `title`, `post-logout`, `back-channel-logout`, `front-channel-logout`, `secret-from=VARIABLE`, `demand`, `scope`.
    #[arg(long, value_name = "CLIENT")]
    pub(crate) client: Vec<String>,
    /// Where an application of the project's own clients runs: `customer-detail=http://localhost:5173`.
    #[arg(long, value_name = "NAME=ORIGIN")]
    pub(crate) origin: Vec<String>,
    /// Configuration file; `rehearse.toml` in this folder or one above, when there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The run directory, such as `reports/latest`.
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    /// Where `report.html` has its screenshots; in the file by default, unless they take more than 16 MiB together.
    #[arg(long, value_name = "WHERE")]
    pub(crate) screenshots: Option<Where>,
    /// Earlier runs, such as `reports/runs`: the report then lists them, and what changed since the latest.
    #[arg(long, value_name = "RUNS")]
    pub(crate) history: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Which file it describes.
    #[arg(value_enum, default_value_t = SchemaKind::Scenario)]
    pub(crate) kind: SchemaKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    Scenario,
    Prelude,
    Sabotage,
    Requirements,
    /// The stage directions of all mocks.
    Stage,
}

#[derive(Debug, Args)]
pub(crate) struct Setup {
    /// Engines to make ready; all of them when none is named.
    #[arg(long, value_name = "ENGINE", value_delimiter = ',')]
    pub(crate) engine: Vec<EngineName>,
}
