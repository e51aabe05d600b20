//! A caller's session: what its log-in came to, and when it has to log in again. The requests are sent by the runner.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::secrets::{Secret, stand_in_for};
use crate::spec::binding::Login;
use crate::target::Header;
use crate::target::resolve::make_header;
use crate::template::{Data, ExprError, Scope};

/// A log-in and its present session.
#[derive(Debug)]
pub(crate) struct LoginState {
    pub(crate) login: Arc<Login>,
    /// Locked while somebody logs in, so that nobody else does.
    pub(crate) current: Mutex<Option<Arc<LoggedIn>>>,
}

/// A session.
#[derive(Debug)]
pub(crate) struct LoggedIn {
    pub(crate) headers: Vec<Header>,
    since: Instant,
}

impl LoginState {
    pub(crate) fn new(login: Arc<Login>) -> Self {
        Self { login, current: Mutex::default() }
    }

    /// Forgets a session that is over, unless another has taken its place.
    pub(crate) async fn forget(&self, over: &Arc<LoggedIn>) {
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(|current| Arc::ptr_eq(current, over)) {
            *current = None;
        }
    }
}

impl LoggedIn {
    /// Whether the session can be used still.
    pub(crate) fn is_fresh(&self, login: &Login) -> bool {
        login.lasts.is_none_or(|lasts| self.since.elapsed() < lasts)
    }
}

/// What a log-in captured, where it is a text or a number: nobody may see it.
pub(crate) fn captured_secret(name: &str, value: &Data) -> Option<Secret> {
    let is_plain = value.as_str().is_some() || value.is_number();
    is_plain.then(|| Secret { value: value.to_string(), stand_in: stand_in_for(name) })
}

/// The session that a log-in came to, and the secrets in it. `Err(Ok(message))` where a header can't be made of it.
pub(crate) fn logged_in(login: &Login, scope: &Scope) -> Result<(LoggedIn, Vec<Secret>), Result<String, ExprError>> {
    let mut secrets = Vec::new();
    let captured: Vec<&str> =
        login.requests.iter().flat_map(|request| &request.capture).map(|(name, _)| name.as_str()).collect();
    let mut headers = Vec::new();
    for (name, text) in &login.headers {
        let value = text.render(scope, str::to_owned).map_err(Err)?;
        let (shown, hidden) = text.hidden(scope, &captured, &stand_in_for(name.as_str())).map_err(Err)?;
        secrets.extend(hidden.into_iter().map(|(value, stand_in)| Secret { value, stand_in }));
        headers.push(make_header(name.as_str(), value, shown).map_err(|error| Ok(error.to_string()))?);
    }
    Ok((LoggedIn { headers, since: Instant::now() }, secrets))
}
