//! The commands the harness sends (WebDriver BiDi, W3C Working Draft, modules of the same names).

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::value::Remote;

/// A command and the type of its answer.
pub(crate) trait Command: Serialize {
    /// `module.command`.
    const METHOD: &'static str;
    /// What comes back.
    type Answer: DeserializeOwned;
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident $(<$life:lifetime>)? = $method:literal -> $answer:ty {
        $($(#[$field_attribute:meta])* $field:ident: $kind:ty),* $(,)?
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $name $(<$life>)? {
            $($(#[$field_attribute])* pub(crate) $field: $kind,)*
        }

        impl $(<$life>)? Command for $name $(<$life>)? {
            const METHOD: &'static str = $method;
            type Answer = $answer;
        }
    )*};
}

commands! {
    /// Which events to send.
    Subscribe<'a> = "session.subscribe" -> IgnoredAny {
        events: &'a [&'a str],
    }
    /// A new user context.
    CreateUserContext = "browser.createUserContext" -> CreatedUserContext {
        proxy: Proxy,
        #[serde(skip_serializing_if = "Option::is_none")]
        accept_insecure_certs: Option<bool>,
    }
    /// Away with a user context and its tabs.
    RemoveUserContext<'a> = "browser.removeUserContext" -> IgnoredAny {
        user_context: &'a str,
    }
    /// A new tab.
    CreateContext<'a> = "browsingContext.create" -> CreatedContext {
        #[serde(rename = "type")]
        kind: &'a str,
        user_context: &'a str,
        background: bool,
    }
    /// A tab to the front.
    Activate<'a> = "browsingContext.activate" -> IgnoredAny {
        context: &'a str,
    }
    /// Away with a tab.
    CloseContext<'a> = "browsingContext.close" -> IgnoredAny {
        context: &'a str,
        prompt_unload: bool,
    }
    /// A URL into the address bar.
    Navigate<'a> = "browsingContext.navigate" -> Navigation {
        context: &'a str,
        url: &'a str,
        wait: ReadinessState,
    }
    /// Once more.
    Reload<'a> = "browsingContext.reload" -> Navigation {
        context: &'a str,
        wait: ReadinessState,
    }
    /// Back or forth.
    TraverseHistory<'a> = "browsingContext.traverseHistory" -> IgnoredAny {
        context: &'a str,
        delta: i32,
    }
    /// The frames of a tab.
    GetTree<'a> = "browsingContext.getTree" -> Tree {
        #[serde(skip_serializing_if = "Option::is_none")]
        root: Option<&'a str>,
    }
    /// The elements that a locator names.
    LocateNodes<'a> = "browsingContext.locateNodes" -> LocatedNodes {
        context: &'a str,
        locator: NodeLocator<'a>,
    }
    /// A picture of the viewport.
    CaptureScreenshot<'a> = "browsingContext.captureScreenshot" -> Screenshot {
        context: &'a str,
    }
    /// Page code for every document of a user context.
    AddPreloadScript<'a> = "script.addPreloadScript" -> AddedPreloadScript {
        function_declaration: &'a str,
        user_contexts: [&'a str; 1],
        #[serde(skip_serializing_if = "Option::is_none")]
        sandbox: Option<&'a str>,
    }
    /// Away with such page code, for documents to come.
    RemovePreloadScript<'a> = "script.removePreloadScript" -> IgnoredAny {
        script: &'a str,
    }
    /// Runs a function in a frame.
    CallFunction<'a> = "script.callFunction" -> Evaluated {
        function_declaration: &'a str,
        target: Target<'a>,
        arguments: &'a [Value],
        await_promise: bool,
        user_activation: bool,
        serialization_options: SerializationOptions,
    }
    /// Pointer, wheel and keys.
    PerformActions<'a> = "input.performActions" -> IgnoredAny {
        context: &'a str,
        actions: &'a [Value],
    }
    /// Chooses files for a file input.
    SetFiles<'a> = "input.setFiles" -> IgnoredAny {
        context: &'a str,
        element: &'a super::value::Node,
        files: &'a [String],
    }
    /// Chromium only: the DevTools session that a frame's document belongs to.
    GetDevToolsSession<'a> = "goog:cdp.getSession" -> DevToolsSession {
        context: &'a str,
    }
    /// Chromium only: a command without parameters to a DevTools session.
    SendDevToolsCommand<'a> = "goog:cdp.sendCommand" -> IgnoredAny {
        session: &'a str,
        method: &'a str,
    }
    /// The cookies of a user context.
    GetCookies<'a> = "storage.getCookies" -> Cookies {
        partition: CookiePartition<'a>,
    }
}

