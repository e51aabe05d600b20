//! The figures, one file each: what is set up, which sides take turns, and what is to come of it.

mod cold;
mod hurl;
mod in_process;
mod memory;
mod scenario;
mod serve;
mod target;

use anyhow::Result;

use crate::args::{Figure, Options};
use crate::programs::Programs;
use crate::table::Table;

/// Measures one.
pub(crate) fn measure(figure: Figure, programs: &Programs, options: &Options) -> Result<Table> {
    match figure {
        Figure::Hurl => hurl::measure(programs, options),
        Figure::Cold => cold::measure(programs, options),
        Figure::InProcess => in_process::measure(programs, options),
        Figure::Memory => memory::measure(programs),
        Figure::Serve => serve::measure(programs, options),
        Figure::Target => target::measure(programs, options),
    }
}
