//! A client of the model: sends calls, and reads packages into one form whatever dialect they are shown in.

use std::collections::BTreeMap;

use countermand_model::{Model, Reply, Request, Settings, build};
use serde_json::{Value, json};

pub(crate) const SELLER: &str = "1001";
pub(crate) const OTHER: &str = "1002";
/// No package and no line has this id.
pub(crate) const UNKNOWN: u64 = 9;

pub(crate) const KEY: &str = "Basic c2VsbGVyLWtleTpzZWxsZXItc2VjcmV0";
pub(crate) const OTHER_KEY: &str = "Basic b3RoZXIta2V5Om90aGVyLXNlY3JldA==";

/// A model with a clock that runs on by more than any delay before each request.
pub(crate) struct Api {
    pub(crate) model: Box<dyn Model>,
    pub(crate) now: u64,
    /// How far the clock runs.
    pub(crate) step: u64,
    /// Sent with every call, beside key and User-Agent.
    pub(crate) header: Option<(&'static str, &'static str)>,
}

/// A package as it is shown, without what may differ between two equal ones.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Package {
    pub(crate) id: u64,
    pub(crate) order: String,
    pub(crate) tracking: String,
    pub(crate) status: String,
    pub(crate) created_by: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) raw: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) id: u64,
    pub(crate) barcode: String,
    pub(crate) quantity: u64,
}

impl Api {
    pub(crate) fn new(picks: &[(&str, &str)]) -> Self {
        Self::with(picks, Settings::default())
    }

    pub(crate) fn with(picks: &[(&str, &str)], settings: Settings) -> Self {
        let picks: Vec<_> = picks.iter().map(|(c, o)| (c.to_string(), o.to_string())).collect();
        let model = build("trendyol", &picks, &[], settings).unwrap();
        Self { model, now: 1_700_000_000_000, step: 1_000, header: None }
    }

    pub(crate) fn send(&mut self, headers: &[(&str, &str)], method: &str, target: &str, body: &[u8]) -> Reply {
        self.now += self.step;
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        self.model.handle(&Request { method, path, query, headers, body }, self.now)
    }

    /// A call of a seller's; the path begins after the base.
    pub(crate) fn call(&mut self, seller: &str, method: &str, target: &str, body: &str) -> (u16, Value) {
        let reply = self.reply(seller, method, target, body);
        (reply.status, json_of(&reply))
    }

    pub(crate) fn reply(&mut self, seller: &str, method: &str, target: &str, body: &str) -> Reply {
        let key = if seller == SELLER { KEY } else { OTHER_KEY };
        let user_agent = format!("{seller} - Suite");
        let mut headers = vec![("authorization", key), ("user-agent", &user_agent), ("sellerid", seller)];
        headers.extend(self.header);
        self.send(&headers, method, target, body.as_bytes())
    }

    /// A call of the seller's to one of its packages.
    pub(crate) fn put(&mut self, package: u64, rest: &str, body: &str) -> u16 {
        self.call(SELLER, "PUT", &format!("/order/sellers/{SELLER}/shipment-packages/{package}{rest}"), body).0
    }

    pub(crate) fn cancel(&mut self, package: u64, lines: &[(u64, u64)]) -> u16 {
        self.put(package, "/items/unsupplied", &cancel_of(lines, 500))
    }

