//! What is over is forgotten, so that a provider that runs for weeks does not grow with every sign-in.

use std::collections::BTreeSet;

use super::Sso;
use super::state::State;

/// Seconds for which something is remembered beyond its end. Worlds set their clock back, a direction sets the
/// issuers' clock wrong, and a token that does not count yet begins an hour late and ends another hour after that.
const SLACK_S: i64 = 2 * 60 * 60;

/// How many new things come between two looks at the old ones.
const INTERVAL: u32 = 64;

impl Sso {
    /// Forgets what is over, now and then. Whoever remembers something new calls it first.
    pub(super) fn make_room(&self) {
        let mut state = self.state();
        state.since_look += 1;
        if state.since_look >= INTERVAL {
            state.since_look = 0;
            state.forget(self.now_s());
        }
    }
}

impl State {
    /// Forgets what was over long ago.
    fn forget(&mut self, now_s: i64) {
        let recent = |until_s: i64| until_s + SLACK_S > now_s;
        self.logins.retain(|_, login| recent(login.expires_s));
        self.sessions.retain(|_, session| recent(session.expires_s));
        self.refresh_tokens.retain(|_, token| recent(token.expires_s));
        self.issued.retain(|_, issued| recent(issued.expires_s));
        // A grant lives as long as anything that follows from it; a new one has nothing yet.
        let renewed = self.refresh_tokens.values().map(|token| token.grant.clone());
        let issued = self.issued.values().filter_map(|issued| issued.grant.clone());
        let followed: BTreeSet<String> = renewed.chain(issued).collect();
        self.grants
            .retain(|id, grant| recent(grant.given_s) || followed.contains(id));
        // A spent code is kept with what it was spent for, because its second use takes that back.
        let grants = &self.grants;
        self.codes.retain(|_, code| match &code.spent_for {
            Some(grant) => grants.contains_key(grant),
            None => recent(code.expires_s),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::Trial;
    use super::*;

    /// What is remembered: codes, grants, refresh tokens, access tokens.
    fn remembered(sso: &Sso) -> [usize; 4] {
        let state = sso.state();
        [
            state.codes.len(),
            state.grants.len(),
            state.refresh_tokens.len(),
            state.issued.len(),
        ]
    }

    #[test]
    fn what_is_over_is_forgotten_after_the_slack_and_not_before() {
        let trial = Trial::new();
        trial.spent_code("spent");
        trial.code("left");
        let sso = &trial.sso;
        let forget_at = |seconds: i64| {
            sso.state().forget(sso.now_s() + seconds);
            remembered(sso)
        };
        assert_eq!(remembered(sso), [2, 1, 1, 1]);
        // A code counts a minute, an access token an hour, the refresh token thirty days.
        assert_eq!(forget_at(SLACK_S), [2, 1, 1, 1]);
        assert_eq!(
            forget_at(SLACK_S + 61),
            [1, 1, 1, 1],
            "the code that nobody spent"
        );
        assert_eq!(forget_at(SLACK_S + 3601), [1, 1, 1, 0], "the access token");
        let month_s = 30 * 24 * 60 * 60;
        assert_eq!(forget_at(month_s), [1, 1, 1, 0]);
        assert_eq!(forget_at(month_s + SLACK_S + 1), [0, 0, 0, 0]);
    }

    #[test]
    fn a_grant_that_has_no_token_yet_is_kept() {
        let trial = Trial::new();
        trial.spent_code("spent");
        let mut state = trial.sso.state();
        state.refresh_tokens.clear();
        state.issued.clear();
        state.forget(trial.sso.now_s());
        assert_eq!((state.grants.len(), state.codes.len()), (1, 1));
    }

    #[test]
    fn it_happens_by_itself() {
        let trial = Trial::new();
        for number in 0..2 * INTERVAL {
            trial.stale_code(&number.to_string());
            trial.sso.make_room();
        }
        assert!(remembered(&trial.sso)[0] <= INTERVAL as usize);
    }
}
