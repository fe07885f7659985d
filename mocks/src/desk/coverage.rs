//! Tables and contracts agree: every operation of a contract is answered, and what is answered beside it is
//! private to the mock, by name.

use std::collections::BTreeSet;

use super::{Contract, Endpoint, Mock};
use crate::crm_api::CrmApi;
use crate::crm_embed::CrmEmbed;
use crate::customer_360::Customer360;
use crate::datadog::Datadog;
use crate::hub_core::HubCore;
use crate::mekari_api::MekariApi;
use crate::mixpanel::Mixpanel;
use crate::relying_party::RelyingParty;
use crate::sso::{ACCOUNT_ENDPOINTS, Sso};

fn differences<M: Mock>(tables: &[&[Endpoint<M>]]) -> (BTreeSet<String>, BTreeSet<String>) {
    let contract = Contract::of(M::NAME).unwrap();
    let described: BTreeSet<String> = contract
        .operations()
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    let answered: BTreeSet<String> = tables
        .iter()
        .copied()
        .flatten()
        .map(|endpoint| format!("{} {}", endpoint.method, endpoint.path))
        .collect();
    (
        described.difference(&answered).cloned().collect(),
        answered.difference(&described).cloned().collect(),
    )
}

fn assert_agree<M: Mock>(tables: &[&[Endpoint<M>]], private: &[&str]) {
    let (unanswered, beside) = differences(tables);
    assert!(
        unanswered.is_empty(),
        "{} does not answer {unanswered:?}",
        M::NAME
    );
    let private: BTreeSet<String> = private.iter().map(|&operation| operation.to_owned()).collect();
    assert_eq!(beside, private, "{}", M::NAME);
}

#[test]
fn every_operation_of_every_contract_is_answered() {
    assert_agree(
        &[Sso::ENDPOINTS, ACCOUNT_ENDPOINTS],
        &[
            "GET /login",
            "POST /login",
            // The token comes in the header or in a form, so there may be a body or none.
            "POST /userinfo",
            "POST /application/o/{application}/userinfo",
            "GET /assets/{*file}",
            "GET /session/assets/{*file}",
            "GET /favicon.ico",
        ],
    );
    assert_agree(
        &[RelyingParty::ENDPOINTS],
        &[
            "GET /",
            // Each has what the provider adds to it, which the checks of the mock itself judge.
            "GET /auth/oidc/callback",
            "GET /auth/oidc/logout",
            "GET /assets/{*file}",
            "GET /favicon.ico",
        ],
    );
    assert_agree(
        &[CrmEmbed::ENDPOINTS],
        &[
            "GET /",
            "GET /login",
            "GET /sso-callback",
            "GET /embed/deals/create",
            "GET /assets/{*file}",
            "GET /favicon.ico",
            "POST /api/mobile/v2.8/deals",
        ],
    );
    assert_agree(&[CrmApi::ENDPOINTS], &[]);
    assert_agree(&[Customer360::ENDPOINTS], &[]);
    assert_agree(&[HubCore::ENDPOINTS], &[]);
    assert_agree(&[MekariApi::ENDPOINTS], &[]);
    assert_agree(&[Mixpanel::ENDPOINTS], &[]);
    assert_agree(&[Datadog::ENDPOINTS], &[]);
}
