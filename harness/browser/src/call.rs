//! Calls of functions in documents, which may go away meanwhile.

use std::time::Duration;

use serde_json::Value;

use crate::bidi::command::{CallFunction, Evaluated, SerializationOptions, Target};
use crate::bidi::value::Remote;
use crate::page_code::SANDBOX;
use crate::registry::World;
use crate::session::Session;
use crate::{Error, ErrorKind, Result};

/// How long the answer to a call is waited for when its document is gone. Chromium does not always say that a
/// promise in a removed frame will never settle.
const LAST_WORDS: Duration = Duration::from_millis(500);

impl Session {
    /// Runs a function in a frame and gives back what it returns, promises awaited.
    pub(crate) async fn call(
        &self,
        context: &str,
        world: World,
        function: &str,
        arguments: &[Value],
    ) -> Result<Remote> {
        self.call_with(context, world, function, arguments, false, None)
            .await
    }

    /// The same, where it is to count as done by the user, or has a deadline of its own.
    pub(crate) async fn call_with(
        &self,
        context: &str,
        world: World,
        function: &str,
        arguments: &[Value],
        user_activation: bool,
        deadline: Option<Duration>,
    ) -> Result<Remote> {
        let realm = self.registry.realm(context, world);
        let target = match (&realm, world) {
            (Some(realm), _) => Target::Realm { realm },
            (None, World::Page) => Target::Context {
                context,
                sandbox: None,
            },
            (None, World::Sandbox) => Target::Context {
                context,
                sandbox: Some(SANDBOX),
            },
        };
        let command = CallFunction {
            function_declaration: function,
            target,
            arguments,
            await_promise: true,
            user_activation,
            serialization_options: SerializationOptions {
                max_dom_depth: 0,
                max_object_depth: 2,
            },
        };
        let answer = async {
            match deadline {
                None => self.send(&command).await,
                Some(deadline) => self.send_within(&command, deadline).await,
            }
        };
        tokio::pin!(answer);
        let evaluated = tokio::select! {
            biased;
            evaluated = &mut answer => evaluated,
            () = self.document_gone(context, world, realm.as_deref()) => {
                let late = tokio::time::timeout(LAST_WORDS, &mut answer).await;
                late.unwrap_or_else(|_| Err(Error::new("run page code", ErrorKind::Vanished {
                    message: "its document went away and gave no answer".to_owned(),
                })))
            }
        };
        match evaluated? {
            Evaluated::Success { result } => Ok(result),
            Evaluated::Exception { exception_details } => Err(Error::new(
                "run page code",
                ErrorKind::Script {
                    message: exception_details.text,
                },
            )),
        }
    }

    /// Comes back when the document that a call was made to is there no more.
    async fn document_gone(&self, context: &str, world: World, realm: Option<&str>) {
        let mut changes = self.registry.changes();
        loop {
            changes.borrow_and_update();
            let replaced = realm.is_some() && self.registry.realm(context, world).as_deref() != realm;
            if replaced || !self.registry.exists(context) {
                return;
            }
            // The registry lives as long as the session, so there is always a next change to wait for.
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Runs a function in a frame that returns text.
    pub(crate) async fn call_text(
        &self,
        context: &str,
        world: World,
        function: &str,
        arguments: &[Value],
    ) -> Result<String> {
        let value = self.call(context, world, function, arguments).await?;
        value
            .text()
            .map(str::to_owned)
            .ok_or_else(|| Error::protocol("run page code", format!("it returned {value:?}, not text")))
    }
}
