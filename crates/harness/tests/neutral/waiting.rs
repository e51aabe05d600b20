//! Of a large suite the files are read again when their cases are played: what became of them in between is told.

use std::fs;
use std::sync::Arc;

use countermand_event::{Blame, CaseResult, Event, Verdict};
use countermand_harness::discover;

use crate::toy::{Play, Setting, Toy, suite};

/// More files than are kept.
const FILES: usize = 300;
/// A scenario of two rows.
const ROWS: &str = "format: 1\nspec: boxes\ntitle: Two rows\ntable:\n  one: { units: 1 }\n  two: { units: 2 }\n\
                    order: { boxes: { crate: { lines: { mug: { units: $units } } } } }\nsteps:\n  - call: drop_order\n    \
                    expect: { drop.voids-all: { answer: accepted, boxes: { crate: { void: true } } } }\n";

#[test]
fn a_file_that_is_not_what_was_checked_is_not_played() {
    for jobs in [1, 4] {
        let folder = std::env::temp_dir().join(format!("countermand-waiting-{jobs}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = |number: usize| folder.join(format!("{number:03}.yaml"));
        (0..FILES).for_each(|number| fs::write(path(number), ROWS).expect("a file"));
        let suite = suite(&discover(std::slice::from_ref(&folder)).expect("there are scenarios").scenarios);
        let harmless = ROWS.replace("Two rows", "Still two rows");
        let lost = ROWS.replace("  two: { units: 2 }\n", "");
        for (number, text) in [(290, harmless.as_str()), (292, &lost), (294, "no: scenario"), (296, "{")] {
            fs::write(path(number), text).expect("a file");
        }
        fs::remove_file(path(298)).expect("ours");
        let events = Play { jobs, ..Play::default() }.against(&suite, Arc::new(Toy::new(Setting::default(), &[])));
        fs::remove_dir_all(&folder).expect("ours");

        let results: Vec<&CaseResult> = events.iter().filter_map(finished).collect();
        assert_eq!(results.len(), 2 * FILES);
        for (index, result) in results.iter().enumerate() {
            let (number, row) = (index / 2, index % 2);
            assert_eq!(result.id, format!("boxes/{number:03}/{}", ["one", "two"][row]));
            assert_eq!((&*result.title, result.steps_planned), ("Two rows", 1));
            let Some(trouble) = &result.trouble else {
                assert_eq!(result.verdict, Verdict::Passed);
                continue;
            };
            assert_eq!((result.verdict, trouble.blame), (Verdict::CouldNotRun, Blame::Scenario));
            let reason = match number {
                298 => "though it could be when the run began",
                _ => "was changed after the run had begun: run it again, as it is now",
            };
            assert!(trouble.message.starts_with(&result.file) && trouble.message.ends_with(reason), "{trouble:?}");
        }
        let troubled = results.iter().filter(|result| result.trouble.is_some()).map(|result| &result.id[6..9]);
        let expected = ["290", "292", "294", "296", "298"];
        assert_eq!(troubled.collect::<Vec<_>>(), expected.map(|number| [number; 2]).concat(), "jobs {jobs}");
    }
}

fn finished(event: &Event) -> Option<&CaseResult> {
    match event {
        Event::CaseFinished(result) => Some(result),
        _ => None,
    }
}
