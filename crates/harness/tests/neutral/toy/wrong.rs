//! The ways in which the toy server can be made wrong, each a single one, and the options it may rightly choose.

/// A known defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The successor holds the units taken out instead of the rest.
    HoldsRemoved,
    /// The box that units were taken out of stays open.
    OldStaysOpen,
    /// A void box is not listed any more.
    VoidVanishes,
    /// The last box that the call is not made on changes its size.
    BystanderMoves,
    /// The first box that the call is not made on is not there any more.
    BystanderVanishes,
    /// A call on a box takes a unit out of the last line of every other box too.
    BystanderShrinks,
    /// A refused removal is refused and done.
    RefusedStillRemoves,
    /// A box changes its size on the second read after a call.
    LateEffect,
    /// A removal leaves two successors.
    TwoSuccessors,
    /// A removal leaves no successor.
    NoSuccessor,
    /// The successor holds a line that nobody asked for.
    ExtraLine,
    /// The successor is of another size.
    OtherSize,
    /// The `void` of every box is text.
    FlagIsText,
    /// A box has no `void`.
    FlagIsMissing,
    /// An order says it is open for ever.
    OpenForEver,
    /// Taking everything out adds a unit to the line's box instead of voiding it.
    AddsUnits,
    /// A void box is revived by the next call.
    Revives,
    /// Whether void boxes list their lines changes with the note.
    ChangesItsMind,
    /// A void box lists half of its lines.
    HalfTheLines,
    /// An order is made without the note that was asked for.
    SetUpForgetsNote,
    /// The list shows another note than the single read.
    ListDiffers,
    /// A refusal is answered with 200.
    RefusalIs200,
    /// A refusal is answered with 500.
    RefusalIs500,
    /// A refusal has no text.
    RefusalIsMute,
    /// Every removal is refused.
    RefusesAll,
    /// Every call on a box is answered with a redirect.
    Redirects,
    /// Every call is done and answered with a page of HTML.
    Html,
    /// Reads after a call end in the middle.
    TruncatedReads,
    /// Reads after a call are pages of HTML.
    HtmlReads,
    /// Reads after a call have another shape.
    StrangeReads,
    /// Reads after a call are answered with 503.
    FailingReads,
    /// Every call on a box asks to wait.
    Busy,
    /// No order can be made.
    SetUpFails,
    /// A new order lacks a unit.
    SetUpShort,
    /// A new order lacks its last box.
    SetUpLacksBox,
    /// The making of an order is never answered.
    SilentSetUp,
    /// Calls are never answered.
    SilentCalls,
    /// Calls are never answered but the first.
    SilentLater,
    /// Reads are never answered.
    SilentReads,
    /// The credential is echoed in ids, fields, errors and headers, and as a number where it is one.
    EchoesKey,
    /// A refusal echoes the credential across the place where a report cuts long bodies.
    EchoesKeyFarOut,
    /// No webhook is ever sent.
    TellsNobody,
    /// Webhooks say of every box that it is not void.
    TellsLies,
    /// A webhook that is refused does not come again.
    TellsOnce,
    /// Webhooks come without the key they were registered with.
    TellsWithoutKey,
    /// Webhooks tell of what nobody asked for.
    TellsEverything,
    /// Webhooks come an hour later.
    TellsTooLate,
    /// A webhook that was taken away is told on.
    TellsTheGone,
    /// Webhooks have bodies that are no JSON.
    TellsGarbage,
}

impl Wrong {
    const ALL: [Self; 48] = [
        Self::HoldsRemoved,
        Self::OldStaysOpen,
        Self::VoidVanishes,
        Self::BystanderMoves,
        Self::BystanderVanishes,
        Self::BystanderShrinks,
        Self::RefusedStillRemoves,
        Self::LateEffect,
        Self::TwoSuccessors,
        Self::NoSuccessor,
        Self::ExtraLine,
        Self::OtherSize,
        Self::FlagIsText,
        Self::FlagIsMissing,
        Self::OpenForEver,
        Self::AddsUnits,
        Self::Revives,
        Self::ChangesItsMind,
        Self::HalfTheLines,
        Self::ListDiffers,
        Self::RefusalIs200,
        Self::RefusalIs500,
        Self::RefusalIsMute,
        Self::RefusesAll,
        Self::Redirects,
        Self::Html,
        Self::TruncatedReads,
        Self::HtmlReads,
        Self::StrangeReads,
        Self::FailingReads,
        Self::Busy,
        Self::SetUpFails,
        Self::SetUpShort,
        Self::SetUpLacksBox,
        Self::SilentSetUp,
        Self::SilentCalls,
        Self::SilentLater,
        Self::SilentReads,
        Self::EchoesKey,
        Self::EchoesKeyFarOut,
        Self::TellsNobody,
        Self::TellsLies,
        Self::TellsOnce,
        Self::TellsWithoutKey,
        Self::TellsEverything,
        Self::TellsTooLate,
        Self::TellsTheGone,
        Self::TellsGarbage,
    ];

    /// The defect that a corpus file calls `holds-removed`.
    pub(crate) fn named(name: &str) -> Self {
        let plain = |text: &str| text.replace('-', "").to_lowercase();
        let found = Self::ALL.into_iter().find(|wrong| plain(&format!("{wrong:?}")) == plain(name));
        found.unwrap_or_else(|| panic!("the toy knows no defect `{name}`"))
    }
}

/// What the contract leaves open, and how this toy does it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Setting {
    /// Void boxes list no lines.
    pub(crate) old_lines_none: bool,
    /// Dropping a dropped order is accepted.
    pub(crate) repeat_accepted: bool,
    /// What the state forbids is refused with 400.
    pub status_400: bool,
    /// Accepted calls are answered with a word instead of the order.
    pub(crate) answers_ack: bool,
    /// The newest box is listed first.
    pub(crate) newest_first: bool,
    /// So many reads after a call still show what was before it.
    pub(crate) delay: u32,
}

impl Setting {
    /// Every combination of what is left open, with everything visible at once.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..32_u8).map(|bits| Self {
            old_lines_none: bits & 1 != 0,
            repeat_accepted: bits & 2 != 0,
            status_400: bits & 4 != 0,
            answers_ack: bits & 8 != 0,
            newest_first: bits & 16 != 0,
            delay: 0,
        })
    }

    /// Sets what a corpus file calls `newest-first` or `delay-2`.
    pub(crate) fn with(mut self, name: &str) -> Self {
        match name {
            "old-lines-none" => self.old_lines_none = true,
            "repeat-accepted" => self.repeat_accepted = true,
            "status-400" => self.status_400 = true,
            "answers-ack" => self.answers_ack = true,
            "newest-first" => self.newest_first = true,
            "delay-2" => self.delay = 2,
            _ => panic!("the toy knows no setting `{name}`"),
        }
        self
    }
}
