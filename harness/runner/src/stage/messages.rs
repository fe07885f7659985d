//! Steps of other windows: posted messages and requests by script.

use browser::FrameSelector;
use scenarios::model::{PageRequest, PostMessage, Sender};

use super::{Stage, StepError};

impl Stage {
    pub(super) async fn post_message(&self, post: &PostMessage) -> Result<(), StepError> {
        let to = post
            .to
            .as_ref()
            .map_or(FrameSelector::Top, |frame| self.frame(frame));
        let from = match &post.from {
            Sender::Frame { frame } => browser::Sender::Frame(self.frame(frame)),
            Sender::Popup(name) if name == "opaque" => browser::Sender::Origin {
                origin: self.origin("attacker"),
                opaque: true,
            },
            Sender::Popup(name) => browser::Sender::Origin {
                origin: self.origin(name),
                opaque: false,
            },
        };
        let target_origin = post
            .target_origin
            .as_deref()
            .map_or_else(|| "*".to_owned(), |name| self.origin(name));
        for _ in 0..post.times {
            self.tab()?
                .post_message(&from, &to, &post.data, Some(&target_origin))
                .await?;
        }
        Ok(())
    }

    pub(super) async fn request(&self, request: &PageRequest) -> Result<(), StepError> {
        let from = request
            .from
            .as_ref()
            .map_or(FrameSelector::Top, |frame| self.frame(frame));
        let url = self.absolute(&request.url)?;
        let body = request.body.as_ref().map(|body| match body {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        self.tab()?
            .request(
                &from,
                &browser::ScriptedRequest {
                    method: request.method.clone().unwrap_or_else(|| "GET".to_owned()),
                    url,
                    headers: request.headers.clone(),
                    body,
                    credentials: request.credentials,
                },
            )
            .await?;
        Ok(())
    }
}
