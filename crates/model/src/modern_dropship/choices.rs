//! The points that the Modern Dropship contract leaves open, as data: names, options, defaults. What an option does
//! stands where it is read.

use crate::choice::declare_choices;

declare_choices! {
    /// The quantity that the cancelled original of a split shows.
    OriginalQuantity: "original-quantity" { Keep: "keep", Reduce: "reduce" }
    /// Cancelling what is cancelled already.
    RepeatFullCancel: "repeat-full-cancel" { Refuse: "refuse", Accept: "accept" }
    /// Giving a cancelled item a new quantity.
    RepeatPartialCancel: "repeat-partial-cancel" { Refuse: "refuse", AcceptNoOp: "accept-no-op" }
    /// `unfulfilledOnly` where every live unit is fulfilled.
    NothingLeft: "nothing-left" { Refuse: "refuse", AcceptNoOp: "accept-no-op" }
    /// The status when the state of the order forbids a call.
    StateRefusalStatus: "state-refusal-status" {
        Unprocessable = 422: "422", BadRequest = 400: "400", Conflict = 409: "409", Forbidden = 403: "403",
    }
    /// The status when a body or a query cannot be read.
    InvalidRequestStatus: "invalid-request-status" { BadRequest = 400: "400", Unprocessable = 422: "422" }
    /// The status when an order or an item is not known to the caller.
    UnknownIdStatus: "unknown-id-status" { NotFound = 404: "404", BadRequest = 400: "400", Forbidden = 403: "403" }
    /// The status when the caller's key belongs to the other party.
    WrongRoleStatus: "wrong-role-status" { Forbidden = 403: "403", Unauthorized = 401: "401", NotFound = 404: "404" }
    /// The status when a path is known, but not with this method.
    WrongMethodStatus: "wrong-method-status" { NotAllowed = 405: "405", NotFound = 404: "404" }
    /// A body that comes without a content type.
    NoContentType: "no-content-type" { Read: "read", Unsupported: "415" }
    /// The status of an accepted change.
    SuccessStatus: "success-status" { Ok = 200: "200", Created = 201: "201", NoContent = 204: "204" }
    /// `newQuantity: 0` where nothing is fulfilled.
    ZeroNewQuantity: "zero-new-quantity" { FullCancel: "full-cancel", Refuse: "refuse" guide }
    /// `newQuantity: 0` on a part-fulfilled item.
    ZeroOnPartFulfilled: "zero-on-part-fulfilled" { Refuse: "refuse", AsOmitted: "as-omitted" guide }
    /// A field that is there, and null.
    NullField: "null-field" { AsOmitted: "as-omitted", Refuse: "refuse" }
    /// A whole number written as a decimal: `3.0`.
    IntegralDecimal: "integral-decimal" { Accept: "accept", Refuse: "refuse" }
    /// A field in the body of a cancel call that this call does not have.
    StrayFields: "stray-fields" { Ignore: "ignore", Refuse: "refuse" }
    /// A field in a PATCH that a PATCH cannot change.
    PatchUnknownField: "patch-unknown-field" { Ignore: "ignore", Refuse: "refuse" }
    /// What the item call answers.
    SplitAnswer: "split-answer" {
        Original: "original", NewItem: "new-item", Order: "order", Ack: "ack", None: "none",
    }
    /// What the order call answers.
    OrderAnswer: "order-answer" { Order: "order", Ack: "ack", None: "none" }
    /// Where the new item of a split stands.
    NewItemPosition: "new-item-position" {
        Last: "last", AfterOriginal: "after-original", BeforeOriginal: "before-original", First: "first",
    }
    /// The buyer's reference on the new item of a split.
    NewItemReference: "new-item-reference" { Copied: "copied", Blank: "blank" }
    /// The item that a fulfilment points to after a split.
    FulfilmentLinks: "fulfilment-links" { StayOnOriginal: "stay-on-original", MoveToNewItem: "move-to-new-item" }
    /// How fulfilled units spread over several items of one product.
    SameProductLines: "same-product-lines" { FirstLineFirst: "first-line-first", ExactLine: "exact-line" }
    /// The item call without `newQuantity` on a part-fulfilled item.
    OmittedOnPartFulfilled: "omitted-on-part-fulfilled" { Refuse: "refuse", CancelRemainder: "cancel-remainder" guide }
    /// The order call without `unfulfilledOnly` on a part-fulfilled order.
    PlainCancelOfPartFulfilled: "plain-cancel-of-part-fulfilled" {
        Refuse: "refuse", CancelRemainder: "cancel-remainder" guide,
    }
    /// How the rest of a part-fulfilled item is cancelled.
    PartFulfilledForm: "part-fulfilled-form" { Split: "split", ReduceInPlace: "reduce-in-place" guide }
    /// `shipped` when item calls have cancelled all that was not fulfilled.
    ShippedWhenOnlyFulfilledRemains: "shipped-when-only-fulfilled-remains" {
        StaysFalse: "stays-false", TurnsTrue: "turns-true",
    }
    /// `cancelled` on a live item.
    AbsentCancelled: "absent-cancelled" { False: "false", Omitted: "omitted" }
    /// `hasCancellations` on an order without any.
    AbsentHasCancellations: "absent-has-cancellations" { False: "false", Omitted: "omitted" }
    /// `shipped` on an order that is not.
    AbsentShipped: "absent-shipped" { False: "false", Omitted: "omitted" }
    /// Reason, party and date of a cancellation on a live item.
    AbsentMetadata: "absent-metadata" { Blank: "blank", Omitted: "omitted", Null: "null" }
    /// A status on the order that tells nothing about its items.
    OrderLevelFlag: "order-level-flag" { None: "none", Untrusted: "untrusted" }
    /// Whether the seller's answers stand bare or under `data`.
    OrderEnvelope: "order-envelope" { Bare: "bare", Data: "data" }
    /// The form of an error.
    ErrorShape: "error-shape" { ErrorsMap: "errors-map", ErrorString: "error-string", NullData: "null-data" }
    /// When a change is seen by reads.
    Visibility: "visibility" { AtOnce: "at-once", Delayed: "delayed" late }
}
