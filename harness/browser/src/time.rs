//! Virtual time: the clock of the journal and of every frame, moved ahead together.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::future::{join, join_all};
use journal::Fact;
use serde::Deserialize;
use serde_json::Value;

use crate::bidi::value::number;
use crate::registry::World;
use crate::settle::{self, Round};
use crate::user_context::Inner;
use crate::{Error, ErrorKind, Result};

/// Into how many strides a jump is divided at most.
const STRIDES: f64 = 40.0;
/// How long a stride may take on the real clock. However slow the machine, two hours of polls come to their end; timers
/// that set each other anew without delay do not.
const HEADWAY: Duration = Duration::from_secs(30);
/// How long one step may take.
const STEP: Duration = Duration::from_secs(10);
/// How long an answer is waited for while time stands still.
const ANSWERS: Duration = Duration::from_secs(2);
/// How long the browser has to tell of a navigation that a page has begun.
const BEGINNING: Duration = Duration::from_secs(1);
/// How long documents that follow each other are waited for while time stands still.
const DOCUMENTS: Duration = Duration::from_secs(8);

const RUN: &str = "(until, quietOnly, at) => {
    const time = window[Symbol.for('rehearse.time')];
    return time ? time.run(until, quietOnly === 1, at).then(JSON.stringify) : '';
}";
const RELEASE: &str = "(to) => { window[Symbol.for('rehearse.time')]?.moveTo(to); }";

/// Added to the moment until which timers fire, so that a last bit lost on the way to the page does not
/// keep one from firing; in milliseconds.
const LAST_BIT: f64 = 0.01;

/// What a frame's clock says after a step. Times are milliseconds since the epoch on the virtual clock.
#[derive(Debug, Deserialize)]
struct FrameTime {
    /// Timers that fired.
    fired: u64,
    /// Where the clock stands.
    now: f64,
    /// When the next timer is due.
    next: Option<f64>,
    /// When the next timer is due that may touch something outside its frame.
    asks: Option<f64>,
    /// The last one that fired touched something outside.
    acted: bool,
    /// The document has begun to leave for another one since it was asked last.
    departs: bool,
}

/// All frames' clocks together.
#[derive(Debug, Default)]
struct Times {
    fired: u64,
    next: Option<f64>,
    asks: Option<f64>,
    acted: bool,
    departs: bool,
}

struct Jump<'a> {
    inner: &'a Inner,
    /// Where the frames' clocks stand.
    now: f64,
    /// What the journal's clock is ahead of the machine's.
    offset: i64,
    /// What it will be ahead in the end.
    last: i64,
    fired: u64,
}

/// Moves ahead.
pub(crate) async fn advance(inner: &Inner, by: Duration) -> Result<u64> {
    let attempt = format!("advance the clock by {} ms", by.as_millis());
    inner.need_instrumentation(&attempt)?;
    let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4);
    let offset = inner.share.recorder.clock().offset_ms();
    let mut jump = Jump {
        inner,
        now: wall_ms() + offset as f64,
        offset,
        last: offset.saturating_add(by),
        fired: 0,
    };
    let outcome = jump.run(by).await;
    // However far it came: no frame's clock is left standing.
    let released = jump.release().await;
    outcome.and(released).map_err(|error| error.during(attempt))?;
    Ok(jump.fired)
}

/// Stops every frame's clock for good, so that no timer fires any more, and waits for the answers to what was
/// asked before. A page that is left just when a timer of its sends something loses it.
pub(crate) async fn stop(inner: &Inner) -> Result<()> {
    if inner.session.pristine {
        return Ok(());
    }
    let arguments = [number(f64::MIN), number(0.0), number(f64::MIN)];
    settle::ask(inner, RUN, &arguments, Some(STEP)).await?;
    settle::wait_for_answers(inner, ANSWERS).await.map(drop)
}

