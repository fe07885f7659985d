//! Every scenario file is a test case.
//!
//! All cases share one pool of warm browsers; the watchdog ends them with the test process.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use journal::run::Verdict;
use rstest::rstest;
use runner::{BrowserPool, Options, RunDirectory, Screenshots, Session, Silent, Tools};
use scenarios::Catalogue;

/// What the cases share: one runtime (browsers are tied to the one they began on), one pool.
struct House {
    runtime: tokio::runtime::Runtime,
    pool: Arc<BrowserPool>,
    output: PathBuf,
}

fn house() -> &'static House {
    static HOUSE: OnceLock<House> = OnceLock::new();
    HOUSE.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        House {
            runtime,
            pool: Arc::new(BrowserPool::open().expect("a pool")),
            output: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("catalogue"),
        }
    })
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the checkout")
}

#[rstest]
fn scenario(
    #[base_dir = "../../scenarios/catalogue"]
    #[files("**/*.yaml")]
    file: PathBuf,
) {
    let house = house();
    let name = file
        .strip_prefix(checkout().join("scenarios/catalogue"))
        .expect("a file of the catalogue")
        .with_extension("")
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join("/");
    let root = checkout();
    let found = setup::Tools::discover(&setup::Context::of_checkout(&root));
    let options = Options {
        seed: 7,
        output: house.output.clone(),
        screenshots: Screenshots::Off,
        tools: Tools {
            chromium: found.chromium,
            chromedriver: found.chromedriver,
            firefox: found.firefox,
            geckodriver: found.geckodriver,
        },
        ..Options::default()
    };
    let catalogue = Catalogue::load_file(&file).unwrap_or_else(|diagnostics| {
        let all: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        panic!("{name} does not load:\n{}", all.join("\n\n"));
    });
    let session =
        Session::prepare(Arc::new(catalogue), options).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    let directory = RunDirectory::create(&house.output).expect("a run directory");
    let manifest = house
        .runtime
        .block_on(session.play(
            &house.pool,
            &directory,
            Arc::new(Silent),
            tokio_util::sync::CancellationToken::new(),
        ))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let red: Vec<String> = manifest
        .scenarios
        .iter()
        .filter(|record| !matches!(record.verdict, Verdict::Passed | Verdict::Skipped))
        .map(|record| {
            let findings: Vec<String> = record
                .findings
                .iter()
                .map(|finding| {
                    format!(
                        "{}: {}\n  expected {}\n  actual {}",
                        finding.rule, finding.title, finding.expected, finding.actual
                    )
                })
                .collect();
            format!(
                "{}: {:?} {}\n{}",
                record.id,
                record.verdict,
                record.reason.as_deref().unwrap_or_default(),
                findings.join("\n")
            )
        })
        .collect();
    assert!(
        red.is_empty(),
        "{}\nsee {}",
        red.join("\n\n"),
        directory.path().display()
    );
}
