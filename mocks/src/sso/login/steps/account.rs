//! Which account: the one that is signed in, or another.

use super::super::Progress;
use super::super::submit::{Done, Submission};

pub(in super::super) fn account(submission: &Submission<'_>) -> Done {
    let progress = Progress {
        chosen: true,
        ..submission.login.progress
    };
    match (submission.field("answer"), &submission.session) {
        ("this", Some(session)) => Done::On {
            progress,
            session: Box::new(session.clone()),
            cookie: None,
            left: None,
        },
        _ => Done::SignIn(progress),
    }
}
