//! A code of the authenticator app (RFC 6238). It counts once (§5.2), and nobody may guess for long
//! (RFC 4226, §7.3).

use serde_json::json;

use super::super::super::totp::matching_step;
use super::super::Progress;
use super::super::submit::{Done, Submission};
use super::renew;

/// Wrong codes after which the page is used up.
const MISTAKES: u32 = 5;

pub(in super::super) fn one_time_code(submission: &Submission<'_>) -> Done {
    let sso = submission.sso;
    let Some(mut session) = submission.session.clone() else {
        return Done::Over("no-session");
    };
    let persona = session.persona.key.clone();
    let given: String = submission
        .field("code")
        .chars()
        .filter(|character| !character.is_whitespace())
        .collect();
    let step = sso
        .one_time_secrets
        .get(&persona)
        .and_then(|secret| matching_step(secret.as_bytes(), &given, sso.now_s()));
    let Some(step) = step else {
        if submission.login.mistakes + 1 >= MISTAKES {
            return Done::Over("too-many-codes");
        }
        return Done::Again {
            reason: "wrong-code",
            problem: "The code is wrong.",
        };
    };
    {
        let mut state = sso.state();
        let last = state.one_time_steps.get(&persona).copied();
        if last.is_some_and(|last| step <= last) {
            return Done::Again {
                reason: "code-reused",
                problem: "The code was used before. Wait for the next one.",
            };
        }
        state.one_time_steps.insert(persona.clone(), step);
    }
    session.methods = vec!["pwd", "otp", "mfa"];
    let cookie = renew(submission, &session);
    sso.tell(
        submission.call.exchange,
        "second-factor-shown",
        json!({"persona": persona}),
    );
    Done::On {
        progress: Progress {
            second_factor: true,
            ..submission.login.progress
        },
        session: Box::new(session),
        cookie: Some(cookie),
    }
}
