//! A folder with a build: files as they are, `index.html` for navigations to paths that are no file.

use std::fs::{File, Metadata};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use tokio_util::io::ReaderStream;

use super::range::{self, Wanted};
use crate::exchange::text;

/// A file up to this length is read at once, a longer one is streamed.
const AT_ONCE: u64 = 256 * 1024;

/// A folder that is served.
#[derive(Debug)]
pub(crate) struct Directory {
    /// Its real path, links resolved.
    root: Arc<PathBuf>,
}

/// Where a path leads.
enum Found {
    File(Box<Opened>),
    /// A folder that was asked for without its slash.
    Folder,
    Nothing,
}

struct Opened {
    file: File,
    metadata: Metadata,
    path: PathBuf,
    /// The content, where it was read at once.
    content: Option<Bytes>,
}

impl Directory {
    /// Opens a folder. An error says what is wrong with it.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let root = path.canonicalize().map_err(|error| {
            format!(
                "the folder `{}` cannot be opened ({error}); build it first, or correct the path",
                path.display()
            )
        })?;
        if !root.is_dir() {
            return Err(format!(
                "`{}` is no folder; name the folder with the build",
                path.display()
            ));
        }
        let is_empty = root.read_dir().map(|mut entries| entries.next().is_none());
        if is_empty.unwrap_or(true) {
            return Err(format!(
                "the folder `{}` is empty; build the front end first, or name the folder with the built files",
                path.display()
            ));
        }
        Ok(Self { root: Arc::new(root) })
    }

    /// Answers a request. `headers` are put on documents.
    pub(super) async fn serve(&self, request: Request<Body>, headers: &HeaderMap) -> Response<Body> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        let Some(path) = safe_path(request.uri().path()) else {
            return text(StatusCode::NOT_FOUND, "not found\n");
        };
        let fallback = wants_document(&request);
        let wants_body = *request.method() == Method::GET;
        let root = Arc::clone(&self.root);
        let asked_as_folder = request.uri().path().ends_with('/');
        let found =
            tokio::task::spawn_blocking(move || find(&root, &path, asked_as_folder, fallback, wants_body));
        let mut response = match found.await {
            Ok(Found::File(opened)) => send(*opened, &request),
            Ok(Found::Folder) => to_folder(request.uri()),
            Ok(Found::Nothing) | Err(_) => return text(StatusCode::NOT_FOUND, "not found\n"),
        };
        let is_document = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
        if is_document {
            for (name, value) in headers {
                response.headers_mut().insert(name, value.clone());
            }
        }
        response
    }
}

/// The path below the root that a URL's path means; nothing where it would lead out or to hidden files.
fn safe_path(path: &str) -> Option<PathBuf> {
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    let mut safe = PathBuf::new();
    for segment in decoded.split('/').filter(|segment| !segment.is_empty()) {
        let hidden = segment.starts_with('.') && segment != ".well-known";
        if hidden || segment.contains(['\\', '\0', ':']) {
            return None;
        }
        safe.push(segment);
    }
    Some(safe)
}

/// Whether a request is a navigation that a single-page app may answer by itself: one to a path that names no file.
fn wants_document(request: &Request<Body>) -> bool {
    let last = request.uri().path().rsplit('/').next().unwrap_or_default();
    let field = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    match field("sec-fetch-mode") {
        // Routes hold dots too: names of people, versions, addresses.
        Some(mode) => mode == "navigate" && mime_guess::from_path(last).is_empty(),
        None => !last.contains('.') && field("accept").is_some_and(|accept| accept.contains("text/html")),
    }
}

fn find(root: &Path, path: &Path, as_folder: bool, fallback: bool, wants_body: bool) -> Found {
    let plain = root.join(path);
    let index = || open(root, &root.join("index.html"), wants_body);
    let or_fallback = |opened: Option<Found>| match opened {
        Some(found) => found,
        None if fallback => index().unwrap_or(Found::Nothing),
        None => Found::Nothing,
    };
    if plain.is_dir() {
        let own = plain.join("index.html");
        return match open(root, &own, wants_body) {
            Some(Found::File(_)) if !as_folder && !path.as_os_str().is_empty() => Found::Folder,
            opened => or_fallback(opened),
        };
    }
    if as_folder {
        return or_fallback(None);
    }
    or_fallback(open(root, &plain, wants_body))
}

/// Opens a file, unless a link leads out of the root.
fn open(root: &Path, path: &Path, wants_body: bool) -> Option<Found> {
    let real = path.canonicalize().ok()?;
    if !real.starts_with(root) {
        return None;
    }
    let mut file = File::open(&real).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() {
        return None;
    }
    let mut content = None;
    if wants_body && metadata.len() <= AT_ONCE {
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
        file.read_to_end(&mut bytes).ok()?;
        content = Some(Bytes::from(bytes));
    }
    Some(Found::File(Box::new(Opened {
        file,
        metadata,
        // The name as asked for says the type, also where a link has another one.
        path: path.to_owned(),
        content,
    })))
}

