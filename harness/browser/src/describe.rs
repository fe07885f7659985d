//! Looking at a page without touching it: elements, and broken accessibility rules.

use futures_util::future::join_all;
use serde_json::Value;

use crate::bidi::value::node;
use crate::element::Violation;
use crate::find::{Need, wire};
use crate::registry::World;
use crate::tab::Tab;
use crate::{Element, Error, ErrorKind, FrameSelector, Locator, Result};

const DESCRIBE: &str = "(locator) => rehearse.describeAll(locator)";
// The rules of WCAG 2.2, levels A and AA, and of what it is built on. Chosen by tag, those count as well that axe-core leaves
// out unless they are asked for.
const AXE: &str = "(element) => axe.run(element ?? document, {
        resultTypes: ['violations'],
        iframes: false,
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    })
    .then(({ violations }) => JSON.stringify(violations.map((violation) => ({
        ...violation,
        nodes: violation.nodes.map((node) => ({
            selector: node.target.flat(Infinity).join(' '),
            html: node.html.slice(0, 300),
            summary: node.failureSummary ?? '',
        })),
    }))))";

impl Tab {
    /// Every match as it is now, without waiting: hidden ones too, but that a role is one that assistive
    /// technology sees. Empty where the frame is not there. Starts over when a document is replaced meanwhile: what its
    /// successor shows counts; one without end shows nothing.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn describe(&self, target: &Locator) -> Result<Vec<Element>> {
        let seen = self.look_again(async || self.look_once(target).await).await;
        seen.map(Option::unwrap_or_default)
            .map_err(|error| error.during(format!("look at {target}")))
    }

    async fn look_once(&self, target: &Locator) -> Result<Vec<Element>> {
        let contexts = self.select_frames(&target.frame).await?;
        let wire = wire(target);
        let calls = contexts.iter().map(|context| self.describe_in(context, &wire));
        let mut all = Vec::new();
        for (context, answer) in contexts.iter().zip(join_all(calls).await) {
            match answer {
                Ok(elements) => all.extend(elements.into_iter().map(|element| Element {
                    context: context.clone(),
                    ..element
                })),
                Err(error) if error.is_vanished() && !self.session().registry.exists(context) => {}
                // With every frame asked, one without page code (a failed load) does not spoil the rest.
                Err(error) if contexts.len() > 1 && matches!(error.kind(), ErrorKind::Script { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    async fn describe_in(&self, context: &str, wire: &Value) -> Result<Vec<Element>> {
        let text = self
            .session()
            .call_text(context, World::Sandbox, DESCRIBE, std::slice::from_ref(wire))
            .await?;
        serde_json::from_str(&text).map_err(|error| Error::protocol("describe elements", error.to_string()))
    }

    /// Broken accessibility rules in a frame, or in the part of it that a locator names. `axe` is the
    /// source text of axe-core; frames inside are not looked into. Starts over when the page is replaced meanwhile.
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
        self.start_over(async || self.violations(axe, frame, within).await)
            .await
            .map_err(|error| error.during(attempt))
    }

    async fn violations(
        &self,
        axe: &str,
        frame: &FrameSelector,
        within: Option<&Locator>,
    ) -> Result<Vec<Violation>> {
        let context = self.frame_in_time(frame).await?;
        let mut arguments = Vec::new();
        if let Some(target) = within {
            let target = target.clone().in_frame(FrameSelector::Context(context.clone()));
            let found = self.find(&format!("find {target}"), &target, Need::There).await?;
            arguments.push(node(&found.node));
        }
        let load = format!(
            "() => {{ if (!globalThis.axe) {{ (function () {{ var module, define, exports; {axe}\n;globalThis.axe ??= this.axe ?? window.axe; }}).call(globalThis); }} }}"
        );
        let session = self.session();
        session.call(&context, World::Sandbox, &load, &[]).await?;
        let text = session
            .call_text(&context, World::Sandbox, AXE, &arguments)
            .await?;
        serde_json::from_str(&text)
            .map_err(|error| Error::protocol("read what axe-core says", error.to_string()))
    }
}
