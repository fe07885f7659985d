//! Rest: when nothing is on its way any more, so that what did not happen may be judged.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use serde::Deserialize;
use serde_json::Value;

use crate::Result;
use crate::bidi::value::number;
use crate::registry::{FrameView, World};
use crate::user_context::Inner;

/// How far ahead a page's timers are waited for.
const HORIZON: Duration = Duration::from_millis(300);
/// How long an echo may take before a frame counts as stuck.
const ECHO: Duration = Duration::from_millis(1500);
/// How long a frame has for an answer: one that is busy without end gives none, nor, in Chromium, one of a tab whose
/// navigation to another site hangs. It is asked again in the next round.
const ANSWER: Duration = ECHO.saturating_mul(2);
/// How long a request counts as moving; a navigation too, where a request is held that it may be waiting for.
const UNDERWAY: Duration = Duration::from_secs(1);
/// How long a navigation counts as moving where nothing is held. What it needs then is the machine, which may be busy:
/// between the last of a hundred modules and the end of the load the page looks idle.
const LOADING: Duration = Duration::from_secs(10);
/// After how long a wait for answers asks again which requests are held.
const LOOK: Duration = Duration::from_millis(100);
/// How long all timers together are waited for while settling.
const TIMERS: Duration = Duration::from_secs(2);

const FENCE: &str = "(own, openers, patience) => rehearse.fence(own, openers, patience).then(String)";
const PENDING: &str = "(horizon, age, held) => JSON.stringify(
    window[Symbol.for('rehearse.time')]?.pending(horizon, age, JSON.parse(held)) ?? { wait: null, requests: [] })";
const QUIET: &str = "(patience, age, held) => {
    const time = window[Symbol.for('rehearse.time')];
    return time ? time.quiet(patience, age, JSON.parse(held)).then(JSON.stringify) : '[]';
}";

/// What a frame is about to do.
#[derive(Debug, Deserialize)]
struct Pending {
    /// Milliseconds until the last timer within the horizon has fired.
    wait: Option<f64>,
    /// Where requests by script go that wait for an answer.
    requests: Vec<String>,
}

/// How the pages came to rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// Rounds it took.
    pub rounds: u32,
    /// What was still moving when the deadline passed; empty where all came to rest.
    pub restless: Vec<String>,
}

/// One round of settling.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// Something happened during this round, or is known to be about to.
    pub stirred: bool,
    /// What, in words.
    pub restless: Vec<String>,
}

/// Rounds until two in a row see nothing stir.
pub(crate) async fn settle(inner: &Inner, deadline: Duration) -> Result<Rest> {
    let begun = Instant::now();
    let mut rounds = 0;
    let mut calm = 0;
    loop {
        let round = round(inner).await?;
        rounds += 1;
        calm = if round.stirred { 0 } else { calm + 1 };
        if calm == 2 {
            return Ok(Rest {
                rounds,
                restless: Vec::new(),
            });
        }
        if begun.elapsed() >= deadline {
            return Ok(Rest {
                rounds,
                restless: round.restless,
            });
        }
    }
}

/// One round.
pub(crate) async fn round(inner: &Inner) -> Result<Round> {
    let before = inner.share.recorder.len();
    let mut round = Round::default();
    wait_for_loading(inner, &mut round).await;
    // A frame that does not answer will not say what its scripts wait for either.
    if fence(inner, &mut round).await? {
        wait_for_scripts(inner, &mut round).await?;
    }
    let grown = inner.share.recorder.len() - before;
    if grown > 0 {
        round.stirred = true;
        round.restless.push(format!("{grown} new events"));
    }
    Ok(round)
}

/// Waits until known navigations (in a pristine browser: and requests) have ended, but not for old ones.
pub(crate) async fn wait_for_loading(inner: &Inner, round: &mut Round) {
    let begun = Instant::now();
    let mut changes = inner.session.registry.changes();
    loop {
        changes.borrow_and_update();
        let loading = if inner.held.is_empty() { LOADING } else { UNDERWAY };
        let underway = inner
            .session
            .registry
            .underway(&inner.share.id, loading, UNDERWAY);
        if underway.is_empty() {
            return;
        }
        round.stirred = true;
        let left = UNDERWAY.saturating_sub(begun.elapsed());
        if left.is_zero() {
            round.restless.extend(underway);
            return;
        }
        // Also looks again without an event: what grows too old is not waited for.
        let look = left.min(Duration::from_millis(100));
        let _ = tokio::time::timeout(look, changes.changed()).await;
    }
}

