//! Mekari's API: which company a person has selected at the account service.

mod current_company;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Error;
use crate::desk::{Call, Contract, Cors, Endpoint, Mock, router};
use crate::ensemble::{Backstage, Player};
use crate::scene::Scene;
use crate::sso::Sso;

/// The mock of Mekari's API.
pub(crate) struct MekariApi {
    scene: Arc<Scene>,
    sso: Arc<Sso>,
}

/// Directions for Mekari's API.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct MekariApiDirection {
    /// The company each person has selected at the account service, by persona.
    current_company: BTreeMap<String, String>,
}

impl MekariApi {
    pub(crate) const ENDPOINTS: &'static [Endpoint<Self>] = &[Endpoint {
        method: Method::GET,
        path: "/v1.1/users/{sso_id}/current_company",
        answer: current_company::answer,
    }];
}

impl Mock for MekariApi {
    const NAME: &'static str = "mekari-api";

    fn scene(&self) -> &Scene {
        &self.scene
    }

    fn cors(&self, _call: &Call) -> Option<Cors> {
        Some(Cors::with_bearer(
            vec![self.scene.origin("hub-chat").to_owned()],
            &["GET"],
        ))
    }
}

impl Player for MekariApi {
    type Direction = MekariApiDirection;
    const NEEDS: &'static [&'static str] = &["hub-chat", "sso"];

    fn enter(backstage: &Backstage) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            scene: Arc::clone(&backstage.scene),
            sso: Arc::clone(&backstage.sso),
        }))
    }

    fn routes(this: &Arc<Self>) -> Result<Router, Error> {
        Ok(router(this, &Contract::of(Self::NAME)?, Self::ENDPOINTS))
    }

    fn follow(&self, direction: MekariApiDirection) {
        self.scene.books().select_companies(direction.current_company);
    }

    fn summary(&self) -> Value {
        let books = self.scene.books();
        let selected: BTreeMap<_, _> = self
            .sso
            .personas()
            .iter()
            .map(|persona| (persona.key.as_str(), books.selected_company(persona)))
            .collect();
        json!({"current_company": selected})
    }
}
