//! The webhooks of the sellers: registered, changed, switched on and off. What is sent to them is `teller`'s matter.

use std::collections::BTreeMap;

use super::auth::Seller;
use super::refusal::{Cause, Refusal};
use super::shape;
use super::status::Status;
use crate::wire::basic;
use crate::wire::fields::Fields;

/// More webhooks than this no seller has.
pub(super) const MAX_PER_SELLER: usize = 15;
/// So many failures in a row turn a webhook off.
const MAX_FAILURES: u32 = 13;

/// Where a seller wants to be told of packages.
#[derive(Clone, Debug)]
pub(super) struct Webhook {
    pub(super) id: u64,
    pub(super) seller: Seller,
    pub(super) wish: Wish,
    pub(super) active: bool,
    /// In a row.
    failures: u32,
    pub(super) created_at: u64,
    pub(super) changed_at: u64,
}

/// A webhook as it is asked for.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) url: String,
    auth: Auth,
    /// None: told of everything.
    statuses: Vec<Status>,
}

/// How a delivery proves where it is from.
#[derive(Clone, Debug)]
enum Auth {
    Basic { credentials: String },
    ApiKey(String),
}

impl Wish {
    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let auth = match fields.word("authenticationType")? {
            "BASIC_AUTHENTICATION" => {
                let (name, password) = (fields.word("username")?, fields.word("password")?);
                Auth::Basic { credentials: format!("{name}:{password}") }
            }
            "API_KEY" => Auth::ApiKey(visible("apiKey", fields.word("apiKey")?)?),
            _ => return Err(Refusal::invalid("authenticationType must be BASIC_AUTHENTICATION or API_KEY")),
        };
        let status = |event: &str| {
            Status::of_event(event).ok_or_else(|| Refusal::invalid(format!("{event:?} can't be subscribed to")))
        };
        let statuses = fields.texts("subscribedStatuses")?.into_iter().map(status).collect::<Result<_, _>>()?;
        Ok(Self { url: url(fields.word("url")?)?, auth, statuses })
    }

    /// The header that a delivery proves itself by.
    pub(super) fn header(&self) -> (&'static str, String) {
        match &self.auth {
            Auth::Basic { credentials } => ("authorization", basic::header(credentials)),
            Auth::ApiKey(key) => ("x-api-key", key.clone()),
        }
    }
}

impl Webhook {
    /// Whether it is subscribed to what a package turns.
    pub(super) fn wants(&self, status: Status) -> bool {
        self.wish.statuses.is_empty() || self.wish.statuses.contains(&status)
    }

    fn switch(&mut self, on: bool, now: u64) {
        self.active = on;
        self.failures = 0;
        self.changed_at = now;
    }

    fn shape(&self) -> shape::Webhook<'_> {
        shape::Webhook {
            id: self.id.to_string(),
            url: &self.wish.url,
            authentication_type: match self.wish.auth {
                Auth::Basic { .. } => "BASIC_AUTHENTICATION",
                Auth::ApiKey(_) => "API_KEY",
            },
            subscribed_statuses: self.wish.statuses.iter().map(|status| status.event()).collect(),
            status: if self.active { "ACTIVE" } else { "PASSIVE" },
            created_date: self.created_at,
            last_modified_date: self.changed_at,
        }
    }
}

/// All webhooks.
#[derive(Clone, Debug, Default)]
pub(super) struct Webhooks(BTreeMap<u64, Webhook>);

impl Webhooks {
    pub(super) fn add(&mut self, id: u64, seller: Seller, wish: Wish, now: u64) -> Result<(), Refusal> {
        if self.of(seller).count() >= MAX_PER_SELLER {
            return Err(Refusal::state(format!("a seller can have {MAX_PER_SELLER} webhooks, and has them")));
        }
        self.0.insert(id, Webhook { id, seller, wish, active: true, failures: 0, created_at: now, changed_at: now });
        Ok(())
    }

    pub(super) fn change(&mut self, id: u64, wish: Wish, now: u64) {
        if let Some(webhook) = self.0.get_mut(&id) {
            webhook.wish = wish;
            webhook.changed_at = now;
        }
    }

    pub(super) fn remove(&mut self, id: u64) {
        self.0.remove(&id);
    }

    pub(super) fn switch(&mut self, id: u64, on: bool, now: u64) {
        if let Some(webhook) = self.0.get_mut(&id) {
            webhook.switch(on, now);
        }
    }

    /// Takes note of how a delivery ended, and tells whether the webhook is still on: too many failures turn it off.
    pub(super) fn tried(&mut self, id: u64, accepted: bool, now: u64) -> bool {
        let Some(webhook) = self.0.get_mut(&id) else {
            return false;
        };
        webhook.failures = if accepted { 0 } else { webhook.failures + 1 };
        if webhook.failures >= MAX_FAILURES {
            webhook.switch(false, now);
        }
        webhook.active
    }

    pub(super) fn get(&self, id: u64) -> Option<&Webhook> {
        self.0.get(&id)
    }

    /// The seller's own webhook of this name. Another seller's is none.
    pub(super) fn own(&self, seller: Seller, id: &str) -> Result<u64, Refusal> {
        let id = id.parse().ok().filter(|id| self.0.get(id).is_some_and(|webhook| webhook.seller == seller));
        id.ok_or_else(|| Refusal::new(Cause::UnknownWebhook, "there is no such webhook"))
    }

    pub(super) fn list(&self, seller: Seller) -> Vec<shape::Webhook<'_>> {
        self.of(seller).map(|(_, webhook)| webhook.shape()).collect()
    }

    /// Everybody's webhooks, on or off.
    pub(super) fn all(&self) -> impl Iterator<Item = &Webhook> {
        self.0.values()
    }

    /// A seller's webhooks, on or off.
    pub(super) fn of(&self, seller: Seller) -> impl Iterator<Item = (u64, &Webhook)> {
        self.0.iter().filter(move |(_, webhook)| webhook.seller == seller).map(|(id, webhook)| (*id, webhook))
    }
}

fn url(url: &str) -> Result<String, Refusal> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with(['/', '?', '#']) && !url.contains(' ') => {
            visible("url", url)
        }
        _ => Err(Refusal::invalid("url must be an http or https address")),
    }
}

/// Text that can stand in the head of a request.
fn visible(name: &str, text: &str) -> Result<String, Refusal> {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        Ok(text.to_owned())
    } else {
        Err(Refusal::invalid(format!("{name} must be visible ASCII")))
    }
}
