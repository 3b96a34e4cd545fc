//! Puts a collected text into the field that it is for.

use super::date;
use super::draft::{self, Draft};
use super::extras::{self, Extra};
use super::fields::{Field, OriginPart, Permalink};
use super::flaws::Flaws;
use super::reader::{Reader, Scope};
use super::resolve::{has_scheme, resolve};
use super::text::{Collected, line_of};
use super::values;
use crate::model::{Enclosure, Link, Markup};

/// Puts a collected text where it belongs.
pub fn fill(reader: &mut Reader<'_>, field: Field, text: Collected, flaws: &mut Flaws<'_>) {
    match field {
        Field::Title(_) | Field::Summary(_) | Field::Content(_) | Field::Rights(_) => {
            let Some(markup) = text.into_markup(reader.base_at_once()) else { return };
            fill_markup(reader.draft(), field, markup);
        }
        _ => {
            let text = text.into_text();
            let line = line_of(&text);
            if !line.is_empty() {
                fill_line(reader, field, line, flaws);
            }
            reader.room = text;
        }
    }
}

fn fill_markup(draft: &mut Draft, field: Field, markup: Markup) {
    match field {
        Field::Title(rank) => draft.title.offer(rank, markup),
        // Where an item has both `description` and `summary`, the second one is the text.
        Field::Summary(rank @ 3..) if draft.summary.rank() >= 3 => draft.content.offer(rank.min(1), markup),
        Field::Summary(rank) => draft.summary.offer(rank, markup),
        Field::Content(rank) => draft.content.offer(rank, markup),
        Field::Rights(rank) => draft.rights.offer(rank, markup),
        _ => {}
    }
}

fn fill_line(reader: &mut Reader<'_>, field: Field, line: &str, flaws: &mut Flaws<'_>) {
    match field {
        Field::Link(rank) => {
            let link = resolve(line, reader.base());
            reader.offer_base(&link);
            reader.draft().link.offer(rank, link);
        }
        Field::Id(rank, permalink) => {
            let link = match permalink {
                Permalink::No => None,
                // Said by default: only what looks like an address is one.
                Permalink::Unsaid => Some(line).filter(|line| has_scheme(line) || line.starts_with('/')),
                Permalink::Yes => Some(line).filter(|line| !line.contains(' ')),
            };
            if let Some(link) = link.map(|link| resolve(link, reader.base())).filter(|link| has_scheme(link)) {
                reader.draft().link.offer(0, link);
            }
            // An id is compared as it stands, but a path alone is none: there it is taken for what it refers to.
            let id = if line.starts_with('/') { resolve(line, reader.declared_base()) } else { line.to_owned() };
            reader.draft().id.offer(rank, id);
        }
        Field::Published(rank) | Field::Updated(rank) => {
            let Some(date) = date::read_flagged(line, reader.position, flaws) else { return };
            let published = matches!(field, Field::Published(_));
            let draft = reader.draft();
            if published { draft.published.renew(rank, date) } else { draft.updated.renew(rank, date) }
        }
        Field::Language(rank) => {
            if let Some(language) = values::language(line) {
                reader.draft().language.offer(rank, language);
            }
        }
        Field::Image(rank) => {
            let address = resolve(line, reader.base());
            reader.draft().image.offer(rank, address);
        }
        Field::Generator => reader.draft().generator.offer(1, line.to_owned()),
        Field::Category(false) => reader.draft().add_category(line),
        Field::Category(true) => line.split(',').for_each(|label| reader.draft().add_category(label)),
        // Some write the number of comments where their page belongs.
        Field::Comments if values::number(line).is_some() => extras::fill(reader, Extra::CommentCount, line),
        Field::Comments => {
            let address = resolve(line, reader.base());
            reader.draft().comments.offer(1, address);
        }
        Field::CommentFeed | Field::OriginalLink => {
            let rel = if field == Field::CommentFeed { "replies" } else { "canonical" };
            let link = Link { rel: rel.to_owned(), href: resolve(line, reader.base()), media_type: None };
            reader.draft().add_link(link);
        }
        Field::Ttl => match line.parse() {
            Ok(minutes) => reader.draft().ttl_minutes.offer(1, minutes),
            Err(_) => {
                flaws.note("bad-number", reader.position, || "The `ttl` is no number of minutes: left out.".into())
            }
        },
        Field::Author(rank) => reader.draft().add_author(rank, draft::person(line)),
        Field::Contributor => reader.draft().add_contributor(draft::person(line)),
        Field::Enclosure => {
            let url = resolve(line, reader.base());
            if has_scheme(&url) {
                reader.draft().add_enclosure(2, Enclosure { url, ..Enclosure::default() });
            }
        }
        Field::Name | Field::Email | Field::Url | Field::Origin(_) => fill_part(reader, field, line),
        Field::Extra(extra) => extras::fill(reader, extra, line),
        Field::Title(_) | Field::Summary(_) | Field::Content(_) | Field::Rights(_) => {}
    }
}

/// A part of a person or a picture.
fn fill_part(reader: &mut Reader<'_>, field: Field, line: &str) {
    let is_address = matches!(field, Field::Url | Field::Origin(OriginPart::Link));
    let address = if is_address { resolve(line, reader.base()) } else { String::new() };
    match (reader.scope(), field) {
        (Scope::Person(_, person), Field::Name) => person.name = Some(line.to_owned()),
        (Scope::Person(_, person), Field::Email) => person.email = Some(line.to_owned()),
        (Scope::Person(_, person), Field::Url) => person.url = Some(address),
        (Scope::Origin(origin), Field::Origin(OriginPart::Title)) => origin.title = Some(line.to_owned()),
        (Scope::Origin(origin), Field::Origin(OriginPart::Id)) => origin.id = Some(line.to_owned()),
        (Scope::Origin(origin), Field::Origin(OriginPart::Link)) => origin.link = Some(address),
        (Scope::Image, Field::Url) => reader.draft().image.offer(3, address),
        _ => {}
    }
}
