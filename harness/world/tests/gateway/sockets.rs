//! WebSockets: over TLS and without, over HTTP/1.1 and HTTP/2, journalled both ways.

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http::{Method, Request, Version};
use http_body_util::Full;
use hyper::ext::Protocol;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::{Error, Message, protocol::Role};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::client::request;
use crate::transcript::{assert_transcript, seen, transcript};
use crate::troupe::{APP, CRM, stage};

async fn talk<S>(mut socket: WebSocketStream<S>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    socket.send(Message::text("hi")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("echo hi"));
    socket.send(Message::binary(vec![0, 255])).await.unwrap();
    assert_eq!(
        socket.next().await.unwrap().unwrap(),
        Message::binary(vec![0, 255])
    );
    socket.close(None).await.unwrap();
    while let Some(Ok(_)) = socket.next().await {}
}

const CONVERSATION: [&str; 6] = [
    "1 ⇢ text \"hi\"",
    "1 ⇠ text \"echo hi\"",
    "1 ⇢ binary [2 bytes]",
    "1 ⇠ binary [2 bytes]",
    "1 ⇢ close",
    "1 ⇠ close",
];

#[tokio::test]
async fn a_socket_over_tls_and_http1() {
    let (world, client, journal) = stage().boot().await;
    let stream = client.tls("crm.qontak.com", 443, "http/1.1").await.unwrap();
    let (socket, response) = client_async("wss://crm.qontak.com/socket", stream).await.unwrap();
    assert_eq!(response.status(), 101);
    world.quiet().await; // an open socket lasts by its nature
    assert!(world.in_flight()[0].long_lived);
    talk(socket).await;
    seen(&journal, "⇠ close").await;
    let mut expected = vec!["1 → GET https://crm.qontak.com/socket HTTP/1.1", "1 ← 101"];
    expected.extend(CONVERSATION);
    assert_transcript(&journal, &expected);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_socket_without_tls_comes_by_connect_and_in_the_clear() {
    let (world, client, journal) = stage().boot().await;
    let tunnel = client.connect("crm.qontak.com:80").await.unwrap();
    let (socket, _) = client_async("ws://crm.qontak.com/socket", tunnel).await.unwrap();
    talk(socket).await;
    seen(&journal, "⇠ close").await;
    assert_eq!(
        transcript(&journal)[0],
        "1 → GET http://crm.qontak.com/socket HTTP/1.1"
    );

    let upgrade = Request::get("http://crm.qontak.com/socket")
        .header("host", "crm.qontak.com")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .body(http_body_util::Full::default())
        .unwrap();
    let mut sender = crate::client::sender1(client.raw().await).await;
    let response = sender.send_request(upgrade).await.unwrap();
    assert_eq!(response.status(), 101);
    assert_eq!(
        response.headers()["sec-websocket-accept"],
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    );
    let upgraded = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
    let mut socket = WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await;
    socket.send(Message::text("hi")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("echo hi"));
    world.shutdown().await.unwrap();
}

/// Asks for a WebSocket over HTTP/2 (RFC 8441, section 5).
fn extended_connect(origin: &str) -> Request<Full<Bytes>> {
    let mut connect = Request::connect(format!("{origin}/socket"))
        .version(Version::HTTP_2)
        .header("sec-websocket-version", "13")
        .header("sec-websocket-protocol", "chat")
        .header("origin", APP)
        .body(Full::default())
        .unwrap();
    connect
        .extensions_mut()
        .insert(Protocol::from_static("websocket"));
    connect
}

/// A server that says the same to everybody.
async fn always_saying(answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Whoever only looks whether the port is open sends nothing.
            if stream.read(&mut [0; 4096]).await.is_ok_and(|count| count > 0) {
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        }
    });
    port
}

