//! Checks what no table shows by itself: that sources and editions go together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::EditionSpec;
use super::section::{At, Notes};
use crate::model::{Location, Source, SourceId};

/// Notes editions that share a name, publish in no format or select nothing.
///
/// Without `sources` (some of them are faulty) nobody can tell what an edition selects.
pub(super) fn select(
    editions: Vec<(At<EditionSpec>, At<()>)>,
    sources: Option<&[At<Source>]>,
    notes: &Notes,
) -> Vec<EditionSpec> {
    let mut taken = BTreeMap::new();
    let mut specs: Vec<EditionSpec> = Vec::with_capacity(editions.len());
    for (At { value: spec, span }, include) in editions {
        if taken.insert(spec.name.clone(), ()).is_some() {
            let help = "give each edition a name of its own";
            notes.add(span.clone(), format!("two editions are called `{}`", spec.name), help);
        }
        if spec.formats.is_empty() {
            let help = r#"for example: formats = ["atom", "rss"]"#;
            notes.add(span, format!("edition `{}` is published in no format", spec.name), help);
        }
        if let Some([first, ..]) = sources
            && let sources = sources.unwrap_or_default()
            && !sources.iter().any(|source| spec.selects(&source.value))
        {
            let known: BTreeSet<_> =
                sources.iter().flat_map(|source| source.value.tags.iter()).map(|tag| format!("tag:{tag}")).collect();
            let known: Vec<_> = known.into_iter().collect();
            let help = match known.as_slice() {
                [] => format!("for example: include = [\"source:{}\"]", first.value.id),
                known => format!("the sources have: {}", known.join(", ")),
            };
            notes.add(include.span, format!("edition `{}` selects no source", spec.name), help);
        }
        specs.push(spec);
    }
    specs
}

/// Notes sources that share a location or a key. One address may be another feed for another user.
pub(super) fn unique(sources: &[At<Source>], notes: &Notes) {
    let mut locations = HashMap::new();
    let mut ids: BTreeMap<&SourceId, &Source> = BTreeMap::new();
    for At { value: source, span } in sources {
        let location = match &source.location {
            Location::Web(url) => Path::new(url.as_url().as_str()),
            Location::File(path) | Location::Articles(path) => path,
        };
        let user = source.access.as_deref().filter(|access| access.has_credentials());
        let user = user.map(|access| (&access.auth, access.headers.as_slice()));
        if let Some(other) = locations.insert((location, user), source) {
            let message = format!("{} is configured twice; it is already source `{}`", source.location, other.id);
            notes.add(span.clone(), message, "keep one of the two; tags and editions can share it");
        } else if let Some(other) = ids.insert(&source.id, source) {
            let message = format!("two sources are called `{}`; the other one is {}", source.id, other.location);
            notes.add(span.clone(), message, "give this one another `name`");
        }
    }
}
