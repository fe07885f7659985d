//! The provider as this client knows it: what it publishes, fetched anew each time, and the crate's client.

use std::convert::Infallible;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreSubjectIdentifierType,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, Client, ClientId, ClientSecret, EmptyExtraTokenFields,
    EndSessionUrl, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdToken,
    IdTokenFields, IntrospectionUrl, IssuerUrl, ProviderMetadata, RedirectUrl, StandardErrorResponse,
    StandardTokenResponse,
};
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use super::{CLIENT, RelyingParty};
use crate::desk::Call;

/// What the provider publishes beside the crate's own list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Beside {
    /// RP-Initiated Logout 1.0, §2.1.
    end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 8414, §2.
    introspection_endpoint: Option<IntrospectionUrl>,
}

impl AdditionalProviderMetadata for Beside {}

/// What identity tokens say beside the crate's own list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Said {
    pub(super) groups: Option<Vec<String>>,
    /// The session that logout tokens name (Back-Channel Logout 1.0, §2.1).
    pub(super) sid: Option<String>,
}

impl AdditionalClaims for Said {}

type Metadata = ProviderMetadata<
    Beside,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// An identity token.
pub(super) type Identity =
    IdToken<Said, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// What the token endpoint gives.
pub(super) type Tokens = StandardTokenResponse<
    IdTokenFields<
        Said,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// The crate's client, with what discovery gave it.
type Configured = Client<
    Said,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider's issuer, and this client at it.
pub(super) struct Provider {
    metadata: Metadata,
    pub(super) client: Configured,
}

impl Provider {
    /// Where people sign out.
    pub(super) fn end_session(&self) -> Option<EndSessionUrl> {
        self.metadata.additional_metadata().end_session_endpoint.clone()
    }

    /// Where tokens are had.
    pub(super) fn token_endpoint(&self) -> &str {
        self.metadata.token_endpoint().map_or("", |url| url.as_str())
    }

    /// Where its keys are.
    pub(super) fn key_set(&self) -> &str {
        self.metadata.jwks_uri().as_str()
    }
}

impl RelyingParty {
    /// The issuer this client is registered with.
    pub(super) fn issuer(&self) -> String {
        format!("{}/application/o/{CLIENT}/", self.scene.origin("auth"))
    }

    /// What it proves itself with (RFC 6749, §2.3.1).
    pub(super) fn secret(&self) -> String {
        let secret = self.sso.client(CLIENT).and_then(|client| client.secret.clone());
        secret.unwrap_or_default()
    }

    /// The way to the provider: its HTTP client.
    pub(super) fn line(&self, call: &Call) -> impl Fn(HttpRequest) -> Result<HttpResponse, Infallible> {
        let exchange = call.exchange;
        move |request| Ok(self.sso.answer_server(request, exchange))
    }

    /// The provider as it is now: metadata and keys may have changed since anybody last asked.
    ///
    /// # Errors
    /// They cannot be had.
    pub(super) fn provider(&self, call: &Call) -> Result<Provider, Refusal> {
        self.provider_of(self.issuer(), call)
    }

    /// The same for any issuer.
    ///
    /// # Errors
    /// As [`RelyingParty::provider`].
    pub(super) fn provider_of(&self, issuer: String, call: &Call) -> Result<Provider, Refusal> {
        let broken = |error: &dyn std::error::Error| Refusal::of_provider(error);
        let issuer = IssuerUrl::new(issuer).map_err(|error| broken(&error))?;
        let metadata = Metadata::discover(&issuer, &self.line(call)).map_err(|error| broken(&error))?;
        let introspection = metadata.additional_metadata().introspection_endpoint.clone();
        let redirect =
            RedirectUrl::new(self.address("/auth/oidc/callback")).map_err(|error| broken(&error))?;
        let client = Client::from_provider_metadata(
            metadata.clone(),
            ClientId::new(CLIENT.to_owned()),
            Some(ClientSecret::new(self.secret())),
        )
        .set_redirect_uri(redirect)
        .set_introspection_url(
            introspection.ok_or_else(|| Refusal::of("the provider offers no introspection"))?,
        );
        Ok(Provider { metadata, client })
    }
}
