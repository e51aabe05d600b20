//! Which calls show which fault: one row each.

use crate::probe::Step::{
    self, By, Cancel, Clock, Deaf, DropHook, Hook, Meet, Push, Raw, Read, Split, Stage, SwitchOff, Wait,
};
use crate::probe::{Lines, Who};

const ONE: Lines = &[("mug", 3)];
const MANY: Lines = &[("mug", 5)];
const TWO: Lines = &[("mug", 3), ("tee", 2)];
const UNIT: Lines = &[("mug", 1)];

const PART: Step = Cancel(0, &[(0, 1)]);
const ALL: Step = Cancel(0, &[(0, 3)]);
const AGAIN: Step = Cancel(1, &[(0, 1)]);
const REST: Step = Cancel(1, &[(0, 2)]);
const PICK: Step = Push(0, "Picking");
const INVOICE: Step = Push(0, "Invoiced");
const SHIP: Step = Stage(0, "Shipped");
const EVERY: Step = Hook(&[]);
const BAD_LINE: Step = Raw(0, r#"{"lines":[{"lineId":$0,"quantity":1},{"lineId":$f,"quantity":1}],"reasonId":500}"#);
const KEEPS: Step = Raw(0, r#"{"lines":[{"lineId":$0,"quantity":1}],"reasonId":500,"shouldKeepPreviousStatus":true}"#);
const RESETS: Step =
    Raw(0, r#"{"lines":[{"lineId":$0,"quantity":1}],"reasonId":500,"shouldKeepPreviousStatus":false}"#);

/// A call with this in the place of a quantity, and with this in the place of a reason.
macro_rules! raw {
    (quantity $quantity:literal) => {
        Raw(0, concat!(r#"{"lines":[{"lineId":$0,"quantity":"#, $quantity, r#"}],"reasonId":500}"#))
    };
    (reason $reason:literal) => {
        Raw(0, concat!(r#"{"lines":[{"lineId":$0,"quantity":1}],"reasonId":"#, $reason, "}"))
    };
}

/// A fault, the order it is looked for on, and the calls that show it.
pub(crate) const PROBES: &[(&str, Lines, &[Step])] = &[
    ("bad-key-accepted", ONE, &[By(Who::BadKey, &PART)]),
    ("secret-not-checked", ONE, &[By(Who::WrongSecret, &PART)]),
    ("no-key-accepted", ONE, &[By(Who::NoKey, &PART)]),
    ("missing-user-agent-accepted", ONE, &[By(Who::NoAgent, &PART)]),
    ("missing-user-agent-still-acts", ONE, &[By(Who::NoAgent, &PART)]),
    ("bad-key-is-403", ONE, &[By(Who::BadKey, &PART)]),
    ("other-seller-sees", ONE, &[By(Who::Other, &Read("orderNumber=$o"))]),
    ("other-seller-cancels", ONE, &[By(Who::Other, &PART)]),
    ("other-seller-picks", ONE, &[By(Who::Other, &PICK)]),
    ("quantity-is-what-remains", ONE, &[PART]),
    ("part-of-a-line-refused", ONE, &[PART]),
    ("part-of-a-line-takes-the-line", ONE, &[PART]),
    ("reason-505-refused", ONE, &[raw!(reason 505)]),
    ("reason-506-refused", ONE, &[raw!(reason 506)]),
    ("only-stock-out", ONE, &[raw!(reason 501)]),
    ("reason-999-accepted", ONE, &[raw!(reason 999)]),
    ("reason-zero-accepted", ONE, &[raw!(reason 0)]),
    ("missing-reason-is-stock-out", ONE, &[raw!(reason "null")]),
    ("domestic-reason-503-accepted", ONE, &[raw!(reason 503)]),
    ("reason-503-refused-abroad", ONE, &[By(Who::Abroad, &raw!(reason 503))]),
    ("missing-lines-cancel-all", ONE, &[Raw(0, r#"{"reasonId":500}"#)]),
    ("empty-lines-cancel-all", ONE, &[Raw(0, r#"{"lines":[],"reasonId":500}"#)]),
    ("empty-lines-answered-ok", ONE, &[Raw(0, r#"{"lines":[],"reasonId":500}"#)]),
    ("zero-quantity-cancels-line", ONE, &[raw!(quantity 0)]),
    ("zero-quantity-answered-ok", ONE, &[raw!(quantity 0)]),
    ("negative-quantity-accepted", ONE, &[raw!(quantity "-1")]),
    ("fraction-rounded", ONE, &[raw!(quantity 1.5)]),
    ("text-quantity-accepted", ONE, &[raw!(quantity "\"1\"")]),
    ("above-quantity-cancels-line", ONE, &[raw!(quantity 4)]),
    ("bound-of-the-first-line", ONE, &[PART, Cancel(1, &[(0, 3)])]),
    ("last-line-forgotten", TWO, &[Cancel(0, &[(0, 1), (1, 1)])]),
    ("several-lines-refused", TWO, &[Cancel(0, &[(0, 1), (1, 1)])]),
    ("first-quantity-for-all", TWO, &[Cancel(0, &[(0, 2), (1, 1)])]),
    ("foreign-line-cancels-there", ONE, &[Raw(0, r#"{"lines":[{"lineId":$f,"quantity":1}],"reasonId":500}"#)]),
    ("foreign-line-is-the-first", ONE, &[Raw(0, r#"{"lines":[{"lineId":$f,"quantity":1}],"reasonId":500}"#)]),
    ("foreign-line-answered-ok", ONE, &[Raw(0, r#"{"lines":[{"lineId":$f,"quantity":1}],"reasonId":500}"#)]),
    ("duplicate-line-cancels-twice", ONE, &[Cancel(0, &[(0, 2), (0, 2)])]),
    ("bad-line-beside-good-half-done", ONE, &[BAD_LINE]),
    ("refused-cancel-half-done", ONE, &[BAD_LINE]),
    ("unknown-package-answered-ok", ONE, &[Cancel(9, &[(0, 1)])]),
    ("keep-status-ignored", ONE, &[PICK, By(Who::Abroad, &KEEPS)]),
    ("keep-status-as-soon-as-said", ONE, &[PICK, By(Who::Abroad, &RESETS)]),
    ("seller-may-ship", ONE, &[Push(0, "Shipped")]),
    ("seller-may-cancel-by-status", ONE, &[Push(0, "Cancelled")]),
    ("seller-may-unsupply-by-status", ONE, &[Push(0, "UnSupplied")]),
    ("filter-by-status-ignored", ONE, &[Read("status=Cancelled")]),
    ("filter-by-id-ignored", ONE, &[PART, Read("shipmentPackageIds=$1")]),
    ("filter-by-id-takes-the-first", ONE, &[PART, Read("shipmentPackageIds=$0,$1")]),
    ("second-page-is-the-first", ONE, &[PART, Read("orderNumber=$o&page=1&size=1")]),
    ("webhook-unsubscribed-sent", ONE, &[Hook(&["CANCELLED"]), PICK]),
    ("webhook-told-after-delete", ONE, &[EVERY, DropHook, PICK]),
    ("webhook-told-after-deactivate", ONE, &[EVERY, SwitchOff, PICK]),
    ("repeat-cancels-again", ONE, &[PART, PART]),
    ("picking-on-old-id-accepted", ONE, &[PART, PICK]),
    ("successor-not-pickable", ONE, &[PART, Push(1, "Picking")]),
    ("successor-not-invoiceable", ONE, &[PART, Push(1, "Picking"), Push(1, "Invoiced")]),
    ("successor-not-cancellable", ONE, &[PART, AGAIN]),
    ("successor-only-cancelled-whole", ONE, &[PART, AGAIN]),
    ("third-partial-refused", MANY, &[PART, AGAIN, Cancel(2, &[(0, 1)])]),
    ("last-remainder-refused", ONE, &[PART, REST]),
    ("invoiced-after-picking-refused", ONE, &[PICK, INVOICE]),
    ("invoiced-cannot-be-skipped", ONE, &[PICK, SHIP]),
    ("invoiced-without-picking", ONE, &[INVOICE]),
    ("cancel-after-shipped", ONE, &[PICK, SHIP, ALL]),
    ("cancel-after-delivered", ONE, &[PICK, SHIP, Stage(0, "Delivered"), PART]),
    ("cancel-after-returned", ONE, &[PICK, SHIP, Stage(0, "Returned"), ALL]),
    ("full-cancel-does-nothing", ONE, &[ALL]),
    ("full-cancel-unpacks", ONE, &[ALL]),
    ("one-unit-not-cancelled", UNIT, &[PART]),
    ("full-cancel-leaves-empty-successor", ONE, &[ALL]),
    ("last-remainder-leaves-empty-successor", ONE, &[PART, REST]),
    ("last-remainder-stays-live", ONE, &[PART, REST]),
    ("old-becomes-unpacked", ONE, &[PART]),
    ("old-stays-live", ONE, &[PART]),
    ("old-changes-tracking", ONE, &[PART]),
    ("repeat-revives-old", ONE, &[PART, PART]),
    ("chain-revives-ancestor", ONE, &[PART, AGAIN]),
    ("cancel-takes-the-siblings", ONE, &[Split(0), Cancel(1, &[(0, 1)])]),
    ("picking-moves-the-siblings", ONE, &[Split(0), Push(1, "Picking")]),
    ("picking-does-nothing", ONE, &[PICK]),
    ("picking-changes-the-id", ONE, &[PICK]),
    ("picking-changes-the-tracking", ONE, &[PICK]),
    ("invoice-changes-the-tracking", ONE, &[PICK, INVOICE]),
    ("shipping-changes-the-tracking", ONE, &[PICK, SHIP]),
    ("split-loses-a-unit", MANY, &[PART, Split(1)]),
    ("refusal-still-cancels", ONE, &[raw!(quantity 4)]),
    ("refused-push-still-turns", ONE, &[INVOICE]),
    ("two-live-packages-while-settling", ONE, &[Clock(1), PART]),
    ("successor-never-settles", ONE, &[PART]),
    ("full-cancel-never-settles", ONE, &[ALL]),
    ("partial-cancel-keeps-the-id", ONE, &[PART]),
    ("two-successors", ONE, &[PART]),
    ("successor-per-line", TWO, &[PART]),
    ("no-successor", ONE, &[PART]),
    ("third-package-reuses-the-first-id", ONE, &[PART, AGAIN]),
    ("successor-keeps-tracking", ONE, &[PART]),
    ("third-package-keeps-tracking", ONE, &[PART, AGAIN]),
    ("successor-under-new-order-number", ONE, &[PART]),
    ("third-package-under-new-order-number", ONE, &[PART, AGAIN]),
    ("successor-holds-the-cancelled", ONE, &[PART]),
    ("successor-holds-all", ONE, &[PART]),
    ("untouched-lines-dropped", TWO, &[PART]),
    ("third-successor-loses-a-unit", MANY, &[PART, AGAIN, Cancel(2, &[(0, 1)])]),
    ("cancelled-units-come-back", ONE, &[PART, AGAIN]),
    ("invoiced-parent-loses-a-unit", ONE, &[PICK, INVOICE, PART]),
    ("split-ancestor-loses-a-unit", MANY, &[Split(0), Cancel(2, &[(0, 1)])]),
    ("successor-is-picking", ONE, &[PART]),
    ("full-cancel-is-unlisted", ONE, &[ALL]),
    ("successor-is-unlisted", ONE, &[PART]),
    ("successor-not-by-its-id", ONE, &[PART, Read("shipmentPackageIds=$1")]),
    ("old-is-unlisted", ONE, &[PART]),
    ("first-old-is-unlisted", ONE, &[PART, AGAIN]),
    ("order-view-only-newest", ONE, &[PART]),
    ("order-view-forgets-split-parts", ONE, &[Split(0), Cancel(2, &[(0, 1)])]),
    ("page-loses-last", ONE, &[PART, Read("orderNumber=$o&page=1&size=1")]),
    ("filter-overlooks-cancelled", ONE, &[PART, Read("status=Cancelled")]),
    ("filter-overlooks-successors", ONE, &[PART, Read("orderNumber=$o&status=Created")]),
    ("refusal-is-500", ONE, &[INVOICE]),
    ("bad-body-is-500", ONE, &[raw!(quantity 0)]),
    ("cancel-on-old-answered-ok", ONE, &[PART, Cancel(0, &[(0, 2)])]),
    ("picking-on-old-answered-ok", ONE, &[PART, PICK]),
    ("invoiced-on-old-answered-ok", ONE, &[PART, INVOICE]),
    ("successor-without-id", ONE, &[PART]),
    ("successor-without-tracking", ONE, &[PART]),
    ("successor-created-by-order", ONE, &[PART]),
    ("successor-of-a-split-part-created-by-split", ONE, &[Split(0), Cancel(2, &[(0, 1)])]),
    ("successor-is-its-own-origin", ONE, &[PART]),
    ("webhook-not-delivered", ONE, &[EVERY, PART]),
    ("webhook-wrong-credentials", ONE, &[EVERY, PART]),
    ("webhook-only-tells-old", ONE, &[EVERY, PART]),
    ("webhook-only-tells-successor", ONE, &[EVERY, PART]),
    ("webhook-full-cancel-not-told", ONE, &[EVERY, ALL]),
    ("webhook-not-retried", ONE, &[EVERY, Deaf, PICK, Wait(400_000), PART]),
    ("webhook-says-created", ONE, &[EVERY, PART]),
    ("webhook-tells-one-unit-more", ONE, &[EVERY, PART]),
    ("webhook-dates-run-back", ONE, &[EVERY, PICK]),
    ("both-partials-win", ONE, &[Meet(&[PART, Cancel(0, &[(0, 2)])])]),
    ("full-overlooks-partial", ONE, &[Meet(&[PART, ALL])]),
    ("cancel-overlooks-picking", ONE, &[Meet(&[PICK, PART])]),
    ("picking-overlooks-cancel", ONE, &[Meet(&[PART, PICK])]),
    ("split-overlooks-cancel", ONE, &[Meet(&[PART, Split(0)])]),
];

/// One call on an ordinary order.
pub(crate) const SIMPLE: &[Step] = &[PART, ALL, PICK, INVOICE, SHIP, Read("orderNumber=$o"), By(Who::BadKey, &PART)];