    pub(crate) fn pick(&mut self, package: u64) -> u16 {
        self.put(package, "", r#"{"status":"Picking","lines":[],"params":{}}"#)
    }

    pub(crate) fn invoice(&mut self, package: u64) -> u16 {
        self.put(package, "", r#"{"status":"Invoiced","lines":[],"params":{"invoiceNumber":"I-1"}}"#)
    }

    pub(crate) fn stage(&mut self, package: u64, status: &str) -> u16 {
        let path = format!("/test/order/sellers/{SELLER}/shipment-packages/{package}/status");
        self.call(SELLER, "PUT", &path, &json!({ "status": status }).to_string()).0
    }

    pub(crate) fn split(&mut self, package: u64, way: &str, body: &Value) -> u16 {
        let path = format!("/order/sellers/{SELLER}/shipment-packages/{package}/{way}");
        self.call(SELLER, "POST", &path, &body.to_string()).0
    }

    /// Places an order and tells its number.
    pub(crate) fn place(&mut self, lines: &[(&str, u64)]) -> String {
        self.place_as(SELLER, lines)
    }

    pub(crate) fn place_as(&mut self, seller: &str, lines: &[(&str, u64)]) -> String {
        let line =
            |(barcode, quantity): &(&str, u64)| json!({ "barcode": barcode, "quantity": quantity, "price": 9.5 });
        let body = json!({ "lines": lines.iter().map(line).collect::<Vec<_>>() });
        let (status, placed) = self.call(seller, "POST", "/test/order/orders/core", &body.to_string());
        assert_eq!(status, 200, "{placed}");
        placed["orderNumber"].as_str().unwrap().to_owned()
    }

    /// Places an order and gives its one package.
    pub(crate) fn package(&mut self, lines: &[(&str, u64)]) -> Package {
        let order = self.place(lines);
        let mut packages = self.packages(&order);
        assert_eq!(packages.len(), 1);
        packages.remove(0)
    }

    pub(crate) fn packages(&mut self, order: &str) -> Vec<Package> {
        self.list(&format!("orderNumber={order}&size=200"))
    }

    pub(crate) fn list(&mut self, query: &str) -> Vec<Package> {
        let (status, page) = self.call(SELLER, "GET", &format!("/order/sellers/{SELLER}/v2/orders?{query}"), "");
        assert_eq!(status, 200, "{page}");
        packages_of(&page)
    }
}

impl Package {
    pub(crate) fn live(&self) -> bool {
        !["Cancelled", "UnSupplied", "UnPacked"].contains(&self.status.as_str())
    }

    pub(crate) fn line(&self, barcode: &str) -> u64 {
        self.lines.iter().find(|line| line.barcode == barcode).unwrap().id
    }

    pub(crate) fn amounts(&self) -> Vec<(&str, u64)> {
        self.lines.iter().map(|line| (line.barcode.as_str(), line.quantity)).collect()
    }
}

/// Units in live packages, by product.
pub(crate) fn live(packages: &[Package]) -> BTreeMap<String, u64> {
    let mut live = BTreeMap::new();
    for line in packages.iter().filter(|package| package.live()).flat_map(|package| &package.lines) {
        *live.entry(line.barcode.clone()).or_insert(0) += line.quantity;
    }
    live
}

pub(crate) fn cancel_of(lines: &[(u64, u64)], reason: u64) -> String {
    let lines: Vec<_> = lines.iter().map(|(id, units)| json!({ "lineId": id, "quantity": units })).collect();
    json!({ "lines": lines, "reasonId": reason }).to_string()
}

pub(crate) fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or_default()
}

pub(crate) fn packages_of(page: &Value) -> Vec<Package> {
    page["content"].as_array().unwrap().iter().map(package_of).collect()
}

pub(crate) fn package_of(raw: &Value) -> Package {
    let text = |name: &str| raw[name].as_str().unwrap().to_owned();
    let id = |raw: &Value, name: &str| raw.get(name).or_else(|| raw.get("id")).unwrap().as_u64().unwrap();
    let line = |raw: &Value| Line {
        id: id(raw, "lineId"),
        barcode: raw["barcode"].as_str().unwrap().to_owned(),
        quantity: raw["quantity"].as_u64().unwrap(),
    };
    Package {
        id: id(raw, "shipmentPackageId"),
        order: text("orderNumber"),
        tracking: raw["cargoTrackingNumber"].to_string().replace('"', ""),
        status: text("status"),
        created_by: text("createdBy"),
        lines: raw["lines"].as_array().unwrap().iter().map(line).collect(),
        raw: raw.clone(),
    }
}
