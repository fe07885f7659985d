//! The language: what a scenario file may say, as types.
//!
//! The same types give the loader its checks, `rehearse schema` its JSON Schema and the reference
//! page its text, so a doc comment here is what an author reads in the editor.

mod either;
mod expectation;
mod fault;
mod locator;
mod placed;
mod sabotage;
mod scenario;
mod step;
mod value;

pub use expectation::{
    AccessibilityExpectation, CookieExpectation, CspExpectation, ErrorExpectation, Expectation,
    FrameExpectation, MessageExpectation, MockExpectation, MotionExpectation, PageExpectation,
    RefusedExpectation, RequestAgent, RequestExpectation, StorageExpectation, TelemetryExpectation,
};
pub(crate) use fault::FAULT_EFFECTS;
pub use fault::{Fault, NumberOrText, Stub, StubRoute, TextOrFields};
pub(crate) use locator::LOCATOR_WAYS;
pub use locator::{FrameName, Locator};
pub use placed::PlacedExpectation;
pub use sabotage::{Edit, Sabotage};
pub use scenario::{
    Area, CookiePolicy, Engine, Owner, Prelude, Requirement, Scenario, Tolerance, VariantValue,
};
pub use step::{
    Fill, MemberOfMessage, NavigateFrame, Observe, OpenTab, PageRequest, PostMessage, Press, Probe, Select,
    Sender, Step, Typed, UsePrelude,
};
pub use value::{Count, Pattern, Span};
