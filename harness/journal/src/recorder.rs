//! Writing a journal: one order for all writers, canaries noted and replaced before anything is kept.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::watch;

use crate::body::{JUDGED_TEXT, KEPT_TEXT};
use crate::canary::Watch;
use crate::{Body, Canary, Clock, Error, Event, ExchangeId, Fact, Sequence, Source};

/// The one writer of a journal. Cheap to clone: clones write the same journal.
#[derive(Clone, Debug)]
pub struct Recorder {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    clock: Clock,
    state: Mutex<State>,
    length: watch::Sender<Sequence>,
    listener: Option<Listener>,
}

/// Who is told of every event of a journal that is kept nowhere.
struct Listener(Box<dyn Fn(&Event) + Send + Sync>);

impl std::fmt::Debug for Listener {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Listener")
    }
}

#[derive(Debug)]
struct State {
    watch: Watch,
    events: Vec<Arc<Event>>,
    file: Option<Output>,
    failure: Option<Error>,
}

#[derive(Debug)]
struct Output {
    path: PathBuf,
    writer: BufWriter<File>,
}

impl Recorder {
    /// A journal that is kept in memory only.
    #[must_use]
    pub fn in_memory(clock: Clock, seed: u64) -> Self {
        Self::new(clock, seed, None, None)
    }

