//! Rewrites of what is served.

use world::{Edit, Rewrite};

use crate::transcript::transcript;
use crate::troupe::{APP, CRM, Stage, stage};

const SCRIPT: &str = "if (event.origin !== account) return;\nsend(x); send(y);\n";

fn replace(id: &str, file: &str, find: &str) -> Rewrite {
    Rewrite {
        id: id.to_owned(),
        origin: "app".to_owned(),
        file: file.parse().unwrap(),
        edit: Edit::Replace {
            find: find.to_owned(),
            replace: "false".to_owned(),
        },
    }
}

fn folder() -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("src")).unwrap();
    std::fs::write(folder.path().join("index.html"), "<title>app</title>").unwrap();
    std::fs::write(folder.path().join("src/session.js"), SCRIPT).unwrap();
    let stage = stage().app(&format!("dir:{}", folder.path().display()));
    (folder, stage)
}

#[tokio::test]
async fn a_text_that_stands_once_is_replaced() {
    let (_folder, mut stage) = folder();
    stage.plan.rewrites = vec![
        replace("trusts-all", "session.js", "event.origin !== account"),
        replace("twice", "session.js", "send"),
        replace("never", "session.js", "nowhere"),
        replace("elsewhere", "other.js", "send"),
    ];
    let (world, client, journal) = stage.boot().await;
    let edited = client.get(&format!("{APP}/src/session.js")).await;
    assert_eq!(edited.text(), SCRIPT.replace("event.origin !== account", "false"));
    assert_eq!(
        edited.header("content-length"),
        Some(edited.body.len().to_string().as_str())
    );
    assert_eq!(
        (edited.header("etag"), edited.header("cache-control")),
        (None, Some("no-store"))
    );
    assert_eq!(
        edited.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    let all = [("trusts-all", 1), ("twice", 2), ("never", 0)].map(|(id, matches)| (id.to_owned(), matches));
    assert_eq!(world.rewrites_applied(), all);
    assert_eq!(
        transcript(&journal)[1..4],
        [
            "1 rewrite trusts-all: 1",
            "1 rewrite twice: 2",
            "1 rewrite never: 0"
        ]
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn conditions_and_ranges_do_not_get_around_an_edit() {
    let (_folder, mut stage) = folder();
    let url = format!("{APP}/src/session.js");
    let (world, client, _) = stage_clone(&stage).boot().await;
    let tag = client.get(&url).await.header("etag").unwrap().to_owned();
    assert_eq!(
        client.get_with(&url, &[("if-none-match", &tag)]).await.status,
        304
    );
    world.shutdown().await.unwrap();

    stage.plan.rewrites = vec![replace("trusts-all", "session.js", "event.origin !== account")];
    let (world, client, _) = stage.boot().await;
    for condition in [
        ("if-none-match", tag.as_str()),
        ("range", "bytes=0-3"),
        ("accept-encoding", "gzip"),
    ] {
        let edited = client.get_with(&url, &[condition]).await;
        assert_eq!((edited.status, &edited.text()[..9]), (200, "if (false"));
    }
    world.shutdown().await.unwrap();
}

fn stage_clone(stage: &Stage) -> Stage {
    let mut copy = crate::troupe::stage();
    copy.plan.layout = stage.plan.layout.clone();
    copy
}

#[tokio::test]
async fn header_fields_are_edited() {
    let mut stage = stage();
    let header = |id: &str, edit| Rewrite {
        id: id.to_owned(),
        origin: CRM.to_owned(),
        file: "/cors".parse().unwrap(),
        edit,
    };
    stage.plan.rewrites = vec![
        header(
            "no-cors",
            Edit::DropHeader("access-control-allow-origin".to_owned()),
        ),
        header("not-there", Edit::DropHeader("x-frame-options".to_owned())),
        header(
            "framed",
            Edit::SetHeader(
                "content-security-policy".to_owned(),
                "frame-ancestors *".to_owned(),
            ),
        ),
    ];
    let (world, client, _) = stage.boot().await;
    let edited = client
        .send(http::Method::POST, &format!("{CRM}/cors"), &[("origin", APP)], "")
        .await;
    assert_eq!(edited.header("access-control-allow-origin"), None);
    assert_eq!(
        edited.header("content-security-policy"),
        Some("frame-ancestors *")
    );
    let applied =
        [("no-cors", 1), ("not-there", 0), ("framed", 1)].map(|(id, matches)| (id.to_owned(), matches));
    assert_eq!(world.rewrites_applied(), applied);
    world.shutdown().await.unwrap();
}
