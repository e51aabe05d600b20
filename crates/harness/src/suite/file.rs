//! A file of a suite and the way to what is in it, which can be gone again and again: nothing of the file stays in memory.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use countermand_text::{Problem, read_file, shown};

/// A file of a suite, not yet looked at.
#[derive(Debug, Clone)]
pub struct SuiteFile {
    /// The path as it is shown.
    pub path: String,
    /// The path under the folder that was named, without its ending: the id of the scenario within its spec.
    pub name: String,
    /// Where what is in it can be read.
    pub content: Content,
}

/// Where what is in a file can be read.
#[derive(Debug, Clone)]
pub enum Content {
    /// It is in memory.
    Here(Cow<'static, [u8]>),
    /// It is on disk, under the path that is shown.
    OnDisk,
}

impl SuiteFile {
    /// A file on disk. What is no plain file, such as a pipe, can be read only once, and what is not shown under its own path
    /// can't be found again: both are read at once.
    pub(super) fn on_disk(path: &Path, name: String) -> Result<Self, Problem> {
        let shown = shown(path);
        let is_found_again = Path::new(&shown) == path;
        let content = match fs::metadata(path) {
            Ok(found) if found.is_file() && is_found_again => Ok(Content::OnDisk),
            _ => read_file(path).map(Content::from),
        };
        match content {
            Ok(content) => Ok(Self { path: shown, name, content }),
            Err(error) => Err(Problem::unreadable(path, &error)),
        }
    }

    /// What is in it, as it is now.
    ///
    /// # Errors
    /// That it can't be read.
    pub fn read(&self) -> Result<Cow<'_, [u8]>, Problem> {
        self.content.read(&self.path)
    }
}

impl Content {
    pub(super) fn read(&self, path: &str) -> Result<Cow<'_, [u8]>, Problem> {
        match self {
            Self::Here(bytes) => Ok(Cow::Borrowed(bytes)),
            Self::OnDisk => {
                let path = Path::new(path);
                read_file(path).map(Cow::Owned).map_err(|error| Problem::unreadable(path, &error))
            }
        }
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Here(Cow::Owned(bytes))
    }
}

impl From<&'static [u8]> for Content {
    fn from(bytes: &'static [u8]) -> Self {
        Self::Here(Cow::Borrowed(bytes))
    }
}