/// A proxy for a user context (WebDriver, "Proxy").
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Proxy {
    pub(crate) proxy_type: &'static str,
    pub(crate) http_proxy: String,
    pub(crate) ssl_proxy: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) no_proxy: Vec<String>,
}

/// How far a navigation is awaited.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReadinessState {
    /// Parsed, deferred scripts run.
    Interactive,
}

/// Where a function runs.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(untagged)]
pub(crate) enum Target<'a> {
    /// One document's page world or sandbox.
    Realm {
        /// Its realm.
        realm: &'a str,
    },
    /// A frame's current document.
    Context {
        /// The frame.
        context: &'a str,
        /// A sandbox; none for the page's world.
        #[serde(skip_serializing_if = "Option::is_none")]
        sandbox: Option<&'a str>,
    },
}

/// How much of a value comes back.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SerializationOptions {
    pub(crate) max_dom_depth: u32,
    pub(crate) max_object_depth: u32,
}

/// Which cookies.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CookiePartition<'a> {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) user_context: &'a str,
}

/// The element that holds a frame.
#[derive(Debug, Serialize)]
#[serde(tag = "type", content = "value", rename_all = "camelCase")]
pub(crate) enum NodeLocator<'a> {
    /// By the frame.
    Context {
        /// The frame.
        context: &'a str,
    },
}

/// Answer to [`LocateNodes`].
#[derive(Debug, Deserialize)]
pub(crate) struct LocatedNodes {
    pub(crate) nodes: Vec<Remote>,
}

/// Answer to [`GetDevToolsSession`].
#[derive(Debug, Deserialize)]
pub(crate) struct DevToolsSession {
    pub(crate) session: String,
}

/// Answer to [`CreateUserContext`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreatedUserContext {
    pub(crate) user_context: String,
}

/// Answer to [`CreateContext`].
#[derive(Debug, Deserialize)]
pub(crate) struct CreatedContext {
    pub(crate) context: String,
}

/// Answer to [`Navigate`] and [`Reload`].
#[derive(Debug, Deserialize)]
pub(crate) struct Navigation {
    pub(crate) url: String,
}

/// Answer to [`GetTree`].
#[derive(Debug, Deserialize)]
pub(crate) struct Tree {
    pub(crate) contexts: Vec<ContextInfo>,
}

/// A tab or frame.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContextInfo {
    pub(crate) context: String,
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) parent: Option<String>,
    #[serde(default)]
    pub(crate) user_context: Option<String>,
    #[serde(default)]
    pub(crate) original_opener: Option<String>,
    #[serde(default)]
    pub(crate) children: Option<Vec<ContextInfo>>,
}

/// Answer to [`CaptureScreenshot`].
#[derive(Debug, Deserialize)]
pub(crate) struct Screenshot {
    /// PNG in base64.
    pub(crate) data: String,
}

/// Answer to [`AddPreloadScript`].
#[derive(Debug, Deserialize)]
pub(crate) struct AddedPreloadScript {
    pub(crate) script: String,
}

/// Answer to [`CallFunction`].
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Evaluated {
    /// It returned.
    Success {
        /// What.
        result: Remote,
    },
    /// It threw.
    Exception {
        /// What.
        #[serde(rename = "exceptionDetails")]
        exception_details: ExceptionDetails,
    },
}

/// What was thrown.
#[derive(Debug, Deserialize)]
pub(crate) struct ExceptionDetails {
    pub(crate) text: String,
}

/// Answer to [`GetCookies`].
#[derive(Debug, Deserialize)]
pub(crate) struct Cookies {
    pub(crate) cookies: Vec<Value>,
}
