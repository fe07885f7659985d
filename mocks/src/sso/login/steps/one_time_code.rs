//! A code of the authenticator app (RFC 6238). It counts once (§5.2), and nobody may guess for long, on however many
//! pages (RFC 4226, §7.3).

use serde_json::json;

use super::super::super::state::Guesses;
use super::super::super::totp::matching_step;
use super::super::Progress;
use super::super::submit::{Done, Submission};
use super::renew;

/// Wrong codes after which the page is used up, and no code is taken for a while.
const MISTAKES: u32 = 5;

/// Seconds of that while.
const WAIT_S: i64 = 30;

impl Guesses {
    /// Whether no code is taken now. A clock that was set back keeps nobody waiting.
    fn must_wait(self, now_s: i64) -> bool {
        self.count >= MISTAKES && (0..WAIT_S).contains(&(now_s - self.last_s))
    }

    /// With one more.
    fn and_one(self, now_s: i64) -> Self {
        // Who has waited begins anew.
        let before = if self.count >= MISTAKES { 0 } else { self.count };
        Self {
            count: before + 1,
            last_s: now_s,
        }
    }
}

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
    let now_s = sso.now_s();
    let step = sso
        .one_time_secrets
        .get(&persona)
        .and_then(|secret| matching_step(secret.as_bytes(), &given, now_s));
    {
        let mut state = sso.state();
        let guesses = state.guesses.get(&persona).copied().unwrap_or_default();
        if guesses.must_wait(now_s) {
            return Done::Again {
                reason: "too-many-codes",
                problem: "Too many wrong codes. Wait half a minute.",
            };
        }
        let Some(step) = step else {
            let guesses = guesses.and_one(now_s);
            state.guesses.insert(persona, guesses);
            return if guesses.count >= MISTAKES {
                Done::Over("too-many-codes")
            } else {
                Done::Again {
                    reason: "wrong-code",
                    problem: "The code is wrong.",
                }
            };
        };
        let last = state.one_time_steps.get(&persona).copied();
        if last.is_some_and(|last| step <= last) {
            return Done::Again {
                reason: "code-reused",
                problem: "The code was used before. Wait for the next one.",
            };
        }
        state.one_time_steps.insert(persona.clone(), step);
        state.guesses.remove(&persona);
    }
    session.methods = vec!["pwd", "otp", "mfa"];
    if submission.login.progress.signed_in {
        // Password and code are one authentication, which ends now (OpenID Connect Core, §2, `auth_time`). However long
        // the code takes, the password need not be asked for again (§3.1.2.1, `max_age`).
        session.authenticated_s = now_s;
    }
    let Some(renewed) = renew(submission, session) else {
        return Done::Over("no-session");
    };
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
        session: Box::new(renewed.session),
        cookie: Some(renewed.cookie),
        left: None,
    }
}
