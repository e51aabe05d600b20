//! Forwards live traffic to an endpoint until somebody asks for the end: what `monitor` and `record` have in common.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countermand_harness::{Spec, Suite, Target, TargetFile, TargetOptions, load_target};
use countermand_lab::{Judge, JudgeError, Reads, Room, Summary, Upstream};
use tokio::net::TcpListener;

use crate::args::{Selection, TrafficArgs};
use crate::failure::Failure;
use crate::output::say;
use crate::signals::stop_signal;
use crate::teller::{Saved, Teller};
use crate::{runs, suite, target};

/// What is done besides forwarding and judging.
#[derive(Clone, Copy)]
pub(crate) struct Mode {
    /// Orders that nothing speaks against are written too.
    pub(crate) save_all: bool,
    /// Orders are read, so that clients need not.
    pub(crate) reads: bool,
}

/// What came of listening.
pub(crate) struct Heard {
    pub(crate) summary: Summary,
    /// The scenarios that were written.
    pub(crate) saved: Vec<PathBuf>,
    is_all_saved: bool,
}

impl Heard {
    /// Whether everything was judged that came by, and written that was to be.
    pub(crate) fn is_whole(&self) -> bool {
        self.summary.is_whole() && self.is_all_saved
    }
}

/// Forwards and judges until somebody asks for the end, and tells what is found as it is found.
pub(crate) fn listen(args: &TrafficArgs, out: Option<PathBuf>, mode: Mode) -> Result<Heard, Failure> {
    let upstream = Upstream::parse(&args.upstream)?;
    let mut suite = suite::load(&Selection::default())?;
    let file = args.target.as_deref().map(|path| load_target(path, &suite.specs)).transpose()?.map(Arc::new);
    let upstream = upstream.with_certificates(file.as_ref().map(|file| file.tls.clone()).unwrap_or_default());
    let (spec, profile) = spec(&mut suite, file.as_deref(), args)?;
    let target = Arc::new(described(&spec, file, args)?);
    let stage = target::stage(&spec, &profile);
    let judge = Judge::new(stage, &target, target.settle(), mode.save_all)?;
    let reads = mode.reads.then(|| Reads::new(&spec, &target, target.settle()));
    let runtime = runs::runtime()?;
    let saved: Arc<Mutex<Saved>> = Arc::default();
    let summary = runtime.block_on(async {
        let listener = TcpListener::bind(args.listen).await;
        let listener =
            listener.map_err(|error| Failure::Message(format!("can't listen on {}: {error}", args.listen)))?;
        let address = listener.local_addr().unwrap_or(args.listen);
        // Heard from before the line that says we are ready.
        let stop = stop_signal();
        say(&format!(
            "http://{address} goes to {}, judged as {} ({profile}) (stop with Ctrl-C)",
            args.upstream, spec.name
        ));
        if !address.ip().is_loopback() {
            say(&format!("note: {} can be reached from other machines", address.ip()));
        }
        for unknowable in judge.unknowable() {
            say(&format!("not judged: {}: {}", unknowable.what, unknowable.why));
        }
        let teller = Teller { target, out, saved: Arc::clone(&saved) };
        let tell = move |told| teller.tell(&told);
        let watched = countermand_lab::monitor(listener, upstream, judge, Room::default(), reads, tell, stop);
        watched.await.map_err(Failure::Message)
    })?;
    let saved = std::mem::take(&mut *saved.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Heard { summary, saved: saved.paths, is_all_saved: !saved.has_failed })
}

/// The spec that is spoken, and the profile.
fn spec(suite: &mut Suite, file: Option<&TargetFile>, args: &TrafficArgs) -> Result<(Arc<Spec>, String), Failure> {
    let of_file = file.map(|file| file.spec.as_str());
    let wanted = args.spec.as_deref().or(of_file).unwrap_or(countermand_suite::DEFAULT_SPEC);
    if let Some(of_file) = of_file.filter(|of_file| *of_file != wanted) {
        return Err(Failure::Message(format!("the target file speaks `{of_file}`, not `{wanted}`")));
    }
    suite::of_spec(suite, wanted, args.profile.as_deref())
}

/// The target as its binding describes it. It is only described: what is sent goes through the proxy.
fn described(spec: &Arc<Spec>, file: Option<Arc<TargetFile>>, args: &TrafficArgs) -> Result<Target, Failure> {
    let options = TargetOptions {
        name: args.upstream.clone(),
        base_url: Some(args.upstream.clone()),
        settle: args.settle.map(Duration::from_millis),
        ..TargetOptions::default()
    };
    let env = |name: &str| std::env::var(name).ok();
    Target::new(spec, file, options, &env).map_err(|error| Failure::Message(error.to_string()))
}

impl From<JudgeError> for Failure {
    fn from(error: JudgeError) -> Self {
        Self::Message(error.to_string())
    }
}
