//! A target ready to be played against: a binding with its variables filled in, and a transport.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::secrets::{EnvText, Redactor, Secret, is_credential, stand_in_for};
use crate::spec::Spec;
use crate::spec::binding::{Binding, Caller, Setting};
use crate::target::file::TargetFile;
use crate::target::session::LoginState;
use crate::target::{Pacer, credentials, host};
use crate::template::{self, Data, Scope};
use crate::transport::{Driver, HttpOptions, HttpTransport, Transport, TransportError};

/// How long one request may take where nobody says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Something to play a spec against.
pub struct Target {
    /// As the user named it.
    pub name: String,
    pub(crate) binding: Arc<Binding>,
    /// The spec as the target shows it: without the fields that it lacks, and without whatever reads them.
    pub(crate) spec: Arc<Spec>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) base_url: String,
    pub(crate) headers: Vec<Header>,
    pub(crate) callers: BTreeMap<String, Identity>,
    pub(crate) timeout: Duration,
    pub(crate) settle: Duration,
    pub(crate) retries: u64,
    pub(crate) pacer: Pacer,
    /// Under which URL it reaches the inbox, where not under the inbox's own.
    pub(crate) webhook_url: Option<String>,
    /// In place of the binding's own.
    pub(crate) webhook_settle: Option<Duration>,
    /// So many cases may have webhooks registered at once.
    pub(crate) webhook_turns: Option<Arc<Semaphore>>,
    /// `vars`, as templates see it.
    pub(crate) vars: Data,
    /// `discovered`, once it was looked up.
    pub(crate) discovered: OnceLock<Data>,
    pub(crate) file: Option<Arc<TargetFile>>,
    variables: Vec<String>,
    /// Whether requests leave this process for an address.
    is_connected: bool,
    redactor: RwLock<Arc<Redactor>>,
}

/// A header, and how its value is shown.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub(crate) name: http::HeaderName,
    pub(crate) value: http::HeaderValue,
    pub(crate) shown: String,
}

/// A caller with its credentials filled in.
#[derive(Debug, Default)]
pub(crate) struct Identity {
    pub(crate) headers: Vec<Header>,
    /// Parameters of every request's query: name, value, and how that is shown.
    pub(crate) query: Vec<(String, String, String)>,
    pub(crate) login: Option<LoginState>,
}

/// What the user may set on a target.
#[derive(Clone, Default)]
pub struct TargetOptions {
    /// The name in reports.
    pub name: String,
    /// In place of the binding's own base URL.
    pub base_url: Option<String>,
    /// In place of a connection: what answers every request.
    pub transport: Option<Arc<dyn Transport>>,
    /// How long one request may take, in place of the binding's own limit.
    pub timeout: Option<Duration>,
    /// In place of the binding's own settle time.
    pub settle: Option<Duration>,
    /// Under which URL the inbox is reached from the target, where not under its own.
    pub webhook_url: Option<String>,
    /// How long a webhook may take, in place of the binding's own time.
    pub webhook_settle: Option<Duration>,
    /// Connections kept open.
    pub connections: usize,
    /// It is no mock of this program: only credentials that were given count. Those that a spec gives by default are the mock's.
    pub only_given: bool,
}

