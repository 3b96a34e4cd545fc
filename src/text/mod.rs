//! Text tools that several stages share: folding, plain text from HTML, sanitising, words, differences.

mod canonical;
mod credit;
mod diff;
mod fold;
mod html;
mod sections;
mod trim;
mod words;

pub use canonical::canonical_url;
pub use credit::{Credit, credit};
pub use diff::{Change, Difference, diff};
pub use fold::{clip, fold};
pub use html::{links, plain, plain_head, sanitize};
pub use sections::drop_section_marks;
pub use trim::{trim, trim_start};
pub use words::{Cutter, Piece, Word, WordKind, words};
