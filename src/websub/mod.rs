//! The rules of WebSub (W3C Recommendation, 23 January 2018): links, calls and times in, decisions out. Those of a hub are
//! in [`hub`], all others are those of a subscriber.
//!
//! # What is believed
//!
//! A source names its hubs itself, in the head of its answer or in its document, and a hub is believed for that source
//! alone, whatever topic was asked for. A hub proves who it is twice: it knows the callback, which nobody can guess, and
//! what it sends is signed with a secret that only it was told. What is not signed is not read; where no secret could
//! be agreed on in private, a delivery is taken as a hint to ask the source itself.
//!
//! # What is relied on
//!
//! Many feeds name hubs that nobody tells of news. So a subscription that was verified changes nothing yet: polling
//! becomes rare once the hub has delivered, until its lease ends or a poll finds what it did not send.

pub mod callback;
pub mod discovery;
pub mod hub;
pub mod lease;
pub mod signature;

pub use callback::{Call, Mode};
pub use discovery::{Announced, Choice};
