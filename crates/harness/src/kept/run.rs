//! How a run was played, as far as its exchanges are judged by it: what a replay needs to ask the same again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use countermand_event::Exchange;
use serde::{Deserialize, Serialize};

use crate::runner::Run;
use crate::spec::Spec;
use crate::target::{Target, TargetError, TargetFile, TargetOptions};
use crate::transport::Replay;

/// The version of the format, that of the exchanges beside it included.
const FORMAT: u32 = 1;
/// Stands for an address that is not told.
const NOWHERE: &str = "http://recorded";

/// How a run was played.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptRun {
    format: u32,
    /// The target as the user named it.
    pub target: String,
    /// The name of the run.
    pub run_id: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// What was so of each spec.
    pub specs: BTreeMap<String, KeptSpec>,
}

/// The same for one spec.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptSpec {
    /// The profile that was judged by.
    pub profile: String,
    base_url: String,
    timeout_ms: u64,
    settle_ms: u64,
    /// The variables of the environment that were set.
    variables: Vec<String>,
}

impl KeptRun {
    /// The name of its file.
    pub const FILE: &str = "run.json";

    /// How a run is played against what the user named so.
    #[must_use]
    pub fn of(run: &Run, target: &str) -> Self {
        let specs = run.targets.iter().map(|(spec, target)| {
            let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
            let kept = KeptSpec {
                profile: run.profiles.get(spec).cloned().unwrap_or_default(),
                // An address from the environment is nobody's business: only what comes after it is compared.
                base_url: Some(target.shown_base_url()).filter(|url| !url.contains('$')).unwrap_or(NOWHERE.to_owned()),
                timeout_ms: millis(target.timeout()),
                settle_ms: millis(target.settle()),
                variables: target.variables().to_vec(),
            };
            (spec.clone(), kept)
        });
        let (run_id, started) = (run.run_id.clone(), run.started.clone());
        Self { format: FORMAT, target: target.to_owned(), run_id, started, specs: specs.collect() }
    }

    /// The text of its file.
    ///
    /// # Errors
    /// When it can't be written as JSON.
    pub fn text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Reads the text of its file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let kept: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match kept.format {
            FORMAT => Ok(kept),
            other => Err(format!("format {other}: this program reads format {FORMAT}")),
        }
    }

    /// The target of a spec as it was then, which answers as it did. Every variable that was set is set again, to its own name:
    /// that is what stands in the exchanges, which are given by the ids of the cases, and under the empty name what was done for
    /// no case.
    ///
    /// # Errors
    /// When the target can't be made.
    pub fn target(
        &self,
        kept: &KeptSpec,
        spec: &Arc<Spec>,
        file: Option<Arc<TargetFile>>,
        exchanges: BTreeMap<String, Vec<Exchange>>,
    ) -> Result<Target, TargetError> {
        let options = TargetOptions {
            name: self.target.clone(),
            base_url: Some(kept.base_url.clone()),
            transport: Some(Arc::new(Replay::new(exchanges))),
            timeout: Some(Duration::from_millis(kept.timeout_ms)),
            settle: Some(Duration::from_millis(kept.settle_ms)),
            only_given: true,
            ..TargetOptions::default()
        };
        let env = |name: &str| kept.variables.iter().any(|known| known == name).then(|| format!("${name}"));
        Target::new(spec, file, options, &env)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_another_format_is_refused() {
        let run = Run { run_id: "1a2b".to_owned(), started: "2026-01-01T00:00:00Z".to_owned(), ..Run::default() };
        let text = KeptRun::of(&run, "targets/acme.yaml").text().expect("it is JSON");
        let kept = KeptRun::parse(&text).expect("it was written so");
        assert_eq!((kept.target.as_str(), kept.run_id.as_str()), ("targets/acme.yaml", "1a2b"));
        let other = KeptRun::parse(&text.replace("\"format\": 1", "\"format\": 2"));
        assert_eq!(other.err().as_deref(), Some("format 2: this program reads format 1"));
    }
}
