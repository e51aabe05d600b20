//! The model of the laws, through its only door: request bytes in, reply bytes out.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail as loudly as tests")]

use countermand_model::{Model, Reply, Request, Settings, build, choices};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

fn model(picks: &[(String, String)]) -> Box<dyn Model> {
    build("laws", picks, &[], Settings::default()).unwrap()
}

fn picked(choice: &str, option: &str) -> Box<dyn Model> {
    model(&[(choice.to_owned(), option.to_owned())])
}

fn send(model: &mut dyn Model, method: &str, path: &str, body: &[u8]) -> Reply {
    model.handle(&Request { method, path, query: None, headers: &[], body }, 0)
}

fn post(model: &mut dyn Model, path: &str, body: &Value) -> (u16, Value) {
    let reply = send(model, "POST", path, body.to_string().as_bytes());
    (reply.status, serde_json::from_slice(&reply.body).unwrap())
}

/// An order of these units, some of them fulfilled: its path, and the ids of its lines.
fn placed(model: &mut dyn Model, lines: &[(u64, u64)]) -> (String, Vec<u64>) {
    let line =
        |(ordered, fulfilled): &(u64, u64)| json!({"product": "mug", "ordered": ordered, "fulfilled": fulfilled});
    let (status, order) = post(model, "/orders", &json!({"lines": lines.iter().map(line).collect::<Vec<_>>()}));
    assert_eq!(status, 201, "{order}");
    let ids = order["lines"].as_array().unwrap().iter().map(|line| line["id"].as_u64().unwrap()).collect();
    (format!("/orders/{}", order["id"]), ids)
}

fn shown(model: &mut dyn Model, order: &str) -> Value {
    serde_json::from_slice(&send(model, "GET", order, b"").body).unwrap()
}

