//! Folders: fallback, ranges, types, and no way out.

use http::Method;

use crate::transcript::transcript;
use crate::troupe::{APP, Stage, stage};

const NAVIGATION: (&str, &str) = ("sec-fetch-mode", "navigate");

fn folder() -> (tempfile::TempDir, Stage) {
    let outer = tempfile::tempdir().unwrap();
    std::fs::write(outer.path().join("secret.txt"), "secret").unwrap();
    let folder = outer.path().join("dist");
    std::fs::create_dir_all(folder.join("docs")).unwrap();
    std::fs::create_dir_all(folder.join("empty")).unwrap();
    for (name, content) in [
        ("index.html", "<title>app</title>"),
        ("app.js", "0123456789"),
        ("docs/index.html", "<title>docs</title>"),
        (".env", "KEY=1"),
    ] {
        std::fs::write(folder.join(name), content).unwrap();
    }
    std::fs::write(folder.join("large.bin"), vec![7; 1_000_000]).unwrap();
    std::os::unix::fs::symlink(outer.path().join("secret.txt"), folder.join("leak.txt")).unwrap();
    std::os::unix::fs::symlink(outer.path(), folder.join("up")).unwrap();
    std::os::unix::fs::symlink(folder.join("app.js"), folder.join("alias.js")).unwrap();
    let mut stage = stage().app(&format!("dir:{}", folder.display()));
    let app = stage.plan.layout.origins.get_mut("app").unwrap();
    app.headers.insert(
        "content-security-policy".to_owned(),
        "default-src 'self'".to_owned(),
    );
    (outer, stage)
}

#[tokio::test]
async fn files_are_served_and_navigations_fall_back_to_the_index() {
    let (_folder, stage) = folder();
    let (world, client, _) = stage.boot().await;
    for (path, headers, status, body) in [
        ("/", &[][..], 200, Some("<title>app</title>")),
        ("/app.js", &[], 200, Some("0123456789")),
        ("/alias.js", &[], 200, Some("0123456789")),
        ("/app.js?v=2", &[], 200, Some("0123456789")),
        ("/customers/123", &[NAVIGATION], 200, Some("<title>app</title>")),
        ("/customers/123/", &[NAVIGATION], 200, Some("<title>app</title>")),
        ("/users/jane.doe", &[NAVIGATION], 200, Some("<title>app</title>")),
        ("/releases/v1.2", &[NAVIGATION], 200, Some("<title>app</title>")),
        ("/reports/2026.pdf", &[NAVIGATION], 404, None),
        ("/users/jane.doe", &[("accept", "text/html")], 404, None),
        (
            "/customers/123",
            &[("accept", "text/html,*/*")],
            200,
            Some("<title>app</title>"),
        ),
        ("/customers/123", &[], 404, None),
        (
            "/customers/123",
            &[("sec-fetch-mode", "cors"), ("accept", "text/html")],
            404,
            None,
        ),
        ("/missing.js", &[NAVIGATION], 404, None),
        ("/docs/", &[], 200, Some("<title>docs</title>")),
        ("/docs", &[], 301, None),
        ("/empty/", &[], 404, None),
        ("/empty", &[NAVIGATION], 200, Some("<title>app</title>")),
        ("/app.js/", &[], 404, None),
    ] {
        let got = client.get_with(&format!("{APP}{path}"), headers).await;
        assert_eq!(got.status, status, "{path} {headers:?}");
        if let Some(body) = body {
            assert_eq!(got.text(), body, "{path}");
        }
    }
    let moved = client.get(&format!("{APP}/docs?a=b")).await;
    assert_eq!(moved.header("location"), Some("/docs/?a=b"));
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn nothing_leads_out_of_the_folder() {
    let (_folder, stage) = folder();
    let (world, client, _) = stage.boot().await;
    for path in [
        "/leak.txt",
        "/up/secret.txt",
        "/up/dist/app.js/../../secret.txt",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/docs/..%5c..%5csecret.txt",
        "/.env",
        "/%2eenv",
        "/app.js%00.html",
    ] {
        let bytes = format!("GET {path} HTTP/1.1\r\nHost: customers.qontak.com\r\nConnection: close\r\n\r\n");
        let stream = client.tls("customers.qontak.com", 443, "http/1.1").await.unwrap();
        let answer = crate::client::exchange_bytes(stream, bytes.as_bytes()).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        assert!(
            !answer.contains("secret\n") && !answer.contains("KEY"),
            "{path}: {answer}"
        );
    }
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn ranges_tags_and_heads() {
    let (_folder, stage) = folder();
    let (world, client, journal) = stage.boot().await;
    let url = format!("{APP}/app.js");
    let whole = client.get(&url).await;
    assert_eq!(
        whole.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    assert_eq!(whole.header("cache-control"), Some("no-cache"));
    assert_eq!(whole.header("content-security-policy"), None);
    let tag = whole.header("etag").unwrap().to_owned();

    let part = client.get_with(&url, &[("range", "bytes=2-4")]).await;
    assert_eq!(
        (part.status, part.text(), part.header("content-range")),
        (206, "234", Some("bytes 2-4/10"))
    );
    let stale = client
        .get_with(&url, &[("range", "bytes=2-4"), ("if-range", "\"old\"")])
        .await;
    assert_eq!((stale.status, stale.text()), (200, "0123456789"));
    let beyond = client.get_with(&url, &[("range", "bytes=20-")]).await;
    assert_eq!(
        (beyond.status, beyond.header("content-range")),
        (416, Some("bytes */10"))
    );
    let known = client.get_with(&url, &[("if-none-match", &tag)]).await;
    assert_eq!((known.status, known.text()), (304, ""));
    let head = client.send(Method::HEAD, &url, &[], "").await;
    assert_eq!(
        (head.status, head.text(), head.header("content-length")),
        (200, "", Some("10"))
    );
    for range in ["bytes=2-4", "bytes=20-"] {
        let head = client.send(Method::HEAD, &url, &[("range", range)], "").await;
        assert_eq!(
            (
                head.status,
                head.header("content-length"),
                head.header("content-range")
            ),
            (200, Some("10"), None)
        );
    }
    let posted = client.send(Method::POST, &url, &[], "x").await;
    assert_eq!((posted.status, posted.header("allow")), (405, Some("GET, HEAD")));
    let document = client.get(APP).await;
    assert_eq!(
        document.header("content-security-policy"),
        Some("default-src 'self'")
    );

    let large = client.get(&format!("{APP}/large.bin")).await;
    assert_eq!(large.body.len(), 1_000_000);
    let tail = client
        .get_with(&format!("{APP}/large.bin"), &[("range", "bytes=-5")])
        .await;
    assert_eq!(&tail.body[..], [7; 5]);
    world.quiet().await;
    let lines = transcript(&journal);
    assert_eq!(
        lines.iter().filter(|line| line.contains('←')).count(),
        12,
        "{}",
        lines.join("\n")
    );
    world.shutdown().await.unwrap();
}