fn to_folder(uri: &http::Uri) -> Response<Body> {
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    // A path that begins with two slashes would be read as a host.
    let target = format!("/{}/{query}", uri.path().trim_start_matches('/'));
    let mut response = text(StatusCode::MOVED_PERMANENTLY, "");
    if let Ok(target) = HeaderValue::try_from(target) {
        response.headers_mut().insert(header::LOCATION, target);
    }
    response
}

fn send(opened: Opened, request: &Request<Body>) -> Response<Body> {
    let length = opened
        .content
        .as_ref()
        .map_or(opened.metadata.len(), |content| content.len() as u64);
    let tag = entity_tag(&opened.metadata);
    let field = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Ok(tag) = HeaderValue::try_from(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if field(header::IF_NONE_MATCH).is_some_and(|known| is_known(known, &tag)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    if let Ok(media_type) = HeaderValue::try_from(media_type(&opened.path)) {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    // Ranges are for GET alone (RFC 9110, section 14.2).
    let wants_body = *request.method() == Method::GET;
    let range = field(header::RANGE)
        .filter(|_| wants_body && field(header::IF_RANGE).is_none_or(|known| known == tag));
    let (first, count) = match range::wanted(range, length) {
        Wanted::Whole => (0, length),
        Wanted::Part { first, last } => {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            set_content_range(&mut response, &format!("bytes {first}-{last}/{length}"));
            (first, last - first + 1)
        }
        Wanted::Unsatisfiable => {
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            set_content_range(&mut response, &format!("bytes */{length}"));
            return response;
        }
    };
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, HeaderValue::from(count));
    if wants_body {
        *response.body_mut() = content(opened, first, count);
    }
    response
}

fn set_content_range(response: &mut Response<Body>, range: &str) {
    if let Ok(range) = HeaderValue::try_from(range) {
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
}

fn content(mut opened: Opened, first: u64, count: u64) -> Body {
    if let Some(content) = opened.content {
        // Both were measured on `content`, so they fit.
        let first = usize::try_from(first).unwrap_or(usize::MAX).min(content.len());
        let end = first
            .saturating_add(usize::try_from(count).unwrap_or(usize::MAX))
            .min(content.len());
        return Body::from(content.slice(first..end));
    }
    if let Err(error) = opened.file.seek(SeekFrom::Start(first)) {
        return Body::from_stream(futures_util::stream::once(async move { Err::<Bytes, _>(error) }));
    }
    let file = tokio::fs::File::from_std(opened.file);
    let part = tokio::io::AsyncReadExt::take(file, count);
    Body::from_stream(ReaderStream::with_capacity(part, 64 * 1024))
}

/// A tag that changes with the file (RFC 9110, section 8.8.3).
fn entity_tag(metadata: &Metadata) -> String {
    let changed = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |since| since.as_nanos());
    format!("\"{changed:x}-{:x}\"", metadata.len())
}

fn is_known(known: &str, tag: &str) -> bool {
    known
        .split(',')
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == tag || one == "*")
}

fn media_type(path: &Path) -> String {
    let guessed = mime_guess::from_path(path).first_or_octet_stream();
    let essence = guessed.essence_str();
    let textual = guessed.type_() == "text"
        || matches!(
            essence,
            "application/json" | "application/javascript" | "image/svg+xml" | "application/manifest+json"
        );
    let essence = if essence == "application/javascript" {
        "text/javascript"
    } else {
        essence
    };
    if textual {
        format!("{essence}; charset=utf-8")
    } else {
        essence.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_never_lead_out_of_the_folder() {
        for (path, safe) in [
            ("/", Some("")),
            ("/src/app.js", Some("src/app.js")),
            ("//src///app.js", Some("src/app.js")),
            ("/a%20b.txt", Some("a b.txt")),
            ("/.well-known/x", Some(".well-known/x")),
            ("/../secret", None),
            ("/a/../../secret", None),
            ("/%2e%2e/secret", None),
            ("/..%2fsecret", None),
            ("/%2e%2e%2fsecret", None),
            ("/a\\..\\secret", None),
            ("/a%5c..%5csecret", None),
            ("/.env", None),
            ("/.git/config", None),
            ("/a%00b", None),
            ("/c:/windows", None),
            ("/%ff", None),
        ] {
            assert_eq!(safe_path(path), safe.map(PathBuf::from), "{path}");
        }
    }

    #[test]
    fn media_types_are_what_browsers_insist_on() {
        for (name, is) in [
            ("a.html", "text/html; charset=utf-8"),
            ("a.js", "text/javascript; charset=utf-8"),
            ("a.mjs", "text/javascript; charset=utf-8"),
            ("a.css", "text/css; charset=utf-8"),
            ("a.json", "application/json; charset=utf-8"),
            ("a.svg", "image/svg+xml; charset=utf-8"),
            ("a.wasm", "application/wasm"),
            ("a.woff2", "font/woff2"),
            ("a.png", "image/png"),
            ("a", "application/octet-stream"),
        ] {
            assert_eq!(media_type(Path::new(name)), is);
        }
    }
}