/// Live, cancelled and fulfilled units of every line.
fn units(order: &Value) -> Vec<[u64; 3]> {
    let line = |line: &Value| ["live", "cancelled", "fulfilled"].map(|field| line[field].as_u64().unwrap());
    order["lines"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn units_are_cancelled_up_to_what_is_unfulfilled() {
    let mut model = model(&[]);
    let (order, lines) = placed(&mut *model, &[(5, 2), (1, 0)]);
    let cancel = format!("{order}/lines/{}/cancel", lines[0]);
    let (status, after) = post(&mut *model, &cancel, &json!({"units": 2}));
    assert_eq!((status, units(&after)), (200, vec![[3, 2, 2], [1, 0, 0]]));
    for wrong in
        [json!({"units": 2}), json!({"units": 4}), json!({"units": 0}), json!({"units": -1}), json!({"units": 1.5})]
    {
        let (status, _) = post(&mut *model, &cancel, &wrong);
        assert!((400..500).contains(&status), "{wrong}");
    }
    let (status, after) = post(&mut *model, &format!("{order}/cancel-rest"), &json!({}));
    assert_eq!((status, units(&after)), (200, vec![[2, 3, 2], [0, 1, 0]]));
    assert_eq!((&after["complete"], &after["cancelled"]), (&json!(true), &json!(false)));
}

#[test]
fn several_lines_are_cancelled_together_or_not_at_all() {
    let mut model = model(&[]);
    let (order, lines) = placed(&mut *model, &[(3, 0), (2, 0)]);
    let both = |units: u64| json!({"lines": [{"line": lines[0], "units": 1}, {"line": lines[1], "units": units}]});
    let (status, _) = post(&mut *model, &format!("{order}/cancel-lines"), &both(3));
    assert_eq!((status, units(&shown(&mut *model, &order))), (409, vec![[3, 0, 0], [2, 0, 0]]));
    let (status, after) = post(&mut *model, &format!("{order}/cancel-lines"), &both(2));
    assert_eq!((status, units(&after)), (200, vec![[2, 1, 0], [0, 2, 0]]));
}

#[test]
fn what_the_laws_leave_open_is_chosen() {
    let twice = |line: u64| json!({"lines": [{"line": line, "units": 1}, {"line": line, "units": 1}]});
    let mut sums = picked("duplicate-line", "sum");
    let (order, lines) = placed(&mut *sums, &[(2, 0)]);
    assert_eq!(post(&mut *sums, &format!("{order}/cancel-lines"), &twice(lines[0])).0, 200);
    assert_eq!(units(&shown(&mut *sums, &order)), [[0, 2, 0]]);

    let mut clamps = picked("more-than-unfulfilled", "cancels-the-rest");
    let (order, lines) = placed(&mut *clamps, &[(3, 1)]);
    let (status, after) = post(&mut *clamps, &format!("{order}/lines/{}/cancel", lines[0]), &json!({"units": 3}));
    assert_eq!((status, units(&after)), (200, vec![[1, 2, 1]]));

    let mut cancels = picked("part-fulfilled-order", "cancels-the-rest");
    let (order, _) = placed(&mut *cancels, &[(3, 1), (1, 1)]);
    let (status, after) = post(&mut *cancels, &format!("{order}/cancel"), &json!({}));
    assert_eq!((status, units(&after)), (200, vec![[1, 2, 1], [1, 0, 1]]));
    assert_eq!(post(&mut *cancels, &format!("{order}/cancel"), &json!({})).0, 409, "all that is live is fulfilled");
    assert!(cancels.consulted().contains(&"part-fulfilled-order"));
}

#[test]
fn the_oldest_order_makes_room() {
    let mut model = build("laws", &[], &[], Settings { max_orders: 1, ..Settings::default() }).unwrap();
    let (first, _) = placed(&mut *model, &[(1, 0)]);
    let (second, _) = placed(&mut *model, &[(1, 0)]);
    assert_eq!(send(&mut *model, "GET", &first, b"").status, 404);
    assert_eq!(send(&mut *model, "GET", &second, b"").status, 200);
}

fn any_call() -> impl Strategy<Value = (u8, Index, i64, Index, i64)> {
    (0u8..5, any::<Index>(), -1i64..7, any::<Index>(), -1i64..7)
}

proptest! {
    /// No unit is lost or comes back, a refused call changes nothing, and fulfilled units stay.
    #[test]
    fn units_are_conserved_whatever_is_chosen(
        options in prop::collection::vec(any::<Index>(), 9),
        lines in prop::collection::vec((1u64..6, 0u64..6), 1..4),
        calls in prop::collection::vec(any_call(), 1..12),
    ) {
        let infos = choices("laws").unwrap();
        let pick = |(info, option): (&countermand_model::ChoiceInfo, &Index)| {
            (info.name.to_owned(), option.get(info.options).name.to_owned())
        };
        let mut model = model(&infos.iter().zip(&options).map(pick).collect::<Vec<_>>());
        let lines: Vec<(u64, u64)> = lines.into_iter().map(|(ordered, fulfilled)| (ordered, fulfilled.min(ordered))).collect();
        let (order, ids) = placed(&mut *model, &lines);
        let mut before = units(&shown(&mut *model, &order));
        for (call, line, wanted, other, more) in calls {
            let id = line.get(&ids);
            let (path, body) = match call {
                0 => (format!("/lines/{id}/cancel"), json!({"units": wanted})),
                1 => (format!("/lines/{id}/fulfil"), json!({"units": wanted})),
                2 => ("/cancel".to_owned(), json!({})),
                3 => ("/cancel-rest".to_owned(), json!({})),
                _ => {
                    let lines = json!([{"line": id, "units": wanted}, {"line": other.get(&ids), "units": more}]);
                    ("/cancel-lines".to_owned(), json!({"lines": lines}))
                }
            };
            let (status, _) = post(&mut *model, &format!("{order}{path}"), &body);
            let after = units(&shown(&mut *model, &order));
            prop_assert!(status == 200 || after == before, "a refused call has changed something");
            for ((was, now), (ordered, _)) in before.iter().zip(&after).zip(&lines) {
                prop_assert_eq!(now[0] + now[1], *ordered);
                prop_assert!(now[1] >= was[1] && now[2] >= was[2] && now[2] <= now[0]);
            }
            before = after;
        }
    }

    #[test]
    fn any_bytes_are_answered(method in "GET|POST|PUT", path in "/orders(/[0-9a-z]{1,3}){0,4}", body in prop::collection::vec(any::<u8>(), 0..64)) {
        let mut model = model(&[]);
        let reply = send(&mut *model, &method, &path, &body);
        prop_assert!((200..500).contains(&reply.status));
    }
}
