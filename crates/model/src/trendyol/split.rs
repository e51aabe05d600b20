//! The rules of splitting: four ways of saying which units go into packages of their own. What is not named goes on in
//! one more.

use super::cancel::MAX_LINES;
use super::refusal::Refusal;
use super::route::Split;
use super::state::Package;
use super::status::Status;
use crate::wire::fields::Fields;

/// More packages than this no call makes.
const MAX_PACKAGES: usize = 1_000;

/// Units of a line by its id; all of it, if no number is given.
type Share = (u64, Option<u64>);

/// The packages that are asked for.
pub(super) fn read(split: Split, fields: &Fields<'_>) -> Result<Vec<Vec<Share>>, Refusal> {
    match split {
        Split::Lines => Ok(vec![whole_lines(fields)?]),
        Split::Groups => fields.rows("splitGroups", Some(MAX_LINES))?.iter().map(whole_lines).collect(),
        Split::Quantities => {
            let mut packages = Vec::new();
            for row in fields.rows("quantitySplit", Some(MAX_LINES))? {
                let line = row.count("orderLineId")?;
                packages.extend(row.counts("quantities")?.into_iter().map(|units| vec![(line, Some(units))]));
            }
            Ok(packages)
        }
        Split::Packages => fields
            .rows("splitPackages", Some(MAX_LINES))?
            .iter()
            .map(|row| {
                let details = row.rows("packageDetails", Some(MAX_LINES))?;
                details.iter().map(|it| Ok((it.count("orderLineId")?, Some(it.count("quantities")?)))).collect()
            })
            .collect(),
    }
}

fn whole_lines(fields: &Fields<'_>) -> Result<Vec<Share>, Refusal> {
    Ok(fields.counts("orderLineIds")?.into_iter().map(|line| (line, None)).collect())
}

/// The packages that take over, as places in the list of lines with units: every unit in one of them, and at least two of
/// them, or it is no split.
pub(super) fn plan(package: &Package, asked: &[Vec<Share>]) -> Result<Vec<Vec<(usize, u64)>>, Refusal> {
    if !matches!(package.status(), Status::Created | Status::Picking | Status::Invoiced) {
        return Err(Refusal::state(format!("a package that is {} can't be split", package.status().name())));
    }
    if asked.len() > MAX_PACKAGES {
        return Err(Refusal::invalid(format!("no more than {MAX_PACKAGES} packages can be made at once")));
    }
    let mut left: Vec<u64> = package.lines.iter().map(|line| line.quantity).collect();
    let mut parts = Vec::new();
    for shares in asked {
        let mut part: Vec<(usize, u64)> = Vec::new();
        for (id, units) in shares {
            let at = package.line(*id).ok_or_else(|| Refusal::invalid(format!("line {id} is not in this package")))?;
            let units = units.unwrap_or(package.lines[at].quantity);
            if units > left[at] || part.iter().any(|(other, _)| *other == at) {
                return Err(Refusal::invalid(format!("line {id} is split into more than it has, or named twice")));
            }
            left[at] -= units;
            part.push((at, units));
        }
        parts.push(part);
    }
    let rest: Vec<_> = left.into_iter().enumerate().filter(|(_, left)| *left > 0).collect();
    if !rest.is_empty() {
        parts.push(rest);
    }
    if parts.len() < 2 {
        return Err(Refusal::invalid("nothing would be split off"));
    }
    Ok(parts)
}
