//! A scenario in plain sentences, as Markdown: what the order holds, what is called, and what must come of it by which clause.
//! Sends nothing.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::Value;

use crate::check::describe;
use crate::scenario::{
    Argument, CallUse, Case, Claim, EntityClaim, FieldClaim, On, OrderRef, OrderSetUp, RequestOverride, Step,
    WebhookClaim,
};
use crate::spec::Spec;
use crate::spec::binding::Outcome;
use crate::suite::{Turns, WaitingCase};

/// A case in plain sentences, with the level that each clause has in this profile.
///
/// # Errors
/// That its file is no longer what was read.
pub fn explain(case: &Arc<WaitingCase>, profile: &str) -> Result<String, String> {
    let case = Turns::default().of(case).read()?;
    // Writing to a string cannot fail.
    let mut text = format!("# {}\n\n`{}`\n\n", case.title, case.id);
    for order in &case.orders {
        let _ = writeln!(text, "{}", set_up(order));
    }
    if let Some(with) = &case.webhooks {
        let _ = writeln!(text, "\nA webhook is registered with `{with}`.");
    }
    text.push('\n');
    for (index, step) in case.steps.iter().enumerate() {
        let _ = writeln!(text, "{}. {}", index + 1, made(&case, step));
        for expectation in &step.expect {
            let says = all(&case, &expectation.claims);
            let (level, statement) = clause(&case.spec, &expectation.clause, profile);
            let _ = writeln!(text, "   - {says}\n     ({level}`{}`: {statement})", expectation.clause);
        }
    }
    let _ = writeln!(text, "\nWhat no claim names must stay as it was.");
    Ok(text)
}

/// `The order holds `mug`, an item with quantity 5, and …`
fn set_up(order: &OrderSetUp) -> String {
    let name = if order.name.is_empty() { "The order".to_owned() } else { format!("The order `{}`", order.name) };
    let with = |fields: &[(String, Value)]| {
        fields.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
    };
    let asked = if order.fields.is_empty() { String::new() } else { format!(" ({})", with(&order.fields)) };
    let role = |role: &crate::scenario::RoleSetUp| {
        let is_shared = role.role.rsplit('.').next() != Some(role.product.as_str());
        let shared = if is_shared { format!(", of the same product as `{}`", role.product) } else { String::new() };
        let fields = if role.fields.is_empty() { String::new() } else { format!(" with {}", with(&role.fields)) };
        format!("`{}` ({}{fields}{shared})", role.role, role.kind)
    };
    format!("{name}{asked} holds {}.", listed(&order.roles.iter().map(role).collect::<Vec<_>>()))
}

/// What is called, by whom, and how often.
fn made(case: &Case, step: &Step) -> String {
    let calls: Vec<String> = step.calls().map(|call| of_call(case, call)).collect();
    let at_once = if calls.len() > 1 { "At once, " } else { "" };
    let mut text = sentence(&format!("{at_once}{}.", listed(&calls)));
    if let Some((choice, option)) = &step.condition {
        text = format!("Where `{choice}` was seen to be `{option}`. {text}");
    }
    if step.repeat > 1 {
        let _ = write!(text, " The case is played {} times, on fresh orders.", step.repeat);
    }
    if step.refuse > 0 {
        let _ = write!(text, " The next {} webhooks are refused.", step.refuse);
    }
    text
}

/// The same with a capital letter.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn of_call(case: &Case, call: &CallUse) -> String {
    let order = match call.order {
        OrderRef::Unknown => " in an order that nobody has".to_owned(),
        OrderRef::Named(index) if case.orders.len() > 1 => format!(" in `{}`", case.orders[index].name),
        OrderRef::Named(_) => String::new(),
    };
    let on = match &call.on {
        On::Order => String::new(),
        On::Role(role) => format!(" on `{role}`"),
        On::Unknown(kind) => format!(" on a {kind} that nobody has"),
    };
    let with = call.with.as_ref().map(|with| format!(" with `{}`", argument(with))).unwrap_or_default();
    format!("the {} calls `{}`{on}{order}{with}{}", call.caller, call.name, otherwise(&call.request))
}

