//! Bytes that are no HTTP, no TLS, no HTTP/2: refused or closed, and the world goes on.

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use rstest::rstest;

use crate::client::exchange_bytes;
use crate::transcript::seen;
use crate::troupe::{CRM, stage};

#[rstest]
#[case::nothing_known(b"\x00\x01\x02\x03\r\n\r\n", Some("HTTP/1.1 400"), "malformed")]
#[case::words(b"hello there\r\n\r\n", Some("HTTP/1.1 400"), "malformed")]
#[case::http2_to_the_proxy(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", None, "malformed")]
#[case::tls_to_the_proxy(
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    Some("HTTP/1.1 400"),
    "malformed"
)]
#[case::two_hosts(
    b"GET http://crm.qontak.com/ HTTP/1.1\r\nHost: crm.qontak.com\r\nHost: x\r\nConnection: close\r\n\r\n",
    Some("HTTP/1.1 400"),
    "malformed"
)]
#[case::smuggling(
    b"POST http://crm.qontak.com/echo HTTP/1.1\r\nHost: crm.qontak.com\r\nContent-Length: x\r\n\r\n",
    Some("HTTP/1.1 400"),
    "malformed"
)]
#[case::header_injection(
    b"GET http://crm.qontak.com/ HTTP/1.1\r\nHost: crm.qontak.com\r\nA\x00: b\r\n\r\n",
    Some("HTTP/1.1 400"),
    "malformed"
)]
#[tokio::test]
async fn malformed_bytes_are_refused(
    #[case] bytes: &[u8],
    #[case] start: Option<&str>,
    #[case] reason: &str,
) {
    let (world, client, journal) = stage().boot().await;
    let answer = exchange_bytes(client.raw().await, bytes).await;
    let answer = String::from_utf8_lossy(&answer);
    if let Some(start) = start {
        assert!(answer.starts_with(start), "{answer:?}");
    }
    seen(&journal, reason).await;
    assert_eq!(client.get(CRM).await.status, 200);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_oversized_head_is_answered_431() {
    let mut stage = stage();
    stage.plan.limits.head = 16 * 1024;
    let (world, client, journal) = stage.boot().await;
    let head = format!(
        "GET http://crm.qontak.com/ HTTP/1.1\r\nHost: crm.qontak.com\r\nX: {}\r\n\r\n",
        "x".repeat(20_000)
    );
    let answer = exchange_bytes(client.raw().await, head.as_bytes()).await;
    assert!(
        answer.starts_with(b"HTTP/1.1 431"),
        "{:?}",
        String::from_utf8_lossy(&answer)
    );
    seen(&journal, "too-large").await;
    let over2 = client
        .try_send(http::Method::GET, CRM, &[("x", &"x".repeat(20_000))], "")
        .await;
    assert!(over2.is_err() || over2.unwrap().status == 431);
    assert_eq!(client.get(CRM).await.status, 200);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn garbage_within_tls_is_refused() {
    let (world, client, journal) = stage().boot().await;
    for protocol in ["h2", "http/1.1"] {
        let stream = client.tls("crm.qontak.com", 443, protocol).await.unwrap();
        exchange_bytes(
            stream,
            b"\xff\xfe\xfd no protocol at all, and long enough to be read\r\n\r\n",
        )
        .await;
    }
    seen(&journal, "refused https://crm.qontak.com: malformed").await;
    assert_eq!(client.get(CRM).await.status, 200);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn arbitrary_bytes_never_take_the_world_down() {
    let (world, client, _) = stage().boot().await;
    let mut runner = TestRunner::deterministic();
    let bytes = proptest::collection::vec(proptest::prelude::any::<u8>(), 1..300);
    let starts: [&[u8]; 4] = [
        b"",
        b"\x16\x03\x01",
        b"GET http://crm.qontak.com/ HTTP/1.1\r\nHost: crm.qontak.com\r\n",
        b"CONNECT crm.qontak.com:443 HTTP/1.1\r\n\r\n",
    ];
    for round in 0..60 {
        let mut sent = starts[round % starts.len()].to_vec();
        sent.extend(bytes.new_tree(&mut runner).unwrap().current());
        let mut stream = client.raw().await;
        use tokio::io::AsyncWriteExt as _;
        let _ = stream.write_all(&sent).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer).await;
    }
    assert_eq!(client.get(CRM).await.status, 200);
    world.shutdown().await.unwrap();
}
