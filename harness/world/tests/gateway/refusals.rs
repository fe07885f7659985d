//! What the gateway refuses, and how it says so.

use http::Method;
use journal::Fact;
use journal::fact::Refusal;
use rstest::rstest;
use world::Quarantine;

use crate::client::{Client, answer, request, sender1};
use crate::transcript::{assert_transcript, seen, transcript};
use crate::troupe::{APP, CRM, authority, stage};

#[rstest]
#[case::unknown_host("example.com:443", 403, Refusal::UnknownHost)]
#[case::other_port("crm.qontak.com:444", 403, Refusal::UndeclaredPort)]
#[case::undeclared_plain("customers.qontak.com:80", 403, Refusal::UndeclaredPort)]
#[case::subdomain("evil.crm.qontak.com:443", 403, Refusal::UnknownHost)]
#[case::trailing_dot("crm.qontak.com.:443", 403, Refusal::UnknownHost)]
#[case::loopback_name("localhost:22", 403, Refusal::UnknownHost)]
#[case::loopback("127.0.0.1:22", 403, Refusal::UnknownHost)]
#[case::loopback6("[::1]:22", 403, Refusal::UnknownHost)]
#[case::private("10.0.0.1:443", 403, Refusal::UnknownHost)]
#[case::metadata("169.254.169.254:80", 403, Refusal::UnknownHost)]
#[case::unspecified("0.0.0.0:443", 403, Refusal::UnknownHost)]
#[case::no_port("crm.qontak.com", 400, Refusal::Malformed)]
#[case::user("user@crm.qontak.com:443", 400, Refusal::Malformed)]
#[case::no_such_port("crm.qontak.com:99999", 400, Refusal::Malformed)]
#[tokio::test]
async fn a_tunnel_leads_only_into_the_world(
    #[case] authority: &str,
    #[case] status: u16,
    #[case] reason: Refusal,
) {
    let (world, client, journal) = stage().boot().await;
    assert_eq!(client.connect(authority).await.unwrap_err(), status);
    let events = journal.after(0);
    let Fact::Refused(refused) = &events[0].fact else {
        panic!("{:?}", events[0])
    };
    assert_eq!((refused.reason, events.len()), (reason, 1));
    assert_eq!(client.get(CRM).await.status, 200);
    world.shutdown().await.unwrap();
}

