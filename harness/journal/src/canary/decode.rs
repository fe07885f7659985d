//! Undoing what data was wrapped in on its way.

use std::borrow::Cow;
use std::io::Read;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::SHORTEST;

/// Inflated data beyond this is not looked at: a decompression bomb must not fill the memory.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Undoes one content coding (RFC 9110, §8.4.1): `gzip`, `deflate`, `br` or `zstd` (RFC 8878, §7.2).
///
/// Returns nothing for an unknown coding or broken data.
#[must_use]
pub fn inflate(coding: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match coding.to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => read(flate2::read::MultiGzDecoder::new(bytes)),
        // "deflate" means zlib by the standard, raw deflate by old servers.
        "deflate" => read(flate2::read::ZlibDecoder::new(bytes))
            .or_else(|| read(flate2::read::DeflateDecoder::new(bytes))),
        "br" => read(brotli_decompressor::Decompressor::new(bytes, 4096)),
        "zstd" => read(ruzstd::decoding::StreamingDecoder::new(bytes).ok()?),
        _ => None,
    }
}

/// Undoes gzip or zlib where the first bytes show it, as scripts compress without saying so.
///
/// A stream without its end (a chunk cut by an unload) yields what it holds.
#[must_use]
pub fn inflate_by_magic(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes {
        [0x1f, 0x8b, ..] => read_leniently(flate2::read::MultiGzDecoder::new(bytes)),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => read_leniently(flate2::read::ZlibDecoder::new(bytes)),
        _ => None,
    }
}

fn read(decoder: impl Read) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    decoder.take(LARGEST).read_to_end(&mut plain).ok()?;
    Some(plain)
}

fn read_leniently(decoder: impl Read) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let outcome = decoder.take(LARGEST).read_to_end(&mut plain);
    (outcome.is_ok() || !plain.is_empty()).then_some(plain)
}

/// A run of characters that reads as base64, with its byte range and what it decodes to.
pub(super) struct Base64Run {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) plain: Vec<u8>,
}

/// Every run of base64 in a text, decoded, that is long enough to hold the shortest canary in base64 itself. (One
/// that was encoded but once is found as it stands.)
pub(super) fn base64_runs(text: &str) -> Vec<Base64Run> {
    const SHORTEST_RUN: usize = encoded_length(encoded_length(SHORTEST));
    let bytes = text.as_bytes();
    let mut runs = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        if !is_base64(bytes[start]) {
            start += 1;
            continue;
        }
        let mut end = start;
        while end < bytes.len() && is_base64(bytes[end]) {
            end += 1;
        }
        let mut padded = end;
        while padded < bytes.len() && bytes[padded] == b'=' {
            padded += 1;
        }
        if end - start >= SHORTEST_RUN
            && let Some(plain) = decode_base64(&text[start..end])
        {
            runs.push(Base64Run {
                start,
                end: padded,
                plain,
            });
        }
        start = padded.max(end);
    }
    runs
}

/// How long so many bytes are in base64, without padding.
const fn encoded_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

fn decode_base64(run: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let standard: Cow<'_, str> = if run.contains(['-', '_']) {
        Cow::Owned(run.replace('-', "+").replace('_', "/"))
    } else {
        Cow::Borrowed(run)
    };
    // A length of 4n + 1 cannot be base64; the last character is then not part of it.
    let usable = standard.len() - usize::from(standard.len() % 4 == 1);
    GeneralPurpose::new(&alphabet::STANDARD, LENIENT)
        .decode(&standard[..usable])
        .ok()
}
