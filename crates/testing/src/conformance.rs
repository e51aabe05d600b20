//! The suite of a spec as a test program.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use countermand_event::{CaseResult, Event, Verdict};
use countermand_harness::{
    Found, InProcess, Inbox, Run, Suite, Target, TargetOptions, Transport, WaitingCase, discover, load_suite,
};
use countermand_mock::{Clock, World, deliver_within};
use countermand_model::Settings;
use countermand_report::{Console, ConsoleOptions, Reporter, Style, write_problems};
use countermand_text::Problem;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

/// Connections kept open to an endpoint.
const CONNECTIONS: usize = 16;
/// How long after a failure the mock posts a webhook again: nobody wants to wait for that.
const RETRY_MS: u64 = 100;

/// The suite of one spec, played as tests.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     countermand_testing::Conformance::of("modern-dropship").against_url("http://127.0.0.1:4010").main()
/// }
/// ```
pub struct Conformance {
    spec: String,
    profile: Option<String>,
    scenarios: Option<PathBuf>,
    target: Against,
    timeout: Duration,
    settle: Option<Duration>,
    strict: bool,
}

enum Against {
    Mock,
    Url(String),
    Transport(Arc<dyn Transport>),
}

/// Why the suite can't be played at all.
#[derive(Debug)]
pub struct SetUpError(String);

impl fmt::Display for SetUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SetUpError {}

impl Conformance {
    /// The embedded suite of `spec`, against the mock until something else is said.
    #[must_use]
    pub fn of(spec: &str) -> Self {
        Self {
            spec: spec.to_owned(),
            profile: None,
            scenarios: None,
            target: Against::Mock,
            timeout: Duration::from_secs(10),
            settle: None,
            strict: false,
        }
    }

    /// Plays against an endpoint; its keys come from the environment variables that the spec's binding names.
    #[must_use]
    pub fn against_url(self, url: &str) -> Self {
        Self { target: Against::Url(url.to_owned()), ..self }
    }

    /// Plays against anything that answers requests.
    #[must_use]
    pub fn against(self, transport: Arc<dyn Transport>) -> Self {
        Self { target: Against::Transport(transport), ..self }
    }

    /// Judges by this profile in place of the spec's first.
    #[must_use]
    pub fn profile(self, name: &str) -> Self {
        Self { profile: Some(name.to_owned()), ..self }
    }

    /// Plays the scenarios in this file or folder in place of the embedded ones.
    #[must_use]
    pub fn scenarios(self, path: impl Into<PathBuf>) -> Self {
        Self { scenarios: Some(path.into()), ..self }
    }

    /// How long one request may take; 10 seconds unless said.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// How long a change may take to be seen; the binding's own time unless said.
    #[must_use]
    pub fn settle(self, settle: Duration) -> Self {
        Self { settle: Some(settle), ..self }
    }

