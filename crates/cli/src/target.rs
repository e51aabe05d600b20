//! What is played against: the built-in mock, an endpoint at a URL, or what a target file says.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countermand_harness::{Inbox, Spec, Suite, Target, TargetFile, TargetOptions, load_target};
use countermand_lab::Stage;
use countermand_model::Settings;
use countermand_text::nearest_path;
use countermand_text::suggest::nearest;

use crate::args::TargetArgs;
use crate::config;
use crate::failure::Failure;
use crate::mock::{self, Mock};

/// The name of the built-in mock as a target.
const MOCK: &str = "mock";
/// Longer than the mock takes to show a change that it shows late.
const SETTLE: Duration = Duration::from_millis(countermand_model::LATEST_MS);
/// So many orders the mock of a run remembers: far more than cases under way can ask for.
const ORDERS: usize = 1_000;
/// How long after a failure the mock of a run posts a webhook again: nobody wants to wait for that.
const RETRY_MS: u64 = 100;

/// The target file that was named, where one was.
pub(crate) fn file(args: &TargetArgs, suite: &Suite) -> Result<Option<Arc<TargetFile>>, Failure> {
    let named = args.target.as_str();
    if args.target == MOCK || is_url(named) {
        return Ok(None);
    }
    let path = Path::new(named);
    if !path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
        // `targets/acme` for `targets/acme.yaml`, `moc` for `mock`.
        let near = nearest(named, &[MOCK]).map(str::to_owned).or_else(|| nearest_path(path));
        let forms = "write `mock`, a URL such as http://127.0.0.1:4010, or a target file such as targets/acme.yaml";
        let hint = near.map_or_else(|| forms.to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(Failure::Message(format!("`{named}` is no target: {hint}")));
    }
    Ok(Some(Arc::new(load_target(path, &suite.specs)?)))
}

/// A target for each of the specs.
pub(crate) fn targets(
    specs: &[Arc<Spec>],
    file: Option<&Arc<TargetFile>>,
    args: &TargetArgs,
    jobs: usize,
    inbox: &Arc<Inbox>,
) -> Result<BTreeMap<String, Arc<Target>>, Failure> {
    if is_url(&args.target) && specs.len() > 1 {
        let specs: Vec<String> = specs.iter().map(|spec| format!("--spec {}", spec.name)).collect();
        return Err(Failure::Message(format!("one URL speaks one contract: say which, with {}", specs.join(" or "))));
    }
    let parts: Result<Vec<Part<'_>>, Failure> = specs.iter().map(|spec| Part::of(spec, file, args)).collect();
    let parts = parts?;
    let picks = config::choices(&args.choices)?;
    let target = |part: &Part<'_>| {
        // A choice that is another mock's is none of this one's; one that is nobody's is an error.
        let concerns = |pick: &&(String, String)| part.has(&pick.0) || !parts.iter().any(|part| part.has(&pick.0));
        let picks: Vec<(String, String)> = picks.iter().filter(concerns).cloned().collect();
        Ok((part.spec.name.clone(), Arc::new(target(part, &picks, args, jobs, inbox)?)))
    };
    parts.iter().map(target).collect()
}

/// One of the specs that are played, and how.
struct Part<'s> {
    spec: &'s Arc<Spec>,
    file: Option<Arc<TargetFile>>,
    /// The mock that answers, where one does.
    mock: Option<String>,
}

impl<'s> Part<'s> {
    fn of(spec: &'s Arc<Spec>, file: Option<&Arc<TargetFile>>, args: &TargetArgs) -> Result<Self, Failure> {
        let file = file_of(spec, file, args)?;
        let mock = match &file {
            Some(file) => file.mock.clone(),
            None => (args.target == MOCK).then(|| spec.name.clone()),
        };
        Ok(Self { spec, file, mock })
    }

    fn has(&self, choice: &str) -> bool {
        let known = self.mock.as_deref().and_then(countermand_model::choices).unwrap_or_default();
        known.iter().any(|known| known.name == choice)
    }
}

fn target(
    Part { spec, file, mock }: &Part<'_>,
    picks: &[(String, String)],
    args: &TargetArgs,
    jobs: usize,
    inbox: &Arc<Inbox>,
) -> Result<Target, Failure> {
    let mut options = TargetOptions {
        name: args.target.clone(),
        timeout: args.timeout.map(Duration::from_millis),
        settle: args.settle.map(Duration::from_millis),
        webhook_url: args.webhook_url.clone(),
        webhook_settle: args.webhook_settle.map(Duration::from_millis),
        connections: jobs,
        only_given: mock.is_none(),
        ..TargetOptions::default()
    };
    if let Some(mock) = mock {
        let settings = Settings { max_orders: ORDERS, webhook_retry_ms: RETRY_MS, ..Settings::default() };
        let world = mock::world(mock, picks, &[], settings)?;
        let late = countermand_model::is_late(mock, picks.iter().map(|(choice, option)| (choice, option)));
        options.settle = options.settle.or(Some(if late { SETTLE } else { Duration::ZERO }));
        options.transport = Some(Arc::new(Mock::new(world, Arc::clone(inbox))));
        options.webhook_url = None;
        options.base_url = Some("http://mock".to_owned());
    } else if !args.choices.is_empty() {
        return Err(Failure::Message("--choice is for the mock: an endpoint chooses for itself".to_owned()));
    } else if is_url(&args.target) {
        options.base_url = Some(args.target.clone());
    }
    // The mock has keys of its own: those of a real endpoint, exported for another run, are no concern of it.
    let env = |name: &str| std::env::var(name).ok().filter(|_| mock.is_none());
    let target = Target::new(spec, file.clone(), options, &env).map_err(|error| Failure::Message(error.to_string()))?;
    match target.unallowed_host() {
        Some(host) if !args.yes => Err(Failure::Message(format!(
            "`{host}` is not this machine, and a cancellation can't be undone: if it is a sandbox, say so with --yes, or \
             with `allow: [{host}]` in the target file"
        ))),
        _ => Ok(target),
    }
}

/// The target file that a spec is played through: the one that was named, or where it has no binding of its own that of a mock.
pub(crate) fn file_of(
    spec: &Arc<Spec>,
    file: Option<&Arc<TargetFile>>,
    args: &TargetArgs,
) -> Result<Option<Arc<TargetFile>>, Failure> {
    match file {
        None if args.target == MOCK && !spec.is_bound() => match countermand_suite::some_mock(spec) {
            Some(file) => Ok(Some(file)),
            None => Err(Failure::Message(format!("there is no mock of spec `{}`: name a --target", spec.name))),
        },
        file => Ok(file.cloned()),
    }
}

/// The spec on the stage with the mock that is its own.
pub(crate) fn stage(spec: &Arc<Spec>, profile: &str) -> Stage {
    let file = countermand_suite::own_mock(spec);
    Stage { spec: Arc::clone(spec), model: spec.name.clone(), file, profile: profile.to_owned() }
}

/// Whether the mock in this program is played against.
pub(crate) fn is_mock(args: &TargetArgs, file: Option<&TargetFile>) -> bool {
    args.target == MOCK || file.is_some_and(|file| file.mock.is_some())
}

fn is_url(target: &str) -> bool {
    target.starts_with("http://") || target.starts_with("https://")
}
