//! All mocks of one world.

use std::sync::Arc;

use axum::Router;
use serde_json::{Value, json};

use crate::attacker::Attacker;
use crate::crm_api::{CrmApi, CrmApiDirection};
use crate::crm_embed::{CrmEmbed, CrmEmbedDirection};
use crate::customer_360::{Customer360, Customer360Direction};
use crate::datadog::Datadog;
use crate::desk::{Contract, Mock, router};
use crate::direction::{SchemaOfStage, Undirected, read};
use crate::mixpanel::Mixpanel;
use crate::runtime_config::{RuntimeConfig, RuntimeConfigDirection};
use crate::scene::Scene;
use crate::sso::{BackChannel, Sso, SsoDirection};
use crate::{DirectionError, Error, Setting};

/// The mocks' names, in the order they are listed for people.
const NAMES: &[&str] = &[
    Sso::NAME,
    CrmEmbed::NAME,
    CrmApi::NAME,
    Customer360::NAME,
    Mixpanel::NAME,
    Datadog::NAME,
    Attacker::NAME,
];

/// Origins without which the mocks cannot refer to each other.
const NEEDED: &[&str] = &["customer-detail", "c360", "crm", "crm-api", "sso"];

/// Every mock of one world, sharing its journal, clock and records.
///
/// Dropping it forgets everything the mocks knew; no task and no socket belongs to it.
pub struct Ensemble {
    sso: Arc<Sso>,
    crm_embed: Arc<CrmEmbed>,
    crm_api: Arc<CrmApi>,
    customer_360: Arc<Customer360>,
    mixpanel: Arc<Mixpanel>,
    datadog: Arc<Datadog>,
    attacker: Arc<Attacker>,
    runtime_config: Arc<RuntimeConfig>,
    contracts: Contracts,
}

struct Contracts {
    sso: Arc<Contract>,
    crm_api: Arc<Contract>,
    customer_360: Arc<Contract>,
    mixpanel: Arc<Contract>,
    datadog: Arc<Contract>,
    none: Arc<Contract>,
}

impl std::fmt::Debug for Ensemble {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The mocks hold secrets, which stay out of logs.
        write!(formatter, "Ensemble({})", NAMES.join(", "))
    }
}

impl Ensemble {
    /// Sets the mocks up and has the recorder watch for the world's personal data and passwords.
    ///
    /// The first call in a process also makes the signing key; see [`prepare`].
    ///
    /// # Errors
    /// Fixture data or a contract is malformed, or the world lacks an origin that the mocks refer to.
    pub fn new(setting: Setting) -> Result<Self, Error> {
        if let Some(missing) = NEEDED.iter().find(|name| !setting.origins.contains_key(**name)) {
            return Err(Error::Origin(missing));
        }
        let personas = fixtures::persona_names()?
            .iter()
            .map(|name| fixtures::persona(name))
            .collect::<Result<Vec<_>, _>>()?;
        let contracts = Contracts {
            sso: Contract::of(Sso::NAME)?,
            crm_api: Contract::of(CrmApi::NAME)?,
            customer_360: Contract::of(Customer360::NAME)?,
            mixpanel: Contract::of(Mixpanel::NAME)?,
            datadog: Contract::of(Datadog::NAME)?,
            none: Arc::new(Contract::default()),
        };
        Contract::of(CrmEmbed::NAME)?;
        let scene = Arc::new(Scene::new(setting)?);
        watch(&scene, &personas);
        let sso = Arc::new(Sso::new(&scene, personas)?);
        Ok(Self {
            crm_embed: Arc::new(CrmEmbed::new(&scene, &sso)),
            crm_api: Arc::new(CrmApi::new(&scene, &sso)),
            customer_360: Arc::new(Customer360::new(&scene, &sso)),
            mixpanel: Arc::new(Mixpanel::new(&scene, &contracts.mixpanel)),
            datadog: Arc::new(Datadog::new(&scene)),
            attacker: Arc::new(Attacker::new(&scene)),
            runtime_config: Arc::new(RuntimeConfig::new(&scene)),
            sso,
            contracts,
        })
    }