#[tokio::test]
async fn a_server_that_switches_to_something_else_is_told_apart_over_http2() {
    let port = always_saying(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    )
    .await;
    let (world, client, _) = stage().app(&format!("http://127.0.0.1:{port}")).boot().await;
    let mut sender = client.http2("customers.qontak.com").await;
    // Settings arrive with the first answer; only then may a client use extended CONNECT.
    let first = request(Method::GET, &format!("{APP}/.well-known/rehearse/blank"), &[], "");
    sender.send_request(first).await.unwrap();
    let response = sender.send_request(extended_connect(APP)).await.unwrap();
    assert_eq!(response.status(), 502);
    let diagnoses = world.diagnoses();
    assert!(
        diagnoses[0].contains(APP) && diagnoses[0].contains("Sec-WebSocket-Accept"),
        "{diagnoses:?}"
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_socket_over_http2() {
    let (world, client, journal) = stage().boot().await;
    let mut sender = client.http2("crm.qontak.com").await;
    // Settings arrive with the first answer; only then may a client use extended CONNECT.
    let first = sender
        .send_request(request(Method::GET, CRM, &[], ""))
        .await
        .unwrap();
    assert_eq!(first.status(), 200);
    let response = sender.send_request(extended_connect(CRM)).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["sec-websocket-protocol"], "chat");
    assert!(!response.headers().contains_key("upgrade"));
    let upgraded = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
    talk(WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await).await;
    seen(&journal, "⇠ close").await;
    let lines = transcript(&journal);
    let of_socket: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("2 "))
        .cloned()
        .collect();
    assert_eq!(of_socket[0], "2 → CONNECT https://crm.qontak.com/socket HTTP/2");
    assert_eq!(of_socket[1], "2 ← 200");
    assert_eq!(
        of_socket[2..],
        CONVERSATION.map(|line| line.replacen('1', "2", 1))
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_server_that_refuses_the_handshake_is_heard() {
    let (world, client, journal) = stage().boot().await;
    let stream = client.tls("crm.qontak.com", 443, "http/1.1").await.unwrap();
    let Err(Error::Http(response)) = client_async("wss://crm.qontak.com/nowhere", stream).await else {
        panic!("it should be refused");
    };
    assert_eq!(response.status(), 404);
    assert_transcript(
        &journal,
        &["1 → GET https://crm.qontak.com/nowhere HTTP/1.1", "1 ← 404"],
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn faults_meet_sockets_too() {
    let (world, client, journal) = stage().boot().await;
    let inject = |value| world.inject(serde_json::from_value(value).unwrap()).unwrap();
    inject(json!({"route": "/socket", "times": 1, "status": 503}));
    let stream = client.tls("crm.qontak.com", 443, "http/1.1").await.unwrap();
    assert!(client_async("wss://crm.qontak.com/socket", stream).await.is_err());
    inject(json!({"route": "/socket", "truncate": 4}));
    let stream = client.tls("crm.qontak.com", 443, "http/1.1").await.unwrap();
    let (mut socket, _) = client_async("wss://crm.qontak.com/socket", stream).await.unwrap();
    socket.send(Message::text("hi")).await.unwrap();
    assert!(socket.next().await.unwrap().is_err());
    let lines = transcript(&journal);
    assert!(
        lines.contains(&"1 fault status: answered with status 503".to_owned()),
        "{lines:?}"
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_extended_connect_that_is_no_websocket_is_refused() {
    let (world, client, _) = stage().boot().await;
    let mut sender = client.http2("crm.qontak.com").await;
    sender
        .send_request(request(Method::GET, CRM, &[], ""))
        .await
        .unwrap();
    let mut connect = Request::connect("https://crm.qontak.com/socket")
        .version(Version::HTTP_2)
        .body(http_body_util::Full::default())
        .unwrap();
    connect
        .extensions_mut()
        .insert(Protocol::from_static("connect-udp"));
    assert_eq!(sender.send_request(connect).await.unwrap().status(), 400);
    world.shutdown().await.unwrap();
}