impl Jump<'_> {
    async fn run(&mut self, by: i64) -> Result<()> {
        let end = self.now + by as f64;
        // A step of quiet timers is never longer than this, so that one that turns out not to be quiet
        // finds the other frames and the mocks close by.
        let stride = (by as f64 / STRIDES).max(1000.0);
        let mut reached = (Instant::now(), self.now);
        let mut times = self.step(f64::MIN, false).await?;
        while let Some(next) = times.next
            && next <= end
        {
            if next >= reached.1 + stride {
                reached = (Instant::now(), next);
            }
            if reached.0.elapsed() > HEADWAY {
                return Err(Error::new("", ErrorKind::TimedOut { after: HEADWAY }));
            }
            let before = self.inner.share.recorder.len();
            let asks = times.asks.unwrap_or(f64::MAX);
            let exact = asks <= next;
            self.stand_at(next);
            times = if exact {
                self.exact_step(next).await?
            } else {
                self.step((next + stride).min(end).min(asks), true).await?
            };
            if times.acted || times.departs || (exact && self.is_underway()) {
                times = self.consequences(before, times.departs).await?;
            }
        }
        Ok(())
    }

    /// A step that may reach other frames or make documents: all of them must stand at this moment first.
    async fn exact_step(&mut self, until: f64) -> Result<Times> {
        self.now = self.now.max(until);
        self.step(f64::MIN, false).await?;
        let stale = self.inner.preload_offset(self.offset).await?;
        let inner = self.inner;
        let removal = async {
            match &stale {
                Some(stale) => inner.remove_script(stale).await,
                None => Ok(()),
            }
        };
        let (times, removed) = join(self.step(until, false), removal).await;
        removed?;
        times
    }

    /// Whether a navigation has just begun.
    fn is_underway(&self) -> bool {
        let registry = &self.inner.session.registry;
        !registry
            .underway(&self.inner.share.id, ANSWERS, ANSWERS)
            .is_empty()
    }

    /// Whether a navigation has come on since the journal had so many events.
    fn has_navigated(&self, before: u64) -> bool {
        let news = self.inner.share.recorder.after(before);
        news.iter().any(|event| matches!(event.fact, Fact::Navigation(_)))
    }

    /// Waits until the browser has told of a navigation that a page has begun, unless nothing comes of it.
    async fn await_navigation(&self, before: u64) {
        let begun = Instant::now();
        let mut changes = self.inner.session.registry.changes();
        loop {
            changes.borrow_and_update();
            if self.is_underway() || self.has_navigated(before) {
                return;
            }
            let left = BEGINNING.saturating_sub(begun.elapsed());
            if left.is_zero() || tokio::time::timeout(left, changes.changed()).await.is_err() {
                return;
            }
        }
    }

    /// Moves the journal's clock to a moment; it never goes back, nor past the end.
    fn stand_at(&mut self, moment: f64) {
        let offset = ((moment - wall_ms()).ceil() as i64).clamp(self.offset, self.last);
        self.inner.share.recorder.clock().advance_ms(offset - self.offset);
        self.offset = offset;
    }

    /// Lets every frame fire what is due until a moment.
    async fn step(&mut self, until: f64, quiet_only: bool) -> Result<Times> {
        let frames = self.inner.frames();
        let arguments = [
            number(until + LAST_BIT),
            number(f64::from(u8::from(quiet_only))),
            number(self.now),
        ];
        let calls = frames.iter().map(|frame| {
            self.inner
                .session
                .call_with(&frame.context, World::Page, RUN, &arguments, false, Some(STEP))
        });
        let mut times = Times::default();
        let mut now = self.now;
        for answer in join_all(calls).await {
            match answer {
                Ok(value) => {
                    let text = value.text().unwrap_or_default();
                    if let Ok(frame) = serde_json::from_str::<FrameTime>(text) {
                        now = now.max(times.take(&frame));
                    }
                }
                Err(error) if error.is_vanished() => times.acted = true,
                Err(error) if matches!(error.kind(), ErrorKind::Script { .. }) => {
                    tracing::debug!(%error, "a frame without a clock");
                }
                Err(error) => return Err(error),
            }
        }
        self.fired += times.fired;
        self.now = now;
        self.stand_at(now);
        Ok(times)
    }

    /// Time stands still: messages are delivered, answers arrive. Where a document goes or comes, this lasts until the new
    /// one has its answers too: otherwise the next stride would use up the time that the page gives its requests.
    /// `before` is how many events the journal had before what these are the consequences of.
    async fn consequences(&mut self, mut before: u64, mut departs: bool) -> Result<Times> {
        let begun = Instant::now();
        let mut documents_changed = departs;
        loop {
            if departs {
                self.await_navigation(before).await;
            }
            before = self.inner.share.recorder.len();
            settle::wait_for_answers(self.inner, ANSWERS).await?;
            let mut round = Round::default();
            let answered = settle::fence(self.inner, &mut round).await?;
            settle::wait_for_loading(self.inner, &mut round).await;
            // What came back may have set or cleared timers, or sent the document away.
            let times = self.step(f64::MIN, false).await?;
            departs = times.departs;
            documents_changed |= departs || round.stirred || self.has_navigated(before);
            let grown = self.inner.share.recorder.len() > before;
            let more = departs || round.stirred || (documents_changed && grown);
            if !more || !answered || begun.elapsed() >= DOCUMENTS {
                return Ok(times);
            }
        }
    }

    /// The same absolute offset everywhere, for documents to come as well, and clocks run again.
    async fn release(&mut self) -> Result<()> {
        let clock = self.inner.share.recorder.clock();
        clock.advance_ms(self.last - self.offset);
        self.offset = self.last;
        if let Some(stale) = self.inner.preload_offset(self.last).await? {
            self.inner.remove_script(&stale).await?;
        }
        let to: [Value; 1] = [number(self.last as f64)];
        settle::ask(self.inner, RELEASE, &to, None).await.map(drop)
    }
}

impl Times {
    /// Adds a frame's, and says where its clock stands.
    fn take(&mut self, frame: &FrameTime) -> f64 {
        let earlier = |one: Option<f64>, other: Option<f64>| match (one, other) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.fired += frame.fired;
        self.next = earlier(self.next, frame.next);
        self.asks = earlier(self.asks, frame.asks);
        self.acted |= frame.acted;
        self.departs |= frame.departs;
        frame.now
    }
}

fn wall_ms() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64() * 1000.0)
}
