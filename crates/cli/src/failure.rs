//! Why the program can't do what it was asked, in words that tell how to mend it. That such an end is a number is `exit`'s.

use std::io;
use std::path::Path;

use countermand_model::ModelError;
use countermand_report::write_problems;
use countermand_text::suggest::nearest;
use countermand_text::{Problem, nearest_path};

use crate::output::complain;
use crate::terminal;

/// Why the program can't do what it was asked: all of these end with [`Exit::Usage`](crate::exit::Exit::Usage).
#[derive(Debug)]
pub(crate) enum Failure {
    /// One line, with how to mend it.
    Message(String),
    /// Problems in files, each with its place.
    Problems(Vec<Problem>),
}

impl Failure {
    pub(crate) fn print(&self) {
        match self {
            Self::Message(message) => complain(&format!("error: {message}")),
            Self::Problems(problems) => {
                // Nothing sensible is left to be done where not even standard error can be written to.
                let _ =
                    write_problems(&mut std::io::stderr(), problems, terminal::style_of_stderr(), terminal::width());
            }
        }
    }

    /// What is wrong with a file.
    pub(crate) fn of_file(path: &Path, what: &dyn std::fmt::Display) -> Self {
        Self::Message(format!("{}: {what}", path.display()))
    }

    /// That a file or folder can't be read; of one that is not there, with the nearest that is.
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::Problems(vec![Problem::unreadable(path, error)])
    }

    /// That a file can't be written; where its folder is not there, with the nearest that is.
    pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Self {
        let folder = path.parent().filter(|folder| error.kind() == io::ErrorKind::NotFound && !folder.exists());
        let Some(folder) = folder else { return Self::Message(format!("can't write {}: {error}", path.display())) };
        let hint =
            nearest_path(folder).map_or_else(|| "make it first".to_owned(), |near| format!("did you mean `{near}`?"));
        Self::Message(format!("can't write {}: there is no folder `{}`: {hint}", path.display(), folder.display()))
    }

    /// That `what` is not there under this name, with the nearest of those that are.
    pub(crate) fn unknown<'k>(what: &str, name: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        Self::absent(format!("there is no {what} `{name}`"), name, known)
    }

    fn absent<'k>(message: String, name: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let hint = match nearest(name, &known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there is {}", known.join(", ")),
        };
        Self::Message(format!("{message}: {hint}"))
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Message(message)
    }
}

/// Choices and faults are named on the command line: each with the nearest there is.
impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::UnknownSpec { spec, known } => Self::unknown("mock of the spec", &spec, known),
            ModelError::UnknownChoice { choice, known } => Self::unknown("choice", &choice, known),
            ModelError::UnknownOption { choice, option, known } => {
                Self::absent(format!("choice `{choice}` has no option `{option}`"), &option, known)
            }
            // There are far too many to name them all.
            ModelError::UnknownFault { fault, known } if nearest(&fault, &known).is_some() => {
                Self::unknown("fault", &fault, known)
            }
            error => Self::Message(error.to_string()),
        }
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Problems(problems)
    }
}
