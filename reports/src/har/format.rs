//! The shapes of HAR 1.2 (<http://www.softwareishard.com/blog/har-12-spec/>), with the fields that Chrome
//! `DevTools` adds under a leading underscore.

use serde::Serialize;

/// A whole file.
#[derive(Debug, Serialize)]
pub(crate) struct Har {
    pub(crate) log: Log,
}

#[derive(Debug, Serialize)]
pub(crate) struct Log {
    pub(crate) version: &'static str,
    pub(crate) creator: Program,
    pub(crate) browser: Program,
    pub(crate) pages: Vec<Page>,
    pub(crate) entries: Vec<Entry>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) comment: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) version: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    pub(crate) started_date_time: String,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) page_timings: PageTimings,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageTimings {
    /// -1: the journal does not know `DOMContentLoaded`.
    pub(crate) on_content_load: f64,
    pub(crate) on_load: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pageref: Option<String>,
    pub(crate) started_date_time: String,
    /// Sum of the timings that are known, in milliseconds.
    pub(crate) time: f64,
    pub(crate) request: Request,
    pub(crate) response: Response,
    pub(crate) cache: Cache,
    pub(crate) timings: Timings,
    pub(crate) connection: String,
    #[serde(rename = "_resourceType")]
    pub(crate) resource_type: &'static str,
    #[serde(rename = "_webSocketMessages", skip_serializing_if = "Vec::is_empty")]
    pub(crate) web_socket_messages: Vec<WebSocketMessage>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) comment: String,
}

/// Nothing is known of the browser's cache: what it answered never reached the gateway.
#[derive(Debug, Serialize)]
pub(crate) struct Cache {}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) http_version: &'static str,
    pub(crate) cookies: Vec<Cookie>,
    pub(crate) headers: Vec<Pair>,
    pub(crate) query_string: Vec<Pair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) post_data: Option<PostData>,
    pub(crate) headers_size: i64,
    pub(crate) body_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    /// 0 where no response came, as `DevTools` writes it.
    pub(crate) status: u16,
    pub(crate) status_text: String,
    pub(crate) http_version: &'static str,
    pub(crate) cookies: Vec<Cookie>,
    pub(crate) headers: Vec<Pair>,
    pub(crate) content: Content,
    #[serde(rename = "redirectURL")]
    pub(crate) redirect_url: String,
    pub(crate) headers_size: i64,
    pub(crate) body_size: i64,
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
}

#[derive(Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http_only: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secure: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) same_site: Option<String>,
}

/// `DevTools` writes `text` beside `params`, although the specification calls them exclusive, and reads
/// `text` only; so both are written.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PostData {
    pub(crate) mime_type: String,
    pub(crate) text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) params: Vec<Pair>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) comment: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Content {
    pub(crate) size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) compression: Option<i64>,
    pub(crate) mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) comment: String,
}

/// Milliseconds; -1 where a part does not apply or was not seen.
#[derive(Debug, Serialize)]
pub(crate) struct Timings {
    pub(crate) blocked: f64,
    pub(crate) dns: f64,
    pub(crate) connect: f64,
    pub(crate) ssl: f64,
    pub(crate) send: f64,
    pub(crate) wait: f64,
    pub(crate) receive: f64,
}

#[derive(Debug, Serialize)]
pub(crate) struct WebSocketMessage {
    #[serde(rename = "type")]
    pub(crate) direction: &'static str,
    /// Seconds since the Unix epoch.
    pub(crate) time: f64,
    /// RFC 6455, section 11.8.
    pub(crate) opcode: u8,
    pub(crate) data: String,
}
