//! Mutates small feeds and reads what comes of them: the same mutation for the same seed and number, on any machine.

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