    /// Lets a SHOULD count as a MUST.
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        Self { strict, ..self }
    }

    /// Plays every case as a test of this program, by the arguments of the command line.
    #[must_use]
    pub fn main(self) -> ExitCode {
        let arguments = Arguments::from_args();
        let trials = match self.trials() {
            Ok(trials) => trials,
            // A suite that can't be loaded is one failing test, so that no runner takes silence for success.
            Err(error) => vec![Trial::test("set-up", move || Err(Failed::from(error.to_string())))],
        };
        libtest_mimic::run(&arguments, trials).exit_code()
    }

    /// One test per case.
    ///
    /// # Errors
    /// A [`SetUpError`] where the spec is unknown, a file is wrong or the target can't be used.
    pub fn trials(self) -> Result<Vec<Trial>, SetUpError> {
        let suite = self.load()?;
        let spec =
            suite.specs.get(&self.spec).ok_or_else(|| SetUpError(format!("there is no spec `{}`", self.spec)))?;
        let profile =
            spec.profile(self.profile.as_deref()).ok_or_else(|| SetUpError("there is no such profile".to_owned()))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| SetUpError(error.to_string()))?;
        let (inbox, world) = self.world(spec)?;
        if let Some(world) = &world {
            let inbox = Arc::clone(&inbox);
            runtime.spawn(deliver_within(Arc::clone(world), move |request| inbox.post(request)));
        }
        let player = Arc::new(Player {
            runtime,
            target: Arc::new(self.target(spec, world)?),
            inbox,
            profile: profile.name.clone(),
            strict: self.strict,
        });
        let cases = suite.cases.into_iter().filter(|case| case.spec.name == self.spec);
        let trials: Vec<Trial> = cases.map(|case| player.trial(case)).collect();
        if trials.is_empty() {
            return Err(SetUpError(format!("spec `{}` has no scenario", self.spec)));
        }
        Ok(trials)
    }

    fn load(&self) -> Result<Suite, SetUpError> {
        let embedded = countermand_suite::files();
        let found = match &self.scenarios {
            Some(path) => {
                let found = discover(std::slice::from_ref(path)).map_err(|problems| told(&problems))?;
                let specs = embedded.specs.into_iter().chain(found.specs).collect();
                Found { specs, scenarios: found.scenarios }
            }
            None => embedded,
        };
        load_suite(&found.specs, found.scenarios).map_err(|problems| told(&problems))
    }

    /// Where webhooks are received, and the mock, where it is played against.
    fn world(&self, spec: &countermand_harness::Spec) -> Result<(Arc<Inbox>, Option<Arc<World>>), SetUpError> {
        if !matches!(self.target, Against::Mock) {
            return Ok((Arc::default(), None));
        }
        let settings = Settings { webhook_retry_ms: RETRY_MS, ..Settings::default() };
        let model = countermand_model::build(&spec.name, &[], &[], settings);
        let world = World::new(model.map_err(|error| SetUpError(error.to_string()))?, Clock::system());
        Ok((Arc::new(Inbox::in_process()), Some(Arc::new(world))))
    }

    fn target(&self, spec: &Arc<countermand_harness::Spec>, world: Option<Arc<World>>) -> Result<Target, SetUpError> {
        let mut options = TargetOptions {
            timeout: Some(self.timeout),
            settle: self.settle,
            connections: CONNECTIONS,
            only_given: matches!(self.target, Against::Url(_)),
            ..TargetOptions::default()
        };
        let (name, base_url) = match &self.target {
            Against::Mock => {
                options.transport =
                    world.map(|world| Arc::new(InProcess(move |request| world.respond(request))) as Arc<dyn Transport>);
                ("mock", "http://mock")
            }
            Against::Url(url) => (url.as_str(), url.as_str()),
            Against::Transport(transport) => {
                options.transport = Some(Arc::clone(transport));
                ("transport", "http://transport")
            }
        };
        (options.name, options.base_url) = (name.to_owned(), Some(base_url.to_owned()));
        // The mock has keys of its own.
        let is_mock = matches!(self.target, Against::Mock);
        let env = |name: &str| std::env::var(name).ok().filter(|_| !is_mock);
        Target::new(spec, None, options, &env).map_err(|error| SetUpError(error.to_string()))
    }
}

/// What all tests of a suite share.
struct Player {
    runtime: Runtime,
    target: Arc<Target>,
    inbox: Arc<Inbox>,
    profile: String,
    strict: bool,
}

impl Player {
    fn trial(self: &Arc<Self>, case: Arc<WaitingCase>) -> Trial {
        let player = Arc::clone(self);
        Trial::test(case.id.clone(), move || player.play(case))
    }

    fn play(&self, case: Arc<WaitingCase>) -> Result<(), Failed> {
        let spec = case.spec.name.clone();
        let run = Run {
            shard: None,
            baseline: None,
            earlier: Vec::new(),
            cases: vec![case],
            targets: BTreeMap::from([(spec.clone(), Arc::clone(&self.target))]),
            profiles: BTreeMap::from([(spec, self.profile.clone())]),
            jobs: 1,
            fail_fast: false,
            strict: self.strict,
            keep_steps: false,
            proofs: BTreeMap::new(),
            witness: None,
            inbox: Arc::clone(&self.inbox),
            known_faults: None,
            run_id: format!("test-{}", std::process::id()),
            started: "2026-01-01T00:00:00Z".to_owned(),
        };
        let mut result = None;
        self.runtime.block_on(run.play(std::future::pending(), &mut |event| {
            if let Event::CaseFinished(case) = event {
                result = Some(*case);
            }
        }));
        match result {
            Some(result) if self.is_good(result.verdict) => Ok(()),
            Some(result) => Err(Failed::from(block(result))),
            None => Err(Failed::from("the case was not played")),
        }
    }

    fn is_good(&self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Passed | Verdict::KnownFailure => true,
            Verdict::Warned => !self.strict,
            // What the target lacks is no failure of it, and no test was made: the run's coverage tells.
            Verdict::NotCovered => true,
            Verdict::Failed | Verdict::CouldNotRun => false,
        }
    }
}

/// The case as the console report tells it.
fn block(result: CaseResult) -> String {
    let mut out = Vec::new();
    let options = ConsoleOptions::default();
    // Writing to memory does not fail.
    let _ = Console::new(&mut out, options).event(&Event::CaseFinished(Box::new(result)));
    String::from_utf8_lossy(&out).into_owned()
}

fn told(problems: &[Problem]) -> SetUpError {
    let mut out = Vec::new();
    let _ = write_problems(&mut out, problems, Style::Plain, 120);
    SetUpError(String::from_utf8_lossy(&out).into_owned())
}
