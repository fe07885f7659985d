//! Writes a made-up run with its reports, to look at: `cargo run -p reports --example demo-report -- FOLDER [COUNT]`.

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

use std::path::PathBuf;
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "target/demo-report".into()));
    let count = arguments
        .next()
        .and_then(|count| count.to_str()?.parse().ok())
        .unwrap_or(60);
    synthetic::catalogue("2026-11-03T08-30-00-demo", count).write(&folder);
    let began = Instant::now();
    match reports::write_all(&folder, &reports::Options::default()) {
        Ok(written) => println!(
            "{} files in {} ms: {}",
            written.paths.len(),
            began.elapsed().as_millis(),
            folder.join("report.html").display()
        ),
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(3);
        }
    }
}
