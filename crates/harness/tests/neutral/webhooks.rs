//! Webhooks beyond what one case claims: nothing stays registered, nobody waits for nothing, and what can't be heard is nobody's
//! fault.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countermand_event::{Blame, CaseResult, Event, Verdict};
use countermand_harness::{BoxFuture, Inbox, Suite, Transport, TransportError};
use http::{Request, Response};

use crate::toy::{Play, Setting, Toy, Wrong, corpus, outcome, suite};

type Answer = Result<Response<Bytes>, TransportError>;

fn heard(name: &str) -> Suite {
    let file = corpus("valid-pass").into_iter().find(|script| script.file.name == name);
    suite(&[file.expect("it is there").file])
}

fn result(events: &[Event]) -> &CaseResult {
    let result =
        events.iter().find_map(|event| if let Event::CaseFinished(result) = event { Some(result) } else { None });
    result.expect("a case was played")
}

#[test]
fn nothing_stays_registered_whatever_comes_of_the_case() {
    for wrongs in [&[][..], &[Wrong::TellsNobody], &[Wrong::OldStaysOpen], &[Wrong::SilentCalls]] {
        let play = Play::default();
        let toy = play.toy(Setting::default(), wrongs);
        let events = play.against(&heard("webhooks"), Arc::<Toy>::clone(&toy));
        assert_eq!(toy.registered(), 0, "{}", outcome(&events));
    }
}

/// Its time is the binding's: a webhook that comes within it is not late.
#[test]
fn the_verdict_waits_for_a_webhook_as_long_as_it_may_take() {
    let play = Play::default();
    let begin = |events: &[Event]| result(events).millis;
    let quick = begin(&play.against(&heard("webhooks"), play.toy(Setting::default(), &[])));
    let never = begin(&play.against(&heard("webhooks"), play.toy(Setting::default(), &[Wrong::TellsNobody])));
    // The claim that something is absent takes the whole time.
    assert!((500.0..520.0).contains(&quick) && (500.0..520.0).contains(&never), "{quick} {never}");
}

/// Whoever says how long a webhook may take says it of one that comes again too; and one that nobody waited for accuses nobody.
#[test]
fn nobody_waits_longer_for_a_repeat_than_was_said() {
    let again = heard("webhook-again");
    let played = |bound: u64, wrongs: &[Wrong]| {
        let play = Play { webhook_settle: Some(Duration::from_millis(bound)), ..Play::default() };
        let events = play.against(&again, play.toy(Setting::default(), wrongs));
        result(&events).clone()
    };
    let (short, never) = (played(2_000, &[Wrong::TellsOnce]), played(120_000, &[Wrong::TellsOnce]));
    assert_eq!(short.verdict, Verdict::NotCovered, "{short:?}");
    let message =
        "a webhook that was refused has 60000 ms to come again, and no webhook is waited for longer than 2000 ms here";
    assert_eq!(short.trouble.as_ref().map(|trouble| trouble.message.as_str()), Some(message));
    assert!(short.millis < 8_000.0, "{}", short.millis);
    assert_eq!(never.verdict, Verdict::Warned, "{never:?}");
    assert_eq!(played(120_000, &[]).verdict, Verdict::Passed);
}

/// A toy that knows when nobody will be told any more.
struct Quiet(Arc<Toy>);

impl Transport for Quiet {
    fn send(&self, request: Request<Bytes>, timeout: Duration) -> BoxFuture<'_, Answer> {
        self.0.send(request, timeout)
    }

    fn quiet(&self) -> BoxFuture<'_, ()> {
        // However soon it tells, it has told by then.
        Box::pin(tokio::time::sleep(Duration::from_millis(150)))
    }
}

/// And no longer: neither for what is to be absent nor for what never comes.
#[test]
fn nobody_waits_for_a_webhook_of_a_target_that_is_quiet() {
    let play = Play::default();
    for (wrongs, verdict) in [(&[][..], Verdict::Passed), (&[Wrong::TellsNobody], Verdict::Warned)] {
        let toy = Quiet(play.toy(Setting::default(), wrongs));
        let events = play.against(&heard("webhooks"), Arc::new(toy));
        let result = result(&events);
        assert_eq!(result.verdict, verdict, "{}", outcome(&events));
        assert!((150.0..400.0).contains(&result.millis), "{}", result.millis);
    }
}

/// Nobody is accused: a target that does not know the call has no webhooks.
#[test]
fn a_target_without_webhooks_is_not_covered() {
    let events = Play::default().against(&heard("webhooks"), Arc::new(Toy::new(Setting::default(), &[])));
    let trouble = result(&events).trouble.as_ref().expect("it is not covered");
    assert_eq!((result(&events).verdict, trouble.blame), (Verdict::NotCovered, Blame::Target));
    assert_eq!(trouble.message, "the target registers no webhook: POST /hooks answered 404");
}

#[test]
fn a_run_that_hears_nothing_does_not_cover_what_has_to_be_heard() {
    let play = Play { inbox: Arc::new(Inbox::deaf("it is played again")), ..Play::default() };
    let events = play.against(&heard("webhooks"), play.toy(Setting::default(), &[]));
    let trouble = result(&events).trouble.as_ref().expect("it is not covered");
    assert_eq!(result(&events).verdict, Verdict::NotCovered);
    assert_eq!(trouble.message, "no webhook can be received: it is played again");
}

/// It came: that it can't be read is the target's own doing, and told as it is.
#[test]
fn a_webhook_that_is_no_json_is_told_as_one_that_came() {
    let play = Play::default();
    let events = play.against(&heard("webhooks"), play.toy(Setting::default(), &[Wrong::TellsGarbage]));
    let result = result(&events);
    let told = result.mismatches.iter().find(|mismatch| mismatch.path.starts_with("webhooks.crate"));
    let actual = told.and_then(|mismatch| mismatch.actual.as_ref()).and_then(|actual| actual.as_str());
    assert!(
        actual.is_some_and(|told| told.starts_with("one came, and is no JSON: <p>Void!</p>")),
        "{:#?}",
        result.mismatches
    );
}
