//! An application whose server half is the Rust crate `openidconnect`.

use std::error::Error;

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreTokenResponse,
};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use url::Url;

use crate::stage::Stage;

pub(crate) type Configured = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// An application on the crate.
pub(crate) struct Application<'a> {
    stage: &'a Stage,
    pub(crate) client: Configured,
}

/// A sign-in under way.
pub(crate) struct Begun {
    pub(crate) address: Url,
    pub(crate) state: CsrfToken,
    pub(crate) nonce: Nonce,
    pub(crate) verifier: PkceCodeVerifier,
}

impl<'a> Application<'a> {
    async fn configured(stage: &'a Stage, application: &str, redirect_uri: &str) -> Self {
        let issuer = format!("{}/application/o/{application}/", stage.origin);
        let metadata = CoreProviderMetadata::discover_async(IssuerUrl::new(issuer).unwrap(), &|request| {
            stage.send(request)
        })
        .await
        .unwrap();
        let secret = stage.ensemble.client_secret(application).unwrap();
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(application.to_owned()),
            Some(ClientSecret::new(secret)),
        )
        .set_redirect_uri(RedirectUrl::new(redirect_uri.to_owned()).unwrap());
        Self { stage, client }
    }

    pub(crate) async fn operator(stage: &'a Stage) -> Self {
        Self::configured(
            stage,
            "dezky-operator",
            "https://operator.dezky.local/auth/oidc/callback",
        )
        .await
    }

    pub(crate) async fn portal(stage: &'a Stage) -> Self {
        Self::configured(
            stage,
            "dezky-portal",
            "https://app.dezky.local/auth/oidc/callback",
        )
        .await
    }

    pub(crate) fn begin(&self) -> Begun {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state, nonce) = self
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(
                ["profile", "email", "groups", "offline_access"].map(|scope| Scope::new(scope.to_owned())),
            )
            .set_pkce_challenge(challenge)
            .url();
        Begun {
            address,
            state,
            nonce,
            verifier,
        }
    }

    pub(crate) async fn redeem(
        &self,
        code: &str,
        verifier: PkceCodeVerifier,
    ) -> Result<CoreTokenResponse, String> {
        self.client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .unwrap()
            .set_pkce_verifier(verifier)
            .request_async(&|request| self.stage.send(request))
            .await
            .map_err(|error| chain(&error))
    }

    /// Signs somebody in, and gives the tokens and the nonce.
    pub(crate) async fn sign_in(&self, persona: &str) -> (CoreTokenResponse, Nonce) {
        let begun = self.begin();
        let answer = self.stage.visit(&begun.address, persona).await;
        assert_eq!(answer.get("state"), Some(begun.state.secret()), "{answer:?}");
        let tokens = self.redeem(&answer["code"], begun.verifier).await.unwrap();
        (tokens, begun.nonce)
    }

    /// What the crate says of an identity token.
    pub(crate) fn check(&self, token: &CoreIdToken, nonce: &Nonce) -> Result<(), String> {
        let verifier = self.client.id_token_verifier().set_allowed_algs([
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        ]);
        token
            .claims(&verifier, nonce)
            .map(drop)
            .map_err(|error| chain(&error))
    }
}

/// An error with its causes.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        said = format!("{said}: {inner}");
        cause = inner.source();
    }
    said
}
