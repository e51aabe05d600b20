//! Calls as data, and a player that never gives up on them: whatever a faulty model answers, the next call is made, and all
//! that is answered is written down.

use countermand_model::{Model, Request, Settings, build};
use serde_json::{Value, json};

use crate::api::{KEY, OTHER_KEY, SELLER, UNKNOWN};

/// The lines of an order, as products and units.
pub(crate) type Lines = &'static [(&'static str, u64)];

/// One call, or what is done between two. Packages and lines go by their places: those of the order in the order in which
/// they were first seen. A place where there is none names what nobody has.
#[derive(Debug)]
pub(crate) enum Step {
    /// Units of lines of a package.
    Cancel(usize, &'static [(usize, u64)]),
    /// A cancel with this body; `$0` and `$1` are lines of the package, `$f` is one of another order.
    Raw(usize, &'static str),
    Push(usize, &'static str),
    Stage(usize, &'static str),
    /// One unit of the first line apart from the rest.
    Split(usize),
    /// A read with this query; `$o` is the order, `$0` and `$1` are packages.
    Read(&'static str),
    /// A webhook for these statuses.
    Hook(&'static [&'static str]),
    DropHook,
    SwitchOff,
    /// From now on, what webhooks are told is not accepted.
    Deaf,
    Wait(u64),
    /// From now on, so many milliseconds before each call.
    Clock(u64),
    By(Who, &'static Step),
    /// All of them arrive before the first is answered.
    Meet(&'static [Step]),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Who {
    BadKey,
    WrongSecret,
    NoKey,
    NoAgent,
    /// Another seller, on the path of this one.
    Other,
    /// The seller, at a shop front abroad.
    Abroad,
}

pub(crate) struct Player {
    pub(crate) model: Box<dyn Model>,
    now: u64,
    clock: u64,
    deaf: bool,
    /// The order that is played with, and another one.
    orders: [String; 2],
    /// The packages of the first, with their lines.
    packages: Vec<(u64, Vec<u64>)>,
    foreign: u64,
    hook: String,
    /// All that was answered.
    pub(crate) log: Vec<String>,
}

/// What is answered to these calls, on an order of these lines.
pub(crate) fn played(fault: Option<&str>, picks: &[(&str, &str)], lines: Lines, steps: &[&Step]) -> Player {
    let picks: Vec<_> = picks.iter().map(|(c, o)| (c.to_string(), o.to_string())).collect();
    let mut player = Player::new(build("trendyol", &picks, fault.as_slice(), Settings::default()).unwrap());
    player.play(lines, steps);
    player
}

impl Player {
    fn new(model: Box<dyn Model>) -> Self {
        let (packages, log) = (Vec::new(), Vec::new());
        let (orders, hook) = (Default::default(), String::new());
        Self { model, now: 1_700_000_000_000, clock: 1_000, deaf: false, orders, packages, foreign: 0, hook, log }
    }

    /// The same again, on a model that forgot everything.
    pub(crate) fn again(mut self, lines: Lines, steps: &[&Step]) -> Self {
        self.model.reset();
        let mut again = Self::new(self.model);
        again.play(lines, steps);
        again
    }

    fn play(&mut self, lines: Lines, steps: &[&Step]) {
        self.orders = [self.place(lines), self.place(&[("cap", 2)])];
        self.look();
        for step in steps {
            self.step(step, None, None);
            self.look();
            self.listen();
        }
    }

    fn place(&mut self, lines: Lines) -> String {
        let line = |(barcode, quantity): &(&str, u64)| json!({ "barcode": barcode, "quantity": quantity });
        let body = json!({ "lines": lines.iter().map(line).collect::<Vec<_>>() }).to_string();
        let placed = self.send(None, None, "POST", "/test/order/orders/core", &body);
        placed["orderNumber"].as_str().unwrap_or_default().to_owned()
    }

    fn step(&mut self, step: &Step, who: Option<Who>, arrived: Option<u64>) {
        let at = |package: usize| self.packages.get(package).map_or(UNKNOWN, |(id, _)| *id);
        let path =
            |package: usize, rest: &str| format!("/order/sellers/{SELLER}/shipment-packages/{}{rest}", at(package));
        let hooks = format!("/webhook/sellers/{SELLER}/webhooks");
        let (method, target, body) = match step {
            Step::Cancel(package, lines) => {
                let row =
                    |(line, units): &(usize, u64)| json!({ "lineId": self.line(*package, *line), "quantity": units });
                let body = json!({ "lines": lines.iter().map(row).collect::<Vec<_>>(), "reasonId": 500 });
                ("PUT", path(*package, "/items/unsupplied"), body.to_string())
            }
            Step::Raw(package, body) => {
                let line = |at| self.line(*package, at).to_string();
                let body =
                    body.replace("$0", &line(0)).replace("$1", &line(1)).replace("$f", &self.foreign.to_string());
                ("PUT", path(*package, "/items/unsupplied"), body)
            }
            Step::Push(package, status) => {
                let body = json!({ "status": status, "lines": [], "params": { "invoiceNumber": "I-1" } });
                ("PUT", path(*package, ""), body.to_string())
            }
            Step::Stage(package, status) => {
                ("PUT", format!("/test{}", path(*package, "/status")), json!({ "status": status }).to_string())
            }
            Step::Split(package) => {
                let apart = json!([{ "orderLineId": self.line(*package, 0), "quantities": [1] }]);
                ("POST", path(*package, "/quantity-split"), json!({ "quantitySplit": apart }).to_string())
            }
            Step::Read(query) => {
                let query = query.replace("$o", &self.orders[0]).replace("$0", &at(0).to_string());
                let query = query.replace("$1", &at(1).to_string());
                ("GET", format!("/order/sellers/{SELLER}/orders?{query}"), String::new())
            }
            Step::Hook(statuses) => {
                let body = json!({
                    "url": "http://127.0.0.1:9/hook", "authenticationType": "API_KEY", "apiKey": "k-1",
                    "subscribedStatuses": statuses,
                });
                let made = self.send(who, arrived, "POST", &hooks, &body.to_string());
                self.hook = made["id"].as_str().unwrap_or_default().to_owned();
                return;
            }
            Step::DropHook => ("DELETE", format!("{hooks}/{}", self.hook), String::new()),
            Step::SwitchOff => ("PUT", format!("{hooks}/{}/deactivate", self.hook), String::new()),
            Step::Deaf => return self.deaf = true,
            Step::Wait(time) => return self.now += time,
            Step::Clock(step) => return self.clock = *step,
            Step::By(who, step) => return self.step(step, Some(*who), arrived),
            Step::Meet(steps) => {
                let arrived = self.model.handled();
                return steps.iter().for_each(|step| self.step(step, who, Some(arrived)));
            }
        };
        self.send(who, arrived, method, &target, &body);
    }

    fn line(&self, package: usize, line: usize) -> u64 {
        self.packages.get(package).and_then(|(_, lines)| lines.get(line)).copied().unwrap_or(UNKNOWN)
    }

    fn send(&mut self, who: Option<Who>, arrived: Option<u64>, method: &str, target: &str, body: &str) -> Value {
        self.now += self.clock;
        let mut headers = vec![("sellerid", SELLER)];
        match who {
            Some(Who::Other) => headers.push(("authorization", OTHER_KEY)),
            Some(Who::BadKey) => headers.push(("authorization", "Basic bm9ib2R5")),
            Some(Who::WrongSecret) => headers.push(("authorization", "Basic c2VsbGVyLWtleTp3cm9uZw==")),
            Some(Who::NoKey) => {}
            Some(Who::NoAgent | Who::Abroad) | None => headers.push(("authorization", KEY)),
        }
        let agent = if who == Some(Who::Other) { "1002 - Suite" } else { "1001 - Suite" };
        headers.extend((who != Some(Who::NoAgent)).then_some(("user-agent", agent)));
        headers.extend((who == Some(Who::Abroad)).then_some(("storefrontcode", "DE")));
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let request = Request { method, path, query, headers: &headers, body: body.as_bytes() };
        let arrived = arrived.unwrap_or_else(|| self.model.handled());
        let reply = self.model.handle_since(&request, self.now, arrived);
        // Parsed, so that the order of fields does not count for a difference.
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        self.log.push(format!("{method} {target}: {} {body}", reply.status));
        body
    }

    /// Reads both orders, and learns of new packages.
    fn look(&mut self) {
        for (at, order) in self.orders.clone().iter().enumerate() {
            let page = self.send(
                None,
                None,
                "GET",
                &format!("/order/sellers/{SELLER}/orders?orderNumber={order}&size=200"),
                "",
            );
            for package in page["content"].as_array().into_iter().flatten() {
                let lines =
                    package["lines"].as_array().into_iter().flatten().filter_map(|line| line["lineId"].as_u64());
                let (id, lines): (_, Vec<u64>) = (package["shipmentPackageId"].as_u64(), lines.collect());
                match id {
                    Some(_) if at == 1 => self.foreign = lines.first().copied().unwrap_or(UNKNOWN),
                    Some(id) if self.packages.iter().all(|(known, _)| *known != id) => self.packages.push((id, lines)),
                    _ => {}
                }
            }
        }
    }

    /// Takes what webhooks are told.
    fn listen(&mut self) {
        for delivery in self.model.deliveries(self.now) {
            let body: Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
            self.log.push(format!("told {} {:?} {body}", delivery.url, delivery.headers));
            self.model.delivered(delivery.id, !self.deaf, self.now);
        }
    }
}
