//! The points that the laws leave open, as data: names, options, defaults. What an option does stands where it is read.

use crate::choice::declare_choices;

declare_choices! {
    /// Cancelling no unit.
    ZeroUnits: "zero-units" { Refused: "refused", NoEffect: "no-effect" }
    /// Cancelling an order of which a part is fulfilled.
    PartFulfilledOrder: "part-fulfilled-order" { Refused: "refused", CancelsTheRest: "cancels-the-rest" }
    /// Cancelling more of a line than is unfulfilled, and no more than is live.
    MoreThanUnfulfilled: "more-than-unfulfilled" {
        Refused: "refused", CancelsTheRest: "cancels-the-rest", NoEffect: "no-effect",
    }
    /// Cancelling units of a line with nothing live.
    RepeatOfALine: "repeat-of-a-line" { Refused: "refused", Accepted: "accepted" }
    /// Cancelling an order with nothing live.
    RepeatOfAnOrder: "repeat-of-an-order" { Refused: "refused", Accepted: "accepted" }
    /// Cancelling the rest where all that is live is fulfilled.
    NothingLeft: "nothing-left" { Refused: "refused", Accepted: "accepted" }
    /// A request that names a line twice and asks for no more than is live.
    DuplicateLine: "duplicate-line" { Refused: "refused", Sum: "sum" }
    /// Fulfilling live units.
    LiveUnits: "fulfil-live-units" { Accepted: "accepted", Refused: "refused" }
    /// Fulfilling more units than are live and unfulfilled.
    FulfilTooMany: "fulfil-too-many" { Refused: "refused", FulfilsTheRest: "fulfils-the-rest", NoEffect: "no-effect" }
}
