//! Steps, locators and expectations in words, as a person would say them.

use serde_json::Value;

use crate::model::{Expectation, FrameName, Locator, Press, Sender, Step, Typed, UsePrelude};
use crate::suggest::quoted;

impl Step {
    /// The step in words: `click button "Add ticket"`.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Use(UsePrelude::Name(name) | UsePrelude::With { prelude: name, .. }) => {
                format!("play prelude {name}")
            }
            Self::Open(url) => format!("open {url}"),
            Self::OpenTab(tab) => format!("open {} in a new tab {}", tab.url, tab.name),
            Self::SwitchTab(name) => format!("switch to tab {name}"),
            Self::CloseTab(name) => format!("close tab {name}"),
            Self::Reload => "reload".to_owned(),
            Self::Back => "go back".to_owned(),
            Self::Click(locator) => format!("click {locator}"),
            Self::DoubleClick(locator) => format!("double-click {locator}"),
            Self::Fill(fill) => match &fill.with {
                Typed::Text(text) => format!("fill {} with \"{text}\"", fill.field),
                Typed::OneTimeCode { one_time_code } => {
                    format!("fill {} with the one-time code of {one_time_code}", fill.field)
                }
            },
            Self::Select(select) => format!("select \"{}\" in {}", select.option, select.field),
            Self::Press(Press::Key(key)) => format!("press {key}"),
            Self::Press(Press::On { key, on, times }) => {
                let on = on.as_ref().map(|on| format!(" on {on}")).unwrap_or_default();
                format!("press {key}{on}{}", times_in_words(*times))
            }
            Self::Focus(locator) => format!("focus {locator}"),
            Self::Hover(locator) => format!("hover over {locator}"),
            Self::ScrollTo(locator) => format!("scroll to {locator}"),
            Self::PostMessage(post) => {
                let kind = post
                    .data
                    .get("type")
                    .and_then(Value::as_str)
                    .unwrap_or("a message");
                let from = match &post.from {
                    Sender::Popup(name) => format!("a popup of {name}"),
                    Sender::Frame { frame } => format!("frame {frame}"),
                };
                let to = post.to.as_ref().map(|to| format!(" to {to}")).unwrap_or_default();
                format!("post {kind} from {from}{to}{}", times_in_words(post.times))
            }
            Self::NavigateFrame(navigation) => {
                format!("navigate frame {} to {}", navigation.frame, navigation.to)
            }
            Self::Request(request) => {
                let method = request.method.as_deref().unwrap_or("GET");
                let from = request
                    .from
                    .as_ref()
                    .map(|from| format!(" from {from}"))
                    .unwrap_or_default();
                format!("request {method} {}{from}", request.url)
            }
            Self::Stage(directions) => format!("direct {}", joined(directions.keys().map(String::as_str))),
            Self::Fault(fault) => format!("add fault {}", short(fault)),
            Self::ClearFaults => "clear all faults".to_owned(),
            Self::Advance(span) => format!("advance the clock by {span}"),
            Self::Mark(name) => format!("mark {name}"),
            Self::Screenshot(name) => format!("take screenshot {name}"),
            Self::Expect(expectations) => match expectations.as_slice() {
                [only] => format!("expect {}", only.value.title()),
                many => format!("expect {} things", many.len()),
            },
            Self::Observe(observe) => format!("note the answer to {}", observe.question),
        }
    }
}

fn times_in_words(times: u32) -> String {
    match times {
        1 => String::new(),
        2 => " twice".to_owned(),
        more => format!(" {more} times"),
    }
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(" and ")
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => {
            let text = quoted(&other.to_string());
            text.trim_matches('`').to_owned()
        }
    }
}

impl Expectation {
    /// The expectation in a few words: `request to crm-api`.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Message(message) => {
                let mut words = message.kind.clone().unwrap_or_else(|| "message".to_owned());
                for (word, name) in [("from", &message.from), ("to", &message.to)] {
                    if let Some(name) = name {
                        words.push_str(&format!(" {word} {name}"));
                    }
                }
                words
            }
            Self::Request(request) => format!("request {}", request.words()),
            Self::Telemetry(telemetry) => {
                let event = telemetry.event.as_deref().unwrap_or("an event");
                format!("{event} at {}", telemetry.sink)
            }
            Self::Page(page) => page.element.to_string(),
            Self::Url(_) => "the URL".to_owned(),
            Self::Title(_) => "the page's title".to_owned(),
            Self::Frame(frame) => format!("frame {}", frame.of),
            Self::Storage(storage) => format!("{} in the storage of {}", storage.key, storage.origin),
            Self::Cookie(cookie) => format!("cookie {} of {}", cookie.name, cookie.origin),
            Self::Mock(mock) => format!("{} of mock {}", mock.fact, mock.name),
            Self::Error(_) => "console output and errors".to_owned(),
            Self::CspViolation(_) => "CSP violations".to_owned(),
            Self::Motion(_) => "animations and transitions".to_owned(),
            Self::Refused(_) => "what the gateway refused".to_owned(),
            Self::Accessibility(_) => "accessibility".to_owned(),
        }
    }
}

impl crate::model::RequestExpectation {
    /// What is looked for, in words: `POST to crm-api /v1/leads/**`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words: Vec<String> = self.method.iter().cloned().collect();
        if let Some(to) = &self.to {
            words.push(format!("to {to}"));
        }
        if let Some(path) = &self.path {
            words.push(path.clone());
        }
        if let Some(from) = &self.from {
            words.push(format!("from {from}"));
        }
        if words.is_empty() {
            words.push("of any kind".to_owned());
        }
        words.join(" ")
    }
}

impl std::fmt::Display for Locator {
    /// `button "Add ticket"`, `text "No tickets yet"`, with frame and surroundings.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let partly = if self.partly { "…" } else { "" };
        let named = |kind: &str, text: &str| format!("{kind} \"{partly}{text}{partly}\"");
        let own = if let Some(role) = &self.role {
            match &self.name {
                Some(name) => named(role, name),
                None => role.clone(),
            }
        } else if let Some(text) = &self.text {
            named("text", text)
        } else if let Some(label) = &self.label {
            named("field", label)
        } else if let Some(placeholder) = &self.placeholder {
            named("field with placeholder", placeholder)
        } else if let Some(id) = &self.test_id {
            format!("test id {id}")
        } else if let Some(css) = &self.css {
            format!("`{css}`")
        } else {
            self.named.clone().unwrap_or_else(|| "element".to_owned())
        };
        formatter.write_str(&own)?;
        if let Some(nth) = self.nth {
            write!(formatter, " number {}", nth + 1)?;
        }
        if let Some(within) = &self.within {
            write!(formatter, " in {within}")?;
        }
        if let Some(frame) = &self.frame {
            write!(formatter, " in frame {frame}")?;
        }
        Ok(())
    }
}

impl std::fmt::Display for FrameName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}
