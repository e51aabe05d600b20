//! The mock of a spec on a `wiremock` server, for tests of code that talks to the API.

use std::sync::Arc;

use countermand_mock::{Clock, World};
use countermand_model::{ModelError, Settings};
use wiremock::MockServer;

/// Starts a `wiremock` server on a free port of loopback that answers like `spec`, with these choices.
///
/// Its keys are `seller-key`, `other-seller-key` and `buyer-key`. `wiremock` keeps every request for the life of the
/// server: fine for a test, wrong for a long run, for which there is `countermand serve`.
///
/// # Errors
/// A [`ModelError`] names an unknown spec, choice or option and the right words.
pub async fn mock_server(spec: &str, choices: &[(&str, &str)]) -> Result<MockServer, ModelError> {
    let choices: Vec<(String, String)> =
        choices.iter().map(|(name, option)| ((*name).to_owned(), (*option).to_owned())).collect();
    let model = countermand_model::build(spec, &choices, &[], Settings::default())?;
    let server = MockServer::start().await;
    countermand_mock::wiremock::mount(&server, Arc::new(World::new(model, Clock::system()))).await;
    Ok(server)
}
