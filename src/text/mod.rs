//! Text tools that several stages share: folding, slugs, plain text from HTML, sanitising.

mod canonical;
mod fold;
mod html;

pub use canonical::canonical_url;
pub use fold::{clip, fold, slug};
pub use html::{plain, sanitize};
