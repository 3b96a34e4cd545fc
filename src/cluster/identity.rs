//! The sure levels: an entry that has a member's id, or stands at a member's address.

use super::document::Document;
use super::index::{Index, hashed};
use super::limits::SERIES_JACCARD;
use super::prepare::Prepared;
use super::series;

/// A member with the same id: a URI means the same everywhere, another key only within its publisher.
pub(super) fn same_id<'i>(index: &'i Index, prepared: &Prepared) -> Option<&'i Document> {
    newest(index, &index.with_key(&prepared.key, &prepared.publisher), |member| member.entry != prepared.id)
}

/// A member at the same canonical URL.
///
/// A site's root is no page, and within one publisher two ids under one address are one page only when
/// their titles are alike: some feeds send every item to the same show page.
pub(super) fn same_url<'i>(index: &'i Index, prepared: &Prepared) -> Option<&'i Document> {
    let url = prepared.url.as_deref().filter(|url| is_page(url))?;
    newest(index, &index.with_url(url), |member| {
        member.entry != prepared.id
            && (member.publisher != prepared.publisher
                || series::likeness(&prepared.masked, member.lists.masked()) >= SERIES_JACCARD)
    })
}

/// A member in another language that its publisher, or the entry's, which must be the same, calls the same piece
/// (`hreflang`, RFC 8288 §3.4.1): one stands where the other is said to, or both are said to stand at one page.
pub(super) fn translation<'i>(index: &'i Index, prepared: &Prepared) -> Option<&'i Document> {
    let own = prepared.url.as_deref().filter(|url| is_page(url)).map(hashed);
    let pages = || prepared.translations.iter().copied();
    let met = own.into_iter().chain(pages()).flat_map(|page| index.with_page(page));
    let members = met.filter_map(|slot| index.document(slot)).filter(|member| {
        let is_said = |page: u64| member.lists.translations().any(|said| said == page);
        member.entry != prepared.id
            && member.publisher == prepared.publisher
            && member.tongue != prepared.tongue
            && (pages().any(|page| member.url == Some(page) || is_said(page)) || own.is_some_and(is_said))
    });
    members.max_by_key(|member| member.insertion)
}

fn newest<'i>(index: &'i Index, slots: &[u32], fits: impl Fn(&Document) -> bool) -> Option<&'i Document> {
    slots.iter().rev().filter_map(|&slot| index.document(slot)).find(|member| fits(member))
}

/// Whether there is more to an address than its host.
fn is_page(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.split_once(['/', '?']).map_or("", |(_, path)| path);
    !path.trim_matches('/').is_empty()
}
