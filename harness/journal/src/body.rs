//! Bodies as the journal keeps them: decoded, limited, with a note on what was left out.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Text of a body that is written down, in bytes; what is longer is cut and said to be.
pub const KEPT_TEXT: usize = 64 * 1024;

/// Text of a body that is judged, in bytes; what is longer is cut and said to be.
pub(crate) const JUDGED_TEXT: usize = 4 * 1024 * 1024;

/// A request's, response's or WebSocket message's payload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Length on the wire, in bytes.
    pub size: u64,
    /// Content type as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Content codings that were undone, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decoded: Vec<String>,
    /// The text, where it is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why the text is absent or shorter than the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// SHA-256 of binary content, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

impl Body {
    /// Whether there was no body at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Why the text is not all of it; nothing where it is, or where there was nothing.
    #[must_use]
    pub fn partial(&self) -> Option<&str> {
        match (&self.note, &self.text) {
            (Some(note), _) => Some(note),
            (None, None) if !self.is_empty() => Some("it was not kept"),
            _ => None,
        }
    }

    /// Reads a body off the wire: undoes its content coding, keeps text whole for the canary search.
    ///
    /// The text is *not* cut here, because a canary may stand behind the limit: the recorder cuts
    /// after it has looked, and once more where it writes. Binary content has a text until then too, since a form with a picture in it is
    /// no place to hide in; what is kept of it is a digest.
    #[must_use]
    pub fn from_wire(bytes: &[u8], media_type: Option<&str>, content_encoding: Option<&str>) -> Self {
        let mut body = Self {
            size: bytes.len() as u64,
            media_type: media_type.map(str::to_owned),
            ..Self::default()
        };
        if bytes.is_empty() {
            return body;
        }
        let mut plain = std::borrow::Cow::Borrowed(bytes);
        for coding in content_encoding.unwrap_or_default().rsplit(',').map(str::trim) {
            if coding.is_empty() || coding.eq_ignore_ascii_case("identity") {
                continue;
            }
            match crate::canary::inflate(coding, &plain) {
                Some(bytes) => {
                    plain = std::borrow::Cow::Owned(bytes);
                    body.decoded.push(coding.to_ascii_lowercase());
                }
                None => {
                    body.note = Some(format!("content coding `{coding}` could not be undone"));
                    break;
                }
            }
        }
        match std::str::from_utf8(&plain) {
            Ok(text) if !text.contains('\0') => body.text = Some(text.to_owned()),
            _ => {
                match crate::canary::inflate_by_magic(&plain).and_then(|bytes| String::from_utf8(bytes).ok())
                {
                    // Compressed by script, without a header that says so.
                    Some(text) => {
                        body.decoded.push("unlabelled".to_owned());
                        body.text = Some(text);
                    }
                    None => {
                        body.digest = Some(hex::encode(Sha256::digest(&plain)));
                        body.text = Some(legible(&plain));
                        body.note
                            .get_or_insert_with(|| "binary content is not kept".to_owned());
                    }
                }
            }
        }
        body
    }

    /// Leaves out what is binary, cuts the text to a length in bytes, and says so.
    pub(crate) fn cut(&mut self, longest: usize) {
        if self.digest.is_some() {
            self.text = None;
        }
        if let Some(text) = self.text.as_mut().filter(|text| text.len() > longest) {
            let end = text.floor_char_boundary(longest);
            let whole = text.len();
            text.truncate(end);
            self.note = Some(format!("cut: the first {end} of {whole} bytes are kept"));
        }
    }
}

/// Bytes as UTF-8 and as Latin-1 have them: nothing says which it is, or where in between the text stands.
fn legible(bytes: &[u8]) -> String {
    let latin: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    format!("{}\n{latin}", String::from_utf8_lossy(bytes))
}
