//! Booting, directing and ending a world.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use serde_json::Value;
use tokio::net::TcpListener;

use crate::errand::Messenger;
use crate::gateway::Gateway;
use crate::rewrite;
use crate::server::{self, Stubs};
use crate::{Authority, BeforeJump, Cast, Error, Fault, FaultId, InFlight, Plan};

/// A set of origins behind one port on loopback.
///
/// Dropping a world ends its tasks without waiting for them; [`World::shutdown`] waits.
#[must_use = "a world ends when it is dropped"]
pub struct World {
    address: SocketAddr,
    gateway: Arc<Gateway>,
    // Stub servers end when they are dropped.
    _stubs: Stubs,
}

impl std::fmt::Debug for World {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("World")
            .field("address", &self.address)
            .field("origins", self.origins())
            .finish_non_exhaustive()
    }
}

impl World {
    /// Boots a world with the project's mocks.
    ///
    /// # Errors
    /// An origin, target, fault, rewrite, stub or direction is wrong, an upstream does not answer, or the
    /// port cannot be opened. Each message says what to do.
    pub async fn boot(plan: Plan, authority: &Arc<Authority>) -> Result<Self, Error> {
        let cast = crate::cast::ensemble(&plan)?;
        Self::boot_with(plan, authority, cast).await
    }

    /// Boots a world with mocks of one's own.
    ///
    /// # Errors
    /// As [`World::boot`].
    pub async fn boot_with(
        plan: Plan,
        authority: &Arc<Authority>,
        cast: Arc<dyn Cast>,
    ) -> Result<Self, Error> {
        for (mock, direction) in &plan.stage {
            direct(cast.as_ref(), mock, direction)?;
        }
        let (book, stubs) = server::populate(&plan, cast.as_ref()).await?;
        for rewrite in &plan.rewrites {
            book.check(&rewrite.origin, &format!("the rewrite `{}`", rewrite.id))?;
        }
        for site in book.sites() {
            authority.host(&site.origin.endpoint.host)?;
        }
        let gateway = Arc::new(Gateway::new(
            book,
            cast,
            Arc::clone(authority),
            plan.recorder,
            rewrite::Desk::new(plan.rewrites)?,
            plan.limits,
        ));
        gateway.cast.employ(Arc::new(Messenger::of(&gateway)));
        for fault in plan.faults {
            inject(&gateway, fault)?;
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|source| Error::Listen { source })?;
        let address = listener.local_addr().map_err(|source| Error::Listen { source })?;
        gateway.listen(listener);
        Ok(Self {
            address,
            gateway,
            _stubs: stubs,
        })
    }

    /// The proxy's address, on loopback.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// An origin by name.
    #[must_use]
    pub fn origin(&self, name: &str) -> Option<&str> {
        self.origins().get(name).map(String::as_str)
    }

    /// All origins by name, look-alikes left out; a stub's name is its address.
    #[must_use]
    pub fn origins(&self) -> &BTreeMap<String, String> {
        self.gateway.book.names()
    }

    /// Tells a mock to behave in another way.
    ///
    /// # Errors
    /// There is no such mock, or it does not understand the direction.
    pub fn direct(&self, mock: &str, direction: &Value) -> Result<(), Error> {
        direct(self.gateway.cast.as_ref(), mock, direction)
    }

    /// What a mock knows and how it is directed, for people who look at an open world; null for an unknown
    /// name.
    #[must_use]
    pub fn state(&self, mock: &str) -> Value {
        self.gateway.cast.state(mock)
    }

    /// What a persona's authenticator app shows now, on the world's clock; nothing for a persona without one.
    #[must_use]
    pub fn one_time_code(&self, persona: &str) -> Option<String> {
        self.gateway.cast.one_time_code(persona)
    }

    /// The `otpauth://` address for a persona's authenticator app; nothing for a persona without one.
    #[must_use]
    pub fn authenticator(&self, persona: &str) -> Option<String> {
        self.gateway.cast.authenticator(persona)
    }

    /// Makes something go wrong from now on.
    ///
    /// # Errors
    /// The fault names an origin that is not in this world.
    pub fn inject(&self, fault: Fault) -> Result<FaultId, Error> {
        inject(&self.gateway, fault)
    }

    /// Takes a fault away. Says whether it was there. What it holds already stays held, as with a server
    /// that recovers: the answer to an earlier request does not come any more.
    pub fn clear_fault(&self, fault: FaultId) -> bool {
        self.gateway.faults.clear(fault)
    }

    /// Takes all faults away.
    pub fn clear_faults(&self) {
        self.gateway.faults.clear_all();
    }

    /// The exchanges in flight, oldest first.
    #[must_use]
    pub fn in_flight(&self) -> Vec<InFlight> {
        self.gateway.ledger.in_flight()
    }

    /// Tells, whenever it is called, the URLs of the requests that a fault keeps without an answer.
    pub fn held(&self) -> impl Fn() -> Vec<String> + Send + Sync + use<> {
        let ledger = Arc::clone(&self.gateway.ledger);
        move || {
            let in_flight = ledger.in_flight().into_iter();
            in_flight
                .filter(|one| one.held_by_fault)
                .map(|one| one.url)
                .collect()
        }
    }

    /// The time before a jump of the clock, as long as the guard lives: a delayed exchange then counts as held by a fault,
    /// since only the jump lets it go on.
    pub fn before_jump(&self) -> BeforeJump {
        self.gateway.ledger.before_jump()
    }

    /// When the delays end that exchanges wait for now: milliseconds since the Unix epoch on the world's clock, in order.
    #[must_use]
    pub fn ends_of_delays(&self) -> Vec<i64> {
        self.gateway.ledger.ends_of_delays()
    }

    /// Waits until nothing is in flight but what a fault holds and what lasts by its nature (WebSockets,
    /// server-sent events). A delayed exchange is waited for, except before a jump ([`World::before_jump`]).
    pub async fn quiet(&self) {
        self.gateway.ledger.quiet().await;
    }

    /// What the rewrites did, one entry for each response they met: the rewrite's id, and how often its
    /// text or header field was found there.
    #[must_use]
    pub fn rewrites_applied(&self) -> Vec<(String, usize)> {
        self.gateway.rewrites.applied()
    }

    /// What was found to be wrong with upstream servers, each with its remedy, in order, without repeats.
    #[must_use]
    pub fn diagnoses(&self) -> Vec<String> {
        self.gateway.diagnoses()
    }

    /// Ends the world at once, whatever is open, and waits until its tasks are gone.
    ///
    /// # Errors
    /// The gateway could not take some connection while the world was up.
    pub async fn shutdown(self) -> Result<(), Error> {
        self.gateway.tasks.end().await;
        match self.gateway.take_failure() {
            Some(source) => Err(Error::Accept { source }),
            None => Ok(()),
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.gateway.tasks.stop();
    }
}

fn direct(cast: &dyn Cast, mock: &str, direction: &Value) -> Result<(), Error> {
    cast.direct(mock, direction).map_err(|reason| Error::Direction {
        mock: mock.to_owned(),
        reason,
    })
}

fn inject(gateway: &Gateway, fault: Fault) -> Result<FaultId, Error> {
    if let Some(origin) = &fault.origin {
        gateway
            .book
            .check(origin, &format!("a fault ({})", fault.effect))?;
    }
    Ok(gateway.faults.inject(fault))
}
