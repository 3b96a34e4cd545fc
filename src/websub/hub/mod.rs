//! The rules of a WebSub hub (W3C Recommendation, 23 January 2018, §5 to §7): forms, times and outcomes in, decisions out.
//!
//! # Who is told
//!
//! Anybody may subscribe to what anybody may read, with an address that repeats a number that only it was told: so
//! nobody can subscribe another. What is asked for again replaces what was asked for before once it was confirmed, and
//! not sooner: so nobody can end another's subscription either. Every subscription ends by itself.
//!
//! # What is sent
//!
//! The whole document as it is at that moment, when it is not the one that the subscriber has. There is no queue of
//! documents: who could not be reached for a day gets the newest one, once.

pub mod delivery;
pub mod request;

pub use delivery::Outcome;
pub use request::{Refusal, Request};
