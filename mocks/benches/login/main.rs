//! How many people the single sign-on signs in a second, beside the npm package `oidc-provider` in the same minutes on
//! the same machine.
//!
//! ```sh
//! cargo bench -p mocks --bench login             # needs Node and npm; installs the package beside this file
//! cargo bench -p mocks --bench login -- --alone  # without the yardstick
//! ```
//!
//! A login is a whole exchange by code with PKCE over HTTP on loopback: authorization request, sign-in page, form,
//! redirects, token request, identity token verified. Both servers are processes of their own and are driven by the
//! same code. Nothing is asserted: numbers of one machine say nothing about another, but a factor does.

mod browser;
mod driver;
mod server;

use std::time::{Duration, Instant};

use driver::Party;
use server::Server;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Connections, each with one login at a time.
const CONNECTIONS: [usize; 2] = [1, 8];
const WARM_UP: usize = 50;
const LOGINS: usize = 600;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |wanted: &str| arguments.iter().any(|argument| argument == wanted);
    // A bench program may be run as a test, to see that it still builds; there is nothing to measure then.
    if has("--test") {
        return;
    }
    if has(server::SERVE) {
        if let Err(failure) = server::serve() {
            eprintln!("the mock does not serve: {failure}");
        }
        return;
    }
    if cfg!(debug_assertions) {
        println!("note: built without optimisation; the mock is slower than it need be");
    }
    println!(
        "Login (code, PKCE, identity token verified)\n{:<34} {:>6} {:>7} {:>9} {:>9} {:>10} {:>10} {:>10}",
        "", "conns", "logins", "requests", "per s", "p50", "p99", "most"
    );
    report("the mock", Server::mock());
    if has("--alone") {
        return;
    }
    report("  yardstick: oidc-provider on Node", Server::oidc_provider());
}

/// Measures a server, or says why it cannot be measured.
fn report(name: &str, server: Result<Server, Failure>) {
    let measured = server.and_then(|server| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let party = Party::discover(server.issuer()).await?;
            run(&party, CONNECTIONS[CONNECTIONS.len() - 1], WARM_UP).await?;
            for connections in CONNECTIONS {
                let measured = run(&party, connections, LOGINS).await?;
                row(name, connections, measured);
            }
            Ok(())
        })
    });
    if let Err(failure) = measured {
        let mut words = failure.to_string();
        let mut cause = failure.source();
        while let Some(inner) = cause {
            words = format!("{words}: {inner}");
            cause = inner.source();
        }
        println!("{name:<34} not measured: {words}");
    }
}

/// What a number of logins took.
struct Measured {
    whole: Duration,
    each: Vec<Duration>,
    requests: usize,
}

async fn run(party: &Party, connections: usize, logins: usize) -> Result<Measured, Failure> {
    let began = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|worker| {
            let party = party.clone();
            // The remainder goes to the first ones.
            let share = logins / connections + usize::from(worker < logins % connections);
            tokio::spawn(async move {
                let connection = browser::connection();
                let mut each = Vec::with_capacity(share);
                let mut requests = 0;
                for _ in 0..share {
                    let began = Instant::now();
                    requests += party.sign_in(&connection).await?;
                    each.push(began.elapsed());
                }
                Ok::<_, Failure>((each, requests))
            })
        })
        .collect();
    let (mut each, mut requests) = (Vec::with_capacity(logins), 0);
    for worker in workers {
        let (times, asked) = worker.await??;
        each.extend(times);
        requests += asked;
    }
    let whole = began.elapsed();
    each.sort();
    Ok(Measured {
        whole,
        each,
        requests,
    })
}

fn row(name: &str, connections: usize, measured: Measured) {
    let Measured {
        whole,
        each,
        requests,
    } = measured;
    let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
    let at = |share: f64| ms(each[((each.len() - 1) as f64 * share).round() as usize]);
    println!(
        "{name:<34} {connections:>6} {:>7} {:>9.1} {:>9.1} {:>7.2} ms {:>7.2} ms {:>7.2} ms",
        each.len(),
        requests as f64 / each.len() as f64,
        each.len() as f64 / whole.as_secs_f64(),
        at(0.5),
        at(0.99),
        at(1.0),
    );
}
