//! Makes editions and timelines: stories and their entries in, a lead for each, combined feeds and timelines out.
//!
//! A source may have left the configuration while its entries are still in stories. Nothing here fails then:
//! such a source has priority 0, is never the desk's own, and counts as a publisher of its own.

mod archive;
mod edition;
mod lead;
#[cfg(test)]
mod tests;
mod timeline;
mod version;
mod voices;

use crate::model::{Entry, Publisher, Sources};

pub use archive::closing;
pub use edition::edition;
pub use lead::{Choice, Decided, choice, lead};
pub use timeline::timeline;
pub use version::replaced;

/// Who published an entry, and what people call them.
fn publisher(entry: &Entry, sources: &Sources) -> (Publisher, String) {
    if let Some(source) = sources.get(&entry.source) {
        let name = source.name.clone().unwrap_or_else(|| source.publisher.to_string());
        return (source.publisher.clone(), name);
    }
    let name = entry.source.as_str();
    // A source that is gone must not pass for the desk's own because of its name.
    let key = Publisher::new(name).ok().filter(|publisher| !publisher.is_own());
    (key.unwrap_or_else(|| Publisher::new("unknown").expect("a well-formed name")), name.to_owned())
}
