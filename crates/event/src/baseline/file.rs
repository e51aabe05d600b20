//! The keys of a baseline file.

use std::collections::BTreeSet;

use countermand_text::{Node, Problem, Reader, yaml};

use super::{Baseline, KnownFailure};

/// The one version of the format there is.
const FORMAT: u64 = 1;

impl Baseline {
    /// Reads a baseline file. `path` is how it is called in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        let (source, root) = yaml::parse(path, bytes).map_err(|problem| vec![problem])?;
        let reader = Reader::new(source);
        let mut fields = reader.fields(&root, "a baseline");
        if let Some(node) = fields.need("format")
            && reader.count(node, "the format's version").is_some_and(|format| format != FORMAT)
        {
            let hint = Some(format!("write `format: {FORMAT}`, or use a program that is newer"));
            reader.problem(node.at, format!("this program reads format {FORMAT}"), hint);
        }
        let mut baseline = Self::default();
        for (case, node) in fields.need("known").map_or(&[][..], |node| reader.entries(node, "known failures by case"))
        {
            if let Some(known) = known_failure(&reader, node) {
                baseline.known.insert(case.text.clone(), known);
            }
        }
        fields.finish();
        if reader.has_problems() { Err(reader.into_problems()) } else { Ok(baseline) }
    }
}

fn known_failure(reader: &Reader, node: &Node) -> Option<KnownFailure> {
    let mut fields = reader.fields(node, "a known failure");
    let violates = fields.need("violates").map(|node| violations(reader, node));
    let reason = fields.need("reason").and_then(|node| {
        let reason = reader.text(node, "a reason")?;
        if reason.trim().is_empty() {
            reader.problem(node.at, "a known failure needs a reason", Some("say why it is put up with".to_owned()));
        }
        Some(reason.to_owned())
    });
    let expires = fields.take("expires").and_then(|node| {
        let day = reader.text(node, "a date")?;
        if !is_date(day) {
            reader.problem(node.at, format!("`{day}` is no date"), Some("write it as 2027-03-31".to_owned()));
        }
        Some(day.to_owned())
    });
    fields.finish();
    Some(KnownFailure { violates: violates?, reason: reason?, expires })
}

/// `step 2 fulfilled-kept`, each.
fn violations(reader: &Reader, node: &Node) -> BTreeSet<(usize, String)> {
    let mut violations = BTreeSet::new();
    for node in reader.list(node, "a list of `step N CLAUSE`") {
        let Some(text) = reader.text(node, "`step N CLAUSE`") else { continue };
        match violation(text) {
            Some(violation) => drop(violations.insert(violation)),
            None => {
                let hint = Some("write `step 2 fulfilled-kept`: the step that differs, and the clause".to_owned());
                reader.problem(node.at, format!("`{text}` names no violation"), hint);
            }
        }
    }
    if violations.is_empty() && !reader.has_problems() {
        reader.problem(node.at, "a known failure violates something", None);
    }
    violations
}

fn violation(text: &str) -> Option<(usize, String)> {
    let (step, clause) = text.strip_prefix("step ")?.split_once(' ')?;
    Some((step.parse().ok()?, clause.trim().to_owned()))
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: usize| part.parse::<u32>().ok().filter(|_| part.len() == digits);
    match parts.as_slice() {
        [year, month, day] => {
            let (month, day) = (number(month, 2), number(day, 2));
            number(year, 4).is_some()
                && month.is_some_and(|month| (1..=12).contains(&month))
                && day.is_some_and(|day| (1..=31).contains(&day))
        }
        _ => false,
    }
}