    /// The names of all mocks.
    #[must_use]
    pub fn names() -> &'static [&'static str] {
        NAMES
    }

    /// The router of a mock; nothing for an unknown name.
    #[must_use]
    pub fn router(&self, mock: &str) -> Option<Router> {
        let contracts = &self.contracts;
        Some(match mock {
            Sso::NAME => router(&self.sso, &contracts.sso, Sso::ENDPOINTS),
            CrmEmbed::NAME => CrmEmbed::router(&self.crm_embed).ok()?,
            CrmApi::NAME => router(&self.crm_api, &contracts.crm_api, CrmApi::ENDPOINTS),
            Customer360::NAME => router(
                &self.customer_360,
                &contracts.customer_360,
                Customer360::ENDPOINTS,
            ),
            Mixpanel::NAME => router(&self.mixpanel, &contracts.mixpanel, Mixpanel::ENDPOINTS),
            Datadog::NAME => router(&self.datadog, &contracts.datadog, Datadog::ENDPOINTS),
            Attacker::NAME => router(&self.attacker, &contracts.none, Attacker::ENDPOINTS),
            _ => return None,
        })
    }

    /// What the environment itself answers on an origin, whoever serves the rest of it; nothing where it
    /// answers nothing. The world file lists the paths under `overlays`.
    #[must_use]
    pub fn overlay(&self, origin_name: &str) -> Option<Router> {
        (origin_name == "customer-detail").then(|| {
            router(
                &self.runtime_config,
                &self.contracts.none,
                RuntimeConfig::ENDPOINTS,
            )
        })
    }

    /// Tells a mock how to behave, before the world is up or in the middle of a run. Parts of a direction
    /// that are left out stay as they are. `runtime-config` is directed in the same way.
    ///
    /// # Errors
    /// There is no such mock, or it does not understand the direction. Then nothing is changed.
    pub fn direct(&self, mock: &str, direction: &Value) -> Result<(), DirectionError> {
        match mock {
            Sso::NAME => self.sso.direct(read::<SsoDirection>(mock, direction)?),
            CrmEmbed::NAME => self.crm_embed.direct(read::<CrmEmbedDirection>(mock, direction)?),
            CrmApi::NAME => self.crm_api.direct(&read::<CrmApiDirection>(mock, direction)?),
            Customer360::NAME => self
                .customer_360
                .direct(read::<Customer360Direction>(mock, direction)?),
            RuntimeConfig::NAME => self
                .runtime_config
                .direct(read::<RuntimeConfigDirection>(mock, direction)?),
            Mixpanel::NAME | Datadog::NAME | Attacker::NAME => {
                read::<Undirected>(mock, direction)?;
            }
            _ => return Err(unknown(mock)),
        }
        Ok(())
    }

    /// The JSON Schema of a `stage:` block: an object with a direction for each name.
    #[must_use]
    pub fn directions_schema() -> Value {
        let mut schema = SchemaOfStage::new();
        schema.add::<SsoDirection>(Sso::NAME);
        schema.add::<CrmEmbedDirection>(CrmEmbed::NAME);
        schema.add::<CrmApiDirection>(CrmApi::NAME);
        schema.add::<Customer360Direction>(Customer360::NAME);
        schema.add::<RuntimeConfigDirection>(RuntimeConfig::NAME);
        schema.add::<Undirected>(Mixpanel::NAME);
        schema.add::<Undirected>(Datadog::NAME);
        schema.add::<Undirected>(Attacker::NAME);
        schema.finish()
    }

    /// Whether a direction would be understood, without a world to give it to.
    ///
    /// # Errors
    /// As [`Ensemble::direct`].
    pub fn check_direction(mock: &str, direction: &Value) -> Result<(), DirectionError> {
        match mock {
            Sso::NAME => read::<SsoDirection>(mock, direction).map(drop),
            CrmEmbed::NAME => read::<CrmEmbedDirection>(mock, direction).map(drop),
            CrmApi::NAME => read::<CrmApiDirection>(mock, direction).map(drop),
            Customer360::NAME => read::<Customer360Direction>(mock, direction).map(drop),
            RuntimeConfig::NAME => read::<RuntimeConfigDirection>(mock, direction).map(drop),
            Mixpanel::NAME | Datadog::NAME | Attacker::NAME => read::<Undirected>(mock, direction).map(drop),
            _ => Err(unknown(mock)),
        }
    }

    /// What a persona's authenticator app shows now (RFC 6238), on the world's clock. Nothing for a persona
    /// without one. Each code counts once, so the next sign-in needs the next.
    #[must_use]
    pub fn one_time_code(&self, persona: &str) -> Option<String> {
        self.sso.one_time_code(persona)
    }

    /// The secret of a confidential client, for the server half of an application in the same world. Nothing
    /// for a public client, or one that is not registered here.
    #[must_use]
    pub fn client_secret(&self, client: &str) -> Option<String> {
        self.sso.client(client)?.secret.clone()
    }

    /// Where the single sign-on's logout tokens wait to be brought to relying parties.
    #[must_use]
    pub fn back_channel(&self) -> BackChannel {
        self.sso.back_channel()
    }

    /// What a mock knows and how it is directed, for people who look at an open world. Null for an unknown
    /// name.
    #[must_use]
    pub fn state(&self, mock: &str) -> Value {
        match mock {
            Sso::NAME => self.sso.summary(),
            CrmEmbed::NAME => self.crm_embed.summary(),
            CrmApi::NAME => self.crm_api.summary(),
            Customer360::NAME => self.customer_360.summary(),
            Mixpanel::NAME => self.mixpanel.summary(),
            Datadog::NAME => self.datadog.summary(),
            Attacker::NAME => self.attacker.summary(),
            RuntimeConfig::NAME => json!({"config": self.runtime_config.summary()}),
            _ => Value::Null,
        }
    }

    /// Whether a path of a mock exists for the harness only, so that neither the world's rest nor an
    /// expectation of requests should count it.
    #[must_use]
    pub fn is_private(mock: &str, path: &str) -> bool {
        mock == CrmEmbed::NAME && path == crate::crm_embed::STAGE_PATH
    }
}

/// Makes what all worlds of a process share (the signing key) ahead of time, so that the first world comes
/// up as fast as the others.
///
/// # Errors
/// The key could not be made.
pub fn prepare() -> Result<(), Error> {
    crate::sso::prepare()
}

fn unknown(mock: &str) -> DirectionError {
    let known = NAMES.iter().copied().chain([RuntimeConfig::NAME]);
    DirectionError {
        mock: mock.to_owned(),
        path: String::new(),
        message: "there is no such mock to direct".to_owned(),
        suggestion: fixtures::closest(mock, known).map(str::to_owned),
    }
}

/// Watches for what is secret or personal in the fixtures.
fn watch(scene: &Scene, personas: &[fixtures::Persona]) {
    for persona in personas {
        scene.watch_for("password", &persona.password);
        scene.watch_for("sso_id", &persona.sso_id);
        scene.watch_for("agent_email", &persona.email);
    }
    let customers = scene.books().customers().to_vec();
    for customer in &customers {
        scene.watch_personal("name", &customer.name);
        for (member, value) in [("phone", &customer.phone), ("email", &customer.email)] {
            if let Some(value) = value {
                scene.watch_personal(member, value);
            }
        }
    }
}
