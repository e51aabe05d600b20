//! What a package can be, by its names on the wire, and which of it comes after which.

/// The status of a package, in the order of its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Awaiting,
    Created,
    Picking,
    Invoiced,
    Shipped,
    AtCollectionPoint,
    Delivered,
    UnDelivered,
    Returned,
    Verified,
    /// Cancelled by its seller.
    Cancelled,
    /// Split: others hold what it held.
    UnPacked,
    /// Only ever another name of a seller's cancel.
    UnSupplied,
}

impl Status {
    const ALL: [Self; 13] = [
        Self::Awaiting,
        Self::Created,
        Self::Picking,
        Self::Invoiced,
        Self::Shipped,
        Self::AtCollectionPoint,
        Self::Delivered,
        Self::UnDelivered,
        Self::Returned,
        Self::Verified,
        Self::Cancelled,
        Self::UnPacked,
        Self::UnSupplied,
    ];

    /// As packages and queries write it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Awaiting => "Awaiting",
            Self::Created => "Created",
            Self::Picking => "Picking",
            Self::Invoiced => "Invoiced",
            Self::Shipped => "Shipped",
            Self::AtCollectionPoint => "AtCollectionPoint",
            Self::Delivered => "Delivered",
            Self::UnDelivered => "UnDelivered",
            Self::Returned => "Returned",
            Self::Verified => "Verified",
            Self::Cancelled => "Cancelled",
            Self::UnPacked => "UnPacked",
            Self::UnSupplied => "UnSupplied",
        }
    }

    /// As webhooks write it.
    pub(super) fn event(self) -> &'static str {
        match self {
            Self::Awaiting => "AWAITING",
            Self::Created => "CREATED",
            Self::Picking => "PICKING",
            Self::Invoiced => "INVOICED",
            Self::Shipped => "SHIPPED",
            Self::AtCollectionPoint => "AT_COLLECTION_POINT",
            Self::Delivered => "DELIVERED",
            Self::UnDelivered => "UNDELIVERED",
            Self::Returned => "RETURNED",
            Self::Verified => "VERIFIED",
            Self::Cancelled => "CANCELLED",
            Self::UnPacked => "UNPACKED",
            Self::UnSupplied => "UNSUPPLIED",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    pub(super) fn of_event(event: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.event() == event)
    }

    /// How far the carrier has it: what lies with the seller is at 0, and what is no more has no place on that way.
    pub(super) fn way(self) -> Option<u8> {
        match self {
            Self::Awaiting | Self::Created | Self::Picking | Self::Invoiced => Some(0),
            Self::Shipped => Some(1),
            Self::AtCollectionPoint => Some(2),
            Self::UnDelivered => Some(3),
            // Two ends: what was delivered comes back as a claim, and not as a package.
            Self::Delivered | Self::Returned => Some(4),
            Self::Verified | Self::Cancelled | Self::UnPacked | Self::UnSupplied => None,
        }
    }
}
