//! One BiDi socket: an actor task owns it, handles are cheap, and every call has a deadline.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::{Command, Event};
use crate::{Error, ErrorKind, Result};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Reply = oneshot::Sender<Result<Value>>;

/// Sees every event in the order it arrived, before any answer that came after it.
pub(crate) type Observer = Box<dyn FnMut(Event) + Send>;

/// A handle to one BiDi socket. Clones share the socket.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    outgoing: mpsc::UnboundedSender<Outgoing>,
    next: AtomicU64,
    deadline: Duration,
    ended: watch::Receiver<Option<String>>,
}

#[derive(Debug)]
struct Outgoing {
    id: u64,
    method: &'static str,
    text: String,
    reply: Reply,
}

#[derive(Serialize)]
struct Envelope<'a, P> {
    id: u64,
    method: &'static str,
    params: &'a P,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Incoming {
    Success {
        id: u64,
        result: Value,
    },
    Error {
        id: Option<u64>,
        error: String,
        #[serde(default)]
        message: String,
    },
    Event {
        method: String,
        #[serde(default)]
        params: Value,
    },
}

impl Connection {
    /// Opens the socket to a browser; `observer` sees every event. One that cannot be read ends the connection: what it told
    /// would be missing from the journal, and absence could not be judged.
    pub(crate) async fn open(
        url: &str,
        browser: &str,
        deadline: Duration,
        observer: Observer,
    ) -> Result<Self> {
        let attempt = || format!("attach to the session at {url}");
        let config = WebSocketConfig::default()
            .max_message_size(Some(256 << 20))
            .max_frame_size(Some(256 << 20));
        let connecting = tokio_tungstenite::connect_async_with_config(url, Some(config), true);
        let (socket, _) = tokio::time::timeout(deadline, connecting)
            .await
            .map_err(|_| Error::new(attempt(), ErrorKind::TimedOut { after: deadline }))?
            .map_err(|error| Error::launch(attempt(), error))?;
        let (outgoing, commands) = mpsc::unbounded_channel();
        let (end, ended) = watch::channel(None);
        let (sink, stream) = socket.split();
        let actor = Actor {
            sink,
            commands,
            pending: HashMap::new(),
            observer,
            browser: browser.to_owned(),
        };
        tokio::spawn(actor.run(stream, end));
        Ok(Self {
            inner: Arc::new(Inner {
                outgoing,
                next: AtomicU64::new(1),
                deadline,
                ended,
            }),
        })
    }

    /// Sends a command and waits for its answer.
    pub(crate) async fn call<C: Command>(&self, command: &C) -> Result<C::Answer> {
        self.call_within(command, self.inner.deadline).await
    }

    /// Sends a command and waits for its answer, but not longer than that.
    pub(crate) async fn call_within<C: Command>(&self, command: &C, deadline: Duration) -> Result<C::Answer> {
        let receiver = self.send(command)?;
        let attempt = C::METHOD;
        match tokio::time::timeout(deadline, receiver).await {
            Err(_) => Err(Error::new(attempt, ErrorKind::TimedOut { after: deadline })),
            Ok(Err(_)) => Err(Error::gone(attempt, self.end_reason())),
            Ok(Ok(Err(error))) => Err(error),
            Ok(Ok(Ok(value))) => serde_json::from_value(value)
                .map_err(|error| Error::protocol(attempt, format!("unexpected answer: {error}"))),
        }
    }

    fn send<C: Command>(&self, command: &C) -> Result<oneshot::Receiver<Result<Value>>> {
        let id = self.inner.next.fetch_add(1, Ordering::Relaxed);
        let envelope = Envelope {
            id,
            method: C::METHOD,
            params: command,
        };
        let text = serde_json::to_string(&envelope)
            .map_err(|error| Error::protocol(C::METHOD, format!("cannot be written as JSON: {error}")))?;
        let (reply, receiver) = oneshot::channel();
        let outgoing = Outgoing {
            id,
            method: C::METHOD,
            text,
            reply,
        };
        self.inner
            .outgoing
            .send(outgoing)
            .map_err(|_| Error::gone(C::METHOD, self.end_reason()))?;
        Ok(receiver)
    }

    /// Whether the socket is still open.
    pub(crate) fn is_open(&self) -> bool {
        self.inner.ended.borrow().is_none() && !self.inner.outgoing.is_closed()
    }

    fn end_reason(&self) -> String {
        self.inner
            .ended
            .borrow()
            .clone()
            .unwrap_or_else(|| "the connection to the session ended".to_owned())
    }
}

struct Actor {
    sink: SplitSink<Socket, Message>,
    commands: mpsc::UnboundedReceiver<Outgoing>,
    pending: HashMap<u64, (&'static str, Reply)>,
    observer: Observer,
    /// Name and version, for whoever reads of trouble.
    browser: String,
}

impl Actor {
    async fn run(mut self, mut stream: SplitStream<Socket>, end: watch::Sender<Option<String>>) {
        let reason = loop {
            tokio::select! {
                command = self.commands.recv() => match command {
                    None => {
                        let _ = self.sink.close().await;
                        break "the session was closed".to_owned();
                    }
                    Some(command) => if let Err(reason) = self.forward(command).await { break reason },
                },
                message = stream.next() => match message {
                    None | Some(Ok(Message::Close(_))) => break "the driver closed the connection".to_owned(),
                    Some(Err(error)) => break format!("the connection to the driver broke: {error}"),
                    Some(Ok(Message::Text(text))) => if let Err(reason) = self.receive(&text) { break reason },
                    Some(Ok(_)) => {}
                },
            }
        };
        tracing::debug!(%reason, "BiDi connection ended");
        end.send_replace(Some(reason.clone()));
        for (_, (method, reply)) in self.pending.drain() {
            let _ = reply.send(Err(Error::gone(method, reason.clone())));
        }
    }

