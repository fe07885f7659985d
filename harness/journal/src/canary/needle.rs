//! The shapes in which one canary can stand in a text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Encoding, SHORTEST};

/// What `encodeURIComponent` leaves alone (ECMA-262, §19.2.6.4), as an encode set.
pub(super) const URI_COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Every shape of a value that can be found by plain search, with the encoding it shows.
///
/// Other mixtures (double percent-encoding, compressed base64) are found by decoding instead.
#[must_use]
pub fn encodings_of(value: &str) -> Vec<(Encoding, String)> {
    let mut shapes = vec![(Encoding::Plain, value.to_owned())];
    let component = utf8_percent_encode(value, URI_COMPONENT).to_string();
    shapes.push((Encoding::Url, component.replace("%20", "+")));
    shapes.push((
        Encoding::Url,
        utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
    ));
    shapes.push((Encoding::Url, component));
    for core in base64_cores(value.as_bytes()) {
        shapes.push((Encoding::Base64, core.replace('+', "-").replace('/', "_")));
        shapes.push((Encoding::Base64, core));
    }
    shapes.push((
        Encoding::Hex,
        value.bytes().map(|byte| format!("{byte:02x}")).collect(),
    ));
    if let Ok(quoted) = serde_json::to_string(value) {
        shapes.push((Encoding::JsonEscaped, quoted[1..quoted.len() - 1].to_owned()));
    }
    shapes.push((Encoding::JsonEscaped, value.replace('/', "\\/")));
    let mut distinct: Vec<(Encoding, String)> = Vec::with_capacity(shapes.len());
    for (encoding, shape) in shapes {
        if shape.len() >= SHORTEST
            && !distinct
                .iter()
                .any(|(_, known)| known.eq_ignore_ascii_case(&shape))
        {
            distinct.push((encoding, shape));
        }
    }
    distinct
}

/// The characters of a base64 text that depend on the value alone, for each of the three ways it can
/// lie in the three-byte groups.
fn base64_cores(value: &[u8]) -> Vec<String> {
    (0..3_usize)
        .filter_map(|offset| {
            let mut padded = vec![0; offset];
            padded.extend_from_slice(value);
            let text = STANDARD.encode(&padded);
            let first = (offset * 8).div_ceil(6);
            let last = padded.len() * 8 / 6;
            let core = text.get(first..last)?;
            // Short cores are found by chance.
            (core.len() >= SHORTEST + 2).then(|| core.to_owned())
        })
        .collect()
}
