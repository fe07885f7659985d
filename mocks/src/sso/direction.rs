//! How a scenario directs the single sign-on.

use std::collections::BTreeMap;

use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Sso;
use super::authorize::AuthorizationFault;
use super::fault::TokenFault;
use super::mekari::SessionDirection;
use super::sign::Kind;
use crate::desk::Reply;
use crate::direction::Change;

/// Directions for the single sign-on.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct SsoDirection {
    /// Whether a right password signs in.
    sign_in: Change<SignIn>,
    /// Seconds an access token counts, for every client; `null` for what each client's policy says.
    access_token_lifetime: Change<Option<u32>>,
    /// Seconds an authorization code counts. 60 by default.
    code_lifetime: Change<u32>,
    /// Ends every session at the single sign-on: the user signed out elsewhere.
    end_sessions: bool,
    /// Takes back every access token issued so far: services answer 401 to them from now on.
    revoke_tokens: bool,
    /// Signs with new keys from now on. The old ones stay in the key sets.
    rotate_keys: bool,
    /// Takes every key but the present ones out of the key sets: tokens signed before no longer count.
    retire_keys: bool,
    /// Seconds by which the issuers' clock is ahead; behind where negative.
    clock_skew: Change<i32>,
    /// What is wrong with answers to authorization requests from now on.
    authorization: Change<AuthorizationFault>,
    /// What is wrong with identity tokens issued from now on.
    id_token: Change<TokenFault>,
    /// What is wrong with access tokens issued from now on.
    access_token: Change<TokenFault>,
    /// What is wrong with logout tokens issued from now on.
    logout_token: Change<TokenFault>,
    /// Endpoints that answer with a status of their own, from 500 to 599. Replaces what failed before.
    failing: Change<BTreeMap<Failing, ServerError>>,
    /// How the frame of the shared web session behaves.
    session: SessionDirection,
}

/// Whether a right password signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SignIn {
    /// It does.
    #[default]
    Normal,
    /// Every password is refused.
    Refused,
}

/// An endpoint that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Failing {
    /// `/.well-known/openid-configuration`.
    Discovery,
    /// `/jwks.json`.
    Jwks,
    /// `/authorize`.
    Authorize,
    /// `/token`.
    Token,
    /// `/userinfo`.
    Userinfo,
    /// `/revoke`.
    Revoke,
    /// `/introspect`.
    Introspect,
    /// `/end_session`.
    EndSession,
}

/// A status of the server's own failure (RFC 9110, §15.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u16")]
pub(crate) struct ServerError(#[schemars(range(min = 500, max = 599))] u16);

impl TryFrom<u16> for ServerError {
    type Error = String;

    fn try_from(status: u16) -> Result<Self, String> {
        if (500..=599).contains(&status) {
            Ok(Self(status))
        } else {
            Err(format!(
                "{status} is no server's error; give a status from 500 to 599"
            ))
        }
    }
}

/// How the provider behaves.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Stage {
    pub(super) sign_in: SignIn,
    pub(super) access_token_lifetime: Option<u32>,
    pub(super) code_lifetime: u32,
    pub(super) clock_skew: i32,
    pub(super) authorization: AuthorizationFault,
    id_token: TokenFault,
    access_token: TokenFault,
    logout_token: TokenFault,
    failing: BTreeMap<Failing, ServerError>,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            sign_in: SignIn::Normal,
            access_token_lifetime: None,
            code_lifetime: 60,
            clock_skew: 0,
            authorization: AuthorizationFault::None,
            id_token: TokenFault::None,
            access_token: TokenFault::None,
            logout_token: TokenFault::None,
            failing: BTreeMap::new(),
        }
    }
}

impl Stage {
    /// What is wrong with tokens of a kind.
    pub(super) fn fault(&self, kind: Kind) -> TokenFault {
        match kind {
            Kind::Access => self.access_token,
            Kind::Identity => self.id_token,
            Kind::Logout => self.logout_token,
        }
    }

    /// The answer of an endpoint that fails.
    pub(super) fn failure(&self, endpoint: Failing) -> Option<Reply> {
        let ServerError(status) = self.failing.get(&endpoint)?;
        let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Some(super::protocol_error(
            status,
            "server_error",
            "the provider fails, as it was directed to",
        ))
    }
}

impl Sso {
    pub(crate) fn direct(&self, direction: SsoDirection) {
        self.account.direct(direction.session);
        {
            let mut stage = self.stage();
            direction.sign_in.apply(&mut stage.sign_in);
            direction
                .access_token_lifetime
                .apply(&mut stage.access_token_lifetime);
            direction.code_lifetime.apply(&mut stage.code_lifetime);
            direction.clock_skew.apply(&mut stage.clock_skew);
            direction.authorization.apply(&mut stage.authorization);
            direction.id_token.apply(&mut stage.id_token);
            direction.access_token.apply(&mut stage.access_token);
            direction.logout_token.apply(&mut stage.logout_token);
            direction.failing.apply(&mut stage.failing);
        }
        {
            let mut rotation = self.rotations();
            if direction.rotate_keys {
                rotation.current += 1;
            }
            if direction.retire_keys {
                rotation.oldest = rotation.current;
            }
        }
        if direction.end_sessions {
            let ended = std::mem::take(&mut self.state().sessions);
            for session in ended.values() {
                self.session_ended(session, "direction", None);
            }
        }
        if direction.revoke_tokens {
            for issued in self.state().issued.values_mut() {
                issued.revoked = true;
            }
        }
    }
}
