//! HTML in: plain text for comparing, sanitised HTML for showing.

mod plain;
mod sanitize;
mod tokens;

pub use plain::plain;
pub use sanitize::sanitize;
