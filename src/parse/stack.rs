//! The end of elements: matches end tags with start tags, mends those that are missing, crossed or stray, and hands on
//! what is complete.

use super::draft::{self, Draft};
use super::fields::{self, Field};
use super::fill;
use super::flaws::{Flaws, quoted};
use super::names::{self, Element, Space};
use super::reader::{Frame, Open, Reader, Scope};
use super::resolve::has_scheme;
use super::text::{Collected, Mode, is_void};
use crate::model::{Format, Person};

impl Reader<'_> {
    /// Whether an element of that local name is open here.
    pub(super) fn is_inside(&self, local: &str) -> bool {
        self.stack.iter().any(|open| names::split(open.name).1.eq_ignore_ascii_case(local))
    }

    /// Whether the feed is known to be in that language, whatever the country.
    pub(super) fn speaks(&self, language: &str) -> bool {
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or(tag).to_ascii_lowercase();
        self.feed.language.get().is_some_and(|own| primary(own) == primary(language))
    }

    /// Keeps the words of two elements in a person apart.
    pub(super) fn part_words(&mut self) {
        if let Some(frame) = self.frames.last_mut().filter(|frame| !frame.text.ends_with(' ')) {
            frame.text.push(' ');
        }
    }

    /// Whether an unknown element ends: inside its item, or anywhere where items may be inside it.
    pub(super) fn will_end(&mut self, name: &str) -> bool {
        const SHORT: [&str; 10] = ["a", "b", "br", "em", "hr", "i", "img", "p", "span", "strong"];
        let holds_items = self.item.is_none() && !SHORT.iter().any(|short| short.eq_ignore_ascii_case(name));
        match holds_items {
            true => self.ahead.ends_anywhere(name, self.position + 1),
            false => self.ahead.ends(name, self.position + 1),
        }
    }

    /// Ends what a start tag shows to be forgotten: a field before the next field, an item before the next item.
    pub(super) fn close_forgotten(&mut self, element: Option<Element>, name: (Space, &str), flaws: &mut Flaws<'_>) {
        let open = self.collector.as_ref().and_then(|open| self.stack.get(open.depth - 1)).map_or("", |open| open.name);
        if let Some(collector) = &self.collector
            && (fields::ends_field(element, name, self.tag.is_empty(), collector.text.mode(), collector.field)
                && !(fields::may_hold(collector.field, element) && self.ahead.ends_next(open, self.position))
                || fields::ends_open_field(element, name.0) && !self.ahead.ends(open, self.position))
        {
            let (depth, name) = (collector.depth, open);
            self.end_forgotten(name, depth, flaws);
        }
        // A person or a source holds no field of the item.
        if let Some(frame) = self.frames.last().filter(|_| self.collector.is_none())
            && let depth = frame.depth
            && let name = depth.checked_sub(1).and_then(|at| self.stack.get(at)).map_or("", |open| open.name)
            && (fields::ends_scope(element, &frame.scope)
                || matches!(frame.scope, Scope::Person(..))
                    && element.is_some_and(fields::begins_item)
                    && !self.ahead.ends(name, self.position))
        {
            self.end_forgotten(name, depth, flaws);
        }
        let next_item = matches!(element, Some(Element::Item | Element::Entry)) && self.collector.is_none();
        if next_item
            && matches!(
                self.frames.last().map(|frame| &frame.scope),
                Some(Scope::Item | Scope::Person(..) | Scope::Origin(_) | Scope::Image)
            )
            && let Some(frame) = self.frames.iter().find(|frame| frame.scope == Scope::Item)
        {
            let depth = frame.depth;
            // `<item>` in place of `</item>` begins no item.
            if self.item.as_ref().is_some_and(Draft::is_blank) {
                self.item = None;
            }
            flaws.note("unclosed-item", self.position, || {
                "An item is not closed: ended before the next one.".to_owned()
            });
            self.pop_to(depth - 1, flaws);
        }
        self.begin_lost_item(element, flaws);
    }

    fn end_forgotten(&mut self, name: &str, depth: usize, flaws: &mut Flaws<'_>) {
        flaws.note("unclosed-element", self.position, || {
            format!("The element `{name}` is not closed: ended before the next field.", name = quoted(name))
        });
        self.pop_to(depth - 1, flaws);
    }

    /// The format of a feed that begins with its first field, since its root's tag is lost.
    pub(super) fn format_of_lost_root(&mut self) -> Option<Format> {
        let name = self.ahead.items_without_root(self.position)?;
        Some(if name == "entry" { Format::Atom } else { Format::Rss })
    }

    /// Begins an item whose start tag is missing: after other whole items, where its end comes before the next one's
    /// start.
    fn begin_lost_item(&mut self, element: Option<Element>, flaws: &mut Flaws<'_>) {
        let free = self.item.is_none() && self.collector.is_none() && matches!(self.scope(), Scope::Feed);
        if !free || self.torn || self.items.is_empty() || !element.is_some_and(fields::begins_item) {
            return;
        }
        let names = [("item", Element::Item), ("entry", Element::Entry)].into_iter();
        let Some((name, element)) = names.into_iter().find(|(name, _)| self.ahead.ends_unbegun(name, self.position))
        else {
            return;
        };
        flaws.note("unopened-item", self.position, || {
            format!("An item has no start tag `{name}`: begun before its first field.")
        });
        self.stack.push(Open { name, shown: name, element: Some(element), bindings: self.bindings.mark() });
        // The attributes at hand are the field's.
        let tag = std::mem::take(&mut self.tag);
        self.start_item(flaws);
        self.tag = tag;
    }

    fn note_stray(&self, name: &str, flaws: &mut Flaws<'_>) {
        flaws.note("stray-end-tag", self.position, || {
            format!("The end tag `{name}` has no start: left out.", name = quoted(name))
        });
    }

    /// Ends the element that an end tag means.
    pub(super) fn end(&mut self, name: &str, flaws: &mut Flaws<'_>) {
        if self.too_deep == 0 && self.stack.last().is_some_and(|open| names::same(open.name, name)) {
            return self.pop(flaws);
        }
        let found = self.stack.iter().rposition(|open| open.name.eq_ignore_ascii_case(name));
        let structural = |open: &Open<'_>| {
            use Element::*;
            matches!(open.element, Some(Rss | Rdf | Feed | Channel | Item | Entry))
        };
        if self.too_deep > 0 && !found.and_then(|at| self.stack.get(at)).is_some_and(structural) {
            self.too_deep -= 1;
            return;
        }
        let local = names::split(name).1;
        // `<dc:date>…</date>`: the prefix was forgotten.
        let found = found.or_else(|| {
            let last = self.stack.last()?;
            names::split(last.name).1.eq_ignore_ascii_case(local).then(|| self.stack.len() - 1)
        });
        let Some(found) = found else {
            if self.collector.is_some() && is_void(name) {
                return;
            }
            if self.format.is_some() {
                self.note_stray(name, flaws);
            }
            return;
        };
        // Inside a field, an end tag of what surrounds it ends the field only where that is part of the feed.
        if let Some(collector) = &self.collector
            && found + 1 < collector.depth
            && self.stack[found].element.is_none()
        {
            self.note_stray(name, flaws);
            return;
        }
        // The frame around an item ends behind it, not inside.
        let item = self.item_depth();
        if let Some(item) = self.stack.get(item.wrapping_sub(1)).filter(|_| found + 1 < item).map(|open| open.name)
            && self.ahead.ends_unbegun(item, self.position)
        {
            flaws.note("stray-end-tag", self.position, || {
                format!(
                    "The end tag `{name}` stands inside `{item}`: left out.",
                    name = quoted(name),
                    item = quoted(item)
                )
            });
            return;
        }
        self.too_deep = 0;
        if found + 1 < self.stack.len() {
            let open = self.stack.last().map_or("", |open| open.name);
            flaws.note("unclosed-element", self.position, || {
                format!(
                    "The element `{open}` is not closed: ended with `{name}`.",
                    open = quoted(open),
                    name = quoted(name)
                )
            });
        }
        if matches!(self.stack[found].element, Some(Element::Item | Element::Entry)) {
            self.torn = self.collector.is_some();
        }
        self.pop_to(found, flaws);
    }

    /// Ends all elements from `depth` on.
    pub(super) fn pop_to(&mut self, depth: usize, flaws: &mut Flaws<'_>) {
        while self.stack.len() > depth {
            self.pop(flaws);
        }
    }

    /// Ends the innermost element.
    pub(super) fn pop(&mut self, flaws: &mut Flaws<'_>) {
        let depth = self.stack.len();
        let Some(open) = self.stack.pop() else { return };
        if let Some(collector) = &mut self.collector
            && collector.depth != depth
        {
            collector.text.close(open.shown);
            self.end_list_item(&open, flaws);
        } else if let Some(collector) = self.collector.take() {
            if collector.text.cut {
                flaws.note("too-long", self.position, || {
                    format!("The text of `{}` is too long: cut off.", quoted(open.name))
                });
            }
            fill::fill(self, collector.field, collector.text, flaws);
        }
        while self.frames.len() > 1 && self.frames.last().is_some_and(|frame| frame.depth == depth) {
            if let Some(frame) = self.frames.pop() {
                self.end_scope(frame, flaws);
            }
        }
        self.bindings.release(open.bindings);
        while self.bases.len() > 1 && self.bases.last().is_some_and(|(at, _)| *at >= depth) {
            self.bases.pop();
        }
        while self.languages.last().is_some_and(|(at, _)| *at >= depth) {
            self.languages.pop();
        }
    }

    /// RDF may list what an element holds: each of it counts.
    fn end_list_item(&mut self, open: &Open<'_>, flaws: &mut Flaws<'_>) {
        let Some(collector) = &mut self.collector else { return };
        let listed = matches!(collector.field, Field::Author(_) | Field::Contributor | Field::Category(_));
        if listed && names::split(open.name).1 == "li" {
            let field = collector.field;
            let text = std::mem::replace(&mut collector.text, Collected::new(Mode::Line, &mut String::new()));
            fill::fill(self, field, text, flaws);
        }
    }

    fn end_scope(&mut self, frame: Frame, flaws: &mut Flaws<'_>) {
        match frame.scope {
            Scope::Item => self.end_item(flaws),
            Scope::Person(rank, person) => {
                let person = if person == Person::default() { draft::person(&frame.text) } else { person };
                match rank {
                    fields::CONTRIBUTOR => self.draft().add_contributor(person),
                    _ => self.draft().add_author(rank, person),
                }
            }
            Scope::Origin(mut origin) => {
                let text = frame.text.split_whitespace().collect::<Vec<_>>().join(" ");
                origin.title = origin.title.take().or(Some(text)).filter(|title| !title.is_empty());
                self.draft().extras().source.get_or_insert(*origin);
            }
            Scope::Image => {
                let address = frame.text.trim();
                if has_scheme(address) {
                    let address = address.to_owned();
                    self.draft().image.offer(1, address);
                }
                let draft = self.draft();
                if let Some(address) = draft.image.get().cloned()
                    && let Some(extras) = &mut draft.extras
                {
                    let size = extras.take_size();
                    extras.add_size(&address, size);
                }
            }
            Scope::Feed | Scope::Ignored => {}
        }
    }

    fn end_item(&mut self, flaws: &mut Flaws<'_>) {
        let Some(mut draft) = self.item.take() else { return };
        let language = self.languages.last().map(|(_, language)| language.clone());
        let language = language.or_else(|| self.feed.language.get().cloned());
        if let Some(language) = language.filter(|language| !language.is_empty()) {
            draft.language.offer(0, language);
        }
        let position = draft.position;
        let mut item = draft.into_item();
        item.base = self.item_base();
        if item.id.is_none() && item.link.is_none() {
            flaws.note("missing-id", position, || {
                "The item has neither id nor link: a hash of its title, text and date stands in.".to_owned()
            });
        }
        // Atom must have one (RFC 4287 §4.1.2); RSS may.
        if item.id.is_none() && item.link.is_some() && self.format == Some(Format::Atom) {
            flaws.note("missing-id", position, || "The entry has no `id`: its link serves as one.".to_owned());
        }
        if item.title.is_none() && item.summary.is_none() && item.content.is_none() {
            flaws.note("missing-text", position, || {
                "The item has neither title nor text: its link or id stands in for a title.".to_owned()
            });
        }
        if item.published.is_none() && item.updated.is_none() {
            flaws.note("missing-date", position, || {
                "The item has no date that could be read: the time when it was first seen stands in.".to_owned()
            });
        }
        self.items.push(item);
    }
}
