//! Why a model could not be built, with the words that would have been right.

use std::error::Error;
use std::fmt;

/// What was asked for and is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelError {
    /// There is no model of this spec.
    UnknownSpec {
        /// What was asked for.
        spec: String,
        /// The specs there are.
        known: Vec<&'static str>,
    },
    /// The spec has no choice of this name.
    UnknownChoice {
        /// What was asked for.
        choice: String,
        /// The choices there are.
        known: Vec<&'static str>,
    },
    /// The choice has no option of this name.
    UnknownOption {
        /// The choice.
        choice: &'static str,
        /// What was asked for.
        option: String,
        /// The options there are.
        known: Vec<&'static str>,
    },
    /// The spec's model has no fault of this name.
    UnknownFault {
        /// What was asked for.
        fault: String,
        /// The faults there are.
        known: Vec<&'static str>,
    },
    /// The choice was given two different options.
    ChosenTwice {
        /// The choice.
        choice: &'static str,
    },
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownSpec { spec, known } => {
                write!(f, "no model of the spec `{spec}`; there is {}", known.join(", "))
            }
            Self::UnknownChoice { choice, known } => {
                write!(f, "no choice `{choice}`; there is {}", known.join(", "))
            }
            Self::UnknownOption { choice, option, known } => {
                write!(f, "choice `{choice}` has no option `{option}`; it has {}", known.join(", "))
            }
            Self::UnknownFault { fault, .. } => {
                write!(f, "no fault `{fault}`; `countermand teeth --list` names them all")
            }
            Self::ChosenTwice { choice } => {
                write!(f, "choice `{choice}` is given two different options; give it one")
            }
        }
    }
}

impl Error for ModelError {}