/// A task in every frame, and a fence between every two that can reach each other. Says whether every frame answered.
pub(crate) async fn fence(inner: &Inner, round: &mut Round) -> Result<bool> {
    let mut answered = true;
    let frames = inner.frames();
    let echoing = |tab: &str| {
        frames
            .iter()
            .filter(|frame| frame.tab == tab && frame.listens)
            .count()
    };
    let calls = frames.iter().filter(|frame| frame.listens).map(|frame| {
        let own = echoing(&frame.tab) - 1;
        let opener = opener_of(frame, &frames).map_or(0, |opener| echoing(&opener));
        async move {
            let arguments = [
                number(own as f64),
                number(opener as f64),
                number(ECHO.as_secs_f64() * 1000.0),
            ];
            let answer = inner
                .session
                .call_with(
                    &frame.context,
                    World::Sandbox,
                    FENCE,
                    &arguments,
                    false,
                    Some(ANSWER),
                )
                .await;
            (frame, answer)
        }
    });
    for (frame, answer) in join_all(calls).await {
        match answer {
            Ok(missing) if missing.text() == Some("0") => {}
            Ok(missing) => {
                round.stirred = true;
                round.restless.push(format!(
                    "{} echoes missing at {}",
                    missing.text().unwrap_or("some"),
                    frame.url
                ));
            }
            Err(error) if error.is_gone() => return Err(error.during("settle")),
            Err(error) => {
                answered &= !error.is_timed_out();
                round.stirred = true;
                round.restless.push(format!("{}: {error}", frame.url));
            }
        }
    }
    Ok(answered)
}

/// The tab that opened a frame's tab, while it is there.
fn opener_of(frame: &FrameView, frames: &[FrameView]) -> Option<String> {
    let tab = frames.iter().find(|one| one.context == frame.tab)?;
    let opener = tab.opener.as_deref()?;
    frames
        .iter()
        .find(|one| one.context == opener)
        .map(|one| one.tab.clone())
}

/// Lets timers fire that are due within the horizon, and requests by script get their answers.
async fn wait_for_scripts(inner: &Inner, round: &mut Round) -> Result<()> {
    if inner.session.pristine {
        return Ok(());
    }
    let begun = Instant::now();
    while begun.elapsed() < TIMERS {
        let arguments = [
            number(HORIZON.as_secs_f64() * 1000.0),
            number(UNDERWAY.as_secs_f64() * 1000.0),
            inner.held.to_json(),
        ];
        let mut wait: Option<f64> = None;
        let mut asking = false;
        let told = ask(inner, PENDING, &arguments, Some(ANSWER)).await;
        let told = told.map_err(|error| error.during("settle"))?;
        if !told.complete {
            round.stirred = true;
            round.restless.push("a frame that gives no answer".to_owned());
            return Ok(());
        }
        for text in &told.texts {
            let Ok(pending) = serde_json::from_str::<Pending>(text) else {
                continue;
            };
            asking |= !pending.requests.is_empty();
            wait = match (wait, pending.wait) {
                (Some(one), Some(other)) => Some(one.max(other)),
                (one, other) => one.or(other),
            };
        }
        if asking {
            round.stirred = true;
            let left = wait_for_answers(inner, UNDERWAY).await?;
            round
                .restless
                .extend(left.into_iter().map(|url| format!("request of {url}")));
            return Ok(());
        }
        let Some(wait) = wait else { return Ok(()) };
        round.stirred = true;
        tokio::time::sleep(Duration::from_secs_f64(wait.max(0.0) / 1000.0 + 0.001)).await;
    }
    round
        .restless
        .push("timers that start each other without end".to_owned());
    Ok(())
}

/// Waits until every request by script has its answer or is held. Says which are left in the end.
pub(crate) async fn wait_for_answers(inner: &Inner, patience: Duration) -> Result<Vec<String>> {
    let begun = Instant::now();
    loop {
        let arguments = [
            number(LOOK.as_secs_f64() * 1000.0),
            number(patience.as_secs_f64() * 1000.0),
            inner.held.to_json(),
        ];
        let told = ask(inner, QUIET, &arguments, None).await;
        let left: Vec<String> = told
            .map_err(|error| error.during("settle"))?
            .texts
            .iter()
            .flat_map(|text| serde_json::from_str::<Vec<String>>(text).unwrap_or_default())
            .collect();
        if left.is_empty() || begun.elapsed() >= patience {
            return Ok(left);
        }
    }
}

/// What frames answered.
pub(crate) struct Told {
    texts: Vec<String>,
    /// Whether each said something, or had nothing to say it with, in time.
    complete: bool,
}

/// What every frame's clock answers; frames without one, or gone by now, say nothing.
pub(crate) async fn ask(
    inner: &Inner,
    function: &str,
    arguments: &[Value],
    deadline: Option<Duration>,
) -> Result<Told> {
    let frames = inner.frames();
    let calls = frames.iter().map(|frame| {
        inner
            .session
            .call_with(&frame.context, World::Page, function, arguments, false, deadline)
    });
    let mut told = Told {
        texts: Vec::new(),
        complete: true,
    };
    for answer in join_all(calls).await {
        match answer {
            Ok(value) => told.texts.extend(value.text().map(str::to_owned)),
            Err(error) if error.is_gone() => return Err(error),
            Err(error) => told.complete &= !error.is_timed_out(),
        }
    }
    Ok(told)
}
