//! Servers of a world that ask each other: journalled like a browser's requests, met by faults, and waited for.

use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::Request;
use journal::{Fact, Recorder};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use world::{Cast, Courier, Errand, Outcome, World};

use crate::transcript::{seen, transcript};
use crate::troupe::{APP, CRM, Troupe, authority, stage};

/// A cast that keeps whoever takes its errands.
struct Sending {
    troupe: Troupe,
    courier: OnceLock<Arc<dyn Courier>>,
}

impl Cast for Sending {
    fn router(&self, mock: &str) -> Option<Router> {
        self.troupe.router(mock)
    }

    fn overlay(&self, origin: &str) -> Option<Router> {
        self.troupe.overlay(origin)
    }

    fn direct(&self, mock: &str, direction: &Value) -> Result<(), String> {
        self.troupe.direct(mock, direction)
    }

    fn employ(&self, courier: Arc<dyn Courier>) {
        assert!(self.courier.set(courier).is_ok(), "it is employed once");
    }
}

impl Sending {
    /// Has the app's server post something.
    fn post(&self, url: &str, body: &'static str) -> oneshot::Receiver<Outcome> {
        let (tell, told) = oneshot::channel();
        self.courier.get().unwrap().take(Errand {
            from: APP.to_owned(),
            request: Request::post(url).body(Bytes::from(body)).unwrap(),
            done: Box::new(move |outcome| drop(tell.send(outcome))),
        });
        told
    }
}

async fn boot() -> (World, Arc<Sending>, Recorder) {
    let stage = stage();
    let recorder = stage.plan.recorder.clone();
    let cast = Arc::new(Sending {
        troupe: stage.troupe,
        courier: OnceLock::new(),
    });
    let world = World::boot_with(stage.plan, authority(), Arc::clone(&cast) as Arc<dyn Cast>)
        .await
        .unwrap();
    (world, cast, recorder)
}

#[tokio::test]
async fn a_server_asks_another_and_the_journal_says_who() {
    let (world, cast, journal) = boot().await;
    let outcome = cast.post(&format!("{CRM}/echo"), "token=1").await.unwrap();
    let answer = outcome.answer.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.body().as_ref()),
        (200, &b"token=1"[..])
    );
    let events = journal.after(0);
    let request = events.iter().find_map(|event| match &event.fact {
        Fact::Request(request) => Some(request),
        _ => None,
    });
    let request = request.unwrap();
    assert_eq!(request.caller.as_deref(), Some(APP));
    assert_eq!(request.url, format!("{CRM}/echo"));
    assert_eq!(Some(request.exchange), outcome.exchange);
    assert_eq!(request.body.text.as_deref(), Some("token=1"));
    assert!(matches!(events.last().unwrap().fact, Fact::Response(_)));
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_world_is_not_quiet_until_the_sender_has_heard() {
    let (world, cast, _) = boot().await;
    let heard = Arc::new(Mutex::new(false));
    let hearing = Arc::clone(&heard);
    cast.courier.get().unwrap().take(Errand {
        from: APP.to_owned(),
        // Answered without a body: nothing is left to be read once the head is there.
        request: Request::get(CRM).body(Bytes::new()).unwrap(),
        done: Box::new(move |_| *hearing.lock().unwrap() = true),
    });
    assert!(
        world.quiet().now_or_never().is_none(),
        "it is on its way from the first moment"
    );
    world.quiet().await;
    assert!(*heard.lock().unwrap());
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn faults_meet_it_as_they_meet_a_browsers_request() {
    let (world, cast, journal) = boot().await;
    let inject = |value: Value| world.inject(serde_json::from_value(value).unwrap()).unwrap();
    let busy = inject(json!({"origin": "crm", "status": 503}));
    let outcome = cast.post(CRM, "").await.unwrap();
    assert_eq!(outcome.answer.unwrap().status().as_u16(), 503);
    world.clear_fault(busy);
    let reset = inject(json!({"origin": "crm", "reset": true}));
    assert!(cast.post(CRM, "").await.unwrap().answer.is_err());
    world.clear_fault(reset);
    inject(json!({"origin": "crm", "hang": true}));
    let never = cast.post(CRM, "");
    seen(&journal, "fault hang").await;
    world.quiet().await;
    assert!(world.in_flight()[0].held_by_fault);
    world.shutdown().await.unwrap();
    assert!(never.await.is_err(), "nobody is left to tell");
}

#[tokio::test]
async fn nothing_leaves_the_world() {
    let (world, cast, journal) = boot().await;
    let outcome = cast
        .post("https://elsewhere.example/logout", "token=1")
        .await
        .unwrap();
    assert_eq!(outcome.exchange, None);
    let said = outcome.answer.unwrap_err();
    assert!(
        said.contains("no origin of https://elsewhere.example/logout"),
        "{said}"
    );
    let lines = transcript(&journal);
    assert_eq!(
        lines,
        [format!(
            "refused https://elsewhere.example/logout: unknown-host, asked by {APP}"
        )]
    );
    world.shutdown().await.unwrap();
}
