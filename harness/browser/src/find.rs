//! Waiting for an element until it is fit for what is to be done with it.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::bidi::value::{Node, Remote, node, number, string};
use crate::registry::World;
use crate::tab::Tab;
use crate::{By, Error, Locator, Patience, Result};

/// How fit an element must be for an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
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
pub(crate) struct Found {
    pub(crate) context: String,
    pub(crate) node: Node,
}

const ABSENT: &str = "it is not there";

/// How often an element is looked for.
pub(crate) const GLANCE: Duration = Duration::from_millis(25);
/// How often a look starts over whose document goes away under it.
const LOOKS: u32 = 8;

const LOOK: &str = "(locator, need) => rehearse.lookAt(locator, need)";

impl Tab {
    /// Waits for the element, acts, and starts over when it vanished in between.
    pub(crate) async fn attempt(
        &self,
        attempt: &str,
        target: &Locator,
        need: Need,
        act: impl AsyncFn(&Found) -> Result<()>,
    ) -> Result<()> {
        let mut patience = self.inner.patience();
        loop {
            let found = self.find_within(attempt, target, need, &mut patience).await?;
            match act(&found).await {
                Err(error) if error.is_vanished() && !patience.is_over() => {
                    tokio::time::sleep(GLANCE).await;
                }
                Err(error) if error.attempt() == attempt => return Err(error),
                Err(error) => return Err(error.during(attempt)),
                Ok(()) => return Ok(()),
            }
        }
    }

    /// Looks, and starts over when a document goes away under it: what its successor shows counts. Nothing, where it is
    /// replaced again and again, and none of them stays.
    pub(crate) async fn look_again<T>(&self, look: impl AsyncFn() -> Result<T>) -> Result<Option<T>> {
        for _ in 0..LOOKS {
            match look().await {
                Err(error) if error.is_vanished() => tokio::time::sleep(GLANCE).await,
                outcome => return outcome.map(Some),
            }
        }
        Ok(None)
    }

    /// Acts, and starts over when what it looked at vanished meanwhile: its successor may be there, or nothing.
    pub(crate) async fn start_over<T>(&self, act: impl AsyncFn() -> Result<T>) -> Result<T> {
        let mut patience = self.inner.patience();
        loop {
            match act().await {
                Err(error) if error.is_vanished() && !patience.is_over() => {
                    tokio::time::sleep(GLANCE).await;
                }
                outcome => return outcome,
            }
        }
    }

    pub(crate) async fn find(&self, attempt: &str, target: &Locator, need: Need) -> Result<Found> {
        self.find_within(attempt, target, need, &mut self.inner.patience())
            .await
    }

    async fn find_within(
        &self,
        attempt: &str,
        target: &Locator,
        need: Need,
        patience: &mut Patience,
    ) -> Result<Found> {
        let arguments = [wire(target), string(need.name())];
        loop {
            let seen = match self.look(target, need, &arguments).await {
                Ok(Ok(found)) => return Ok(found),
                Ok(Err(seen)) => seen,
                Err(error) if error.is_vanished() => "the page was being replaced".to_owned(),
                Err(error) => return Err(error.during(attempt)),
            };
            if patience.is_over() {
                let instead = if seen == ABSENT {
                    self.instead(target).await
                } else {
                    String::new()
                };
                return Err(Error::blocked(attempt, patience.waited(), seen + &instead));
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
            let answer = match self
                .session()
                .call(&context, World::Sandbox, LOOK, arguments)
                .await
            {
                Err(error) if several && !error.is_gone() => {
                    tracing::debug!(%error, "a frame that cannot be looked into");
                    continue;
                }
                answer => answer?,
            };
            let Remote::Array { value: answer } = answer else {
                return Err(Error::protocol("look for an element", format!("{answer:?}")));
            };
            let mut answer = answer.into_iter();
            let text = answer.next();
            let text = text.as_ref().and_then(|value| value.text()).unwrap_or("{}");
            let look: Look = serde_json::from_str(text)
                .map_err(|error| Error::protocol("look for an element", format!("{error} in {text}")))?;
            let node = answer.next().and_then(Remote::into_node);
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
            (0, None) => Err(ABSENT.to_owned()),
            (count, _) => Err(format!("{count} frames have it")),
        })
    }

    /// What is there of the same sort as an element that is not, by name; empty where that says nothing.
    async fn instead(&self, target: &Locator) -> String {
        /// More than these are too many to read.
        const TOLD: usize = 8;
        let mut wider = target.clone();
        wider.nth = None;
        match &mut wider.by {
            By::Role {
                name: name @ Some(_), ..
            } => *name = None,
            By::Label(_) | By::Placeholder(_) => {
                wider.by = By::Css("input, select, textarea, [contenteditable]".to_owned());
            }
            By::TestId(_) => wider.by = By::Css("[data-testid]".to_owned()),
            _ => return String::new(),
        }
        let by_test_id = matches!(target.by, By::TestId(_));
        let mut told: Vec<String> = Vec::new();
        for element in self.describe(&wider).await.unwrap_or_default() {
            let name = match element.attributes.get("data-testid") {
                Some(id) if by_test_id => id.clone(),
                _ => element.name,
            };
            let words = format!("{} \"{name}\"", element.role);
            if element.visible && !told.contains(&words) {
                told.push(words);
            }
        }
        if told.is_empty() {
            return String::new();
        }
        let more = if told.len() > TOLD { ", …" } else { "" };
        told.truncate(TOLD);
        format!("; there is {}{more}", told.join(", "))
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
            let arguments = [node(&element), number(point.x), number(point.y)];
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

pub(crate) fn wire(target: &Locator) -> Value {
    string(&serde_json::to_string(&target.to_wire()).unwrap_or_default())
}
