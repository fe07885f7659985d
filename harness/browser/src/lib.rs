//! The browser: driver processes, engines, sessions, page code and locators.
//!
//! Purpose: drive stock browsers through production hostnames and note what their pages say to each
//! other. A [`Browser`] is one warm process; a [`UserContext`] is one scenario's share of it, with its
//! own cookies, storage and proxy (that world's gateway); a [`Tab`] is what a person sees. Everything
//! seen in a user context is recorded in the [`journal::Recorder`] it was opened with.
//!
//! WebDriver classic (fantoccini) holds the session; WebDriver BiDi, on the same session, carries
//! nearly everything else.
//!
//! This room must not know worlds, scenarios or verdicts.

mod act;
mod bidi;
mod browser;
mod call;
mod context_options;
mod cookie;
mod describe;
mod driver;
mod element;
mod engine;
mod error;
mod find;
mod forgotten;
mod frames;
mod handshake;
mod insecure;
mod keys;
mod launch;
mod locator;
mod message;
mod page_code;
mod patience;
mod recording;
mod registry;
mod scripted;
mod session;
mod settle;
mod storage;
mod tab;
mod time;
mod user_context;
pub mod watchdog;

pub use act::ClickOptions;
pub use browser::Browser;
pub use context_options::{ContextOptions, Held};
pub use cookie::{Cookie, SameSite};
pub use element::{Bounds, Element, ViolatingNode, Violation};
pub use engine::{CookiePolicy, Engine, Fidelity};
pub use error::{Error, ErrorKind, Result};
pub use frames::FrameInfo;
pub use keys::check_keys;
pub use launch::{Launch, page_modules};
pub use locator::{By, FrameSelector, Locator, Name};
pub use message::Sender;
pub use page_code::axe_source;
pub use patience::Patience;
pub use scripted::ScriptedRequest;
pub use settle::{Rest, Round};
pub use storage::{StorageArea, Stored};
pub use tab::{Navigated, Tab};
pub use user_context::UserContext;
