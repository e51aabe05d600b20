//! A folder for the files of one figure, gone when the figure is measured.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A folder of its own below the system's temporary one.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(figure: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("countermand-bench-{}-{figure}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
        Ok(Self(folder))
    }

    /// The place of a file or folder in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file, with the folders that lead to it.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.path(name);
        let write = |folder: &Path| fs::create_dir_all(folder).and_then(|()| fs::write(&path, bytes));
        write(path.parent().unwrap_or(&self.0)).with_context(|| format!("can't write {}", path.display()))?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Left behind at worst, where the system clears it away.
        let _ = fs::remove_dir_all(&self.0);
    }
}
