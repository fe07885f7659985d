//! What a person does in a tab: every action waits by itself until its element is fit for it.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::bidi::command::{PerformActions, SetFiles};
use crate::bidi::value::{Node, node, string};
use crate::find::{Found, Need};
use crate::keys::{self, Chord};
use crate::registry::World;
use crate::tab::Tab;
use crate::{Error, ErrorKind, Locator, Result};

/// How to click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClickOptions {
    /// How many times in quick succession.
    pub count: u32,
}

impl Default for ClickOptions {
    fn default() -> Self {
        Self { count: 1 }
    }
}

const FOCUS: &str = "(element) => rehearse.focus(element)";
const PREPARE_FILL: &str = "(element, text) => rehearse.prepareFill(element, text)";
const CHOOSE: &str = "(element, label) => rehearse.choose(element, label)";

impl Tab {
    /// Clicks an element, when it is there, unique, visible, enabled, still and not covered.
    ///
    /// # Errors
    /// [`ErrorKind::Blocked`] when that never came true.
    pub async fn click(&self, target: &Locator, options: ClickOptions) -> Result<()> {
        self.attempt(
            &format!("click {target}"),
            target,
            Need::Pointable,
            async |found| {
                let mut actions = vec![move_to(&found.node)];
                for _ in 0..options.count {
                    actions.push(json!({"type": "pointerDown", "button": 0}));
                    actions.push(json!({"type": "pointerUp", "button": 0}));
                }
                self.point(&found.context, actions).await
            },
        )
        .await
    }

    /// Moves the pointer over an element.
    ///
    /// # Errors
    /// As [`Tab::click`].
    pub async fn hover(&self, target: &Locator) -> Result<()> {
        self.attempt(
            &format!("hover over {target}"),
            target,
            Need::Pointable,
            async |found| self.point(&found.context, vec![move_to(&found.node)]).await,
        )
        .await
    }

    /// Replaces the content of a field by typing. Fields with a picker of their own (dates, colours)
    /// are set as the picker does.
    ///
    /// # Errors
    /// As [`Tab::click`].
    pub async fn fill(&self, target: &Locator, text: &str) -> Result<()> {
        let attempt = format!("fill {target}");
        self.attempt(&attempt, target, Need::Editable, async |found| {
            let how = self
                .ask(found, PREPARE_FILL, vec![node(&found.node), string(text)])
                .await?;
            match how.as_str() {
                "set" => Ok(()),
                "clear" => self.keys(&found.context, keys::typing("\u{E017}")).await,
                "type" => self.keys(&found.context, keys::typing(text)).await,
                refused => Err(Error::blocked(
                    &attempt,
                    Duration::ZERO,
                    refused.trim_start_matches("refused: "),
                )),
            }
        })
        .await
    }

    /// Chooses an option of a `select` by its label.
    ///
    /// # Errors
    /// As [`Tab::click`]; also when there is no such option.
    pub async fn select(&self, target: &Locator, option: &str) -> Result<()> {
        let attempt = format!("select \"{option}\" in {target}");
        self.attempt(&attempt, target, Need::Editable, async |found| {
            let refused = self
                .ask(found, CHOOSE, vec![node(&found.node), string(option)])
                .await?;
            if refused.is_empty() {
                return Ok(());
            }
            Err(Error::blocked(&attempt, Duration::ZERO, refused))
        })
        .await
    }

    /// Chooses files for a file input, which may be hidden behind a styled label.
    ///
    /// # Errors
    /// As [`Tab::click`].
    pub async fn choose_files(&self, target: &Locator, files: &[PathBuf]) -> Result<()> {
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        self.attempt(
            &format!("choose files for {target}"),
            target,
            Need::There,
            async |found| {
                let command = SetFiles {
                    context: &found.context,
                    element: &found.node,
                    files: &files,
                };
                self.session().send(&command).await.map(drop)
            },
        )
        .await
    }

    /// Presses a key or a chord such as `Escape`, `Control+k`, `Shift+Tab`: on an element, which gets
    /// the focus first, else where the focus is.
    ///
    /// # Errors
    /// As [`Tab::click`]; also for a key that is not known.
    pub async fn press(&self, keys: &str, on: Option<&Locator>) -> Result<()> {
        let attempt = match on {
            Some(target) => format!("press {keys} on {target}"),
            None => format!("press {keys}"),
        };
        let chord = Chord::parse(keys).map_err(|reason| {
            Error::new(
                attempt.clone(),
                ErrorKind::Refused {
                    code: "unknown key".to_owned(),
                    message: reason,
                },
            )
        })?;
        let Some(target) = on else {
            return self
                .keys(self.id(), chord.actions())
                .await
                .map_err(|error| error.during(attempt));
        };
        self.attempt(&attempt, target, Need::Visible, async |found| {
            self.give_focus(found, &attempt).await?;
            self.keys(&found.context, chord.actions()).await
        })
        .await
    }

    /// Gives an element the focus, without the pointer.
    ///
    /// # Errors
    /// As [`Tab::click`].
    pub async fn focus(&self, target: &Locator) -> Result<()> {
        let attempt = format!("focus {target}");
        self.attempt(&attempt, target, Need::Visible, async |found| {
            self.give_focus(found, &attempt).await
        })
        .await
    }

    /// Scrolls an element into view.
    ///
    /// # Errors
    /// As [`Tab::click`].
    pub async fn scroll_into_view(&self, target: &Locator) -> Result<()> {
        const SCROLL: &str = "(element) => {
            element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
            return '';
        }";
        self.attempt(
            &format!("scroll to {target}"),
            target,
            Need::Visible,
            async |found| self.ask(found, SCROLL, vec![node(&found.node)]).await.map(drop),
        )
        .await
    }

    async fn ask(&self, found: &Found, function: &str, arguments: Vec<Value>) -> Result<String> {
        self.session()
            .call_text(&found.context, World::Sandbox, function, &arguments)
            .await
    }

    async fn give_focus(&self, found: &Found, attempt: &str) -> Result<()> {
        let refused = self.ask(found, FOCUS, vec![node(&found.node)]).await?;
        if refused.is_empty() {
            return Ok(());
        }
        Err(Error::blocked(attempt, Duration::ZERO, refused))
    }

    async fn point(&self, context: &str, actions: Vec<Value>) -> Result<()> {
        let source = json!({
            "type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions,
        });
        self.perform(context, source).await
    }

    async fn keys(&self, context: &str, actions: Vec<Value>) -> Result<()> {
        let source = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.perform(context, source).await
    }

    async fn perform(&self, context: &str, source: Value) -> Result<()> {
        self.session()
            .send(&PerformActions {
                context,
                actions: &[source],
            })
            .await
            .map(drop)
    }
}

fn move_to(node: &Node) -> Value {
    json!({"type": "pointerMove", "x": 0, "y": 0, "origin": {"type": "element", "element": {"sharedId": node.shared_id}}})
}