    async fn forward(&mut self, command: Outgoing) -> std::result::Result<(), String> {
        tracing::trace!(target: "browser::bidi", ">> {}", command.text);
        self.pending.insert(command.id, (command.method, command.reply));
        self.sink
            .send(Message::text(command.text))
            .await
            .map_err(|error| format!("the connection to the driver broke: {error}"))
    }

    fn receive(&mut self, text: &str) -> std::result::Result<(), String> {
        tracing::trace!(target: "browser::bidi", "<< {text}");
        match serde_json::from_str(text) {
            Ok(Incoming::Success { id, result }) => {
                if let Some((_, reply)) = self.pending.remove(&id) {
                    let _ = reply.send(Ok(result));
                }
            }
            Ok(Incoming::Error { id, error, message }) => match id.and_then(|id| self.pending.remove(&id)) {
                Some((method, reply)) => {
                    let _ = reply.send(Err(refusal(method, error, message)));
                }
                None => tracing::warn!(%error, %message, "the driver reports an error outside any command"),
            },
            Ok(Incoming::Event { method, params }) => match Event::parse(&method, params) {
                Ok(Some(event)) => (self.observer)(event),
                Ok(None) => tracing::trace!(%method, "an event nobody asked for"),
                Err(error) => return Err(self.unreadable(&format!("the event `{method}`"), &error)),
            },
            Err(error) => return Err(self.unreadable("a message", &error)),
        }
        Ok(())
    }

    fn unreadable(&self, what: &str, error: &serde_json::Error) -> String {
        format!(
            "{what} of {} cannot be read ({error}), so what it told is missing; play with a version of the browser that this \
             version of Rehearse knows, or tell us",
            self.browser
        )
    }
}

/// Words by which drivers say, under `unknown error`, that a document went away below a command.
const VANISHED: [&str; 11] = [
    "Cannot find context with specified id",
    "Execution context was destroyed",
    "Inspected target navigated or closed",
    "uniqueContextId not found",
    "Session with given id not found",
    "Target closed",
    "AbortError",
    "DiscardedBrowsingContext",
    "Browsing context was discarded",
    "realm is null",
    "right-hand side of 'in' should be an object, got null",
];

fn refusal(method: &str, code: String, message: String) -> Error {
    let kind = match code.as_str() {
        "no such frame"
        | "no such node"
        | "no such element"
        | "no such handle"
        | "no such script"
        | "stale element reference"
        | "no such client window" => ErrorKind::Vanished { message },
        "invalid session id" | "session not created" => ErrorKind::Gone { reason: message },
        _ if VANISHED.iter().any(|words| message.contains(words)) => ErrorKind::Vanished { message },
        _ => ErrorKind::Refused { code, message },
    };
    Error::new(method, kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_tells_what_vanished_from_what_is_wrong() {
        let kind = |code: &str, message: &str| refusal("x", code.into(), message.into()).kind().clone();
        assert!(matches!(
            kind("no such frame", "gone"),
            ErrorKind::Vanished { .. }
        ));
        assert!(matches!(
            kind("unknown error", "Cannot find context with specified id"),
            ErrorKind::Vanished { .. }
        ));
        assert!(matches!(kind("invalid session id", ""), ErrorKind::Gone { .. }));
        assert!(matches!(
            kind("invalid argument", "no"),
            ErrorKind::Refused { .. }
        ));
    }

    /// What a command hears when the browser says something before it answers.
    async fn after(event: &'static str) -> Result<Value> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a port");
        let url = format!("ws://{}/", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a connection");
            let mut socket = tokio_tungstenite::accept_async(stream).await.expect("a socket");
            let asked = socket.next().await.expect("a command").expect("a command");
            let asked: Value = serde_json::from_str(asked.to_text().expect("text")).expect("JSON");
            let answer =
                serde_json::json!({ "type": "success", "id": asked["id"], "result": { "contexts": [] } });
            for text in [event.to_owned(), answer.to_string()] {
                let _ = socket.send(Message::text(text)).await;
            }
            while socket.next().await.is_some() {}
        });
        let deadline = Duration::from_secs(10);
        let connection = Connection::open(&url, "firefox 200.0", deadline, Box::new(|_| {})).await?;
        let answer = connection
            .call(&crate::bidi::command::GetTree { root: None })
            .await;
        answer.map(|tree| tree.contexts.len().into())
    }

    #[tokio::test]
    async fn what_cannot_be_read_ends_the_session() {
        let error = after(r#"{"type":"event","method":"log.entryAdded","params":{"level":7}}"#).await;
        let error = error.expect_err("an event is missing");
        assert!(error.is_gone(), "{error:?}");
        let words = error.to_string();
        assert!(words.contains("`log.entryAdded` of firefox 200.0"), "{words}");
        let error = after("[]").await.expect_err("a message is missing");
        assert!(
            error.to_string().contains("a message of firefox 200.0"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn an_event_that_nobody_asked_for_is_no_trouble() {
        after(r#"{"type":"event","method":"some.thing","params":{"level":7}}"#)
            .await
            .expect("an answer");
    }

    #[test]
    fn an_error_without_id_is_read() {
        let text = r#"{"type":"error","id":null,"error":"invalid argument","message":"no"}"#;
        assert!(matches!(
            serde_json::from_str(text).expect("JSON"),
            Incoming::Error { id: None, .. }
        ));
    }
}
