//! The points that nothing public settles about Trendyol's order packages, as data: names, options, defaults. What an
//! option does stands where it is read.

use crate::choice::declare_choices;

declare_choices! {
    /// The ids of the lines of a package that takes over what another one held.
    LineIds: "line-ids" { New: "new", Kept: "kept" }
    /// What a cancelled package still lists.
    OldLines: "old-lines" { All: "all", CancelledOnly: "cancelled-only", None: "none" }
    /// When an accepted cancel or split is seen: at once, the new packages a moment later, or all of it.
    Settle: "settle" { AtOnce: "at-once", Delayed: "delayed" late, Queued: "queued" late }
    /// The status that a fresh order has at first.
    Birth: "birth" { Created: "created", Awaiting: "awaiting" late }
    /// Cancelling a package that is being picked.
    CancelFromPicking: "cancel-from-picking" { Accept: "accept", Refuse: "refuse" }
    /// Cancelling a package that is invoiced.
    CancelFromInvoiced: "cancel-from-invoiced" { Accept: "accept", Refuse: "refuse" }
    /// The status of what comes of a package that was past Created.
    SuccessorStatus: "successor-status" { Created: "created", Keep: "keep" }
    /// Pushing the status that a package has already.
    RepeatPush: "repeat-push" { Accept: "accept", Refuse: "refuse" }
    /// The very cancel again that a package was cancelled by.
    RepeatCancel: "repeat-cancel" { Refuse: "refuse", AcceptNoEffect: "accept-no-effect" }
    /// The lines that come with a status.
    PushLines: "push-lines" { Ignore: "ignore", Check: "check" }
    /// Shipping what was never picked, by the stage helper.
    ShipFromCreated: "ship-from-created" { Refuse: "refuse", Accept: "accept" }
    /// The status when the state of a package forbids a call.
    StateRefusalStatus: "state-refusal-status" { BadRequest = 400: "400", Conflict = 409: "409" }
    /// The status when what is asked for makes no sense.
    InvalidRequestStatus: "invalid-request-status" { BadRequest = 400: "400", Unprocessable = 422: "422" }
    /// The status when there is no such package.
    UnknownPackageStatus: "unknown-package-status" { NotFound = 404: "404", BadRequest = 400: "400" }
    /// The status when the package is another seller's.
    ForeignPackageStatus: "foreign-package-status" {
        NotFound = 404: "404", Forbidden = 403: "403", Unauthorized = 401: "401",
    }
    /// The status when the seller in the path is not the one whose key it is.
    SellerMismatchStatus: "seller-mismatch-status" { Unauthorized = 401: "401", Forbidden = 403: "403" }
    /// A User-Agent that is not of the form asked for.
    MalformedUserAgent: "malformed-user-agent" { Refuse: "refuse", Accept: "accept" }
    /// A User-Agent that names another seller than the one whose key it is.
    ForeignUserAgent: "foreign-user-agent" { Accept: "accept", Refuse: "refuse" }
    /// The form of an error, that of a bad key aside.
    ErrorShape: "error-shape" { ErrorsList: "errors-list", ErrorMessage: "error-message", Empty: "empty" }
    /// The body that an accepted change is answered with.
    OkBody: "ok-body" { Empty: "empty", Text: "text", Json: "json" }
    /// What ids are called where packages are shown.
    FieldNames: "field-names" { Current: "current", Legacy: "legacy", Both: "both" }
    /// How a tracking number is written.
    TrackingType: "tracking-type" { Number: "number", String: "string" }
    /// Which ancestors a package names.
    OriginIds: "origin-ids" { Root: "root", Parent: "parent", Chain: "chain", Scalar: "scalar", Absent: "absent" }
    /// Whether a cancelled line tells by whom and why.
    CancelInfo: "cancel-info" { Filled: "filled", Blank: "blank" }
    /// The same line twice in one cancel.
    DuplicateLine: "duplicate-line" { Refuse: "refuse", SumAndCheck: "sum-and-check" }
    /// What a read asks for by the status UnSupplied.
    UnsuppliedFilter: "unsupplied-filter" { Empty: "empty", ListsSellerCancels: "lists-seller-cancels" }
    /// Whether a seller's cancel is told as UNSUPPLIED too.
    UnsuppliedEvent: "unsupplied-event" { NotSent: "not-sent", AlsoSent: "also-sent" }
    /// In which order packages are listed.
    ListOrder: "list-order" { Oldest: "oldest", Newest: "newest" }
    /// A page larger than there is.
    SizeOver: "size-over" { Refuse: "refuse", Clamp: "clamp" }
    /// How a webhook is told of a package: in a page of one, or bare.
    WebhookBody: "webhook-body" { Envelope: "envelope", Bare: "bare" }
    /// In which order the packages of one moment are told of.
    WebhookOrder: "webhook-order" { Any: "any" }
    /// How often a webhook is told the same.
    WebhookRepeat: "webhook-repeat" { Once: "once", Twice: "twice" }
    /// What the status of a package is called that its seller cancelled.
    CancelledStatusName: "cancelled-status-name" { Cancelled: "Cancelled", UnSupplied: "UnSupplied" }
}
