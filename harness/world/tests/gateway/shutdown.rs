//! A world ends at once, whatever is open.

use std::time::Duration;

use http::Method;
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio_tungstenite::client_async;

use crate::client::{answer, request};
use crate::transcript::{seen, transcript};
use crate::troupe::{CRM, stage};

#[tokio::test]
async fn hanging_exchanges_open_sockets_and_idle_connections_do_not_hold_it_up() {
    let (world, client, journal) = stage().boot().await;
    let hang = json!({"route": "/exchange", "hang": true});
    world.inject(serde_json::from_value(hang).unwrap()).unwrap();
    let delay = json!({"route": "/headers", "delay": "10m"});
    world.inject(serde_json::from_value(delay).unwrap()).unwrap();

    let mut raw = client.raw().await;
    let mut tunnel = client.connect("crm.qontak.com:443").await.unwrap();
    let mut idle = client.http2("crm.qontak.com").await;
    assert_eq!(
        idle.send_request(request(Method::GET, CRM, &[], ""))
            .await
            .unwrap()
            .status(),
        200
    );
    let stream = client.tls("crm.qontak.com", 443, "http/1.1").await.unwrap();
    let (mut socket, _) = client_async("wss://crm.qontak.com/socket", stream).await.unwrap();
    let events = idle
        .send_request(request(Method::GET, &format!("{CRM}/events"), &[], ""))
        .await
        .unwrap();
    let mut pending = Vec::new();
    for path in ["/exchange", "/headers"] {
        let mut sender = client.http2("crm.qontak.com").await;
        let request = request(Method::GET, &format!("{CRM}{path}"), &[], "");
        pending.push(tokio::spawn(async move {
            answer(sender.send_request(request).await).await
        }));
    }
    seen(&journal, "fault hang").await;
    seen(&journal, "fault delay").await;
    assert_eq!(world.in_flight().len(), 4);

    tokio::time::timeout(Duration::from_secs(5), world.shutdown())
        .await
        .expect("it ends at once")
        .unwrap();

    for pending in pending {
        assert!(pending.await.unwrap().is_err());
    }
    assert!(answer(Ok(events)).await.is_err());
    assert!(!matches!(
        futures_util::StreamExt::next(&mut socket).await,
        Some(Ok(_))
    ));
    assert!(matches!(raw.read(&mut [0]).await, Ok(0) | Err(_)));
    assert!(matches!(tunnel.read(&mut [0]).await, Ok(0) | Err(_)));
    assert!(tokio::net::TcpStream::connect(client.proxy).await.is_err());
    let lines = transcript(&journal);
    assert!(
        lines
            .iter()
            .any(|line| line.contains("✗ held by the fault `hang`")),
        "{lines:?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.contains("✗ the world was shut down")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_dropped_world_closes_its_port() {
    let (world, client, journal) = stage().boot().await;
    let hang = json!({"hang": true});
    world.inject(serde_json::from_value(hang).unwrap()).unwrap();
    let mut sender = client.http2("crm.qontak.com").await;
    let pending = tokio::spawn(async move { sender.send_request(request(Method::GET, CRM, &[], "")).await });
    seen(&journal, "fault hang").await;
    drop(world);
    assert!(pending.await.unwrap().is_err());
}
