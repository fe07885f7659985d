//! Script contexts that the driver forgets, and what they said meanwhile.
//!
//! chromedriver numbers script contexts per process, and when one of them ends it also forgets those of the same number
//! that frames have in other processes, if these frames began in the process of the first one, as frames of another
//! site do. The document lives on, but no call reaches it any more, and its console is not heard. Asking the browser to
//! name its script contexts anew brings them back; it then repeats the whole console as well, of which only what
//! had been missed is taken.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Weak;
use std::time::Duration;

use crate::Result;
use crate::bidi::Connection;
use crate::bidi::command::{GetDevToolsSession, SendDevToolsCommand};
use crate::bidi::event::LogEntry;
use crate::registry::Registry;

/// How long a document may be without script contexts before they count as forgotten: while one document takes the
/// place of another there are none.
const BETWEEN_DOCUMENTS: Duration = Duration::from_millis(50);

/// Brings forgotten script contexts back as long as the registry lives.
pub(crate) async fn watch(connection: Connection, registry: Weak<Registry>) {
    let Some(mut changes) = registry.upgrade().map(|registry| registry.changes()) else {
        return;
    };
    loop {
        changes.borrow_and_update();
        let Some(known) = registry.upgrade() else { return };
        let suspects = known.forgotten();
        if suspects.is_empty() {
            drop(known);
            if changes.changed().await.is_err() {
                return;
            }
            continue;
        }
        tokio::time::sleep(BETWEEN_DOCUMENTS).await;
        for context in suspects {
            // One that comes back may bring others of its process with it.
            if known.forgotten().contains(&context) {
                recall(&connection, &known, &context).await;
            }
        }
    }
}

async fn recall(connection: &Connection, registry: &Registry, context: &str) {
    tracing::debug!(context, "the driver forgot a script context");
    registry.note_recall(context);
    let outcome = name_anew(connection, registry, context).await;
    registry.end_replay(context);
    if let Err(error) = outcome {
        tracing::debug!(context, %error, "a forgotten script context does not come back");
    }
}

async fn name_anew(connection: &Connection, registry: &Registry, context: &str) -> Result<()> {
    let session = &connection.call(&GetDevToolsSession { context }).await?.session;
    let method = "Runtime.disable";
    connection.call(&SendDevToolsCommand { session, method }).await?;
    // Nothing is said now by frames of this session: what comes next of theirs is the replay.
    registry.begin_replay(context);
    let method = "Runtime.enable";
    connection.call(&SendDevToolsCommand { session, method }).await?;
    Ok(())
}

/// Which lines of its console a frame was heard to say, so that those said again can be told from those missed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    /// How often a line was heard; by its hash.
    lines: HashMap<u64, u32>,
    /// How often it came in the replay under way.
    replayed: Option<HashMap<u64, u32>>,
}

impl Heard {
    /// Everything may be said again from now on.
    pub(crate) fn begin_replay(&mut self) {
        self.replayed = Some(HashMap::new());
    }

    /// What is said from now on is new.
    pub(crate) fn end_replay(&mut self) {
        self.replayed = None;
    }

    /// Takes a line in; whether it is new.
    pub(crate) fn take(&mut self, entry: &LogEntry) -> bool {
        let mut hasher = DefaultHasher::new();
        (
            entry.timestamp,
            &entry.kind,
            &entry.method,
            &entry.level,
            &entry.text,
        )
            .hash(&mut hasher);
        let line = hasher.finish();
        let heard = self.lines.entry(line).or_default();
        if let Some(replayed) = &mut self.replayed {
            let again = replayed.entry(line).or_default();
            *again += 1;
            if *again <= *heard {
                return false;
            }
        }
        *heard += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(timestamp: u64, text: &str) -> LogEntry {
        serde_json::from_value(serde_json::json!({
            "type": "console", "level": "info", "timestamp": timestamp, "text": text, "source": {},
        }))
        .unwrap()
    }

    #[test]
    fn what_is_said_twice_counts_twice() {
        let mut heard = Heard::default();
        assert!(heard.take(&line(1, "a")));
        assert!(heard.take(&line(1, "a")));
    }

    #[test]
    fn of_a_replay_only_what_was_missed_is_new() {
        let mut heard = Heard::default();
        heard.take(&line(1, "a"));
        heard.take(&line(1, "a"));
        heard.take(&line(2, "a"));
        heard.begin_replay();
        let told = [
            line(1, "a"),
            line(1, "a"),
            line(1, "a"),
            line(2, "a"),
            line(3, "a"),
        ];
        assert_eq!(
            told.map(|line| heard.take(&line)),
            [false, false, true, false, true]
        );
        heard.end_replay();
        assert!(heard.take(&line(3, "a")));
    }

    #[test]
    fn a_second_replay_knows_what_the_first_brought() {
        let mut heard = Heard::default();
        for expected in [true, false] {
            heard.begin_replay();
            assert_eq!(heard.take(&line(1, "a")), expected);
            heard.end_replay();
        }
    }
}
