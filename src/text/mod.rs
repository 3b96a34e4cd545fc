//! Text tools that several stages share: folding, slugs, plain text from HTML, sanitising.

mod fold;
mod html;

pub use fold::{clip, fold, slug};
pub use html::{plain, sanitize};
