//! Reports of a thousand cases, some of which fail: what a few cases come to against a faulty mock, told again and again under
//! new names.

use countermand_event::{CaseResult, Event, Verdict};
use countermand_harness::InProcess;
use countermand_report::{Console, Html, JsonLines, Reporter};

use crate::play::{Ready, mock};

const CASES: usize = 1000;
const SCENARIOS: &str = "partial/";
const FAULT: &str = "new-quantity-is-removed";

/// How a run is told.
#[derive(Clone, Copy)]
pub(crate) enum Format {
    Text,
    JsonLines,
    Html,
}

/// A run, and what is written of it.
pub(crate) struct Told {
    events: Vec<Event>,
    format: Format,
    written: Vec<u8>,
}

impl Told {
    /// A run that is to be told, of which nothing is written yet.
    pub(crate) fn to(format: Format) -> Self {
        Self { events: events(), format, written: Vec::new() }
    }

    pub(crate) fn write(mut self) -> Self {
        let out = &mut self.written;
        match self.format {
            Format::Text => tell(&self.events, Console::stable(out, false)),
            Format::JsonLines => tell(&self.events, JsonLines::new(out)),
            Format::Html => tell(&self.events, Html::new(out)),
        }
        self
    }
}

/// The last case stands in the report, if it is one that failed; of those that passed some reports only tell the number.
pub(crate) fn must_be_written(told: Told) {
    let cases = || told.events.iter().filter_map(Event::case);
    assert_eq!(cases().count(), CASES);
    let failed = cases().rfind(|case| case.verdict == Verdict::Failed).expect("some cases fail");
    let written = String::from_utf8(told.written).expect("a report is text");
    assert!(written.contains(&failed.id), "the report does not tell of {}", failed.id);
}

fn tell(events: &[Event], mut reporter: impl Reporter) {
    for event in events {
        reporter.event(event).expect("memory can be written to");
    }
}

fn events() -> Vec<Event> {
    let world = mock(Some(FAULT));
    let played = Ready::new(SCENARIOS, InProcess(move |request| world.respond(request))).play().events;
    let cases: Vec<&CaseResult> = played.iter().filter_map(Event::case).collect();
    let again = cases.iter().cycle().zip(0..CASES).map(|(&case, number)| {
        let case = CaseResult { id: format!("{}-{number:03}", case.id), ..case.clone() };
        Event::CaseFinished(Box::new(case))
    });
    let (first, last) = (played.first().expect("a run begins"), played.last().expect("a run ends"));
    std::iter::once(first.clone()).chain(again).chain([last.clone()]).collect()
}
