//! What a person does in a tab: every action waits by itself until its element is fit for it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bidi::command::{PerformActions, SetFiles};
use crate::bidi::value::{Node, node, string};
use crate::element::Violation;
use crate::keys::{self, Chord};
use crate::registry::World;
use crate::tab::Tab;
use crate::{Element, Error, ErrorKind, FrameSelector, Locator, Result};

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

/// How fit an element must be for an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    There,
    Visible,
    Editable,
    Pointable,
}

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::There => "there",
            Self::Visible => "visible",
            Self::Editable => "editable",
            Self::Pointable => "pointable",
        }
    }
}

/// What was seen of an element.
#[derive(Debug, Deserialize)]
struct Look {
    state: String,
    #[serde(default)]
    seen: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    candidates: Vec<String>,
    #[serde(default)]
    count: usize,
    #[serde(default)]
    point: Option<Point>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Point {
    x: f64,
    y: f64,
}

/// An element that is fit, and the frame it is in.
#[derive(Debug)]
struct Found {
    context: String,
    node: Node,
}

/// How often an element is looked for.
const GLANCE: Duration = Duration::from_millis(25);

const LOOK: &str = "(locator, need) => rehearse.lookAt(locator, need)";
const DESCRIBE: &str = "(locator) => rehearse.describeAll(locator)";
const FOCUS: &str = "(element) => rehearse.focus(element)";
const PREPARE_FILL: &str = "(element, text) => rehearse.prepareFill(element, text)";
const CHOOSE: &str = "(element, label) => rehearse.choose(element, label)";
const AXE: &str = "(element) => axe.run(element ?? document, { resultTypes: ['violations'], iframes: false })
    .then(({ violations }) => JSON.stringify(violations.map((violation) => ({
        ...violation,
        nodes: violation.nodes.map((node) => ({
            selector: node.target.flat(Infinity).join(' '),
            html: node.html.slice(0, 300),
            summary: node.failureSummary ?? '',
        })),
    }))))";

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
                refused => Err(blocked(
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
            Err(blocked(&attempt, Duration::ZERO, &refused))
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

    /// Every match as it is now, without waiting: hidden ones too, but that a role is one that assistive
    /// technology sees. Empty where the frame is not there.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn describe(&self, target: &Locator) -> Result<Vec<Element>> {
        let attempt = format!("look at {target}");
        let contexts = self
            .select_frames(&target.frame)
            .await
            .map_err(|error| error.during(attempt.clone()))?;
        let wire = wire(target);
        let calls = contexts.iter().map(|context| self.describe_in(context, &wire));
        let mut all = Vec::new();
        for (context, answer) in contexts.iter().zip(join_all(calls).await) {
            match answer {
                Ok(elements) => all.extend(elements.into_iter().map(|element| Element {
                    context: context.clone(),
                    ..element
                })),
                Err(error) if error.is_vanished() => {}
                // With every frame asked, one without page code (a failed load) does not spoil the rest.
                Err(error) if contexts.len() > 1 && matches!(error.kind(), ErrorKind::Script { .. }) => {}
                Err(error) => return Err(error.during(attempt)),
            }
        }
        Ok(all)
    }

    async fn describe_in(&self, context: &str, wire: &Value) -> Result<Vec<Element>> {
        let text = self
            .equipped(context, DESCRIBE, std::slice::from_ref(wire))
            .await?;
        let text = text.first().and_then(|value| value.text().map(str::to_owned));
        serde_json::from_str(text.as_deref().unwrap_or("[]"))
            .map_err(|error| Error::protocol("describe elements", error.to_string()))
    }

    /// Broken accessibility rules in a frame, or in the part of it that a locator names. `axe` is the
    /// source text of axe-core; frames inside are not looked into.
    ///
    /// # Errors
    /// The browser is gone, the frame or element is not there, or `axe` is not axe-core.
    pub async fn accessibility(
        &self,
        axe: &str,
        frame: &FrameSelector,
        within: Option<&Locator>,
    ) -> Result<Vec<Violation>> {
        let attempt = format!("check the accessibility of {frame}");
        let context = self
            .frame_in_time(frame)
            .await
            .map_err(|error| error.during(attempt.clone()))?;
        let mut arguments = Vec::new();
        if let Some(target) = within {
            let target = target.clone().in_frame(FrameSelector::Context(context.clone()));
            let found = self.find(&attempt, &target, Need::There).await?;
            arguments.push(node(&found.node));
        }
        let load = format!(
            "() => {{ if (!globalThis.axe) {{ (function () {{ var module, define, exports; {axe}\n;globalThis.axe ??= this.axe ?? window.axe; }}).call(globalThis); }} }}"
        );
        let session = self.session();
        session
            .call(&context, World::Sandbox, &load, &[])
            .await
            .map_err(|error| error.during(attempt.clone()))?;
        let text = session
            .call_text(&context, World::Sandbox, AXE, &arguments)
            .await
            .map_err(|error| error.during(attempt.clone()))?;
        serde_json::from_str(&text).map_err(|error| Error::protocol(attempt, error.to_string()))
    }

    // ---- Waiting ----

    /// Waits for the element, acts, and starts over when it vanished in between.
    async fn attempt(
        &self,
        attempt: &str,
        target: &Locator,
        need: Need,
        act: impl AsyncFn(&Found) -> Result<()>,
    ) -> Result<()> {
        let begun = Instant::now();
        loop {
            let found = self.find_since(attempt, target, need, begun).await?;
            match act(&found).await {
                Err(error) if error.is_vanished() && begun.elapsed() < self.inner.patience => {
                    tokio::time::sleep(GLANCE).await;
                }
                Err(error) if error.attempt() == attempt => return Err(error),
                Err(error) => return Err(error.during(attempt)),
                Ok(()) => return Ok(()),
            }
        }
    }

    async fn find(&self, attempt: &str, target: &Locator, need: Need) -> Result<Found> {
        self.find_since(attempt, target, need, Instant::now()).await
    }

    async fn find_since(&self, attempt: &str, target: &Locator, need: Need, begun: Instant) -> Result<Found> {
        let arguments = [wire(target), string(need.name())];
        loop {
            let seen = match self.look(target, need, &arguments).await {
                Ok(Ok(found)) => return Ok(found),
                Ok(Err(seen)) => seen,
                Err(error) if error.is_vanished() => "the page was being replaced".to_owned(),
                Err(error) => return Err(error.during(attempt)),
            };
            if begun.elapsed() >= self.inner.patience {
                return Err(blocked(attempt, begun.elapsed(), &seen));
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// One look: the element, or what stands in the way.
    async fn look(
        &self,
        target: &Locator,
        need: Need,
        arguments: &[Value],
    ) -> Result<std::result::Result<Found, String>> {
        let contexts = self.select_frames(&target.frame).await?;
        if contexts.is_empty() {
            let frames = self.session().registry.frames_of_tab(self.id());
            let urls: Vec<String> = frames.into_iter().map(|frame| frame.url).collect();
            return Ok(Err(format!("no such frame; the tab has {}", urls.join(", "))));
        }
        let several = contexts.len() > 1;
        let mut ready = Vec::new();
        let mut obstacle = None;
        for context in contexts {
            let answer = match self.equipped(&context, LOOK, arguments).await {
                Err(error) if several && !error.is_gone() => {
                    tracing::debug!(%error, "a frame that cannot be looked into");
                    continue;
                }
                answer => answer?,
            };
            let mut answer = answer.into_iter();
            let text = answer.next();
            let text = text.as_ref().and_then(|value| value.text()).unwrap_or("{}");
            let look: Look = serde_json::from_str(text)
                .map_err(|error| Error::protocol("look for an element", format!("{error} in {text}")))?;
            let node = answer.next().and_then(crate::bidi::value::Remote::into_node);
            match (look.state.as_str(), node) {
                ("ready", Some(node)) => {
                    if need == Need::Pointable
                        && let Some(point) = look.point
                        && let Some(cover) = self.cover(&context, point).await?
                    {
                        obstacle = Some(cover);
                        continue;
                    }
                    ready.push(Found { context, node });
                }
                ("missing", _) => {}
                _ => obstacle = Some(look.words()),
            }
        }
        Ok(match (ready.len(), obstacle) {
            (1, _) => Ok(ready.remove(0)),
            (0, Some(obstacle)) => Err(obstacle),
            (0, None) => Err("it is not there".to_owned()),
            (count, _) => Err(format!("{count} frames have it")),
        })
    }

    /// What covers a point of a frame in the frames around it.
    async fn cover(&self, context: &str, point: Point) -> Result<Option<String>> {
        let session = self.session();
        let frames = session.registry.frames_of_tab(self.id());
        let mut context = context.to_owned();
        let mut point = point;
        while let Some(parent) = frames
            .iter()
            .find(|frame| frame.context == context)
            .and_then(|frame| frame.parent.clone())
        {
            #[derive(Deserialize)]
            struct Through {
                x: f64,
                y: f64,
                covered: bool,
                by: String,
            }
            const THROUGH: &str = "(element, x, y) => rehearse.through(element, x, y)";
            let Some(element) = session.frame_element(&parent, &context).await? else {
                return Ok(None);
            };
            let arguments = [
                node(&element),
                crate::bidi::value::number(point.x),
                crate::bidi::value::number(point.y),
            ];
            let text = session
                .call_text(&parent, World::Sandbox, THROUGH, &arguments)
                .await?;
            let through: Through = serde_json::from_str(&text)
                .map_err(|error| Error::protocol("look through a frame", error.to_string()))?;
            if through.covered {
                return Ok(Some(format!("its frame is covered by {}", through.by)));
            }
            point = Point {
                x: through.x,
                y: through.y,
            };
            context = parent;
        }
        Ok(None)
    }

    /// Calls a function that needs the locator libraries, bringing them where they are missing.
    async fn equipped(
        &self,
        context: &str,
        function: &str,
        arguments: &[Value],
    ) -> Result<Vec<crate::bidi::value::Remote>> {
        let session = self.session();
        for _ in 0..2 {
            let value = session.call(context, World::Sandbox, function, arguments).await?;
            let items = match value {
                crate::bidi::value::Remote::Array { value } => value,
                single => vec![single],
            };
            if items.first().and_then(|item| item.text()) != Some("unequipped") {
                return Ok(items);
            }
            session.equip(context).await?;
        }
        Err(Error::protocol(
            "find an element",
            "the locator libraries do not load",
        ))
    }

    // ---- Acting ----

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
        Err(blocked(attempt, Duration::ZERO, &refused))
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

impl Look {
    fn words(&self) -> String {
        let seen = &self.seen;
        match self.state.as_str() {
            "several" => format!(
                "{} elements match: {}{}",
                self.count,
                self.candidates.join(", "),
                if self.count > self.candidates.len() {
                    ", …"
                } else {
                    ""
                }
            ),
            "hidden" => format!("it is not visible: {seen}"),
            "disabled" => format!("it is disabled: {seen}"),
            "read-only" => format!("it cannot be edited: {seen}"),
            "moving" => format!("it is moving: {seen}"),
            "covered" => format!("it is covered by {}: {seen}", self.by),
            other => format!("it is {other}"),
        }
    }
}

fn wire(target: &Locator) -> Value {
    string(&serde_json::to_string(&target.to_wire()).unwrap_or_default())
}

fn move_to(node: &Node) -> Value {
    json!({"type": "pointerMove", "x": 0, "y": 0, "origin": {"type": "element", "element": {"sharedId": node.shared_id}}})
}

fn blocked(attempt: &str, waited: Duration, last_seen: &str) -> Error {
    Error::new(
        attempt,
        ErrorKind::Blocked {
            waited,
            last_seen: last_seen.to_owned(),
        },
    )
}
