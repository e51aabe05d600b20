//! A file that a person wrote: its text, as a tree with places, what is wrong with it and the nearest right word, and how it is
//! laid out.
//!
//! It knows no format, no spec and no run: which keys there are is said by whoever reads a file with it.

mod disk;
mod layout;
mod node;
mod paths;
mod reader;
mod source;
pub mod suggest;
mod syntax;
pub mod yaml;

pub use disk::read_file;
pub use layout::laid_out;
pub use node::{Key, Node, Tree};
pub use paths::{nearest_path, shown};
pub use reader::{Fields, Reader};
pub use source::{Place, Problem, SourceFile, Span};
