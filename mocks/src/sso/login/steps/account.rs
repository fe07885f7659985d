//! Which account: the one that is signed in, or another.

use super::super::submit::{Done, Submission};
use super::super::{Progress, Step};

pub(in super::super) fn account(submission: &Submission<'_>) -> Done {
    let progress = Progress {
        chosen: true,
        ..submission.login.progress
    };
    match (submission.field("answer"), &submission.session) {
        ("this", Some(session)) => Done::On {
            progress,
            session: Some(session.clone()),
            cookie: None,
        },
        _ => Done::Instead(Step::Password, progress),
    }
}