fn argument(argument: &Argument) -> String {
    match argument {
        Argument::Value(value) => value.to_string(),
        Argument::Id(role) => format!("<id of {role}>"),
        Argument::Unknown(kind) => format!("<id of no {kind}>"),
        Argument::List(list) => format!("[{}]", list.iter().map(self::argument).collect::<Vec<_>>().join(", ")),
        Argument::Map(map) => {
            let entry = |(name, value): &(String, Argument)| format!("{name}: {}", self::argument(value));
            format!("{{{}}}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

/// What is sent otherwise than the binding says.
fn otherwise(request: &RequestOverride) -> String {
    let mut parts: Vec<String> = request.method.iter().map(|method| format!("by {method}")).collect();
    parts.extend(request.headers.iter().map(|(name, value)| match value {
        Some(value) => format!("with the header `{name}: {}`", String::from_utf8_lossy(value.as_bytes())),
        None => format!("without the header `{name}`"),
    }));
    parts.extend(request.body.iter().map(|body| format!("with the raw body `{body}`")));
    if parts.is_empty() { String::new() } else { format!(", {}", parts.join(", ")) }
}

/// Every claim of a clause, one after the other.
fn all(case: &Case, claims: &[Claim]) -> String {
    let says: Vec<String> = claims.iter().map(|claim| says(case, claim)).collect();
    if says.is_empty() { "nothing more".to_owned() } else { says.join("; ") }
}

fn says(case: &Case, claim: &Claim) -> String {
    let order = |index: usize| match case.orders.len() {
        0 | 1 => "the order".to_owned(),
        _ => format!("the order `{}`", case.orders[index].name),
    };
    match claim {
        Claim::Outcome { outcome: Outcome::Refused, .. } => "the call is refused, and nothing moves".to_owned(),
        Claim::Outcome { outcome, .. } => format!("the call is {}", outcome.word()),
        Claim::Outcomes { outcomes, .. } => {
            let word = |outcome: &Option<Outcome>| outcome.map_or("anything", Outcome::word);
            format!("the calls are answered {}", outcomes.iter().map(word).collect::<Vec<_>>().join(", "))
        }
        Claim::Status { test, .. } => format!("the status is {}", describe(test)),
        Claim::Order { order: index, field } => format!("{}: {}", order(*index), of_field(field)),
        Claim::Entity(entity) => of_entity(entity),
        Claim::Group { group, product, field, .. } => format!("{group} `{product}`: {}", of_field(field)),
        Claim::Agrees { view, .. } => format!("the view `{view}` shows the same"),
        Claim::Choice { choice, options, .. } => {
            let option = |(name, claims): &(String, Vec<Claim>)| format!("`{name}`: {}", all(case, claims));
            format!("as `{choice}` is chosen, {}", options.iter().map(option).collect::<Vec<_>>().join(" · or "))
        }
        Claim::Webhook(webhook) => of_webhook(webhook),
        Claim::AnyOf { options, .. } => {
            format!("either {}", options.iter().map(|claims| all(case, claims)).collect::<Vec<_>>().join(" · or "))
        }
    }
}

fn of_entity(entity: &EntityClaim) -> String {
    let mut parts: Vec<String> = entity.new.iter().map(|origin| format!("is new and comes of `{origin}`")).collect();
    parts.extend(entity.absent.then(|| "is there no longer".to_owned()));
    parts.extend(entity.fields.iter().map(of_field));
    format!("`{}`: {}", entity.role, parts.join(", "))
}

fn of_field(field: &FieldClaim) -> String {
    format!("{} is {}", field.name, describe(&field.test))
}

fn of_webhook(webhook: &WebhookClaim) -> String {
    let on = webhook.on.as_ref().map(|role| format!(" of `{role}`")).unwrap_or_default();
    let parts: Vec<String> = webhook.fields.iter().chain(&webhook.headers).map(of_field).collect();
    let like = if parts.is_empty() { String::new() } else { format!(" in which {}", parts.join(", ")) };
    match (webhook.absent, webhook.agrees) {
        (true, _) => format!("no webhook tells{on}{like}"),
        (_, true) => format!("the last webhook{on} says what is read"),
        _ => format!("a webhook tells{on}{like}"),
    }
}

/// The level of a clause, if the profile has it, and what it says.
fn clause<'s>(spec: &'s Spec, id: &str, profile: &str) -> (String, &'s str) {
    let Some(clause) = spec.clause(id) else { return (String::new(), "") };
    let level = clause.levels.get(profile).map(|level| format!("{} ", level.name()));
    (level.unwrap_or_default(), &clause.text)
}

/// `a, b and c`.
fn listed(parts: &[String]) -> String {
    match parts {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