#[rstest]
#[case::unknown(
    "http://example.com/x",
    403,
    "refused http://example.com/x: unknown-host, asked by https://customers.qontak.com/a"
)]
#[case::metadata(
    "http://169.254.169.254/latest/meta-data",
    403,
    "refused http://169.254.169.254/latest/meta-data: unknown-host, asked by https://customers.qontak.com/a"
)]
#[case::loopback(
    "http://127.0.0.1:9/",
    403,
    "refused http://127.0.0.1:9/: unknown-host, asked by https://customers.qontak.com/a"
)]
#[case::port(
    "http://crm.qontak.com:8080/",
    403,
    "refused http://crm.qontak.com:8080/: undeclared-port, asked by https://customers.qontak.com/a"
)]
#[case::scheme(
    "http://customers.qontak.com/",
    403,
    "refused http://customers.qontak.com/: undeclared-port, asked by https://customers.qontak.com/a"
)]
#[case::tls_in_the_clear(
    "https://crm.qontak.com/",
    400,
    "refused https://crm.qontak.com/: malformed, asked by https://customers.qontak.com/a"
)]
#[case::no_such_port(
    "http://crm.qontak.com:99999/",
    400,
    "refused http://crm.qontak.com:99999/: malformed, asked by https://customers.qontak.com/a"
)]
#[case::own_port(
    "/",
    400,
    "refused crm.qontak.com: malformed, asked by https://customers.qontak.com/a"
)]
#[tokio::test]
async fn plain_requests_are_refused_with_who_asked(
    #[case] uri: &str,
    #[case] status: u16,
    #[case] line: &str,
) {
    let (world, client, journal) = stage().boot().await;
    let headers = [
        ("host", "crm.qontak.com"),
        ("referer", "https://customers.qontak.com/a"),
    ];
    let mut sender = sender1(client.raw().await).await;
    let got = answer(sender.send_request(request(Method::GET, uri, &headers, "")).await)
        .await
        .unwrap();
    assert_eq!(got.status, status);
    assert!(got.body.len() < 200);
    assert_transcript(&journal, &[line]);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_connection_serves_only_the_origin_it_was_opened_for() {
    let (world, client, journal) = stage().boot().await;
    let mut over1 = client.http1("crm.qontak.com").await;
    for host in ["customers.qontak.com", "example.com", "crm.qontak.com:8080"] {
        let sent = over1
            .send_request(request(Method::GET, "/", &[("host", host), ("origin", APP)], ""))
            .await;
        assert_eq!(answer(sent).await.unwrap().status, 421, "{host}");
    }
    let mut over2 = client.http2("crm.qontak.com").await;
    let sent = over2.send_request(request(Method::GET, APP, &[], "")).await;
    assert_eq!(answer(sent).await.unwrap().status, 421);
    assert_transcript(
        &journal,
        &[
            "refused customers.qontak.com on a connection to crm.qontak.com:443: malformed, asked by https://customers.qontak.com",
            "refused example.com on a connection to crm.qontak.com:443: unknown-host, asked by https://customers.qontak.com",
            "refused crm.qontak.com:8080 on a connection to crm.qontak.com:443: undeclared-port, asked by https://customers.qontak.com",
            "refused customers.qontak.com on a connection to crm.qontak.com:443: malformed",
        ],
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_authority_with_an_impossible_port_is_malformed() {
    let (world, client, _) = stage().boot().await;
    let mut over1 = client.http1("crm.qontak.com").await;
    let target = request(
        Method::GET,
        "https://crm.qontak.com:99999/",
        &[("host", "crm.qontak.com")],
        "",
    );
    assert_eq!(
        answer(over1.send_request(target).await).await.unwrap().status,
        400
    );
    let mut over2 = client.http2("crm.qontak.com").await;
    let target = request(Method::GET, "https://crm.qontak.com:99999/", &[], "");
    assert_eq!(
        answer(over2.send_request(target).await).await.unwrap().status,
        400
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_target_of_a_request_replaces_its_host() {
    let (world, client, journal) = stage().boot().await;
    let other_host = [("host", "customers.qontak.com")];
    let mut plain = sender1(client.raw().await).await;
    let sent = request(Method::GET, "http://crm.qontak.com/headers", &other_host, "");
    let got = answer(plain.send_request(sent).await).await.unwrap();
    assert_eq!(got.status, 200);
    assert!(got.text().contains("host: crm.qontak.com"), "{}", got.text());

    let mut over1 = client.http1("crm.qontak.com").await;
    let within = |uri: &str| request(Method::GET, uri, &[("host", "crm.qontak.com")], "");
    let sent = within("https://customers.qontak.com/");
    assert_eq!(answer(over1.send_request(sent).await).await.unwrap().status, 421);
    seen(
        &journal,
        "refused customers.qontak.com on a connection to crm.qontak.com:443: malformed",
    )
    .await;

    // In HTTP/2 the two must agree.
    let mut over2 = client.http2("crm.qontak.com").await;
    let sent = request(Method::GET, CRM, &other_host, "");
    assert_eq!(answer(over2.send_request(sent).await).await.unwrap().status, 421);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn tls_where_none_is_declared_and_none_where_it_is() {
    let (world, client, journal) = stage().boot().await;
    let to_plain = client.tls("crm.qontak.com", 80, "h2").await;
    assert!(to_plain.is_err());
    let to_secure = client.connect("crm.qontak.com:443").await.unwrap();
    let sent = request(Method::GET, "/", &[("host", "crm.qontak.com")], "");
    assert_eq!(
        answer(sender1(to_secure).await.send_request(sent).await)
            .await
            .unwrap()
            .status,
        403
    );
    assert_transcript(
        &journal,
        &[
            "refused https://crm.qontak.com:80: undeclared-port",
            "refused http://crm.qontak.com:443: undeclared-port",
        ],
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_tunnel_within_a_tunnel_is_refused() {
    let (world, client, journal) = stage().boot().await;
    let mut sender = client.http1("crm.qontak.com").await;
    let sent = request(Method::CONNECT, "example.com:443", &[("host", "example.com")], "");
    assert_eq!(answer(sender.send_request(sent).await).await.unwrap().status, 400);
    assert_transcript(&journal, &["refused example.com:443: malformed"]);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_client_that_does_not_trust_the_authority_is_journalled() {
    let (world, _, journal) = stage().boot().await;
    let stranger = Client::at(world.address(), &world::Authority::generate().unwrap());
    // In TLS 1.3 the client's alert comes after the server is done.
    let _ = stranger.tls("crm.qontak.com", 443, "h2").await;
    seen(&journal, "TLS failed for").await;
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_handshake_that_names_another_host_is_misdirected() {
    let (world, client, journal) = stage().boot().await;
    let stream = client.connect("crm.qontak.com:443").await.unwrap();
    // The client is right to refuse the certificate of another host; the gateway serves it nothing.
    assert!(
        client
            .handshake(stream, "customers.qontak.com", "h2")
            .await
            .is_err()
    );
    seen(&journal, "TLS failed for").await;
    assert!(!transcript(&journal).iter().any(|line| line.contains('→')));
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn worlds_do_not_see_each_other() {
    let (one, client, journal_of_one) = stage().boot().await;
    let mut other = stage();
    other.plan.layout.origins.remove("crm");
    let (other, elsewhere, journal_of_other) = other.boot().await;
    assert_eq!(client.get(CRM).await.status, 200);
    assert_eq!(elsewhere.connect("crm.qontak.com:443").await.unwrap_err(), 403);
    assert_eq!((journal_of_one.len(), journal_of_other.len()), (2, 1));
    assert_eq!(one.origin("crm"), Some(CRM));
    assert_eq!(other.origin("crm"), None);
    one.shutdown().await.unwrap();
    assert_eq!(elsewhere.get(APP).await.status, 200);
    other.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_quarantine_counts_and_serves_nothing() {
    let quarantine = Quarantine::open().await.unwrap();
    let client = Client::at(quarantine.address(), authority());
    for _ in 0..2 {
        assert_eq!(client.connect("clients2.google.com:443").await.unwrap_err(), 403);
    }
    let mut sender = sender1(client.raw().await).await;
    let sent = request(Method::GET, "http://detectportal.firefox.com/", &[], "");
    assert_eq!(answer(sender.send_request(sent).await).await.unwrap().status, 403);
    assert_eq!(quarantine.refused(), 3);
    assert_eq!(quarantine.refused_by_authority()["clients2.google.com:443"], 2);
    quarantine.shutdown().await;
    assert!(tokio::net::TcpStream::connect(client.proxy).await.is_err());
}

#[tokio::test]
async fn a_plan_that_cannot_be_booted_says_what_to_do() {
    let mut unknown = stage();
    unknown
        .plan
        .serve
        .insert("custmers".to_owned(), "mock:mock".parse().unwrap());
    let mut fault = stage();
    fault
        .plan
        .faults
        .push(world::Fault::everywhere(world::Effect::Hang).on("crn"));
    let mut twice = stage();
    twice
        .plan
        .layout
        .origins
        .get_mut("app")
        .unwrap()
        .also
        .push(CRM.to_owned());
    let mut direction = stage();
    direction.plan.stage.insert("mock".to_owned(), 3.into());
    let mut overlay = stage();
    overlay
        .plan
        .layout
        .origins
        .get_mut("app")
        .unwrap()
        .overlays
        .push("/x".to_owned());
    for (stage, part) in [
        (unknown, "the world has `app`, `crm`"),
        (fault, "the world has `app`, `crm`"),
        (twice, "belongs to both `app` and `crm`"),
        (direction, "`mock` takes no 3"),
        (overlay, "no overlay for `app`"),
        (stage().app("mock:crn"), "there is no mock `crn`"),
        (stage().app("dir:/nowhere/at/all"), "build it first"),
        (stage().app("http://localhost:1"), "does not answer"),
    ] {
        let error = stage.boot_error().await;
        assert!(error.contains(part), "{error}");
    }
}
