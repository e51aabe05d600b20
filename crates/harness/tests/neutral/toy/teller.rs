//! The webhooks of the toy contract: whoever registers is told which boxes a call has changed, a little later, and again
//! where it refuses. Holds no rule of the contract but that.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countermand_harness::Inbox;
use http::Request;
use serde_json::{Value, json};

use super::wrong::Wrong;

/// How long a telling takes.
const SOON: Duration = Duration::from_millis(120);
/// How long one that was refused takes to come again.
const AGAIN: Duration = Duration::from_secs(30);

/// Tells of changes.
#[derive(Debug)]
pub(crate) struct Teller {
    inbox: Arc<Inbox>,
    wrongs: Vec<Wrong>,
    hooks: Mutex<Vec<Hook>>,
}

#[derive(Debug, Clone)]
struct Hook {
    id: String,
    url: String,
    password: String,
    /// Only boxes that were voided.
    only_void: bool,
    is_on: bool,
}

impl Teller {
    pub(crate) fn new(inbox: Arc<Inbox>, wrongs: &[Wrong]) -> Self {
        Self { inbox, wrongs: wrongs.to_vec(), hooks: Mutex::default() }
    }

    fn is(&self, wrong: Wrong) -> bool {
        self.wrongs.contains(&wrong)
    }

    /// Registers somebody.
    pub(crate) fn register(&self, asked: &Value) -> Value {
        let mut hooks = self.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
        // Whoever registers has an address of its own.
        let id = text("url").rsplit('/').next().unwrap_or_default().to_owned();
        let only_void = asked["about"] == "void" && !self.is(Wrong::TellsEverything);
        hooks.push(Hook { id: id.clone(), url: text("url"), password: text("password"), only_void, is_on: true });
        json!({ "id": id })
    }

    /// Tells somebody nothing any more.
    pub(crate) fn forget(&self, id: &str) {
        let mut hooks = self.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        hooks
            .iter_mut()
            .filter(|hook| hook.id == id && !self.is(Wrong::TellsTheGone))
            .for_each(|hook| hook.is_on = false);
    }

    /// Who is registered still.
    pub(crate) fn registered(&self) -> usize {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner).iter().filter(|hook| hook.is_on).count()
    }

    /// Tells everybody what became of an order.
    pub(crate) fn tell(&self, order: &str, before: &Value, after: &Value) {
        if self.is(Wrong::TellsNobody) {
            return;
        }
        let boxes = |of: &Value| of["boxes"].as_array().cloned().unwrap_or_default();
        let old = boxes(before);
        let is_changed = |new: &Value| old.iter().all(|old| old["id"] != new["id"] || old["void"] != new["void"]);
        let mut changed: Vec<Value> = boxes(after).into_iter().filter(is_changed).collect();
        // It rises with every change: boxes are only added, and only voided.
        let number = boxes(after).len() + boxes(after).iter().filter(|it| it["void"] == true).count();
        changed.iter_mut().for_each(|changed| changed["number"] = json!(number));
        if self.is(Wrong::TellsLies) {
            changed.iter_mut().for_each(|changed| changed["void"] = json!(false));
        }
        for hook in self.hooks.lock().unwrap_or_else(PoisonError::into_inner).iter().filter(|hook| hook.is_on) {
            let told: Vec<&Value> = changed.iter().filter(|it| !hook.only_void || it["void"] == true).collect();
            if !told.is_empty() {
                // In no order of theirs: the newest first, and an old one again.
                let bodies: Vec<Value> =
                    told.iter().rev().map(|it| json!({ "order": order, "changes": [it] })).collect();
                self.send(hook, bodies);
            }
        }
    }

    fn send(&self, hook: &Hook, bodies: Vec<Value>) {
        let key = if self.is(Wrong::TellsWithoutKey) { "nobody" } else { hook.password.as_str() };
        let wait = if self.is(Wrong::TellsTooLate) { Duration::from_secs(3600) } else { SOON };
        let tries = if self.is(Wrong::TellsOnce) { 1 } else { 3 };
        let copies = if self.is(Wrong::TellsOnce) { 1 } else { 2 };
        for body in bodies {
            let body = if self.is(Wrong::TellsGarbage) { "<p>Void!</p>".to_owned() } else { body.to_string() };
            let request = move |url: &str, key: &str| {
                let request = Request::post(url).header("x-key", key).header("content-type", "application/json");
                request.body(Bytes::from(body.clone())).expect("a request")
            };
            let (inbox, url, key) = (Arc::clone(&self.inbox), hook.url.clone(), key.to_owned());
            tokio::spawn(async move {
                tokio::time::sleep(wait).await;
                for _ in 0..tries {
                    if (0..copies).all(|_| inbox.post(request(&url, &key)).is_success()) {
                        return;
                    }
                    tokio::time::sleep(AGAIN).await;
                }
            });
        }
    }
}
