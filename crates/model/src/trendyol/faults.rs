//! The misreadings of Trendyol's contract that a mock can be given, as data. What each does stands in the file for the
//! moment in which it goes wrong: how a call is read (`asked`, its lines in `lines`), what a package is taken for (`seen`),
//! what is done (`done`, to a successor in `successor`), which packages are listed (`listed`), what is shown (`shown`) and
//! what webhooks are told (`told`). The rules themselves know nothing of faults.

pub(super) mod amend;
pub(super) mod asked;
pub(super) mod call;
pub(super) mod done;
mod lines;
pub(super) mod listed;
pub(super) mod seen;
pub(super) mod shown;
mod successor;
pub(super) mod told;

use crate::fault::declare_faults;

declare_faults! {
    // How a caller is read.
    BadKeyAccepted: "bad-key-accepted" breaks "auth.rejects", AtOnce, "a key that nobody has is let in";
    SecretNotChecked: "secret-not-checked" breaks "auth.rejects", AtOnce, "a seller's key is let in with any secret";
    NoKeyAccepted: "no-key-accepted" breaks "auth.rejects", AtOnce, "a call without a key is let in";
    MissingUserAgentAccepted: "missing-user-agent-accepted" breaks "auth.rejects", AtOnce, "a call without a User-Agent is let in";
    MissingUserAgentStillActs: "missing-user-agent-still-acts" breaks "auth.rejects" and "refusal.no-change", AtOnce, "a call without a User-Agent answers 403 and is carried out";
    BadKeyIs403: "bad-key-is-403" breaks "auth.rejects", AtOnce, "a bad key is answered with 403";
    OtherSellerSees: "other-seller-sees" breaks "auth.other-seller", AtOnce, "another seller reads packages by naming their order or their ids";
    OtherSellerCancels: "other-seller-cancels" breaks "auth.other-seller", AtOnce, "another seller can cancel a package";
    OtherSellerPicks: "other-seller-picks" breaks "auth.other-seller", AtOnce, "another seller can push a package on";

    // How a cancel is read.
    QuantityIsWhatRemains: "quantity-is-what-remains" breaks "partial.part-of-a-line", AtOnce, "quantity is taken for the units that are to stay";
    PartOfALineRefused: "part-of-a-line-refused" breaks "partial.part-of-a-line", AtOnce, "a line can only be cancelled as a whole";
    PartOfALineTakesTheLine: "part-of-a-line-takes-the-line" breaks "partial.part-of-a-line", AtOnce, "whatever its quantity, a line is cancelled as a whole";
    Reason505Refused: "reason-505-refused" breaks "reason.listed", AtOnce, "reason 505 is taken for unknown";
    OnlyStockOut: "only-stock-out" breaks "reason.listed", AtOnce, "no reason but 500 is accepted";
    Reason506Refused: "reason-506-refused" breaks "reason.listed", AtOnce, "reason 506 is taken for unknown";
    Reason999Accepted: "reason-999-accepted" breaks "reason.unknown-refused", AtOnce, "reason 999 is accepted";
    ReasonZeroAccepted: "reason-zero-accepted" breaks "reason.unknown-refused", AtOnce, "reason 0 is accepted";
    MissingReasonIsStockOut: "missing-reason-is-stock-out" breaks "reason.unknown-refused", AtOnce, "a cancel without a reason is accepted";
    DomesticReason503Accepted: "domestic-reason-503-accepted" breaks "reason.wrong-content-refused", AtOnce, "reason 503 is accepted without a shop front";
    Reason503RefusedAbroad: "reason-503-refused-abroad" breaks "reason.wrong-content", AtOnce, "reason 503 is refused of another shop front too";
    MissingLinesCancelAll: "missing-lines-cancel-all" breaks "request.lines-required", AtOnce, "a cancel without lines is taken for all of them";
    EmptyLinesCancelAll: "empty-lines-cancel-all" breaks "request.lines-required", AtOnce, "a cancel of an empty list of lines is taken for all of them";
    EmptyLinesAnsweredOk: "empty-lines-answered-ok" breaks "request.lines-required", AtOnce, "a cancel of no lines is accepted without effect";
    ZeroQuantityCancelsLine: "zero-quantity-cancels-line" breaks "request.bad-quantity-refused", AtOnce, "quantity 0 is taken for all of a line";
    ZeroQuantityAnsweredOk: "zero-quantity-answered-ok" breaks "request.bad-quantity-refused", AtOnce, "quantity 0 is accepted without effect";
    NegativeQuantityAccepted: "negative-quantity-accepted" breaks "request.bad-quantity-refused", AtOnce, "the sign of a quantity is not looked at";
    FractionRounded: "fraction-rounded" breaks "request.bad-quantity-refused", AtOnce, "a fractional quantity is rounded down";
    TextQuantityAccepted: "text-quantity-accepted" breaks "request.bad-quantity-refused", AtOnce, "a quantity in quotes is read as a number";
    AboveQuantityCancelsLine: "above-quantity-cancels-line" breaks "request.bad-quantity-refused", AtOnce, "a quantity above the line's cancels all of it";
    BoundOfTheFirstLine: "bound-of-the-first-line" breaks "request.bad-quantity-refused", InSequence, "the quantity of a successor's line is held against what was ordered";
    LastLineForgotten: "last-line-forgotten" breaks "request.several-lines", InSequence, "of several lines the last is not cancelled";
    SeveralLinesRefused: "several-lines-refused" breaks "request.several-lines", InSequence, "a cancel that names more than one line is refused";
    FirstQuantityForAll: "first-quantity-for-all" breaks "request.several-lines", InSequence, "of several lines each is cancelled by the quantity of the first";
    ForeignLineCancelsThere: "foreign-line-cancels-there" breaks "request.foreign-line", InSequence, "a line of another package is cancelled in that package";
    ForeignLineIsTheFirst: "foreign-line-is-the-first" breaks "request.foreign-line-refused", AtOnce, "a line that is not in the package is taken for its first";
    ForeignLineAnsweredOk: "foreign-line-answered-ok" breaks "request.foreign-line-refused", AtOnce, "a cancel of lines that are not in the package is accepted without effect";
    DuplicateLineCancelsTwice: "duplicate-line-cancels-twice" breaks "request.duplicate-line", AtOnce, "a line named twice is held against its units each time alone: more is cancelled than there is";
    BadLineBesideGoodHalfDone: "bad-line-beside-good-half-done" breaks "request.atomic", InSequence, "bad lines are passed over, the good ones beside them are cancelled";
    RefusedCancelHalfDone: "refused-cancel-half-done" breaks "refusal.no-change", InSequence, "a cancel is refused for its bad lines, and the good ones beside them are cancelled";
    UnknownPackageAnsweredOk: "unknown-package-answered-ok" breaks "request.unknown-package", AtOnce, "a cancel of an unknown package answers 200";
    KeepStatusIgnored: "keep-status-ignored" breaks "successor.keep-status", InSequence, "shouldKeepPreviousStatus is not looked at";
    KeepStatusAsSoonAsSaid: "keep-status-as-soon-as-said" breaks "successor.keep-status", InSequence, "shouldKeepPreviousStatus counts as true, whatever it says";

    // How a status, a read and a webhook are read.
    SellerMayShip: "seller-may-ship" breaks "flow.seller-cannot-ship", AtOnce, "a seller can push Shipped";
    SellerMayCancelByStatus: "seller-may-cancel-by-status" breaks "flow.seller-cannot-ship", AtOnce, "a seller can push Cancelled, which cancels all of the package";
    SellerMayUnsupplyByStatus: "seller-may-unsupply-by-status" breaks "flow.seller-cannot-ship", AtOnce, "a seller can push UnSupplied, which cancels all of the package";
    FilterByStatusIgnored: "filter-by-status-ignored" breaks "read.filters", AtOnce, "a read is not narrowed by status";
    FilterByIdIgnored: "filter-by-id-ignored" breaks "read.filters", InSequence, "a read is not narrowed by shipmentPackageIds";
    FilterByIdTakesTheFirst: "filter-by-id-takes-the-first" breaks "read.filters", InSequence, "of several shipmentPackageIds only the first is looked at";
    SecondPageIsTheFirst: "second-page-is-the-first" breaks "read.complete", InSequence, "every page is the first";
    WebhookUnsubscribedSent: "webhook-unsubscribed-sent" breaks "webhook.subscription", AtOnce, "a webhook is told of every status, whatever it subscribed to";
    WebhookToldAfterDelete: "webhook-told-after-delete" breaks "webhook.subscription", AtOnce, "a webhook that was deleted is told on";
    WebhookToldAfterDeactivate: "webhook-told-after-deactivate" breaks "webhook.subscription", AtOnce, "a webhook that was deactivated is told on";

    // What a package is taken for.
    RepeatCancelsAgain: "repeat-cancels-again" breaks "old.immutable", InSequence, "a cancelled package can be cancelled again, which makes another successor";
    PickingWakesOld: "picking-on-old-id-accepted" breaks "old.immutable", InSequence, "Picking on a cancelled package is accepted and wakes it";
    SuccessorNotPickable: "successor-not-pickable" breaks "partial.successor-re-enters", InSequence, "a successor can't be picked";
    SuccessorNotInvoiceable: "successor-not-invoiceable" breaks "partial.successor-re-enters", InSequence, "a successor can be picked, but not invoiced";
    SuccessorNotCancellable: "successor-not-cancellable" breaks "partial.successor-re-enters", InSequence, "a successor can't be cancelled";
    SuccessorOnlyCancelledWhole: "successor-only-cancelled-whole" breaks "partial.successor-re-enters", InSequence, "a successor can't be cancelled in part";
    ThirdPartialRefused: "third-partial-refused" breaks "partial.successor-re-enters", InSequence, "what comes of two partial cancels can't be cancelled in part";
    LastRemainderRefused: "last-remainder-refused" breaks "partial.last-remainder", InSequence, "the last units of a successor can't be cancelled";
    InvoicedAfterPickingRefused: "invoiced-after-picking-refused" breaks "flow.picking-after-created", InSequence, "a package that is Picking can't turn Invoiced";
    InvoicedCannotBeSkipped: "invoiced-cannot-be-skipped" breaks "flow.picking-after-created", InSequence, "only what is Invoiced can be shipped";
    InvoicedWithoutPicking: "invoiced-without-picking" breaks "flow.invoiced-needs-picking", AtOnce, "Invoiced is accepted of a package that is Created";
    CancelAfterShipped: "cancel-after-shipped" breaks "flow.shipped-final", InSequence, "a package that is Shipped can be cancelled";
    CancelAfterDelivered: "cancel-after-delivered" breaks "flow.shipped-final", InSequence, "a package that is Delivered can be cancelled";
    CancelAfterReturned: "cancel-after-returned" breaks "flow.shipped-final", InSequence, "a package that is Returned can be cancelled";

    // What is done to the package that is named, and to others.
    FullCancelDoesNothing: "full-cancel-does-nothing" breaks "full.cancelled", AtOnce, "a full cancel is accepted and not carried out";
    FullCancelUnpacks: "full-cancel-unpacks" breaks "full.cancelled", AtOnce, "a full cancel turns the package to UnPacked";
    OneUnitNotCancelled: "one-unit-not-cancelled" breaks "full.cancelled", InSequence, "cancelling a package of one unit is accepted and not carried out";
    FullCancelLeavesEmptySuccessor: "full-cancel-leaves-empty-successor" breaks "full.no-successor", AtOnce, "a full cancel makes a new package of no lines";
    LastRemainderLeavesEmptySuccessor: "last-remainder-leaves-empty-successor" breaks "partial.last-remainder", InSequence, "cancelling all that is left of a successor makes a new package of no lines";
    LastRemainderStaysLive: "last-remainder-stays-live" breaks "partial.last-remainder", InSequence, "cancelling all that is left of a successor is accepted and not carried out";
    OldBecomesUnpacked: "old-becomes-unpacked" breaks "partial.old-cancelled", AtOnce, "a partial cancel turns the old package to UnPacked";
    OldStaysLive: "old-stays-live" breaks "partial.old-cancelled", AtOnce, "after a partial cancel the old package is live beside its successor";
    OldChangesTracking: "old-changes-tracking" breaks "old.keeps-tracking", AtOnce, "after a partial cancel the old package has another tracking number";
    RepeatRevivesOld: "repeat-revives-old" breaks "old.immutable", InSequence, "a cancel of a cancelled package is refused and makes it live again";
    ChainRevivesAncestor: "chain-revives-ancestor" breaks "old.immutable", InSequence, "a second partial cancel makes the first old package live again";
    CancelTakesTheSiblings: "cancel-takes-the-siblings" breaks "scope.other-packages", InSequence, "a cancel cancels the other live packages of the order too";
    PickingMovesTheSiblings: "picking-moves-the-siblings" breaks "scope.other-packages", InSequence, "picking a package turns the other Created ones of the order to Picking too";
    PickingDoesNothing: "picking-does-nothing" breaks "flow.picking-after-created", AtOnce, "Picking is accepted and not carried out";
    PickingChangesTheId: "picking-changes-the-id" breaks "package.ids-stable", AtOnce, "a package that turns Picking has another id";
    PickingChangesTheTracking: "picking-changes-the-tracking" breaks "package.ids-stable", AtOnce, "a package that turns Picking has another tracking number";
    InvoiceChangesTheTracking: "invoice-changes-the-tracking" breaks "package.ids-stable", InSequence, "a package that turns Invoiced has another tracking number";
    ShippingChangesTheTracking: "shipping-changes-the-tracking" breaks "package.ids-stable", InSequence, "a package that turns Shipped has another tracking number";
    SplitLosesAUnit: "split-loses-a-unit" breaks "conserve.units", InSequence, "a split of a successor loses a unit of its last part";
    RefusalStillCancels: "refusal-still-cancels" breaks "refusal.no-change", AtOnce, "a cancel that is refused cancels the package all the same";
    RefusedPushStillTurns: "refused-push-still-turns" breaks "refusal.no-change", AtOnce, "Invoiced on a Created package is refused and turns it all the same";
    TwoLivePackagesWhileSettling: "two-live-packages-while-settling" breaks "settle.eventually", AtOnce, "for a moment after a partial cancel the old package is live beside its successor";
    SuccessorNeverSettles: "successor-never-settles" breaks "settle.eventually", AtOnce, "the successor appears an hour after the cancel was accepted";
    FullCancelNeverSettles: "full-cancel-never-settles" breaks "settle.eventually", AtOnce, "a full cancel shows an hour after it was accepted";

    // What is done to a successor.
    PartialCancelKeepsTheId: "partial-cancel-keeps-the-id" breaks "partial.one-successor", AtOnce, "what is left keeps the id of the old package";
    TwoSuccessors: "two-successors" breaks "partial.one-successor", AtOnce, "what is left goes on in two new packages";
    SuccessorPerLine: "successor-per-line" breaks "partial.one-successor", InSequence, "every line that is left goes on in a new package of its own";
    NoSuccessor: "no-successor" breaks "partial.one-successor", AtOnce, "a partial cancel makes no new package";
    ThirdPackageReusesTheFirstId: "third-package-reuses-the-first-id" breaks "package.has-id", InSequence, "the package that a second partial cancel makes has the id of the first one";
    SuccessorKeepsTracking: "successor-keeps-tracking" breaks "partial.new-tracking", AtOnce, "the successor has the tracking number of the old package";
    ThirdPackageKeepsTracking: "third-package-keeps-tracking" breaks "partial.new-tracking", InSequence, "the package that a second partial cancel makes has the tracking number of the one before";
    SuccessorUnderNewOrderNumber: "successor-under-new-order-number" breaks "partial.same-order", AtOnce, "the successor is of a new order";
    ThirdPackageUnderNewOrderNumber: "third-package-under-new-order-number" breaks "partial.same-order", InSequence, "the package that a second partial cancel makes is of a new order";
    SuccessorHoldsTheCancelled: "successor-holds-the-cancelled" breaks "partial.remainder", AtOnce, "the successor holds the units that were cancelled";
    SuccessorHoldsAll: "successor-holds-all" breaks "partial.remainder", AtOnce, "the successor holds all that the old package held";
    UntouchedLinesDropped: "untouched-lines-dropped" breaks "partial.remainder", InSequence, "the successor holds what is left of the lines that were named, and none of the others";
    ThirdSuccessorLosesAUnit: "third-successor-loses-a-unit" breaks "partial.remainder", InSequence, "the successor of a third partial cancel holds a unit less than is left";
    CancelledUnitsComeBack: "cancelled-units-come-back" breaks "conserve.units", InSequence, "the successor of a second partial cancel holds the units again that the first one cancelled";
    InvoicedParentLosesAUnit: "invoiced-parent-loses-a-unit" breaks "conserve.units", InSequence, "the successor of a package that was Invoiced holds a unit less than is left";
    SplitAncestorLosesAUnit: "split-ancestor-loses-a-unit" breaks "conserve.units", InSequence, "the successor of a package that came of a split holds a unit less than is left";
    SuccessorIsPicking: "successor-is-picking" breaks "partial.successor-created", AtOnce, "the successor of a Created package is Picking";

    // Which packages are listed.
    FullCancelIsUnlisted: "full-cancel-is-unlisted" breaks "full.visible", AtOnce, "a package that is wholly cancelled is no longer listed";
    SuccessorIsUnlisted: "successor-is-unlisted" breaks "partial.visible", AtOnce, "a successor can't be read";
    SuccessorNotByItsId: "successor-not-by-its-id" breaks "partial.visible", InSequence, "a successor can't be read by its shipmentPackageId";
    OldIsUnlisted: "old-is-unlisted" breaks "old.still-listed", AtOnce, "a package that has a successor is no longer listed";
    FirstOldIsUnlisted: "first-old-is-unlisted" breaks "old.still-listed", InSequence, "after a second partial cancel the first old package is no longer listed";
    OrderViewOnlyNewest: "order-view-only-newest" breaks "read.complete", AtOnce, "once something of an order was cancelled, a read by orderNumber shows only the newest package";
    OrderViewForgetsSplitParts: "order-view-forgets-split-parts" breaks "read.complete", InSequence, "once something of an order was cancelled, a read by orderNumber leaves out the last part of a split";
    PageLosesLast: "page-loses-last" breaks "read.complete", InSequence, "of more packages than a page holds the last is never shown";
    FilterOverlooksCancelled: "filter-overlooks-cancelled" breaks "read.filters", AtOnce, "a read by status never shows what is Cancelled";
    FilterOverlooksSuccessors: "filter-overlooks-successors" breaks "read.filters", AtOnce, "a read by status never shows successors";

    // What is answered and shown.
    RefusalIs500: "refusal-is-500" breaks "refusal.client-error", AtOnce, "what the state of a package forbids answers 500";
    BadBodyIs500: "bad-body-is-500" breaks "refusal.client-error", AtOnce, "a cancel that can't be read answers 500";
    CancelOnOldAnsweredOk: "cancel-on-old-answered-ok" breaks "old.refuses" and "conserve.units", InSequence, "a cancel of a cancelled package is accepted without effect, whatever it asks for";
    PickingOnOldAnsweredOk: "picking-on-old-answered-ok" breaks "old.refuses", InSequence, "Picking on a cancelled package is accepted without effect";
    InvoicedOnOldAnsweredOk: "invoiced-on-old-answered-ok" breaks "old.refuses", InSequence, "Invoiced on a cancelled package is accepted without effect";
    SuccessorWithoutId: "successor-without-id" breaks "package.has-id", AtOnce, "a successor is shown without its id";
    SuccessorWithoutTracking: "successor-without-tracking" breaks "partial.new-tracking", AtOnce, "a successor is shown without a tracking number";
    SuccessorCreatedByOrder: "successor-created-by-order" breaks "partial.lineage", AtOnce, "a successor is shown as created by the order itself";
    SuccessorOfASplitPartCreatedBySplit: "successor-of-a-split-part-created-by-split" breaks "partial.lineage", InSequence, "the successor of a part of a split is shown as created by that split";
    SuccessorIsItsOwnOrigin: "successor-is-its-own-origin" breaks "partial.lineage", AtOnce, "a successor names itself as its origin";

    // What webhooks are told.
    WebhookNotDelivered: "webhook-not-delivered" breaks "webhook.delivers" and "full.visible", AtOnce, "webhooks are told nothing";
    WebhookWrongCredentials: "webhook-wrong-credentials" breaks "webhook.delivers", AtOnce, "webhooks are told with other credentials than were configured";
    WebhookOnlyTellsOld: "webhook-only-tells-old" breaks "webhook.delivers", AtOnce, "of a partial cancel webhooks are not told the successor";
    WebhookOnlyTellsSuccessor: "webhook-only-tells-successor" breaks "webhook.delivers", AtOnce, "of a partial cancel webhooks are not told the old package";
    WebhookFullCancelNotTold: "webhook-full-cancel-not-told" breaks "full.visible", AtOnce, "of a full cancel webhooks are not told";
    WebhookNotRetried: "webhook-not-retried" breaks "webhook.retry", AtOnce, "what a webhook fails to take does not come again";
    WebhookSaysCreated: "webhook-says-created" breaks "webhook.agrees", AtOnce, "what a webhook is told of a Cancelled package says that it is Created";
    WebhookTellsOneUnitMore: "webhook-tells-one-unit-more" breaks "webhook.agrees", AtOnce, "what a webhook is told of a successor has a unit more in each line";
    WebhookDatesRunBack: "webhook-dates-run-back" breaks "webhook.agrees", InSequence, "what webhooks are told has a lastModifiedDate that is the earlier the later it happened";

    // Decided by what was there when the call arrived.
    BothPartialsWin: "both-partials-win" breaks "race.one-effect" and "conserve.units", InRace, "a partial cancel does not see what another call did at the same time";
    FullOverlooksPartial: "full-overlooks-partial" breaks "conserve.units", InRace, "a full cancel does not see what another call did at the same time";
    CancelOverlooksPicking: "cancel-overlooks-picking" breaks "race.cancel-and-picking" and "conserve.units", InRace, "a cancel at the same time as a Picking makes its successor, and the old package stays Picking";
    PickingOverlooksCancel: "picking-overlooks-cancel" breaks "race.cancel-and-picking" and "conserve.units", InRace, "Picking at the same time as a cancel wakes the package that was cancelled";
    SplitOverlooksCancel: "split-overlooks-cancel" breaks "conserve.units", InRace, "a split does not see what another call did at the same time";
}
