//! Facts for the journal out of what browser and page code report.

use std::sync::PoisonError;

use journal::fact::{
    Console, ContextClosed, ContextOpened, CspViolation, Frame, Handed, LoadFailed, MessageReceived,
    MessageSent, MixedContent, Motion, Navigation, NavigationStage, PageError,
};
use journal::{Fact, Source};
use serde::Deserialize;
use serde_json::Value;

use crate::bidi::command::ContextInfo;
use crate::bidi::event::{LogEntry, NavigationInfo, NavigationStep, UserPrompt};
use crate::insecure::{self, is_mixed};
use crate::registry::Share;

/// What page code of the harness reports.
#[derive(Debug, Deserialize)]
struct Report {
    origin: String,
    url: String,
    ms: f64,
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum What {
    #[serde(rename_all = "camelCase")]
    Sent {
        target_origin: String,
        via: String,
        data: Value,
        nth: u64,
    },
    Received {
        from: String,
        data: Value,
        trusted: bool,
    },
    Csp {
        directive: String,
        blocked: String,
        disposition: String,
    },
    Motion {
        element: String,
        name: String,
    },
    NotLoaded {
        target: String,
    },
    Handed {
        sink: String,
        event: String,
        properties: Value,
    },
    Rejection {
        text: String,
    },
}

impl What {
    /// Whether it is told in this world. What a page is told by others is none of its own business: its scripts share
    /// a world with the code that tells what it sends.
    fn is_told(&self, by_sandbox: bool) -> bool {
        match self {
            Self::Received { .. } | Self::Csp { .. } | Self::Motion { .. } => by_sandbox,
            // The sandbox sees elements, the page's world requests by script.
            Self::NotLoaded { .. } => true,
            Self::Sent { .. } | Self::Handed { .. } | Self::Rejection { .. } => !by_sandbox,
        }
    }
}

/// A report that cannot be used: what it would have told is missing, so the run must not pass.
fn unreadable(share: &Share, frame: Frame, reason: &str) {
    let fact = Fact::PageError(PageError {
        frame: Some(frame),
        rejection: false,
        text: format!("a report of the harness's page code cannot be used: {reason}"),
        script: None,
    });
    share.recorder.record(Source::Browser, None, fact);
}

/// A line of the console: a report of our own, or the page's.
pub(crate) fn log_entry(share: &Share, frame: Frame, entry: &LogEntry) {
    if entry.kind == "console"
        && let Some(strings) = entry.strings()
        && let [mark, text] = strings[..]
        && (mark == share.marks.page || mark == share.marks.sandbox)
    {
        let by_sandbox = mark == share.marks.sandbox;
        match serde_json::from_str::<Report>(text) {
            Ok(told) if told.what.is_told(by_sandbox) => report(share, frame, told),
            Ok(_) => unreadable(share, frame, "it comes from the wrong world"),
            Err(error) => unreadable(share, frame, &error.to_string()),
        }
        return;
    }
    let text = entry.text.clone().unwrap_or_default();
    if entry.kind == "javascript" {
        return uncaught(share, frame, entry, &text);
    }
    let level = match entry.method.as_deref() {
        Some("assert") => "error",
        _ => &entry.level,
    };
    let fact = Fact::Console(Console {
        frame: Some(frame),
        level: level.to_owned(),
        text,
    });
    share.recorder.record(Source::Page, None, fact);
}

/// An uncaught error. Firefox reports its own remarks (a cookie refused, a frame denied) in the same
/// way; they are kept as console output of the browser, which other engines keep to themselves. But for one: content
/// that is mixed.
fn uncaught(share: &Share, frame: Frame, entry: &LogEntry, text: &str) {
    let call = entry
        .stack_trace
        .as_ref()
        .and_then(|trace| trace.call_frames.first());
    let plain = text
        .strip_prefix("uncaught exception: ")
        .or_else(|| text.strip_prefix("Uncaught "));
    let rejection = take_rejection(share, text);
    if plain.is_none() && call.is_none() && !rejection && !names_an_error(text) {
        if let Some(url) = insecure::in_words(text) {
            return mixed_content(share, Source::Browser, frame, url.to_owned());
        }
        let fact = Fact::Console(Console {
            frame: Some(frame),
            level: "info".to_owned(),
            text: text.to_owned(),
        });
        share.recorder.record(Source::Browser, None, fact);
        return;
    }
    let fact = Fact::PageError(PageError {
        frame: Some(frame),
        rejection,
        text: plain.unwrap_or(text).to_owned(),
        script: call.map(|call| {
            let (line, column) = (call.line_number + 1, call.column_number + 1);
            format!("{}:{line}:{column}", call.url)
        }),
    });
    share.recorder.record(Source::Page, None, fact);
}

/// Whether a text begins as an error does: `TypeError: …`.
fn names_an_error(text: &str) -> bool {
    let name = text.split(':').next().unwrap_or_default();
    (name.ends_with("Error") || name.ends_with("Exception"))
        && name.chars().all(|character| character.is_ascii_alphanumeric())
}

/// Whether page code said before that this error is a rejection.
fn take_rejection(share: &Share, text: &str) -> bool {
    let mut told = share.rejections.lock().unwrap_or_else(PoisonError::into_inner);
    match told.iter().position(|reason| text.contains(reason.as_str())) {
        Some(at) => {
            told.remove(at);
            true
        }
        None => false,
    }
}

fn report(share: &Share, frame: Frame, told: Report) {
    let frame = Frame {
        origin: told.origin,
        url: told.url,
        ..frame
    };
    let fact = match told.what {
        What::Rejection { text } => {
            let mut rejections = share.rejections.lock().unwrap_or_else(PoisonError::into_inner);
            rejections.push(text);
            return;
        }
        What::Sent {
            target_origin,
            via,
            data,
            nth,
        } => Fact::MessageSent(MessageSent {
            from: frame,
            target_origin,
            via,
            data,
            page_ms: told.ms,
            nth,
            staged: false,
        }),
        What::Received { from, data, trusted } => Fact::MessageReceived(MessageReceived {
            at: frame,
            origin: from,
            data,
            page_ms: told.ms,
            trusted,
        }),
        What::Csp {
            directive,
            blocked,
            disposition,
        } => Fact::CspViolation(CspViolation {
            frame: Some(frame),
            directive,
            blocked,
            disposition,
        }),
        What::NotLoaded { target } => {
            if share.infers_mixed_content && is_mixed(&frame.url, &target) {
                return mixed_content(share, Source::Page, frame, target);
            }
            Fact::LoadFailed(LoadFailed { frame, url: target })
        }
        What::Motion { element, name } => Fact::Motion(Motion { frame, element, name }),
        What::Handed {
            sink,
            event,
            properties,
        } => Fact::Handed(Handed {
            frame,
            sink,
            event,
            properties,
        }),
    };
    share.recorder.record(Source::Page, None, fact);
}

/// A document that came over TLS was kept from loading something over plain HTTP.
pub(crate) fn mixed_content(share: &Share, source: Source, frame: Frame, url: String) {
    let fact = Fact::MixedContent(MixedContent { frame, url });
    share.recorder.record(source, None, fact);
}

/// A dialog opened; the session's settings close it again.
pub(crate) fn dialog(share: &Share, frame: Frame, prompt: &UserPrompt) {
    let fact = Fact::Console(Console {
        frame: Some(frame),
        level: "info".to_owned(),
        text: format!("dialog ({}): {}", prompt.kind, prompt.message),
    });
    share.recorder.record(Source::Browser, None, fact);
}

/// A tab or frame is there.
pub(crate) fn context_opened(share: &Share, frame: Frame, info: &ContextInfo) {
    let fact = Fact::ContextOpened(ContextOpened {
        context: frame.context,
        tab: frame.tab,
        parent: info.parent.clone(),
        opener: info.original_opener.clone(),
        url: info.url.clone(),
    });
    share.recorder.record(Source::Browser, None, fact);
}

/// A tab or frame is gone.
pub(crate) fn context_closed(share: &Share, context: &str, url: &str) {
    let fact = Fact::ContextClosed(ContextClosed {
        context: context.to_owned(),
        url: url.to_owned(),
    });
    share.recorder.record(Source::Browser, None, fact);
}

/// A navigation came on.
pub(crate) fn navigation(share: &Share, top_level: bool, step: NavigationStep, info: &NavigationInfo) {
    let stage = match step {
        NavigationStep::Started => NavigationStage::Started,
        NavigationStep::Committed => NavigationStage::Committed,
        NavigationStep::Loaded => NavigationStage::Loaded,
        NavigationStep::Failed => NavigationStage::Failed,
        NavigationStep::SameDocument => NavigationStage::SameDocument,
        NavigationStep::Parsed | NavigationStep::Aborted => return,
    };
    let fact = Fact::Navigation(Navigation {
        context: info.context.clone(),
        top_level,
        url: info.url.clone(),
        stage,
    });
    share.recorder.record(Source::Browser, None, fact);
}

#[cfg(test)]
mod tests {
    use super::names_an_error;

    #[test]
    fn errors_are_told_from_remarks_of_the_browser() {
        assert!(names_an_error("TypeError: x is undefined"));
        assert!(names_an_error("AbortError"));
        assert!(!names_an_error("Cookie “x” rejected because it has no Error"));
        assert!(!names_an_error("Content-Security-Policy: blocked"));
    }
}
