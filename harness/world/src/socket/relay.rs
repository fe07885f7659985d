//! Relaying an open WebSocket: bytes pass unchanged, messages are journalled before they pass.

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use journal::fact::{WebSocketFrame, WireDirection};
use journal::{Body, Fact};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::frames::{Message, Opcode, Reader};
use crate::exchange::Passage;

/// Bytes taken at a time.
const CHUNK: usize = 16 * 1024;

/// Relays until both sides have ended, or until a fault cuts it after so many bytes to the browser.
pub(super) async fn relay(
    passage: &Passage,
    limit: usize,
    cut_after: Option<u64>,
    browser: Upgraded,
    server: Upgraded,
) {
    let (from_browser, to_browser) = tokio::io::split(TokioIo::new(browser));
    let (from_server, to_server) = tokio::io::split(TokioIo::new(server));
    let up = pass(
        passage,
        limit,
        None,
        WireDirection::ToServer,
        from_browser,
        to_server,
    );
    let down = pass(
        passage,
        limit,
        cut_after,
        WireDirection::ToClient,
        from_server,
        to_browser,
    );
    tokio::pin!(up, down);
    let up_to_the_end = tokio::select! {
        ended = &mut up => {
            if ended { down.await; }
            return;
        }
        ended = &mut down => ended,
    };
    if up_to_the_end {
        up.await;
    }
}

/// Passes one direction on. Says whether it came to its end rather than being cut.
async fn pass(
    passage: &Passage,
    limit: usize,
    cut_after: Option<u64>,
    direction: WireDirection,
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
) -> bool {
    let mut reader = Reader::new(limit);
    let mut left = cut_after;
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = match from.read(&mut chunk).await {
            Ok(0) => break,
            Ok(count) => count,
            Err(_) => return false,
        };
        let mut bytes = &chunk[..count];
        if let Some(left) = &mut left {
            bytes = &bytes[..count.min(usize::try_from(*left).unwrap_or(usize::MAX))];
            *left -= bytes.len() as u64;
        }
        let had_failed = reader.has_failed();
        for message in reader.read(bytes) {
            journal(passage, direction, &message);
        }
        if reader.has_failed() && !had_failed {
            tracing::debug!("exchange {}: not a sequence of WebSocket frames", passage.id().0);
        }
        if to.write_all(bytes).await.is_err() || to.flush().await.is_err() || left == Some(0) {
            return false;
        }
    }
    // The other side may be gone already.
    let _ = to.shutdown().await;
    true
}

fn journal(passage: &Passage, direction: WireDirection, message: &Message) {
    let exchange = passage.id();
    passage.gateway.record(
        exchange,
        Fact::WebSocketFrame(WebSocketFrame {
            exchange,
            direction,
            opcode: message.opcode.name().to_owned(),
            payload: payload(message),
        }),
    );
}

fn payload(message: &Message) -> Body {
    let mut body = match (message.opcode, message.payload.split_first_chunk::<2>()) {
        // RFC 6455, section 5.5.1: a code, then a reason.
        (Opcode::Close, Some((code, reason))) => {
            let code = u16::from_be_bytes(*code);
            let reason = String::from_utf8_lossy(reason);
            Body {
                text: Some(format!("{code} {reason}").trim_end().to_owned()),
                ..Body::default()
            }
        }
        _ => Body::from_wire(&message.payload, None, None),
    };
    let kept = message.payload.len() as u64;
    if kept < message.size {
        body.note = Some(format!(
            "only the first {kept} of {} bytes were looked at",
            message.size
        ));
    }
    body.size = message.size;
    body
}
