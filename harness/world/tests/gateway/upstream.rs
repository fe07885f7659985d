//! Servers that already run: streaming, WebSockets, hosts, redirects, and dev servers that refuse.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::{any, get};
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http::Method;
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::transcript::{seen, transcript};
use crate::troupe::{APP, CRM, mock, stage};

/// A dev server on a port of its own.
async fn dev_server(router: Router) -> (u16, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (port, server)
}

#[tokio::test]
async fn the_upstream_sees_itself_unless_told_otherwise() {
    let (port, _server) = dev_server(mock()).await;
    for (option, host, origin, more) in [
        (
            "",
            format!("localhost:{port}"),
            format!("http://localhost:{port}"),
            "",
        ),
        (
            ";host=origin",
            "customers.qontak.com".to_owned(),
            APP.to_owned(),
            "x-forwarded-host: customers.qontak.com\nx-forwarded-proto: https",
        ),
    ] {
        let (world, client, _) = stage()
            .app(&format!("http://localhost:{port}{option}"))
            .boot()
            .await;
        let headers = [("origin", APP), ("te", "trailers"), ("cookie", "a=1")];
        let seen = client.get_with(&format!("{APP}/headers?q=1"), &headers).await;
        let text = seen.text();
        assert!(text.starts_with("GET /headers?q=1\n"), "{text}");
        assert!(text.contains(&format!("host: {host}\n")), "{text}");
        assert!(text.contains(&format!("origin: {origin}")), "{text}");
        assert!(text.contains(more) && text.contains("cookie: a=1"), "{text}");
        assert!(!text.contains("te: "), "{text}");
        let foreign = client
            .get_with(&format!("{APP}/headers"), &[("origin", CRM)])
            .await;
        assert!(
            foreign.text().contains(&format!("origin: {CRM}")),
            "{}",
            foreign.text()
        );
        world.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn bodies_stream_both_ways_at_once() {
    let echo = Router::new().route("/echo", any(|request: Request| async { request.into_body() }));
    let (port, _server) = dev_server(echo).await;
    let (world, client, journal) = stage().app(&format!("http://127.0.0.1:{port}")).boot().await;
    let stream = client.tls("customers.qontak.com", 443, "h2").await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let (send, receive) = tokio::sync::mpsc::unbounded_channel::<Bytes>();
    let chunks = futures_util::stream::unfold(receive, |mut receive| async {
        let chunk = receive.recv().await?;
        Some((Ok::<_, std::io::Error>(Frame::data(chunk)), receive))
    });
    let request = http::Request::post(format!("{APP}/echo"))
        .body(StreamBody::new(Box::pin(chunks)))
        .unwrap();
    send.send(Bytes::from("one")).unwrap();
    let mut answer = sender.send_request(request).await.unwrap().into_body();
    assert_eq!(
        &answer.frame().await.unwrap().unwrap().into_data().unwrap()[..],
        b"one"
    );
    send.send(Bytes::from("two")).unwrap();
    assert_eq!(
        &answer.frame().await.unwrap().unwrap().into_data().unwrap()[..],
        b"two"
    );
    drop(send);
    // The end may come as an empty frame.
    assert!(answer.collect().await.unwrap().to_bytes().is_empty());
    seen(&journal, "← 200 \"onetwo\"").await;
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_socket_is_relayed_and_journalled() {
    let (port, _server) = dev_server(mock()).await;
    let (world, client, journal) = stage().app(&format!("http://localhost:{port}")).boot().await;
    let stream = client.tls("customers.qontak.com", 443, "http/1.1").await.unwrap();
    let (mut socket, _) = client_async("wss://customers.qontak.com/socket", stream)
        .await
        .unwrap();
    let long = "l".repeat(100_000);
    socket.send(Message::text(long.clone())).await.unwrap();
    assert_eq!(
        socket.next().await.unwrap().unwrap(),
        Message::text(format!("echo {long}"))
    );
    let lines = transcript(&journal);
    assert_eq!(lines[2..], ["1 ⇢ text [100000 bytes]", "1 ⇠ text [100005 bytes]"]);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn redirects_to_itself_come_home_to_the_origin() {
    let own = Arc::new(AtomicUsize::new(0));
    let port = Arc::clone(&own);
    let router = Router::new().route(
        "/go/{to}",
        get(
            move |axum::extract::Path(to): axum::extract::Path<String>| async move {
                let port = port.load(Ordering::Relaxed);
                match to.as_str() {
                    "self" => Redirect::to(&format!("http://localhost:{port}/a?b=c#d")),
                    "number" => Redirect::to(&format!("http://127.0.0.1:{port}/a")),
                    "other-port" => Redirect::to("http://localhost:1/a"),
                    "foreign" => Redirect::to("https://account.mekari.com/auth"),
                    _ => Redirect::to("/relative"),
                }
            },
        ),
    );
    let (port, _server) = dev_server(router).await;
    own.store(port.into(), Ordering::Relaxed);
    let (world, client, _) = stage().app(&format!("http://localhost:{port}")).boot().await;
    for (to, location) in [
        ("self", "https://customers.qontak.com/a?b=c#d"),
        ("number", "https://customers.qontak.com/a"),
        ("other-port", "http://localhost:1/a"),
        ("foreign", "https://account.mekari.com/auth"),
        ("relative", "/relative"),
    ] {
        let moved = client.get(&format!("{APP}/go/{to}")).await;
        assert_eq!(moved.header("location"), Some(location), "{to}");
    }
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_dev_server_that_refuses_the_host_is_explained_by_name() {
    for (words, status, server, setting) in [
        (
            "Blocked request. This host (\"customers.qontak.com\") is not allowed.\nTo allow this host, add \"customers.qontak.com\" to `server.allowedHosts` in vite.config.js.",
            StatusCode::FORBIDDEN,
            "Vite",
            "server.allowedHosts",
        ),
        (
            "Invalid Host header",
            StatusCode::OK,
            "webpack-dev-server",
            "devServer.allowedHosts",
        ),
    ] {
        let (port, _server) =
            dev_server(Router::new().fallback(move || async move { (status, words) })).await;
        let (world, client, _) = stage()
            .app(&format!("http://localhost:{port};host=origin"))
            .boot()
            .await;
        let refused = client.get(APP).await;
        assert_eq!(refused.status, 502);
        for part in [server, setting, "customers.qontak.com", ";host=origin"] {
            assert!(refused.text().contains(part), "{part}: {}", refused.text());
        }
        assert_eq!(client.get(APP).await.status, 502);
        assert_eq!(world.diagnoses().len(), 1);
        world.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn an_ordinary_refusal_passes_as_it_is() {
    let router = Router::new().fallback(|| async { (StatusCode::FORBIDDEN, "no permission") });
    let (port, _server) = dev_server(router).await;
    let (world, client, _) = stage().app(&format!("http://localhost:{port}")).boot().await;
    let refused = client.get(APP).await;
    assert_eq!((refused.status, refused.text()), (403, "no permission"));
    assert!(world.diagnoses().is_empty());
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_upstream_that_goes_away_is_named() {
    let (port, server) = dev_server(mock()).await;
    let (world, client, journal) = stage().app(&format!("http://localhost:{port}")).boot().await;
    assert_eq!(client.get(APP).await.status, 200);
    server.abort();
    let _ = server.await;
    // A connection kept from before may answer once more before it is gone.
    let mut away = client.get(APP).await;
    while away.status == 200 {
        away = client.get(APP).await;
    }
    assert_eq!(away.status, 502);
    assert!(
        away.text().contains(&format!("http://localhost:{port}")),
        "{}",
        away.text()
    );
    assert!(away.text().contains(APP), "{}", away.text());
    assert!(!world.diagnoses().is_empty());
    world.quiet().await;
    assert!(transcript(&journal).last().unwrap().contains("← 502"));
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_aborted() {
    let broken = Arc::new(tokio::sync::Notify::new());
    let breaks = Arc::clone(&broken);
    let router = Router::new().route(
        "/half",
        get(move || async move {
            let rest = futures_util::stream::once(async move {
                breaks.notified().await;
                Err(std::io::Error::other("gone"))
            });
            let chunks = futures_util::stream::iter([Ok("half")]).chain(rest);
            Body::from_stream(chunks).into_response()
        }),
    );
    let (port, _server) = dev_server(router).await;
    let (world, client, journal) = stage().app(&format!("http://localhost:{port}")).boot().await;
    let mut sender = client.http2("customers.qontak.com").await;
    let half = crate::client::request(Method::GET, &format!("{APP}/half"), &[], "");
    let mut body = sender.send_request(half).await.unwrap().into_body();
    assert_eq!(
        &body.frame().await.unwrap().unwrap().into_data().unwrap()[..],
        b"half"
    );
    broken.notify_one();
    assert!(body.frame().await.unwrap().is_err());
    seen(&journal, "✗ the answer broke off").await;
    world.quiet().await;
    world.shutdown().await.unwrap();
}

/// Node closes a connection after five seconds without a request; one that is sent just then is lost.
#[tokio::test]
async fn a_connection_that_the_server_is_about_to_close_is_not_used_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        axum::serve(
            listener.tap_io(move |_| {
                counted.fetch_add(1, Ordering::SeqCst);
            }),
            mock(),
        )
        .await
        .unwrap();
    });
    let (world, client, _) = stage().app(&format!("http://localhost:{port}")).boot().await;
    let opened = || connections.load(Ordering::SeqCst);
    let asked = async || {
        let before = opened();
        assert_eq!(client.get(APP).await.status, 200);
        // The connection goes back to the others as soon as its task has run.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        opened() - before
    };
    asked().await;
    assert_eq!(asked().await, 0, "it is used again at once");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(3)).await;
    tokio::time::resume();
    assert_eq!(asked().await, 1, "it is not used again after a while");
    world.shutdown().await.unwrap();
}
