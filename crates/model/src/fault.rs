//! Faults: deliberate misreadings of a contract, one rule each, as data. A model that is built with one shows whether a
//! suite would notice an implementation that reads the contract so.
//!
//! Which faults there are is each spec's own matter; nothing here knows one.

use crate::model::Request;

/// A single-rule defect that a model can be built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultInfo {
    /// The name it goes by: it tells the misreading.
    pub name: &'static str,
    /// The clause it breaks.
    pub clause: &'static str,
    /// The clauses that it can't but break with that one.
    pub also: &'static [&'static str],
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

/// The misreadings that a model is built with, each once, in the order in which its spec declares them: what comes of several
/// depends on which they are, not on how they were named.
#[derive(Clone, Debug)]
pub(crate) struct Faults<F>(Vec<F>);

impl<F> Default for Faults<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: Copy + PartialEq> Faults<F> {
    /// Those of `all` whose name is among `names`; `all` are in the order of their data.
    pub(crate) fn named(names: &[&str], all: &[F], infos: &[FaultInfo]) -> Self {
        let named = all.iter().zip(infos).filter(|(_, info)| names.contains(&info.name));
        Self(named.map(|(fault, _)| *fault).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, fault: F) -> bool {
        self.0.contains(&fault)
    }

    pub(crate) fn any(&self, is_such: impl FnMut(F) -> bool) -> bool {
        self.iter().any(is_such)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = F> {
        self.0.iter().copied()
    }
}

/// A request that a fault may change before a model reads it.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    /// The request as it came.
    pub(crate) fn of(request: &Request<'_>) -> Self {
        Self {
            method: request.method.to_owned(),
            path: request.path.to_owned(),
            query: request.query.map(str::to_owned),
            headers: request.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: request.body.to_vec(),
        }
    }

    /// Hands the request on.
    pub(crate) fn with<R>(&self, then: impl FnOnce(&Request<'_>) -> R) -> R {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        then(&Request {
            method: &self.method,
            path: &self.path,
            query: self.query.as_deref(),
            headers: &headers,
            body: &self.body,
        })
    }

    /// The first header of this (lower-case) name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Puts this in the place of all headers of the name.
    pub(crate) fn set_header(&mut self, name: &str, value: String) {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value));
    }
}

/// Declares the faults of a spec: an enum, and `FAULTS`, all of them as data in the order of the variants.
macro_rules! declare_faults {
    ($( $name:ident: $word:literal breaks $clause:literal $(and $also:literal)*, $shows:ident, $text:literal; )+) => {
        /// A misreading of this contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Fault { $( #[doc = $text] $name ),+ }

        impl Fault {
            /// The faults of these names.
            pub(crate) fn named(names: &[&str]) -> $crate::fault::Faults<Self> {
                $crate::fault::Faults::named(names, &[$(Self::$name),+], FAULTS)
            }

            /// Whether it shows only between calls at the same time.
            pub(super) fn is_race(self) -> bool {
                FAULTS[self as usize].shows == $crate::Shows::InRace
            }
        }

        /// Every fault of this spec, as data.
        pub(crate) const FAULTS: &[$crate::FaultInfo] = &[$(
            $crate::FaultInfo { name: $word, clause: $clause, also: &[$($also),*], shows: $crate::Shows::$shows, text: $text }
        ),+];
    };
}
pub(crate) use declare_faults;
