//! Faults: deliberate misreadings of a contract, one rule each, as data. A model that is built with one shows whether a
//! suite would notice an implementation that reads the contract so.
//!
//! Which faults there are is each spec's own matter; nothing here knows one.

/// A single-rule defect that a model can be built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultInfo {
    /// The name it goes by: it tells the misreading.
    pub name: &'static str,
    /// The clause it breaks.
    pub clause: &'static str,
    /// What it takes for it to show.
    pub shows: Shows,
    /// What the faulty implementation does, in one sentence.
    pub text: &'static str,
}

/// What it takes for a fault to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// One call on an ordinary order.
    AtOnce,
    /// Several calls after another, or a particular combination of items, quantities and fulfilments.
    InSequence,
    /// Calls at the same time.
    InRace,
}

/// Declares the faults of a spec: an enum, and `FAULTS`, all of them as data in the order of the variants.
macro_rules! declare_faults {
    ($( $name:ident: $word:literal breaks $clause:literal, $shows:ident, $text:literal; )+) => {
        /// A misreading of this contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Fault { $( #[doc = $text] $name ),+ }

        impl Fault {
            const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The fault of this name.
            pub(super) fn named(name: &str) -> Option<Self> {
                FAULTS.iter().position(|info| info.name == name).map(|index| Self::ALL[index])
            }
        }

        /// Every fault of this spec, as data.
        pub(crate) const FAULTS: &[$crate::FaultInfo] = &[$(
            $crate::FaultInfo { name: $word, clause: $clause, shows: $crate::Shows::$shows, text: $text }
        ),+];
    };
}
pub(crate) use declare_faults;
