//! HTML in: plain text for comparing, sanitised HTML for showing.

mod elements;
mod links;
mod plain;
mod references;
mod sanitize;
mod tokens;

pub use links::links;
pub use plain::{plain, plain_head};
pub use sanitize::sanitize;
