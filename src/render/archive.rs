//! Writes an archive of an edition (RFC 5005 §4): a closed feed of what it carried, linked to those before and after.

use super::item::{self, Item, Traits};
use super::{Error, View, address_of, archive_path, bare_media_type, clean, cuts, feed_frame, feed_item, media_type};
use crate::config::{EditionFormat, Site};
use crate::model::{ArchiveName, Cuts, Edition, EditionName, Rendered, SitePath, StoryId};

/// The namespace of feed history.
pub(super) const HISTORY: &str = "http://purl.org/syndication/history/1.0";

/// Says of a feed that it is an archive.
const MARK: &str = "<fh:archive/>";

/// The formats that have archives: JSON Feed has no word for them.
pub const FORMATS: [EditionFormat; 2] = [EditionFormat::Atom, EditionFormat::Rss];

/// Renders an archive in those of the formats that have archives: `front/2024-10.atom`, `front/2024-10.rss`.
/// `edition.history.archive` says which one it is; without that nothing comes out.
///
/// # Errors
/// When a writer fails, which no text in an entry should be able to bring about.
pub fn archive(
    edition: &Edition,
    formats: &[EditionFormat],
    covered_by: bool,
    site: &Site,
) -> Result<Vec<Rendered>, Error> {
    let Some(name) = edition.history.archive else { return Ok(Vec::new()) };
    let items: Vec<Item<'_>> = edition.pieces.iter().map(|piece| item::of(piece, covered_by, site)).collect();
    let traits = items.iter().map(Traits::of).reduce(Traits::and);
    let view = View { edition, site, home: super::home(edition, formats, site), traits };
    let mut documents = Vec::new();
    for format in FORMATS.into_iter().filter(|format| formats.contains(format)) {
        let Some(frame) = feed_frame(format, &view)? else { continue };
        let written = items.iter().filter_map(|item| feed_item(format, item, &edition.name).transpose());
        let written: Vec<Vec<u8>> = written.collect::<Result<_, _>>()?;
        let (bytes, cuts) = frame.fill(written.iter().map(Vec::as_slice));
        let path = archive_path(&edition.name, name, format);
        // The writer of Atom sets elements of other namespaces behind the entries, where the schema has none.
        let marked = cuts.items.first().and_then(|first| insert(&bytes, first.start, MARK, &cuts));
        documents.push(Rendered::new(path, media_type(format), marked.unwrap_or(bytes), edition.updated));
    }
    Ok(documents)
}

/// An archive that was rendered before; `None` for a path that is none of an archive.
pub fn kept_archive(path: &str, bytes: Vec<u8>, updated: Option<chrono::DateTime<chrono::Utc>>) -> Option<Rendered> {
    let path = SitePath::new(path)?;
    let media_type = media_type(format_of(&path)?);
    Some(Rendered::new(path, media_type, bytes, updated))
}

/// The archive with a link to the one after it, which was not there when it was closed. The one change that is ever made.
pub fn with_next(archive: &Rendered, edition: &EditionName, next: ArchiveName, site: &Site) -> Option<Rendered> {
    let format = format_of(&archive.path)?;
    let prefix = if format == EditionFormat::Rss { "atom:" } else { "" };
    let href = clean::escape(&address_of(&archive_path(edition, next, format), site));
    let link = format!("<{prefix}link href=\"{href}\" rel=\"next-archive\" type=\"{}\"/>", bare_media_type(format));
    let text = std::str::from_utf8(&archive.bytes).ok()?;
    let cuts = cuts_of(format, &archive.bytes)?;
    let bytes = insert(&archive.bytes, text.find(MARK)?, &link, &cuts)?;
    Some(Rendered::new(archive.path.clone(), archive.media_type, bytes, archive.updated))
}

/// The archive without a story that its owner took back; `None` when it has no such story.
pub fn without(archive: &Rendered, story: &StoryId) -> Option<Rendered> {
    let format = format_of(&archive.path)?;
    let cuts = cuts_of(format, &archive.bytes)?;
    let id = match format {
        EditionFormat::Atom => format!("<id>{}</id>", clean::escape(story.as_str())),
        _ => format!("<guid isPermaLink=\"false\">{}</guid>", clean::escape(story.as_str())),
    };
    let text = std::str::from_utf8(&archive.bytes).ok()?;
    let is_it = |range: &std::ops::Range<usize>| text.get(range.clone()).is_some_and(|item| item.contains(&id));
    let range = cuts.items.iter().find(|range| is_it(range))?;
    let end = if text.get(range.end..)?.starts_with(cuts.between) { range.end + cuts.between.len() } else { range.end };
    let bytes = [archive.bytes.get(..range.start)?, archive.bytes.get(end..)?].concat();
    Some(Rendered::new(archive.path.clone(), archive.media_type, bytes, archive.updated))
}

fn insert(bytes: &[u8], at: usize, what: &str, cuts: &Cuts) -> Option<Vec<u8>> {
    Some([bytes.get(..at)?, what.as_bytes(), cuts.between.as_bytes(), bytes.get(at..)?].concat())
}

fn cuts_of(format: EditionFormat, bytes: &[u8]) -> Option<Cuts> {
    if format == EditionFormat::Atom { cuts::atom(bytes) } else { cuts::rss(bytes) }
}

fn format_of(path: &SitePath) -> Option<EditionFormat> {
    let ending = path.as_str().rsplit('.').next()?;
    FORMATS.into_iter().find(|format| super::extension(*format) == ending)
}
