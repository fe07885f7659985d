//! Bodies of which a part was read ahead: that part first, then what still comes.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// A body, with what was read ahead of it put back.
#[derive(Debug)]
pub(crate) struct Ahead<B> {
    first: Option<Bytes>,
    rest: B,
}

impl<B> Ahead<B> {
    pub(crate) fn new(first: Bytes, rest: B) -> Self {
        Self {
            first: Some(first).filter(|first| !first.is_empty()),
            rest,
        }
    }
}

impl<B> Body for Ahead<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.first.take() {
            Some(first) => Poll::Ready(Some(Ok(Frame::data(first)))),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let ahead = self.first.as_ref().map_or(0, |first| first.len() as u64);
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(ahead));
        if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(ahead)) {
            hint.set_upper(upper);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, Full};

    use super::*;

    #[tokio::test]
    async fn what_was_read_ahead_comes_first_and_counts() {
        let body = Ahead::new(Bytes::from("read "), Full::new(Bytes::from("ahead")));
        assert_eq!(body.size_hint().exact(), Some(10));
        assert!(!body.is_end_stream());
        assert_eq!(body.collect().await.unwrap().to_bytes(), "read ahead");
        let nothing = Ahead::new(Bytes::new(), Full::new(Bytes::new()));
        assert!(nothing.is_end_stream());
    }
}
