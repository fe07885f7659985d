//! The browser's TCP connection, with bytes that were read ahead and the way to cut it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A TCP connection. When it is dropped after [`Scissors::cut`], the peer gets a reset.
#[derive(Debug)]
pub(crate) struct Line {
    ahead: Bytes,
    stream: TcpStream,
    scissors: Scissors,
}

/// Makes a line end with a reset.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scissors(Arc<AtomicBool>);

impl Scissors {
    /// From now on the line ends with a reset instead of a farewell.
    pub(crate) fn cut(&self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Line {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            ahead: Bytes::new(),
            stream,
            scissors: Scissors::default(),
        }
    }

    pub(crate) fn scissors(&self) -> Scissors {
        self.scissors.clone()
    }

    /// Puts bytes back that were read too far.
    pub(crate) fn unread(&mut self, bytes: Bytes) {
        self.ahead = bytes;
    }

    /// The first byte, left in place; nothing when the peer closes without one.
    pub(crate) async fn first_byte(&self) -> Option<u8> {
        if let Some(byte) = self.ahead.first() {
            return Some(*byte);
        }
        let mut byte = [0];
        match self.stream.peek(&mut byte).await {
            Ok(1) => Some(byte[0]),
            _ => None,
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.scissors.0.load(Ordering::Acquire) {
            // Best effort: without it the peer sees a close instead of a reset.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let count = self.ahead.len().min(buffer.remaining());
        buffer.put_slice(&self.ahead[..count]);
        self.ahead.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.scissors.0.load(Ordering::Acquire) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
