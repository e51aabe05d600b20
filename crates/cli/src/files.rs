//! Files of the user's that are written: as a whole or not at all, and none that is there by accident.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use countermand_text::laid_out;

use crate::failure::Failure;

/// Gives a file that was read another text. It is never half written.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::unwritable(path, &error);
    // What is a link stays one.
    let path = fs::canonicalize(path).map_err(failed)?;
    let beside = path.with_extension("yaml.new");
    let permissions = fs::metadata(&path).map_err(failed)?.permissions();
    fs::write(&beside, text).map_err(failed)?;
    fs::set_permissions(&beside, permissions).and_then(|()| fs::rename(&beside, &path)).map_err(failed)
}

/// Writes a file that is not there yet.
pub(crate) fn create(path: &Path, text: &str) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| Failure::unwritable(path, &error))
}

/// Writes a scenario that was made here into a folder, which need not be there, laid out as all of them are.
pub(crate) fn scenario(folder: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    let laid_out = laid_out(&path.to_string_lossy(), text.as_bytes()).ok().flatten();
    fs::create_dir_all(folder).and_then(|()| fs::write(path, laid_out.as_deref().unwrap_or(text)))
}
