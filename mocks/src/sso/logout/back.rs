//! Tells the clients in the back (OpenID Connect Back-Channel Logout 1.0, §2.3 and §2.5).

use journal::ExchangeId;
use serde_json::json;

use super::super::back_channel::LogoutCall;
use super::super::state::Session;
use super::Sso;

impl Sso {
    /// Notes that a session ended, and puts a logout token on its way to every client that took part.
    pub(crate) fn session_ended(&self, session: &Session, cause: &str, exchange: Option<ExchangeId>) {
        let data = json!({"persona": session.persona.key, "cause": cause});
        self.tell(exchange, "session-ended", data);
        for client in session.clients.iter().filter_map(|id| self.client(id)) {
            let Some(url) = &client.back_channel_logout_uri else {
                continue;
            };
            match self.mint_logout(client, session) {
                Ok(token) => {
                    let from = self.providers.get(session.provider);
                    let call = LogoutCall {
                        client: client.id.clone(),
                        url: url.clone(),
                        body: serde_urlencoded::to_string([("logout_token", token)]).unwrap_or_default(),
                    };
                    let from = from.map(|provider| provider.origin.as_str());
                    self.back_channel.push(from.unwrap_or_default(), call);
                }
                Err(reason) => self.tell(
                    exchange,
                    "logout-token-failed",
                    json!({"client": client.id, "reason": reason}),
                ),
            }
        }
    }
}
