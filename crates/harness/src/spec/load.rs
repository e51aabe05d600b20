//! From the bytes of a `spec.yaml` to a [`Spec`].

use std::sync::Arc;

use countermand_text::{Problem, Reader, yaml};

use super::{Spec, file};

/// Parses and checks a spec. Every problem of the file is reported at once.
pub(crate) fn parse(path: &str, bytes: &[u8]) -> Result<Spec, Vec<Problem>> {
    let (source, root) = yaml::parse(path, bytes).map_err(|problem| vec![problem])?;
    let reader = Reader::new(Arc::clone(&source));
    let spec = file::read(&reader, &root);
    match spec {
        Some(spec) if !reader.has_problems() => Ok(spec),
        _ => Err(reader.into_problems()),
    }
}
