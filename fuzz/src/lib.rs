//! Mutates small feeds and reads what comes of them: the same mutation for the same seed and number, on any machine.
#![expect(clippy::disallowed_methods, reason = "a tool outside the floors: it has a clock and files")]

pub mod bytes;
pub mod checks;
pub mod dictionary;
pub mod html;
pub mod mutate;
pub mod random;
pub mod runner;
pub mod seeds;
pub mod tags;
pub mod target;
