//! A caller's session: what its log-in came to, and when it has to log in again. The requests are sent by the runner.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::resolve::make_header;
use super::template::{Data, ExprError, Scope};
use super::{Header, Login, Secret};

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

/// The session that a log-in came to, and the secrets in it. `Err(Ok(message))` where a header can't be made of it.
pub(crate) fn logged_in(login: &Login, scope: &Scope) -> Result<(LoggedIn, Vec<Secret>), Result<String, ExprError>> {
    let mut secrets = Vec::new();
    let mut shown_scope = scope.clone();
    for (name, _) in login.requests.iter().flat_map(|request| &request.capture) {
        if let Some(value) = scope.get(name).and_then(Data::as_str) {
            let stand_in = format!("${}", name.to_ascii_uppercase());
            secrets.push(Secret { value: value.to_owned(), stand_in: stand_in.clone() });
            shown_scope = shown_scope.with(name, Data::from(stand_in));
        }
    }
    let header = |(name, text): &(http::HeaderName, super::template::Text)| {
        let value = text.render(scope, str::to_owned).map_err(Err)?;
        let shown = text.render(&shown_scope, str::to_owned).map_err(Err)?;
        make_header(name.as_str(), value, shown).map_err(|error| Ok(error.to_string()))
    };
    let headers = login.headers.iter().map(header).collect::<Result<_, _>>()?;
    Ok((LoggedIn { headers, since: Instant::now() }, secrets))
}
