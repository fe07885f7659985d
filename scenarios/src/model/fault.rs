//! What a scenario says of the network: faults and stubs.
//!
//! The gateway is what reads them, in the room `world`, once placeholders have got their values; the loader hands them
//! on as they are. These types are what an author's editor and the reference page know of them, and a test holds them
//! against what the gateway reads.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::Value;

/// The ways of saying what a fault does, of which a fault has exactly one.
pub(crate) const FAULT_EFFECTS: [&str; 9] = [
    "status",
    "delay",
    "hang",
    "reset",
    "truncate",
    "refuse",
    "drop-header",
    "set-header",
    "effect",
];

/// Something that goes wrong on purpose at the gateway: `{ origin: crm-api, route: "POST /v1/leads/*/tickets/*", nth: 1, status: 500 }`.
///
/// `origin`, `route`, `nth` and `times` say which requests it meets, every one when absent. It does exactly one thing to
/// them: one of `status`, `delay`, `hang`, `reset`, `truncate`, `refuse`, `drop-header`, `set-header`, `effect` is given. For
/// more, write more faults. They act in the order in which they are given: delays and header changes add up, the first that
/// answers or cuts ends it.
///
/// CORS preflights are met only by a fault with the method `OPTIONS`, and by one that refuses a whole origin
/// (`{ origin: crm-api, refuse: true }`): a page is shown a server's error only when its preflight went through. For the same
/// reason an answer made by a fault carries the CORS fields that the origin gives to that sender elsewhere.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fault {
    /// Origin it is confined to: a name of the world, or an origin; one that somebody serves there.
    pub origin: Option<String>,
    /// Requests it is confined to, as a path or as method and path: `/v1/**`, `GET /v1/leads/*`. `*` stands for any text
    /// within one segment, `**` for any number of segments, `{a,b}` for either. A path that does not begin with `/` is
    /// looked for from any segment on. After a `?` stand query parameters that must all be there: `/authorize?prompt=none`.
    pub route: Option<String>,
    /// Instead of `route`: the method alone.
    pub method: Option<String>,
    /// Instead of `route`: the path alone.
    pub path: Option<String>,
    /// Which of the requests that match, counted from 1 since the fault is there: `2`, `2-4`, `3-`.
    pub nth: Option<NumberOrText>,
    /// How often it acts at most.
    pub times: Option<u64>,
    /// Its name in the report.
    pub name: Option<String>,
    /// Answers in the server's place with this status, from 200 to 599.
    #[schemars(range(min = 200, max = 599))]
    pub status: Option<u16>,
    /// With `status`: the body, text as it is, anything else as JSON.
    pub body: Option<Value>,
    /// With `status`: header fields.
    pub headers: Option<BTreeMap<String, String>>,
    /// Hands the request on later, by the world's clock (so that `advance` ends the wait): milliseconds, or `300ms`, `2s`, `2m`.
    pub delay: Option<NumberOrText>,
    /// Never answers.
    #[schemars(extend("const" = true))]
    pub hang: Option<bool>,
    /// Cuts the connection without an answer: a TCP reset; in HTTP/2 a reset of the stream.
    #[schemars(extend("const" = true))]
    pub reset: Option<bool>,
    /// Cuts the response after so many bytes of its body.
    pub truncate: Option<u64>,
    /// Closes without an answer, as a server that is offline. Without method, path, `nth` and `times` the connection itself is refused.
    #[schemars(extend("const" = true))]
    pub refuse: Option<bool>,
    /// Leaves out this response header field.
    pub drop_header: Option<String>,
    /// Sets this response header field: `{ name: value }`, one only.
    pub set_header: Option<BTreeMap<String, String>>,
    /// The same in one value, so that a variant can give it: `hang`, `reset`, `refuse`, `status 500`, `delay 2s`,
    /// `truncate 12`, `drop-header x-frame-options`; or fields: `{ status: 500, body: Out of order }`.
    pub effect: Option<TextOrFields>,
}

/// A further host with canned answers, declared where it is needed: `{ origin: "https://maps.example", routes: [{ route: GET /v1/geo, json: { lat: 1 } }] }`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stub {
    /// The origin, with its scheme.
    pub origin: String,
    /// Its answers. The first whose method and path match is given; where none does, the answer is 404.
    pub routes: Vec<StubRoute>,
}

/// A canned answer.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StubRoute {
    /// Requests it answers, as a path or as method and path, with `*` and `**` as in a fault; every request when absent.
    pub route: Option<String>,
    /// Instead of `route`: the method alone.
    pub method: Option<String>,
    /// Instead of `route`: the path alone.
    pub path: Option<String>,
    /// Status; 200 when absent.
    #[schemars(range(min = 200, max = 599))]
    pub status: Option<u16>,
    /// Header fields.
    pub headers: Option<BTreeMap<String, String>>,
    /// The body, a text. A page wants `headers: { content-type: text/html }`.
    pub body: Option<String>,
    /// Instead of `body`: a value, sent as JSON with that content type.
    pub json: Option<Value>,
    /// How long the answer takes, by the machine's clock: milliseconds, or `300ms`, `2s`.
    pub delay: Option<NumberOrText>,
}

/// A whole number, or a text that says more than one number can.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
pub enum NumberOrText {
    /// A whole number.
    Number(u64),
    /// A text.
    Text(String),
}

/// A short form, or fields.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
pub enum TextOrFields {
    /// A text.
    Text(String),
    /// Fields.
    Fields(BTreeMap<String, Value>),
}
