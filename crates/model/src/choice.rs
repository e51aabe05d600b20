//! Choices: the points a spec leaves open, as data, and the one accessor through which a model reads them.
//!
//! Which choices there are is each spec's own matter; nothing here knows one.

use std::cell::Cell;

use crate::error::ModelError;

/// A point that a spec leaves open, with its named options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChoiceInfo {
    /// The name it goes by in specs and on the command line.
    pub name: &'static str,
    /// What can be chosen, the default first.
    pub options: &'static [OptionInfo],
    /// The option a model takes when nothing is said.
    pub default: &'static str,
}

/// One option of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionInfo {
    /// The name it goes by.
    pub name: &'static str,
    /// Only the `guide` profile allows it: it breaks a clause that the stricter profile adds.
    pub guide_only: bool,
    /// With it a change is seen some 100 ms after it was accepted, and not at once.
    pub late: bool,
}

/// A choice as a type: an enum with one variant per option.
pub(crate) trait Choice: Copy + 'static {
    /// Where it stands among the choices of its spec.
    const SLOT: usize;
    /// Its options, in the order of its [`ChoiceInfo`].
    const ALL: &'static [Self];
}

/// What was chosen for each choice of one spec, and which of them have been read.
#[derive(Clone, Debug)]
pub(crate) struct Choices {
    infos: &'static [ChoiceInfo],
    /// Per slot, the index of the option taken.
    picks: Vec<usize>,
    /// One bit per slot. A cell, because reading a choice must not need the model mutably.
    consulted: Cell<u64>,
}

impl Choices {
    /// The defaults, with some picked otherwise by name.
    pub(crate) fn pick(infos: &'static [ChoiceInfo], picks: &[(String, String)]) -> Result<Self, ModelError> {
        debug_assert!(infos.len() <= 64, "one bit of `consulted` per choice");
        let mut taken: Vec<Option<usize>> = vec![None; infos.len()];
        for (choice, option) in picks {
            let Some(slot) = infos.iter().position(|info| info.name == choice) else {
                let known = infos.iter().map(|info| info.name).collect();
                return Err(ModelError::UnknownChoice { choice: choice.clone(), known });
            };
            let options = infos[slot].options;
            let Some(index) = options.iter().position(|known| known.name == option) else {
                return Err(ModelError::UnknownOption {
                    choice: infos[slot].name,
                    option: option.clone(),
                    known: options.iter().map(|known| known.name).collect(),
                });
            };
            if taken[slot].is_some_and(|before| before != index) {
                return Err(ModelError::ChosenTwice { choice: infos[slot].name });
            }
            taken[slot] = Some(index);
        }
        let picks = taken.into_iter().map(Option::unwrap_or_default).collect();
        Ok(Self { infos, picks, consulted: Cell::new(0) })
    }

    /// Reads a choice and remembers that it was read.
    pub(crate) fn get<C: Choice>(&self) -> C {
        self.consulted.set(self.consulted.get() | 1 << C::SLOT);
        C::ALL[self.picks[C::SLOT]]
    }

    /// The names of the choices that were read.
    pub(crate) fn consulted(&self) -> Vec<&'static str> {
        let bits = self.consulted.get();
        let read = |slot: &usize| bits >> slot & 1 == 1;
        (0..self.infos.len()).filter(read).map(|slot| self.infos[slot].name).collect()
    }

    /// Starts [`consulted`](Self::consulted) afresh.
    pub(crate) fn forget_consulted(&self) {
        self.consulted.set(0);
    }
}

/// Declares the choices of a spec: one enum each, and `INFOS`, all of them as data. The first option is the default; a
/// trailing `guide` marks an option that only that profile allows, `late` one by which changes are seen late; `= 403` gives a
/// variant a number.
macro_rules! declare_choices {
    ($(
        $(#[$about:meta])*
        $name:ident: $label:literal {
            $( $(#[$means:meta])* $option:ident $(= $number:literal)? : $word:literal $($mark:ident)? ),+ $(,)?
        }
    )+) => {
        #[derive(Clone, Copy)]
        enum Slot { $($name),+ }

        $(
            $(#[$about])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub(super) enum $name { $( $(#[$means])* $option $(= $number)? ),+ }

            impl $crate::choice::Choice for $name {
                const SLOT: usize = Slot::$name as usize;
                const ALL: &'static [Self] = &[$(Self::$option),+];
            }
        )+

        /// Every choice of this spec, as data.
        pub(crate) const INFOS: &[$crate::ChoiceInfo] = &[$({
            const OPTIONS: &[$crate::OptionInfo] = &[$(
                $crate::OptionInfo {
                    name: $word,
                    guide_only: declare_choices!(@guide $($mark)?),
                    late: declare_choices!(@late $($mark)?),
                }
            ),+];
            $crate::ChoiceInfo { name: $label, options: OPTIONS, default: OPTIONS[0].name }
        }),+];
    };
    (@guide guide) => { true };
    (@guide $($mark:ident)?) => { false };
    (@late late) => { true };
    (@late $($mark:ident)?) => { false };
}
pub(crate) use declare_choices;
