//! The misreadings of the Modern Dropship contract that a mock can be given, as data. What each does stands in the file
//! for the moment in which it goes wrong: how a call is read (`asked`), what is decided (`item`, `order`, `parcel`), what is
//! done (`done`), what is shown (`shown`). The rules themselves know nothing of faults.

pub(super) mod asked;
pub(super) mod done;
pub(super) mod item;
pub(super) mod order;
pub(super) mod parcel;
pub(super) mod shown;

use super::state::Party;
use crate::fault::declare_faults;

declare_faults! {
    // How a call is read.
    ItemNeedsABody: "item-needs-a-body" breaks "item.no-body", AtOnce, "the item call without a body is refused";
    ItemRefusesAnEmptyObject: "item-refuses-an-empty-object" breaks "item.empty-body", AtOnce, "the item call with `{}` is refused";
    OrderNeedsABody: "order-needs-a-body" breaks "order.no-body", AtOnce, "the order call without a body is refused";
    OrderRefusesAnEmptyObject: "order-refuses-an-empty-object" breaks "order.empty-body", AtOnce, "the order call with `{}` is refused";
    ReasonRequired: "reason-required" breaks "item.reason-optional", AtOnce, "an item call without a reason is refused";
    NewQuantityIgnored: "new-quantity-ignored" breaks "partial.one-new-item", AtOnce, "newQuantity is not looked at: the whole item is cancelled";
    NewQuantityIsRemoved: "new-quantity-is-removed" breaks "partial.new-quantity", AtOnce, "newQuantity is taken for the units to cancel";
    StringNumberAccepted: "string-number-accepted" breaks "partial.bad-number-refused", AtOnce, "a newQuantity in quotes is read as a number";
    FractionRounded: "fraction-rounded" breaks "partial.bad-number-refused", AtOnce, "a fractional newQuantity is rounded down";
    NegativeCancelsAll: "negative-cancels-all" breaks "partial.bad-number-refused", AtOnce, "a negative newQuantity is taken for none";
    BadNumberCancelsAll: "bad-number-cancels-all" breaks "partial.bad-number-refused", AtOnce, "a newQuantity that is no number counts as left out";
    HugeNumberWraps: "huge-number-wraps" breaks "partial.above-refused", AtOnce, "of a newQuantity only the lowest 32 bits are kept";
    UnfulfilledOnlyIgnored: "unfulfilled-only-ignored" breaks "unfulfilled.cancels-rest", AtOnce, "unfulfilledOnly is not looked at";
    FalseMeansTrue: "false-means-true" breaks "order.false-is-omitted", AtOnce, "unfulfilledOnly counts as said, whatever it says";
    StringFlagIsRead: "string-flag-is-read" breaks "refusal.unreadable-body", AtOnce, "unfulfilledOnly as a text counts as true";
    BadJsonCancelsAll: "bad-json-cancels-all" breaks "refusal.unreadable-body", AtOnce, "a body that is no JSON counts as none";
    ArrayBodyCancelsAll: "array-body-cancels-all" breaks "refusal.unreadable-body", AtOnce, "a body that is JSON but no object counts as none";
    FormBodyCancelsAll: "form-body-cancels-all" breaks "refusal.unreadable-body", AtOnce, "a body of another content type counts as none";
    GetCancels: "get-cancels" breaks "refusal.wrong-method", AtOnce, "GET on a cancel path cancels";
    PutCancels: "put-cancels" breaks "refusal.wrong-method", AtOnce, "PUT on a cancel path cancels";
    DeleteCancels: "delete-cancels" breaks "refusal.wrong-method", AtOnce, "DELETE on a cancel path cancels";
    AnyKeyIsTheSellers: "any-key-is-the-sellers" breaks "refusal.unauthenticated", AtOnce, "a key that nobody has is let in";
    NoKeyIsTheSellers: "no-key-is-the-sellers" breaks "refusal.unauthenticated", AtOnce, "a call without a key is let in";
    BuyerKeyCancels: "buyer-key-cancels" breaks "refusal.wrong-role", AtOnce, "the seller's calls take the buyer's key";
    OtherCompanyCancels: "other-company-cancels" breaks "refusal.other-company", AtOnce, "any seller can cancel in any order";
    UnknownItemIsTheFirst: "unknown-item-is-the-first" breaks "refusal.unknown-id", AtOnce, "an item that is not found is taken for the first of the order";
    ItemOfAnyOrder: "item-of-any-order" breaks "refusal.unknown-id", AtOnce, "an item is found by its id alone, whatever order the path names";

    // What is decided of an item.
    ItemCancelDoesNothing: "item-cancel-does-nothing" breaks "item.cancels", AtOnce, "a whole cancel of an item is accepted and not carried out";
    ItemCancelTakesTheOrder: "item-cancel-takes-the-order" breaks "item.others-untouched", AtOnce, "a whole cancel of an item cancels every item";
    ItemCancelTakesTheNeighbour: "item-cancel-takes-the-neighbour" breaks "item.others-untouched", AtOnce, "a whole cancel of an item cancels the next one too";
    SameProductCancelled: "same-product-cancelled" breaks "item.others-untouched", InSequence, "a whole cancel of an item cancels every line of its product";
    SplitsTheWrongLine: "splits-the-wrong-line" breaks "item.others-untouched", InSequence, "of two lines of one product the first is split, whichever was named";
    OneUnitNotCancelled: "one-unit-not-cancelled" breaks "item.cancels", InSequence, "a whole cancel of an item of one unit is not carried out";
    AnyFulfilmentBlocks: "any-fulfilment-blocks" breaks "item.cancels", InSequence, "no item can be cancelled once anything of the order is fulfilled";
    ThirdCancelIgnored: "third-cancel-ignored" breaks "item.cancels", InSequence, "once two items of an order are cancelled a third cancel is not carried out";
    PartialReducesInPlace: "partial-reduces-in-place" breaks "partial.original-cancelled", AtOnce, "with newQuantity the item stays live, with fewer units";
    SecondSplitRemoves: "second-split-removes" breaks "partial.new-quantity", InSequence, "on the new item of a split, newQuantity is taken for the units to cancel";
    ThirdSplitRefused: "third-split-refused" breaks "partial.chain", InSequence, "an item that comes of two splits can't be split again";
    SplitItemNotCancellable: "split-item-not-cancellable" breaks "partial.chain", InSequence, "the new item of a split can't be cancelled as a whole";
    AboveQuantityAccepted: "above-quantity-accepted" breaks "partial.above-refused", AtOnce, "a newQuantity above the item's raises it";
    AboveQuantityCancelsAll: "above-quantity-cancels-all" breaks "partial.above-refused", AtOnce, "a newQuantity above the item's cancels all of it";
    BoundOfTheFirstItem: "bound-of-the-first-item" breaks "partial.above-refused", InSequence, "the newQuantity of a split item is held against what was ordered at first";
    EqualQuantityAccepted: "equal-quantity-accepted" breaks "partial.equal-refused", AtOnce, "a newQuantity equal to the item's makes a new item of all units";
    EqualQuantityIsANoOp: "equal-quantity-is-a-no-op" breaks "partial.equal-refused", AtOnce, "a newQuantity equal to the item's is accepted without effect";
    BelowFulfilledRaised: "below-fulfilled-raised" breaks "partial.below-fulfilled-refused", AtOnce, "a newQuantity below what is fulfilled is raised to that";
    BelowFulfilledAccepted: "below-fulfilled-accepted" breaks "fulfilled.units-kept", AtOnce, "a newQuantity below what is fulfilled cancels fulfilled units";
    EqualsFulfilledRefused: "equals-fulfilled-refused" breaks "partial.equals-fulfilled", AtOnce, "a newQuantity equal to what is fulfilled is refused";
    AboveFulfilledRefused: "above-fulfilled-refused" breaks "partial.above-fulfilled", AtOnce, "a part-fulfilled item can only be cut down to what is fulfilled";
    ZeroRefused: "zero-refused" breaks "partial.zero", AtOnce, "newQuantity 0 is refused";
    ZeroMakesAnEmptyItem: "zero-makes-an-empty-item" breaks "partial.no-empty-item", AtOnce, "newQuantity 0 makes a new item of no units";
    ZeroOnPartFulfilledAccepted: "zero-on-part-fulfilled-accepted" breaks "partial.zero-part-fulfilled", AtOnce, "newQuantity 0 on a part-fulfilled item cancels the rest";
    OmittedCancelsTheRest: "omitted-cancels-the-rest" breaks "partial.omitted-part-fulfilled", AtOnce, "a part-fulfilled item is cancelled without newQuantity, but for what is fulfilled";
    OmittedCancelsFulfilled: "omitted-cancels-fulfilled" breaks "fulfilled.units-kept", AtOnce, "a part-fulfilled item is cancelled without newQuantity, with all that is fulfilled";
    RepeatSplitsAgain: "repeat-splits-again" breaks "partial.cancelled-original", InSequence, "a partial cancel of a cancelled item makes a live item";
    RepeatTakesTheNewReason: "repeat-takes-the-new-reason" breaks "repeat.full", InSequence, "repeating an item call writes reason and date again";
    FulfilledItemAnsweredOk: "fulfilled-item-answered-ok" breaks "fulfilled.item-refused", AtOnce, "cancelling a fulfilled item is accepted without effect";
    FulfilledItemCancelled: "fulfilled-item-cancelled" breaks "fulfilled.units-kept", AtOnce, "a fulfilled item can be cancelled";
    BuyerCancelsFulfilled: "buyer-cancels-fulfilled" breaks "fulfilled.units-kept", AtOnce, "the buyer can cancel a fulfilled item";
    BuyerItemCallDoesNothing: "buyer-item-call-does-nothing" breaks "buyer.item-cancels", AtOnce, "the buyer's item call is accepted and not carried out";
    BuyerPartialCancelsAll: "buyer-partial-cancels-all" breaks "buyer.item-cancels", AtOnce, "the buyer's item call cancels the whole item, whatever its newQuantity";

    // What is decided of an order.
    LastItemForgotten: "last-item-forgotten" breaks "order.cancels-all", InSequence, "of more than two items the order call leaves the last";
    OnlyTheFirstItem: "only-the-first-item" breaks "order.cancels-all", AtOnce, "the order call cancels the first item only";
    OrderFlagInsteadOfItems: "order-flag-instead-of-items" breaks "order.cancels-all", AtOnce, "the order call marks the order and none of its items";
    OrderAfterItemRefused: "order-after-item-refused" breaks "order.cancels-the-rest", InSequence, "the order call is refused once an item is cancelled";
    OrderSkipsSplitItems: "order-skips-split-items" breaks "order.cancels-the-rest", InSequence, "the order call leaves the new items of splits";
    OrderRecancelsEarlier: "order-recancels-earlier" breaks "order.cancels-the-rest", InSequence, "the order call writes reason and date over earlier cancels";
    OrderCancelShips: "order-cancel-ships" breaks "order.shipped-unchanged", AtOnce, "a plain order call counts as the order's shipment";
    RepeatedOrderRedates: "repeated-order-redates" breaks "repeat.full", InSequence, "repeating the order call writes reason and date again";
    UnpostedRefused: "unposted-refused" breaks "order.any-status", AtOnce, "an order that is not posted can't be cancelled";
    FlaggedRefused: "flagged-refused" breaks "order.any-status", AtOnce, "a flagged order can't be cancelled";
    PlainTakesTheRest: "plain-takes-the-rest" breaks "order.part-fulfilled-refused", AtOnce, "a plain cancel of a part-fulfilled order cancels the rest";
    PlainTakesEverything: "plain-takes-everything" breaks "fulfilled.units-kept", AtOnce, "a plain cancel of a part-fulfilled order cancels what is fulfilled too";
    FulfilledOrderAnsweredOk: "fulfilled-order-answered-ok" breaks "fulfilled.order-refused", AtOnce, "a plain cancel of a fulfilled order is accepted without effect";
    FulfilledOrderCancelled: "fulfilled-order-cancelled" breaks "fulfilled.units-kept", AtOnce, "a plain cancel of a fulfilled order cancels it";
    UnfulfilledOnlyTakesFulfilled: "unfulfilled-only-takes-fulfilled" breaks "fulfilled.units-kept", AtOnce, "unfulfilledOnly cancels the fulfilled items too";
    UnfulfilledOnlyLeavesPart: "unfulfilled-only-leaves-part" breaks "unfulfilled.part-fulfilled", AtOnce, "unfulfilledOnly leaves part-fulfilled items as they are";
    UnfulfilledOnlyTakesPart: "unfulfilled-only-takes-part" breaks "unfulfilled.part-fulfilled", AtOnce, "unfulfilledOnly cancels part-fulfilled items as a whole";
    UnfulfilledOnlyKeepsTheRest: "unfulfilled-only-keeps-the-rest" breaks "unfulfilled.part-fulfilled", AtOnce, "unfulfilledOnly keeps of a part-fulfilled item the units that are not";
    UnfulfilledOnlyReduces: "unfulfilled-only-reduces" breaks "unfulfilled.splits", AtOnce, "unfulfilledOnly reduces part-fulfilled items in place";
    UnfulfilledOnlyDoesNotShip: "unfulfilled-only-does-not-ship" breaks "unfulfilled.ships", AtOnce, "after unfulfilledOnly the order does not count as shipped";
    UnfulfilledOnlyShipsAnyway: "unfulfilled-only-ships-anyway" breaks "unfulfilled.no-fulfilments", AtOnce, "after unfulfilledOnly the order counts as shipped, also where nothing was fulfilled";
    UnfulfilledOnlyNeedsFulfilments: "unfulfilled-only-needs-fulfilments" breaks "unfulfilled.no-fulfilments", AtOnce, "unfulfilledOnly is refused where nothing is fulfilled";
    UnfulfilledOnlySkipsSplitItems: "unfulfilled-only-skips-split-items" breaks "unfulfilled.cancels-rest", InSequence, "unfulfilledOnly leaves the new items of splits";
    NothingLeftCancels: "nothing-left-cancels" breaks "unfulfilled.nothing-left", AtOnce, "unfulfilledOnly with nothing left cancels what is fulfilled";
    BuyerOrderDoesNothing: "buyer-order-does-nothing" breaks "buyer.order-cancels", AtOnce, "the buyer's order call is accepted and not carried out";
    BuyerOrderFirstSellerOnly: "buyer-order-first-seller-only" breaks "buyer.order-cancels", InSequence, "the buyer's order call cancels the part of the first seller only";

    // What is decided of a parcel.
    CancelledCanBeFulfilled: "cancelled-can-be-fulfilled" breaks "fulfilled.cancelled-unfulfillable", AtOnce, "a product of which no unit is live can be fulfilled";
    FulfilsTooMany: "fulfils-too-many" breaks "fulfilled.remainder-only", AtOnce, "more units than are live can be fulfilled";
    NewItemUnfulfillable: "new-item-unfulfillable" breaks "partial.new-fulfillable", InSequence, "the new item of a split can't be fulfilled";

    // What is done.
    SplitKeepsTheId: "split-keeps-the-id" breaks "partial.one-new-item", AtOnce, "the new item of a split has the id of the original";
    SecondSplitKeepsTheId: "second-split-keeps-the-id" breaks "partial.one-new-item", InSequence, "the new item of a second split has the id of the first one's";
    SplitMakesTwo: "split-makes-two" breaks "partial.one-new-item", AtOnce, "a split makes two new items";
    SplitOriginalStaysLive: "split-original-stays-live" breaks "partial.original-cancelled", AtOnce, "after a split the original is live, with the units that were cancelled";
    SplitNewItemCancelled: "split-new-item-cancelled" breaks "partial.new-live", AtOnce, "the new item of a split is cancelled too";
    SplitLosesTheOriginal: "split-loses-the-original" breaks "permanence.items-remain", AtOnce, "after a split the original is no longer listed";
    SplitChangesTheProduct: "split-changes-the-product" breaks "partial.same-product" and "unfulfilled.part-fulfilled", AtOnce, "the new item of a split of which nothing is fulfilled is of another product";
    SplitForgetsFulfilled: "split-forgets-fulfilled" breaks "fulfilled.units-kept", InSequence, "after a split the fulfilled units of the new item can be cancelled";
    SplitDropsFulfilments: "split-drops-fulfilments" breaks "fulfilled.units-kept", InSequence, "after the split of a part-fulfilled item its fulfilments are gone";
    ChainRevivesAncestor: "chain-revives-ancestor" breaks "permanence.stays-cancelled", InSequence, "a second split makes the first original live again";
    ItemCancelDelists: "item-cancel-delists" breaks "permanence.items-remain", AtOnce, "an item that is cancelled as a whole is no longer listed";
    OrderCancelDelists: "order-cancel-delists" breaks "permanence.items-remain", AtOnce, "after the order call the items are no longer listed";
    OrderCancelZeroes: "order-cancel-zeroes" breaks "order.same-as-each", AtOnce, "after the order call every quantity is 0";
    ReasonDropped: "reason-dropped" breaks "item.reason-kept", AtOnce, "the reason of a cancel is not kept";
    PartySwapped: "party-swapped" breaks "item.reason-kept", AtOnce, "a cancel of the seller's is put down to the buyer";
    FirstReasonForAll: "first-reason-for-all" breaks "item.reason-kept", InSequence, "later cancels are shown with the reason of the first";
    SecondCancelRevives: "second-cancel-revives" breaks "permanence.stays-cancelled", InSequence, "cancelling a cancelled item makes it live again";
    FulfilmentRevives: "fulfilment-revives" breaks "permanence.stays-cancelled", InSequence, "fulfilling a product makes its cancelled lines live again";
    PatchRevives: "patch-revives" breaks "permanence.stays-cancelled", InSequence, "a PATCH makes cancelled items live again";
    ShipsAtFirstParcel: "ships-at-first-parcel" breaks "shipped.not-early", AtOnce, "the first parcel makes the order shipped";
    NeverShipped: "never-shipped" breaks "shipped.when-fulfilled", AtOnce, "fulfilling the last unit does not make the order shipped";
    CancelledUnitsBlockShipping: "cancelled-units-block-shipping" breaks "shipped.when-fulfilled", InSequence, "an order with cancelled items never becomes shipped by fulfilments";
    RefusalStillCancels: "refusal-still-cancels" breaks "refusal.no-change", AtOnce, "an item call that is refused cancels all the same";
    RefusalStillSplits: "refusal-still-splits" breaks "refusal.no-change", AtOnce, "an item call that is refused leaves a new item behind";
    BuyerRefusalStillCancels: "buyer-refusal-still-cancels" breaks "refusal.no-change", AtOnce, "an item call of the buyer's that is refused cancels all the same";
    RefusedOrderIsHalfDone: "refused-order-is-half-done" breaks "refusal.no-change", InSequence, "an order call that is refused has cancelled the items before the fulfilled one";

    // What is shown.
    NeverMarked: "never-marked" breaks "item.marks-order", AtOnce, "hasCancellations is never true";
    MarkedOnlyWhenAll: "marked-only-when-all" breaks "order.read-from-items", AtOnce, "hasCancellations is true only when every item is cancelled";
    MarkedFromTheStart: "marked-from-the-start" breaks "flags.before", AtOnce, "hasCancellations is true before anything is cancelled";
    UnmarkedBySplits: "unmarked-by-splits" breaks "flags.iff", AtOnce, "partial cancels do not set hasCancellations";
    UnmarkedOnceShipped: "unmarked-once-shipped" breaks "flags.iff", InSequence, "once the order is shipped hasCancellations is false again";
    ShipmentWithoutDate: "shipment-without-date" breaks "shipped.date", AtOnce, "a shipped order has no date of shipment";
    CancelWithoutDate: "cancel-without-date" breaks "item.reason-kept", AtOnce, "a cancelled item has no date of its cancellation";
    ListForgetsFlags: "list-forgets-flags" breaks "list.agrees", AtOnce, "in the list no item is cancelled";
    ListHidesSplitItems: "list-hides-split-items" breaks "list.agrees", InSequence, "the list leaves out the new items of splits";
    BuyerSeesNothing: "buyer-sees-nothing" breaks "partner.sees", AtOnce, "in the buyer's view no item is cancelled";
    BuyerSeesNoSplits: "buyer-sees-no-splits" breaks "partner.sees", InSequence, "in the buyer's view the original of a split is live";
    BuyerLinesReduced: "buyer-lines-reduced" breaks "buyer.top-level-untouched", AtOnce, "the buyer order's own items lose the cancelled units";
    AnswerFromBefore: "answer-from-before" breaks "answer.agrees", AtOnce, "an accepted cancel answers what was before it";
    AcceptedIs202: "accepted-is-202" breaks "answer.status-200", AtOnce, "an accepted cancel answers 202";
    AcceptedIsACrash: "accepted-is-a-crash" breaks "answer.success", AtOnce, "a cancel is carried out and answers 500";
    AcceptedIsARedirect: "accepted-is-a-redirect" breaks "answer.success", AtOnce, "a cancel is carried out and answers 303";
    RefusalIsACrash: "refusal-is-a-crash" breaks "refusal.client-error", AtOnce, "what the state of the order forbids answers 500";
    BadBodyIsACrash: "bad-body-is-a-crash" breaks "refusal.client-error", AtOnce, "a body that can't be read answers 500";
    RefusalIsText: "refusal-is-text" breaks "refusal.error-body", AtOnce, "a refusal answers a text";
    UnknownIsGone: "unknown-is-gone" breaks "refusal.unknown-404", AtOnce, "an unknown id is answered with 410";
    UnknownOrderAnsweredOk: "unknown-order-answered-ok" breaks "refusal.unknown-id", AtOnce, "a cancel in an unknown order answers 200";
    UnauthenticatedIs403: "unauthenticated-is-403" breaks "refusal.unauthenticated", AtOnce, "a missing or wrong key is answered with 403";
    ShownLate: "shown-late" breaks "answer.visible-at-once", AtOnce, "a change is seen by reads 150 ms after it was accepted";
    ShownMuchLater: "shown-much-later" breaks "answer.visible", AtOnce, "what a cancel changed is seen by reads a minute after it was accepted";

    // What is told.
    OrderCancelledNeverSent: "order-cancelled-never-sent" breaks "webhook.cancelled", AtOnce, "no webhook hears of a cancellation";

    // Decided by what was there when the call arrived.
    WholeCancelsBothWin: "whole-cancels-both-win" breaks "race.one-winner", InRace, "a whole cancel does not see what another call did at the same time";
    SplitsBothWin: "splits-both-win" breaks "race.one-winner" and "partial.one-new-item", InRace, "a partial cancel does not see what another call did at the same time";
    OrderCancelOverlooks: "order-cancel-overlooks" breaks "race.one-winner", InRace, "the order call does not see what another call did at the same time";
    FulfilmentOverlooks: "fulfilment-overlooks" breaks "race.one-winner" and "fulfilled.units-kept", InRace, "a fulfilment does not see what another call did at the same time";
    LostUpdateUnderRace: "lost-update-under-race" breaks "race.one-winner", InRace, "of two calls at the same time the later one writes its state over the earlier one's";
    BuyerOverlooks: "buyer-overlooks" breaks "race.one-winner" and "partial.one-new-item", InRace, "a call of the buyer's does not see what the seller did at the same time";
}

impl Fault {
    /// Whether an item call is decided by what was there when it arrived.
    pub(super) fn overlooks_in_item_call(self, splits: bool, by: Party) -> bool {
        match self {
            Self::WholeCancelsBothWin => !splits,
            Self::SplitsBothWin => splits,
            Self::LostUpdateUnderRace => true,
            Self::BuyerOverlooks => by == Party::Buyer,
            _ => false,
        }
    }

    /// Whether an order call is decided by what was there when it arrived.
    pub(super) fn overlooks_in_order_call(self, by: Party) -> bool {
        self == Self::OrderCancelOverlooks || self == Self::BuyerOverlooks && by == Party::Buyer
    }
}
