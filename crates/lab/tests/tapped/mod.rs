//! The runner as a client, with a judge between it and a mock. In one thread and in virtual time: what calls at once come to is
//! the same each time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use countermand_harness::{BoxFuture, InProcess, Run, Target, TargetOptions, Transport, TransportError, WaitingCase};
use countermand_lab::{End, Event, Exchange, Judge, Mark, Setting, Stage, Summary, Told};
use countermand_mock::{Clock, World};
use countermand_model::Settings;

/// Longer than a mock takes to show a change that it shows late.
const SETTLE: Duration = Duration::from_millis(400);

/// What a judge says of the cases, played against a mock with these choices and this fault.
pub(crate) fn judged(
    stage: &Stage,
    cases: &[Arc<WaitingCase>],
    setting: &Setting,
    fault: Option<&str>,
) -> (Vec<Told>, Summary) {
    let is_late = fault.is_some() || countermand_model::is_late(&stage.model, setting);
    let settle = if is_late { SETTLE } else { Duration::ZERO };
    let events = Arc::new(Mutex::new(Vec::new()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("it starts").block_on(async {
        let (begin, real) = (tokio::time::Instant::now(), Instant::now());
        let now = move || 1_767_225_600_000 + u64::try_from(begin.elapsed().as_millis()).expect("not for ever");
        let picks: Vec<(String, String)> = setting.iter().map(|(c, o)| (c.clone(), o.clone())).collect();
        let model = countermand_model::build(&stage.model, &picks, fault.as_slice(), Settings::default())
            .expect("there is one");
        let world = World::new(model, Clock::new(now));
        let now = Box::new(move || real + begin.elapsed());
        let tap = Tap { world, events: Arc::clone(&events), numbers: AtomicU64::new(1), now };
        let target = target(stage, settle, Some(Arc::new(tap)));
        let run = Run {
            cases: cases.to_vec(),
            targets: BTreeMap::from([(stage.spec.name.clone(), Arc::new(target))]),
            profiles: BTreeMap::from([(stage.spec.name.clone(), stage.profile.clone())]),
            jobs: 8,
            run_id: "tapped".to_owned(),
            started: "2026-01-01T00:00:00Z".to_owned(),
            ..Run::default()
        };
        run.play(std::future::pending(), &mut |_| {}).await;
    });
    let mut judge =
        Judge::new(stage.clone(), &Arc::new(target(stage, settle, None)), settle, true).expect("it can be judged");
    let events = std::mem::take(&mut *events.lock().expect("nobody panicked"));
    let mut told: Vec<Told> = events.into_iter().flat_map(|event| judge.take(event)).collect();
    let (rest, summary) = judge.close(0);
    told.extend(rest);
    (told, summary)
}

fn target(stage: &Stage, settle: Duration, transport: Option<Arc<dyn Transport>>) -> Target {
    let nobody = || Arc::new(InProcess(|_| http::Response::new(Bytes::new()))) as Arc<dyn Transport>;
    let options = TargetOptions {
        name: "mock".to_owned(),
        base_url: Some("http://mock".to_owned()),
        transport: Some(transport.unwrap_or_else(nobody)),
        settle: Some(settle),
        ..TargetOptions::default()
    };
    Target::new(&stage.spec, stage.file.clone(), options, &|_| None).expect("the binding is whole")
}

/// A mock whose exchanges are heard.
struct Tap {
    world: World,
    events: Arc<Mutex<Vec<Event>>>,
    numbers: AtomicU64,
    now: Box<dyn Fn() -> Instant + Send + Sync>,
}

impl Tap {
    fn mark(&self, number: u64, mark: Mark) {
        self.events.lock().expect("nobody panicked").push(Event { number, mark, missed: 0 });
    }
}

impl Transport for Tap {
    fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        let arrival = self.world.arrival();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let (method, uri) = (request.method().clone(), request.uri().clone());
        self.mark(number, Mark::Begun { method, uri, at: (self.now)() });
        Box::pin(async move {
            // What is sent at once has all arrived before the first of it is answered.
            tokio::task::yield_now().await;
            let response = self.world.respond_since(&request, arrival);
            let exchange = Exchange { request, response: response.clone(), is_whole: true, answered: (self.now)() };
            self.mark(number, Mark::Ended(End::Answered(Box::new(exchange))));
            Ok(response)
        })
    }
}
