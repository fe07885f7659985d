//! The scene: what all mocks of one world share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use journal::fact::DomainFact;
use journal::{Canary, Clock, ExchangeId, Fact, Recorder, Source};
use serde_json::Value;

use crate::books::Books;
use crate::errand::{Courier, Errand};
use crate::random::Random;
use crate::{Error, Setting};

/// Journal, addresses, switches, chance and records of one world.
pub(crate) struct Scene {
    recorder: Recorder,
    origins: BTreeMap<String, String>,
    switches: BTreeMap<String, String>,
    random: Random,
    books: Mutex<Books>,
    courier: OnceLock<Arc<dyn Courier>>,
}

impl std::fmt::Debug for Scene {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Scene")
            .field("origins", &self.origins)
            .finish_non_exhaustive()
    }
}

impl Scene {
    pub(crate) fn new(setting: Setting) -> Result<Self, Error> {
        Ok(Self {
            random: Random::new(setting.seed),
            books: Mutex::new(Books::open(fixtures::records()?)),
            courier: OnceLock::new(),
            recorder: setting.recorder,
            origins: setting.origins,
            switches: setting.switches,
        })
    }

    /// The address of an origin by its name in the world; empty where the world has none.
    pub(crate) fn origin(&self, name: &str) -> &str {
        self.origins.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Whether the world has an origin of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.origins.contains_key(name)
    }

    /// Whether a switch has a value.
    pub(crate) fn is(&self, switch: &str, value: &str) -> bool {
        self.switches.get(switch).is_some_and(|set| set == value)
    }

    /// The value of a switch.
    pub(crate) fn switch(&self, name: &str) -> Option<&str> {
        self.switches.get(name).map(String::as_str)
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.recorder.clock()
    }

    /// Now on the world's clock, RFC 3339.
    pub(crate) fn now_text(&self) -> String {
        jiff::Timestamp::from_millisecond(self.clock().now_ms())
            .map(|now| now.to_string())
            .unwrap_or_default()
    }

    pub(crate) fn random(&self) -> &Random {
        &self.random
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches for a secret. To be called before it is first sent.
    pub(crate) fn watch_for(&self, kind: &str, value: &str) {
        self.recorder.watch_for(Canary::new(kind, value));
    }

    /// Watches for a customer's personal data by the name of the record's member; other members are none.
    pub(crate) fn watch_personal(&self, member: &str, value: &str) {
        match member {
            "name" => self.watch_for("contact_name", value),
            "email" => self.watch_for("contact_email", value),
            "phone" => {
                self.watch_for("contact_phone", value);
                let digits: String = value.chars().filter(char::is_ascii_digit).collect();
                self.watch_for("contact_phone", &digits);
            }
            _ => {}
        }
    }

    /// Has somebody take errands from now on. The first one keeps the post.
    pub(crate) fn employ(&self, courier: Arc<dyn Courier>) {
        let _ = self.courier.set(courier);
    }

    /// Sends an errand on its way. Says whether there is anybody who takes one.
    pub(crate) fn send(&self, errand: Errand) -> bool {
        let courier = self.courier.get();
        courier.map(|courier| courier.take(errand)).is_some()
    }

    /// A fresh secret that is already watched for.
    pub(crate) fn secret(&self, kind: &str) -> String {
        let value = self.random.token();
        self.watch_for(kind, &value);
        value
    }

    pub(crate) fn record(&self, mock: &str, exchange: Option<ExchangeId>, fact: Fact) {
        self.recorder
            .record(Source::Mock(mock.to_owned()), exchange, fact);
    }

    /// Tells the journal what happened in a mock's domain.
    pub(crate) fn tell(&self, mock: &str, exchange: Option<ExchangeId>, name: &str, data: Value) {
        self.record(
            mock,
            exchange,
            Fact::Domain(DomainFact {
                mock: mock.to_owned(),
                name: name.to_owned(),
                data,
            }),
        );
    }
}
