//! What can go wrong when the mocks are set up.

/// The mocks of a world could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The fixture data could not be read.
    #[error("failed to set up the mocks: {0}")]
    Fixtures(#[from] fixtures::Error),
    /// A schema in a contract is no JSON Schema.
    #[error("failed to compile the contract for {place}: {reason}")]
    Contract {
        /// The operation or parameter.
        place: String,
        /// What is wrong with its schema.
        reason: String,
    },
    /// No signing key could be made.
    #[error("failed to make the signing key of the single sign-on: {0}")]
    Key(String),
}
