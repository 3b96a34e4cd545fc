//! The desk's dealings with servers over days: the clock is the tests', the servers are on the loopback interface.

mod answers;
mod archives;
mod floods;
mod hubs;
mod moves;
mod silence;
mod world;

/// Panics when a document asks for it, as a fault in the stages would.
pub(super) fn panic_if_asked(body: &[u8]) {
    assert!(!body.starts_with(b"<!-- panic -->"), "the document asked for it");
}
