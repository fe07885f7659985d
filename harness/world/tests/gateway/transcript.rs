//! A journal as lines one can read.

use journal::fact::WireDirection;
use journal::{Fact, Recorder};

/// The journal, one line an event; bodies by their text or length.
pub(crate) fn transcript(recorder: &Recorder) -> Vec<String> {
    recorder.after(0).iter().map(|event| line(&event.fact)).collect()
}

fn line(fact: &Fact) -> String {
    match fact {
        Fact::Request(request) => {
            let version = serde_json::to_value(request.version).unwrap();
            let version = version.as_str().unwrap();
            format!(
                "{} → {} {} {version}{}",
                request.exchange.0,
                request.method,
                request.url,
                body(&request.body)
            )
        }
        Fact::Response(response) => {
            format!(
                "{} ← {}{}",
                response.exchange.0,
                response.status,
                body(&response.body)
            )
        }
        Fact::Aborted(aborted) => format!("{} ✗ {}", aborted.exchange.0, aborted.reason),
        Fact::Refused(refused) => {
            let reason = serde_json::to_value(refused.reason).unwrap();
            let asked_by = refused
                .asked_by
                .as_ref()
                .map_or_else(String::new, |by| format!(", asked by {by}"));
            format!(
                "refused {}: {}{asked_by}",
                refused.authority,
                reason.as_str().unwrap()
            )
        }
        Fact::TlsFailed(failed) => format!("TLS failed for {}: {}", failed.authority, failed.reason),
        Fact::WebSocketFrame(frame) => {
            let arrow = match frame.direction {
                WireDirection::ToServer => "⇢",
                WireDirection::ToClient => "⇠",
            };
            format!(
                "{} {arrow} {}{}",
                frame.exchange.0,
                frame.opcode,
                body(&frame.payload)
            )
        }
        Fact::FaultApplied(applied) => {
            format!(
                "{} fault {}: {}",
                applied.exchange.0, applied.fault, applied.detail
            )
        }
        Fact::Rewritten(rewritten) => {
            format!(
                "{} rewrite {}: {}",
                rewritten.exchange.0, rewritten.rewrite, rewritten.matches
            )
        }
        other => format!("{other:?}"),
    }
}

fn body(body: &journal::Body) -> String {
    match &body.text {
        _ if body.size == 0 => String::new(),
        Some(text) if text.len() <= 60 => format!(" {text:?}"),
        _ => format!(" [{} bytes]", body.size),
    }
}

/// Asserts that a journal reads like this.
#[track_caller]
pub(crate) fn assert_transcript(recorder: &Recorder, expected: &[&str]) {
    let actual = transcript(recorder);
    assert_eq!(actual, expected, "\n{}", actual.join("\n"));
}

/// Waits for the journal to hold a line with this text.
pub(crate) async fn seen(recorder: &Recorder, part: &str) {
    let mut growth = recorder.growth();
    let there = async {
        while !transcript(recorder).iter().any(|line| line.contains(part)) {
            growth.changed().await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), there)
        .await
        .unwrap_or_else(|_| panic!("`{part}` never came:\n{}", transcript(recorder).join("\n")));
}
