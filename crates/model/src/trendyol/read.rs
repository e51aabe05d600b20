//! Which packages a read shows, in which order, on which page. Shows packages as they are by then; changes nothing.

use super::auth::Seller;
use super::choices::{ListOrder, UnsuppliedFilter};
use super::query::Query;
use super::render;
use super::shape::{self, Page};
use super::state::{Moment, Package, Store};
use super::status::Status;
use crate::choice::Choices;

/// A package with what has come to pass of its timeline.
pub(super) type Seen<'a> = (&'a Package, &'a [Moment]);

/// A seller's packages that are asked for (`read.complete`, `read.filters`, `auth.other-seller`).
pub(super) fn find<'a>(store: &'a Store, seller: Seller, query: &Query, choices: &Choices, now: u64) -> Vec<Seen<'a>> {
    let of_order: Option<Vec<&Package>> = query.order.as_deref().map(|number| {
        let order = number.parse().ok().filter(|order: &u64| order.to_string() == number);
        order.map(|order| store.of_order(order).collect()).unwrap_or_default()
    });
    let all = || store.packages.values().collect();
    let seen = of_order.unwrap_or_else(all).into_iter().map(|package| (package, package.past(now)));
    let mut found: Vec<Seen<'_>> =
        seen.filter(|(package, past)| package.seller == seller && matches(package, past, query, choices)).collect();
    if choices.get::<ListOrder>() == ListOrder::Newest {
        found.reverse();
    }
    found
}

/// One page of what was found.
pub(super) fn page<'a>(
    found: Vec<Seen<'a>>,
    store: &Store,
    query: &Query,
    choices: &Choices,
) -> Page<Vec<shape::Package<'a>>> {
    let total = found.len();
    let shown = found.into_iter().skip(query.page.saturating_mul(query.size)).take(query.size);
    Page {
        page: query.page,
        size: query.size,
        total_pages: total.div_ceil(query.size),
        total_elements: total,
        content: shown.map(|(package, past)| render::package(package, past, store, choices)).collect(),
    }
}

fn matches(package: &Package, past: &[Moment], query: &Query, choices: &Choices) -> bool {
    let Some(last) = past.last() else {
        return false;
    };
    query.packages.as_ref().is_none_or(|ids| ids.contains(&package.id))
        && query.from.is_none_or(|from| from <= last.at)
        && query.to.is_none_or(|to| last.at <= to)
        && query.statuses.as_ref().is_none_or(|statuses| statuses.iter().any(|it| is(last.status, *it, choices)))
}

/// Whether what a package is counts as what is asked for.
fn is(status: Status, asked: Status, choices: &Choices) -> bool {
    let goes_by = render::status_name(status, choices) == asked.name();
    let also = || {
        status == Status::Cancelled
            && asked == Status::UnSupplied
            && choices.get::<UnsuppliedFilter>() == UnsuppliedFilter::ListsSellerCancels
    };
    goes_by || also()
}