/// Why a target can't be used as it is described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetError {
    /// A variable of the environment is not set and has no default.
    MissingVariable(String),
    /// Something without which nothing can be played is not given, and what the spec gives in its place is the mock's.
    NotGiven {
        /// What it is: the credential of a caller, a header, one of `vars`.
        what: String,
        /// The variable of the environment that holds it.
        variable: String,
    },
    /// A header's value holds what no header can carry. Names the header, never the value.
    BadHeader(String),
    /// The base URL is none.
    BadUrl(String),
    /// The base URL carries a credential, which would stand in every report.
    Userinfo,
    /// Nothing says where the target is.
    Nowhere(String),
    /// The spec does not say how it is spoken.
    NoBinding(String),
    /// The means to reach it are unusable.
    Transport(TransportError),
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingVariable(name) => {
                write!(f, "the environment variable `{name}` is not set, and the binding gives no default")
            }
            Self::NotGiven { what, variable } => write!(
                f,
                "{what} is not given: set the environment variable `{variable}` (what stands for it by \
                 default is for this machine alone)"
            ),
            Self::BadHeader(name) => {
                write!(f, "the value of header `{name}` holds a character that no header can carry")
            }
            Self::Userinfo => {
                f.write_str("the base URL carries a credential: put it into a header of the binding's callers")
            }
            Self::BadUrl(url) => write!(f, "`{url}` is no base URL (expected something like http://127.0.0.1:4010)"),
            Self::Nowhere(name) => write!(f, "nothing says where `{name}` is: give it a `base_url`"),
            Self::NoBinding(spec) => {
                write!(f, "spec `{spec}` does not say how it is spoken over HTTP: play it through a target file")
            }
            Self::Transport(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TargetError {}

impl Target {
    /// Fills in the binding of `file`, or the spec's own. `env` looks a variable of the environment up.
    ///
    /// # Errors
    /// A [`TargetError`] names what is missing or unusable.
    pub fn new(
        spec: &Arc<Spec>,
        file: Option<Arc<TargetFile>>,
        options: TargetOptions,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, TargetError> {
        let own = file.as_ref().map(|file| &file.binding).or(spec.binding.as_ref());
        let mut binding = Arc::clone(own.ok_or_else(|| TargetError::NoBinding(spec.name.clone()))?);
        let mut filler = Filler { env, secrets: Vec::new() };
        let base_url = base_url(&binding, file.as_deref(), &options, &mut filler)?;
        let is_driven = file.as_ref().is_some_and(|file| !file.driver.is_empty());
        let is_connected = options.transport.is_none() && !is_driven;
        if options.only_given {
            // What is only played again is sent nowhere.
            let is_remote = is_connected && host::remote(&base_url).is_some();
            credentials::only_given(Arc::make_mut(&mut binding), is_remote, env)?;
        }
        let headers = filler.headers(&binding.headers)?;
        let callers = binding.callers.iter().map(|(name, caller)| Ok((name.clone(), filler.identity(caller)?)));
        let callers = callers.collect::<Result<_, TargetError>>()?;
        let vars = filler.vars(&binding.vars)?;
        let timeout = options.timeout.or(binding.limits.timeout).unwrap_or(TIMEOUT);
        let webhook_url = match (&options.webhook_url, file.as_ref().and_then(|file| file.webhook_url.as_ref())) {
            (Some(url), _) => Some(host::check_base_url(url, url)?),
            (None, Some(url)) => Some(host::check_base_url(&filler.text(url)?, &url.stand_in())?),
            (None, None) => None,
        };
        let turns = binding.webhooks.as_ref().and_then(|webhooks| webhooks.at_once);
        let transport = match options.transport {
            Some(transport) => transport,
            None => connect(file.as_deref(), &base_url, timeout, options.connections, &mut filler)?,
        };
        let lacked = binding.lacked_fields(&spec.order_fields, &spec.kinds);
        Ok(Self {
            name: options.name,
            spec: if lacked.is_empty() { Arc::clone(spec) } else { Arc::new(spec.without(&lacked)) },
            transport,
            base_url,
            headers,
            callers,
            timeout,
            settle: options.settle.or(binding.limits.settle).unwrap_or_default(),
            retries: binding.limits.retries.unwrap_or_default(),
            pacer: Pacer::new(&binding.limits),
            webhook_url,
            webhook_settle: options.webhook_settle,
            webhook_turns: turns.map(|turns| Arc::new(Semaphore::new(turns))),
            vars,
            discovered: OnceLock::new(),
            file,
            variables: filler.variables(),
            is_connected,
            redactor: RwLock::new(Arc::new(Redactor::new(filler.secrets))),
            binding,
        })
    }

    /// The host of an endpoint that is not on this machine, where the target file does not allow it.
    #[must_use]
    pub fn unallowed_host(&self) -> Option<String> {
        let host = host::remote(&self.base_url).filter(|_| self.is_connected)?;
        let allow = self.file.as_ref().map(|file| file.allow.as_slice()).unwrap_or_default();
        (!allow.contains(&host)).then_some(host)
    }

    /// What the target says it has not: calls, callers, clauses and fields.
    pub fn lacks(&self) -> impl Iterator<Item = &str> {
        self.binding.lacks.keys().map(String::as_str)
    }

    /// A text without secrets.
    #[must_use]
    pub fn without_secrets(&self, text: &str) -> String {
        self.redactor().text(text)
    }

    /// The variables of the environment that were set and used.
    #[must_use]
    pub fn variables(&self) -> &[String] {
        &self.variables
    }

    /// Where it is, without what the environment says of that.
    #[must_use]
    pub fn shown_base_url(&self) -> String {
        self.redactor().text(&self.base_url)
    }

    /// Whether it is on another machine.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        host::remote(&self.base_url).is_some() && self.is_connected
    }

    /// How long one request may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How long a change may take to be seen.
    #[must_use]
    pub fn settle(&self) -> Duration {
        self.settle
    }

    /// Requests per second that the target can bear, where it says so.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        self.binding.limits.rate
    }

    /// What keeps secrets out of reports, those of this run's sessions included.
    pub(crate) fn redactor(&self) -> Arc<Redactor> {
        Arc::clone(&self.redactor.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds secrets that the target itself has told.
    pub(crate) fn keep_secret(&self, secrets: Vec<Secret>) {
        let mut redactor = self.redactor.write().unwrap_or_else(PoisonError::into_inner);
        *redactor = Arc::new(redactor.with(secrets));
    }

    /// What every template can name, whatever it is sent for.
    pub(crate) fn scope(&self) -> Scope {
        let mut scope = Scope::default();
        scope.set("vars", self.vars.clone());
        scope.set("discovered", self.discovered.get().cloned().unwrap_or(Data::UNDEFINED));
        scope
    }
}

/// Where the target is. What answers in this process needs no address of its own.
fn base_url(
    binding: &Binding,
    file: Option<&TargetFile>,
    options: &TargetOptions,
    filler: &mut Filler<'_>,
) -> Result<String, TargetError> {
    if let Some(url) = &options.base_url {
        return host::check_base_url(url, url);
    }
    match (&binding.base_url, file) {
        (_, Some(file)) if !file.driver.is_empty() => Ok("http://driver".to_owned()),
        (Some(url), _) => host::check_base_url(&filler.text(url)?, &url.stand_in()),
        (None, _) => Err(TargetError::Nowhere(options.name.clone())),
    }
}

fn connect(
    file: Option<&TargetFile>,
    base_url: &str,
    timeout: Duration,
    connections: usize,
    filler: &mut Filler<'_>,
) -> Result<Arc<dyn Transport>, TargetError> {
    if let Some(file) = file.filter(|file| !file.driver.is_empty()) {
        let folder = (!file.folder.as_os_str().is_empty()).then(|| file.folder.clone());
        return Ok(Arc::new(Driver::new(file.driver.clone(), folder)));
    }
    let proxy = file.and_then(|file| file.proxy.as_ref()).map(|proxy| filler.text(proxy)).transpose()?;
    let options = HttpOptions {
        connect_timeout: timeout,
        idle_connections: connections.max(1),
        https: base_url.starts_with("https://"),
        proxy: proxy.filter(|proxy| !proxy.is_empty()),
        authority: file.map(|file| file.tls.authority.clone()).unwrap_or_default(),
        identity: file.map(|file| file.tls.identity.clone()).unwrap_or_default(),
    };
    let client = HttpTransport::new(&options).map_err(TargetError::Transport)?;
    Ok(Arc::new(client))
}

/// Fills variables of the environment in, and remembers what is secret.
struct Filler<'e> {
    env: &'e dyn Fn(&str) -> Option<String>,
    secrets: Vec<Secret>,
}

impl Filler<'_> {
    fn variables(&self) -> Vec<String> {
        let names = self.secrets.iter().filter_map(|secret| secret.stand_in.strip_prefix('$'));
        names.map(str::to_owned).collect()
    }

    fn text(&mut self, text: &EnvText) -> Result<String, TargetError> {
        text.resolve(self.env, &mut self.secrets).map_err(TargetError::MissingVariable)
    }

    fn headers(&mut self, list: &[(String, EnvText)]) -> Result<Vec<Header>, TargetError> {
        list.iter().map(|(name, value)| self.header(name, value)).collect()
    }

    fn header(&mut self, name: &str, value: &EnvText) -> Result<Header, TargetError> {
        let resolved = self.text(value)?;
        let stand_in = value.stand_in();
        // A credential written out in the binding is no secret, but nobody reading a report can know that.
        let shown = if is_credential(name) && !stand_in.contains('$') { stand_in_for(name) } else { stand_in };
        make_header(name, resolved, shown)
    }

    fn identity(&mut self, caller: &Caller) -> Result<Identity, TargetError> {
        let mut headers = self.headers(&caller.headers)?;
        if let Some((user, password)) = &caller.basic {
            let encoded = BASE64.encode(format!("{}:{}", self.text(user)?, self.text(password)?));
            let name = "authorization";
            let stand_in = stand_in_for(name);
            self.secrets.push(Secret { value: encoded.clone(), stand_in: stand_in.clone() });
            headers.push(make_header(name, format!("Basic {encoded}"), format!("Basic {stand_in}"))?);
        }
        let query = caller.query.iter().map(|(name, value)| {
            let stand_in = value.stand_in();
            let shown = if stand_in.contains('$') { stand_in } else { stand_in_for(name) };
            Ok((name.clone(), self.text(value)?, shown))
        });
        let query = query.collect::<Result<_, TargetError>>()?;
        Ok(Identity { headers, query, login: caller.login.as_ref().map(|login| LoginState::new(Arc::clone(login))) })
    }

    fn vars(&mut self, vars: &[(String, Setting)]) -> Result<Data, TargetError> {
        let filled = vars.iter().map(|(name, setting)| {
            let value = match setting {
                Setting::Text(text) => Value::String(self.text(text)?),
                Setting::Value(value) => value.clone(),
            };
            Ok((name.as_str(), template::from_json(&value)))
        });
        Ok(template::map(filled.collect::<Result<Vec<_>, TargetError>>()?))
    }
}

pub(crate) fn make_header(name: &str, value: String, shown: String) -> Result<Header, TargetError> {
    let bad = || TargetError::BadHeader(name.to_owned());
    Ok(Header {
        name: http::HeaderName::try_from(name).map_err(|_| bad())?,
        value: http::HeaderValue::try_from(value).map_err(|_| bad())?,
        shown,
    })
}
