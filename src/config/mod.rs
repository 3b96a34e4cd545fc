//! The configuration: a TOML text in, a `Config` whose every value is usable out, or all its faults at once.

mod access;
mod between;
mod fault;
mod mask;
mod parts;
mod publishing;
mod read;
mod section;
mod serving;
#[cfg(test)]
mod tests;
mod types;
mod values;

pub use fault::{Fault, Faults};
pub use read::read;
pub(crate) use section::{At, Notes, Section, read_document};
pub use types::*;
pub use values::MATCH_LEVELS;
pub(crate) use values::text;
