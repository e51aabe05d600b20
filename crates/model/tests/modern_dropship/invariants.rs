//! Random calls on random orders under random choices, and what must hold after each, as read through the API.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::api::{Api, Placed, SELLER, View, bare, item_of, view_of};
use crate::generated::{Played, calls, lines, picks, play};

/// What holds between the order before and after any call.
fn check_step(before: &View, after: &View, played: &Played) -> Result<(), TestCaseError> {
    let accepted = (200..300).contains(&played.status);
    prop_assert!(accepted || (400..500).contains(&played.status), "status {}", played.status);
    if !accepted {
        prop_assert_eq!(before, after, "refused, yet changed");
    }
    for was in &before.items {
        let now = after.item(&was.id);
        prop_assert!(now.is_some(), "item {} is gone", was.id);
        let now = now.unwrap();
        if was.cancelled || (played.item.is_some() && played.item.as_ref() != Some(&was.id)) {
            prop_assert_eq!(was, now, "an item changed that had no business to");
        }
        prop_assert_eq!(&was.product, &now.product);
    }
    let new: Vec<_> = after.items.iter().filter(|item| before.item(&item.id).is_none()).collect();
    if played.item.is_some() {
        prop_assert!(new.len() <= 1);
    } else if played.order_cancel {
        prop_assert!(new.len() <= before.items.iter().filter(|item| !item.cancelled).count());
    } else {
        prop_assert!(new.is_empty());
    }
    prop_assert!(new.iter().all(|item| !item.cancelled));
    for (product, live) in after.live() {
        prop_assert!(live <= before.live()[&product], "live units of {} rose", product);
    }
    prop_assert!(!before.shipped || after.shipped, "shipped was taken back");
    if after.shipped && !before.shipped {
        prop_assert!(after.fulfilled_total() > 0, "shipped without a fulfilment");
    }
    check_amounts(before, after, played, accepted)
}

/// How many units a call may and must take away.
fn check_amounts(before: &View, after: &View, played: &Played, accepted: bool) -> Result<(), TestCaseError> {
    let lost = before.live_total() - after.live_total();
    let was = played.item.as_ref().and_then(|id| before.item(id));
    match (was, played.new_quantity) {
        (Some(was), _) if was.cancelled => prop_assert_eq!(before, after, "a repeat had an effect"),
        (Some(was), Some(n)) if accepted && n > 0 => {
            prop_assert!(n < was.quantity);
            prop_assert_eq!(lost, was.quantity - n);
            let new: Vec<_> = after.items.iter().filter(|item| before.item(&item.id).is_none()).collect();
            prop_assert_eq!(new.len(), 1);
            prop_assert_eq!((new[0].quantity, &new[0].product), (n, &was.product));
            prop_assert!(after.item(&was.id).unwrap().cancelled);
        }
        (Some(was), _) if accepted => {
            prop_assert!(lost > 0 && lost <= was.quantity);
        }
        (Some(_), _) => {}
        _ if played.order_cancel && accepted && lost > 0 => {
            prop_assert_eq!(after.live_total(), after.fulfilled_total(), "not all the rest");
        }
        _ if played.order_cancel => prop_assert_eq!(&before.items, &after.items),
        _ => prop_assert_eq!(&before.items, &after.items),
    }
    let mut expected = before.fulfilled.clone();
    if let (Some((product, units)), true) = (&played.fulfilled, accepted) {
        *expected.entry(product.clone()).or_insert(0) += units;
    }
    prop_assert_eq!(&expected, &after.fulfilled);
    Ok(())
}