    /// A journal that is also written to a file, one JSON object a line.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn to_file(clock: Clock, seed: u64, path: &Path) -> Result<Self, Error> {
        let file = File::create(path).map_err(|source| Error::File {
            attempt: "create",
            path: path.to_owned(),
            source,
        })?;
        let output = Output {
            path: path.to_owned(),
            writer: BufWriter::new(file),
        };
        Ok(Self::new(clock, seed, Some(output), None))
    }

    /// A journal that is kept nowhere: each event is told and forgotten, so that what records into it can
    /// run for as long as it likes.
    ///
    /// Nothing is watched for and nothing replaced: a watch grows with every secret. Whoever listens must
    /// show no more of an event than what holds no secret by its nature.
    #[must_use]
    pub fn to_listener(clock: Clock, listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self::new(clock, 0, None, Some(Listener(Box::new(listener))))
    }

    fn new(clock: Clock, seed: u64, file: Option<Output>, listener: Option<Listener>) -> Self {
        Self {
            inner: Arc::new(Inner {
                clock,
                state: Mutex::new(State {
                    watch: Watch::new(seed),
                    events: Vec::new(),
                    file,
                    failure: None,
                }),
                length: watch::Sender::new(0),
                listener,
            }),
        }
    }

    /// The world's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Watches for a canary from now on. Register a secret before it is first sent.
    pub fn watch_for(&self, canary: Canary) {
        if self.inner.listener.is_some() {
            return;
        }
        self.state().watch.add(canary);
    }

    /// The values watched for. They are secrets: this is for tests that search a run directory.
    #[must_use]
    pub fn canaries(&self) -> Vec<Canary> {
        self.state().watch.canaries()
    }

    /// Records a fact: finds canaries, replaces them, appends.
    pub fn record(&self, source: Source, exchange: Option<ExchangeId>, fact: Fact) -> Sequence {
        if let Some(Listener(listener)) = &self.inner.listener {
            let at = self.inner.clock.moment();
            let mut seq = 0;
            self.inner.length.send_modify(|length| {
                *length += 1;
                seq = *length;
            });
            listener(&Event {
                seq,
                at,
                source,
                exchange,
                sightings: Vec::new(),
                fact,
            });
            return seq;
        }
        let mut state = self.state();
        // Within the lock, so that times come in the order of the events.
        let at = self.inner.clock.moment();
        let (fact, sightings) = state.redacted(fact);
        let seq = state.events.len() as Sequence + 1;
        let event = Arc::new(Event {
            seq,
            at,
            source,
            exchange,
            sightings,
            fact,
        });
        state.write(&event);
        state.events.push(event);
        drop(state);
        // Writers may come here in another order than the events have: the length never goes back.
        self.inner.length.send_if_modified(|length| {
            let grown = seq > *length;
            *length = seq.max(*length);
            grown
        });
        seq
    }

    /// A value as the journal would show it, for comparing what is expected with what was recorded.
    #[must_use]
    pub fn redact(&self, mut value: Value) -> Value {
        self.state().watch.redact(&mut value);
        value
    }

    /// A text of the journal with the values in place of their pseudonyms, for comparing it with what is expected;
    /// nothing where it has none. What comes of it holds secrets: it is for comparing and nothing else.
    ///
    /// Where a value stood in another writing it is written so again, as far as that can be known.
    #[must_use]
    pub fn reveal(&self, text: &str) -> Option<String> {
        self.state().watch.reveal(text)
    }

    /// A text as the journal would show it.
    #[must_use]
    pub fn redact_text(&self, text: String) -> String {
        match self.redact(Value::String(text)) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> Sequence {
        *self.inner.length.borrow()
    }

    /// Whether nothing was recorded yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The events after a sequence number, all of them after 0.
    #[must_use]
    pub fn after(&self, seq: Sequence) -> Vec<Arc<Event>> {
        let state = self.state();
        let from = usize::try_from(seq).unwrap_or(usize::MAX).min(state.events.len());
        state.events[from..].to_vec()
    }

    /// Tells of growth: the receiver's value is the newest sequence number.
    #[must_use]
    pub fn growth(&self) -> watch::Receiver<Sequence> {
        self.inner.length.subscribe()
    }

    /// Writes out what is buffered and tells of the first thing that went wrong with the file.
    ///
    /// # Errors
    /// The file could not be written, now or earlier: a full disk, a folder that vanished.
    pub fn flush(&self) -> Result<(), Error> {
        let mut state = self.state();
        if let Some(output) = &mut state.file
            && let Err(source) = output.writer.flush()
        {
            let path = output.path.clone();
            state.failure.get_or_insert(Error::File {
                attempt: "write",
                path,
                source,
            });
        }
        state.failure.take().map_or(Ok(()), Err)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn redacted(&self, fact: Fact) -> (Fact, Vec<crate::Sighting>) {
        let Ok(mut value) = serde_json::to_value(&fact) else {
            return (fact, Vec::new());
        };
        let mut sightings = self.watch.redact(&mut value);
        let mut fact = if sightings.is_empty() {
            fact
        } else {
            let in_place = serde_json::from_value(value).or_else(|_| {
                // A size or a time that is a canary by chance: it has to stay the number that it is.
                let mut value = serde_json::to_value(&fact)?;
                sightings = self.watch.redact_texts(&mut value);
                serde_json::from_value(value)
            });
            // Texts stay texts, so the shape is still that of a fact; if it ever were not, a fact that says so is kept
            // rather than the secret.
            in_place.unwrap_or_else(|error| {
                Fact::Mark(crate::fact::Mark {
                    name: format!("an event could not be redacted in place: {error}"),
                })
            })
        };
        if let Some(body) = body_mut(&mut fact) {
            body.cut(JUDGED_TEXT);
        }
        (fact, sightings)
    }

    fn write(&mut self, event: &Event) {
        let Some(output) = &mut self.file else { return };
        let mut event = Cow::Borrowed(event);
        if body(&event.fact).is_some_and(|body| body.text.as_ref().is_some_and(|text| text.len() > KEPT_TEXT))
            && let Some(body) = body_mut(&mut event.to_mut().fact)
        {
            body.cut(KEPT_TEXT);
        }
        let outcome = serde_json::to_writer(&mut output.writer, &*event)
            .map_err(std::io::Error::from)
            .and_then(|()| output.writer.write_all(b"\n"));
        if let Err(source) = outcome {
            // The first failure is kept and told by `flush`; the run goes on in memory.
            let path = output.path.clone();
            self.file = None;
            self.failure = Some(Error::File {
                attempt: "write",
                path,
                source,
            });
        }
    }
}

fn body(fact: &Fact) -> Option<&Body> {
    match fact {
        Fact::Request(request) => Some(&request.body),
        Fact::Response(response) => Some(&response.body),
        Fact::WebSocketFrame(frame) => Some(&frame.payload),
        _ => None,
    }
}

fn body_mut(fact: &mut Fact) -> Option<&mut Body> {
    match fact {
        Fact::Request(request) => Some(&mut request.body),
        Fact::Response(response) => Some(&mut response.body),
        Fact::WebSocketFrame(frame) => Some(&mut frame.payload),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Mark;

    #[test]
    fn its_length_never_goes_back_however_many_write() {
        const WRITERS: u64 = 4;
        const EACH: u64 = 2000;
        let recorder = Recorder::in_memory(Clock::new(), 0);
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    for _ in 0..EACH {
                        let before = recorder.len();
                        let mark = Mark { name: String::new() };
                        let seq = recorder.record(Source::Runner, None, Fact::Mark(mark));
                        let after = recorder.len();
                        assert!(before < after && seq <= after, "{before} {seq} {after}");
                    }
                });
            }
        });
        assert_eq!(recorder.len(), WRITERS * EACH);
        let written: Vec<_> = recorder.after(0).iter().map(|event| event.seq).collect();
        assert!(written.into_iter().eq(1..=WRITERS * EACH));
    }
}
