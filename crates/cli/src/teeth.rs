//! `countermand teeth`: what the scenarios catch, and whom they accuse falsely.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use countermand_event::matrix::{FaultRow, KillMatrix};
use countermand_harness::{Spec, Suite, WaitingCase};
use countermand_lab::{
    Sample, Stage, StageError, false_alarms, play_pairs, singles_and_random, teeth as play_faults, unproved,
};
use countermand_model::{FaultInfo, Shows};
use countermand_report::{Teeth, pairs_json, pairs_page, pairs_text, teeth_json, teeth_page};

use crate::args::{Selection, TeethArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{complain, say};
use crate::{suite, terminal};

/// So many random combinations are played where nobody says how many.
const RANDOM: usize = 50;

pub(crate) fn teeth(args: &TeethArgs) -> Result<Exit, Failure> {
    if args.list {
        return list(args);
    }
    let mut suite = match &args.scenario {
        Some(path) => suite::load(&Selection { paths: vec![path.clone()], ..args.selection.clone() })?,
        None => suite::load(&args.selection)?,
    };
    let profiles = suite::profiles(&mut suite, args.profile.as_deref())?;
    let mut exit = Exit::Incomplete;
    for spec in with_model(&suite, args.sound)? {
        let Some(profile) = profiles.get(&spec.name) else { continue };
        let faults = countermand_model::faults(&spec.name).unwrap_or_default();
        let stage = Stage { spec: Arc::clone(&spec), model: spec.name.clone(), file: None, profile: profile.clone() };
        let cases: Vec<Arc<WaitingCase>> =
            suite.cases.iter().filter(|case| case.spec.name == spec.name).cloned().collect();
        let ended = match (args.sound, &args.scenario) {
            (true, _) => sound(args, &stage, &cases)?,
            _ if args.pairs => pairs(args, &stage, &cases, faults)?,
            (false, Some(path)) => scenario(path, &stage, &cases, faults)?,
            (false, None) => matrix(args, &stage, &cases, faults)?,
        };
        exit = if exit == Exit::Violated { exit } else { ended };
    }
    Ok(exit)
}

/// Those that the suite has scenarios of. Soundness is asked of a mock that conforms: it needs no faults.
fn with_model(suite: &Suite, sound: bool) -> Result<Vec<Arc<Spec>>, Failure> {
    let mut found = suite.used_specs();
    let (known, what) = match sound {
        true => (countermand_model::specs(), "a mock"),
        false => (countermand_model::specs_with_faults(), "a mock that has faults"),
    };
    found.retain(|spec| known.contains(&spec.name.as_str()));
    match found.is_empty() {
        true => Err(Failure::Message(format!(
            "none of these scenarios is of a spec with {what}; there is one of {}",
            known.join(", ")
        ))),
        false => Ok(found),
    }
}

fn list(args: &TeethArgs) -> Result<Exit, Failure> {
    let wanted = args.selection.spec.as_deref();
    let known = countermand_model::specs_with_faults();
    let specs: Vec<&str> = known.iter().copied().filter(|spec| wanted.is_none_or(|wanted| wanted == *spec)).collect();
    if specs.is_empty() {
        return Err(Failure::unknown("mock with faults of the spec", wanted.unwrap_or_default(), known));
    }
    for spec in specs {
        for fault in countermand_model::faults(spec).unwrap_or_default() {
            let shows = match fault.shows {
                Shows::AtOnce => "",
                Shows::InSequence => "  (in a sequence or a combination)",
                Shows::InRace => "  (in a race)",
            };
            say(&format!("{}  {}{shows}\n    {}", fault.name, fault.clause, fault.text));
        }
    }
    Ok(Exit::Held)
}

/// Every fault against every case.
fn matrix(args: &TeethArgs, stage: &Stage, cases: &[Arc<WaitingCase>], faults: &[FaultInfo]) -> Result<Exit, Failure> {
    let matrix = play(stage, cases, faults)?;
    let without_fault = unproved(stage, &matrix);
    let teeth = Teeth {
        matrix: &matrix,
        without_fault: &without_fault,
        cases: cases.len(),
        verbose: args.verbose,
        style: terminal::style(args.color),
    };
    say(teeth.text().trim_end());
    for report in &args.reports {
        write_report(report, || teeth_json(&matrix), || teeth_page(&matrix))?;
    }
    // Of a part of the suite nobody expects that it speaks of every clause.
    let bare = !without_fault.is_empty() && args.selection.is_whole();
    Ok(if matrix.has_holes() || bare { Exit::Violated } else { Exit::Held })
}

fn play(stage: &Stage, cases: &[Arc<WaitingCase>], faults: &[FaultInfo]) -> Result<KillMatrix, Failure> {
    let bar = countermand_report::steps(std::io::stderr().is_terminal(), faults.len(), "faults");
    let matrix = play_faults(stage, cases, faults, &|_| bar.inc(1));
    bar.finish_and_clear();
    Ok(matrix?)
}

/// `json=PATH` or `markdown=PATH`.
fn write_report(report: &str, json: impl FnOnce() -> String, markdown: impl FnOnce() -> String) -> Result<(), Failure> {
    let (path, text) = match report.split_once('=') {
        Some(("json", path)) if !path.is_empty() => (path, json()),
        Some(("markdown", path)) if !path.is_empty() => (path, markdown()),
        _ => {
            let message = format!("`{report}` is no report of teeth: write `json=PATH` or `markdown=PATH`");
            return Err(Failure::Message(message));
        }
    };
    std::fs::write(path, text).map_err(|error| Failure::unwritable(Path::new(path), &error))
}

/// What one scenario catches, and what of it no other case does.
fn scenario(path: &Path, stage: &Stage, cases: &[Arc<WaitingCase>], faults: &[FaultInfo]) -> Result<Exit, Failure> {
    let caught = play(stage, cases, faults)?;
    let known = countermand_suite::teeth(&stage.spec.name, &stage.profile);
    let own = |case: &str| cases.iter().any(|own| own.id == case);
    let elsewhere = |fault: &str| known.as_ref().map_or(0, |matrix| matrix.caught_elsewhere(fault, own));
    let caught: Vec<&FaultRow> = caught.faults.iter().filter(|row| !row.kills.is_empty()).collect();
    say(&format!("{} catches {} of {} faults", path.display(), caught.len(), faults.len()));
    let nothing = caught.is_empty();
    let (alone, shared): (Vec<&FaultRow>, Vec<&FaultRow>) =
        caught.into_iter().partition(|row| elsewhere(&row.fault) == 0);
    for row in &alone {
        say(&format!("ONLY HERE  {}  {}\n    {}", row.fault, row.clause, row.text));
    }
    for row in &shared {
        let others = elsewhere(&row.fault);
        let cases = if others == 1 { "1 other case".to_owned() } else { format!("{others} other cases") };
        say(&format!("{}  {}  (also caught by {cases})", row.fault, row.clause));
    }
    if nothing {
        say("a scenario that nothing can fail says nothing: claim what the wrong reading would change");
        return Ok(Exit::Violated);
    }
    Ok(Exit::Held)
}

/// Faults that break a MUST, beside what breaks none.
fn pairs(args: &TeethArgs, stage: &Stage, cases: &[Arc<WaitingCase>], faults: &[FaultInfo]) -> Result<Exit, Failure> {
    let all = Sample::all(stage, faults);
    let sample = match args.n {
        Some(n) => all.drawn(n, args.seed),
        None => all,
    };
    let steps = sample.pairs() + sample.rows.len();
    let bar = countermand_report::steps(std::io::stderr().is_terminal(), steps, "pairs");
    let pairs = play_pairs(stage, cases, &sample, &|| bar.inc(1));
    bar.finish_and_clear();
    let pairs = pairs?;
    say(pairs_text(&pairs, args.verbose, terminal::style(args.color)).trim_end());
    for report in &args.reports {
        write_report(report, || pairs_json(&pairs), || pairs_page(&pairs))?;
    }
    Ok(if pairs.holds() { Exit::Held } else { Exit::Violated })
}

/// Every option alone and random combinations: nothing may be said of any.
fn sound(args: &TeethArgs, stage: &Stage, cases: &[Arc<WaitingCase>]) -> Result<Exit, Failure> {
    let spec = &stage.spec;
    let settings = singles_and_random(spec, &stage.profile, args.n.unwrap_or(RANDOM), args.seed);
    let bar = countermand_report::steps(std::io::stderr().is_terminal(), settings.len(), "settings");
    let found = false_alarms(stage, cases, &settings, &|| bar.inc(1));
    bar.finish_and_clear();
    let found = found?;
    let mut by_case: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for alarm in &found {
        let choices: Vec<String> = alarm.setting.iter().map(|(choice, option)| format!("{choice}={option}")).collect();
        let line = format!("{} step {} with {}", alarm.clause, alarm.step, choices.join(", "));
        let lines = by_case.entry(&alarm.case).or_default();
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    for (case, lines) in &by_case {
        complain(&format!("FALSE ALARM  {case}"));
        lines.iter().for_each(|line| complain(&format!("    {line}")));
    }
    say(&format!(
        "{} ({}): {} cases under {} settings, {} false alarms",
        spec.name,
        stage.profile,
        cases.len(),
        settings.len(),
        found.len()
    ));
    Ok(if found.is_empty() { Exit::Held } else { Exit::Violated })
}

impl From<StageError> for Failure {
    fn from(error: StageError) -> Self {
        match error {
            StageError::Model(error) => error.into(),
            other => Self::Message(other.to_string()),
        }
    }
}