/// What holds of an order at any time. `reduced` are the items that shrank without being cancelled.
fn check_state(view: &View, reduced: &BTreeSet<String>) -> Result<(), TestCaseError> {
    let any = view.items.iter().any(|item| item.cancelled || reduced.contains(&item.id));
    prop_assert_eq!(view.has_cancellations, any);
    let live = view.live();
    for (product, fulfilled) in &view.fulfilled {
        prop_assert!(*fulfilled <= live[product], "{} fulfilled units were cancelled", product);
    }
    prop_assert!(view.items.iter().all(|item| item.quantity > 0), "an empty item");
    if view.shipped {
        prop_assert_eq!(view.live_total(), view.fulfilled_total(), "shipped too early");
    }
    for item in &view.items {
        let marks = [&item.by, &item.date];
        prop_assert!(marks.iter().all(|mark| mark.is_empty() != item.cancelled));
    }
    Ok(())
}

/// The list, the buyer and the answer show what the order itself shows.
fn check_other_views(api: &mut Api, placed: &Placed, view: &View, played: &Played) -> Result<(), TestCaseError> {
    let (_, list) = api.call(SELLER, "GET", "/orders", "");
    prop_assert_eq!(&view_of(&bare(&list)[0]), view);
    let buyers = view_of(&api.buyer_order(&placed.buyer_order)["sellerOrders"][0]);
    prop_assert_eq!(&buyers.items, &view.items);
    prop_assert_eq!((buyers.shipped, buyers.has_cancellations), (view.shipped, view.has_cancellations));
    if played.status >= 300 || !played.by_seller {
        return Ok(());
    }
    let answer = bare(&played.answer);
    if answer.get("items").is_some() {
        prop_assert_eq!(&view_of(answer), view, "the answer shows another order");
    } else if answer.get("quantity").is_some() {
        let item = item_of(answer);
        prop_assert_eq!(Some(&item), view.item(&item.id), "the answer shows another item");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hold_after_every_call(
        picks in picks(),
        lines in lines(),
        calls in prop::collection::vec(calls(), 1..12),
    ) {
        let mut api = Api::new(&picks);
        let placed = api.place(&lines);
        let top = api.buyer_order(&placed.buyer_order)["items"].clone();
        let mut view = api.view(&placed.order);
        let mut reduced = BTreeSet::new();
        for call in &calls {
            let played = play(&mut api, &placed, &view, call);
            let after = api.view(&placed.order);
            check_step(&view, &after, &played)?;
            let shrank = after.items.iter().filter(|item| {
                !item.cancelled && view.item(&item.id).is_some_and(|was| was.quantity > item.quantity)
            });
            reduced.extend(shrank.map(|item| item.id.clone()));
            check_state(&after, &reduced)?;
            check_other_views(&mut api, &placed, &after, &played)?;
            view = after;
        }
        prop_assert_eq!(&api.buyer_order(&placed.buyer_order)["items"], &top);
    }

    #[test]
    fn an_order_call_equals_its_item_calls(picks in picks(), lines in lines()) {
        let (mut whole, mut single) = (Api::new(&picks), Api::new(&picks));
        let (at_once, one_by_one) = (whole.place(&lines), single.place(&lines));
        whole.post(&at_once.order, "cancel", "");
        for item in single.view(&one_by_one.order).items {
            single.cancel_item(&one_by_one.order, &item.id, "");
        }
        let (whole, single) = (whole.view(&at_once.order), single.view(&one_by_one.order));
        prop_assert!(whole.has_cancellations && single.has_cancellations);
        prop_assert_eq!(whole.signed(), single.signed());
        prop_assert_eq!((whole.live_total(), whole.shipped), (0, single.shipped));
    }

    #[test]
    fn the_same_calls_get_the_same_bytes(
        picks in picks(),
        lines in lines(),
        calls in prop::collection::vec(calls(), 1..6),
    ) {
        let run = || {
            let mut api = Api::new(&picks);
            let placed = api.place(&lines);
            let mut replies = Vec::new();
            for call in &calls {
                let view = api.view(&placed.order);
                play(&mut api, &placed, &view, call);
                let path = format!("/orders/{}", placed.order);
                replies.push(api.send(Some(SELLER), "GET", &path, None, b""));
            }
            replies
        };
        prop_assert_eq!(run(), run());
    }
}
