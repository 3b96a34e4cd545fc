//! An editor's decisions, which override every level: a text in, `Rulings` out, which say where an entry belongs.
//!
//! `together`: these entries are one story. `apart`: no two of these entries are in one story. `lead`: this entry
//! leads its story.
//!
//! # Theory of operation
//!
//! A ruling names entries that the desk may not have yet, so what is reckoned with are *names*. Names that are
//! together make a *group*, transitively; two groups are apart when a ruling `apart` names one of each. An entry
//! whose names are known ([`Rulings::meet`]) belongs to their group. From then on `seat` says where a new entry
//! must and must not go, and `plan` which moves bring stories that are already filed in line.
//!
//! `read` refuses what contradicts itself, so no group is apart from itself. An entry may bear two names (its address
//! and its id) and so tie two groups together later on; where those are apart, it stays with the first.

mod name;
mod plan;
mod read;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use name::EntryName;
pub use plan::{Move, Standing};
pub use read::read;

use crate::model::{Entry, EntryId, SourceId, StoryId};
use crate::text;

/// What an editor decided. The default is nothing.
#[derive(Debug, Clone, Default)]
pub struct Rulings {
    /// The name of the file, as evidence shows it.
    file: String,
    list: Vec<Ruling>,
    names: Names,
    /// Of each name, one that stands for its group, or stands nearer to that one.
    parents: Vec<usize>,
    /// Of each name that stands for a group, the group.
    groups: Vec<Group>,
    /// The entries that are known, each with its names; the first says to which group it belongs.
    known: BTreeMap<EntryId, Vec<usize>>,
}

/// One decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruling {
    /// What was decided.
    pub kind: Kind,
    /// Of what: the entries' names, as numbers in the order of the file.
    names: Vec<usize>,
    /// Why, in the editor's words.
    pub note: Option<String>,
    /// The line that it begins on.
    pub line: usize,
}

/// What a ruling decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The entries are one story.
    Together,
    /// No two of the entries are in one story.
    Apart,
    /// The entry leads its story.
    Lead,
}

impl Kind {
    /// The word of the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Together => "together",
            Self::Apart => "apart",
            Self::Lead => "lead",
        }
    }
}

/// The names that rulings use, and by what entries are known to bear them.
#[derive(Debug, Clone, Default)]
struct Names {
    all: Vec<EntryName>,
    by_page: HashMap<String, usize>,
    /// Addresses as they are written: a guid is often one.
    by_text: HashMap<String, usize>,
    by_key: HashMap<(SourceId, String), usize>,
    by_id: HashMap<EntryId, usize>,
}

/// Names that are one story.
#[derive(Debug, Clone, Default)]
struct Group {
    /// Entries that bear one of the names.
    entries: Vec<EntryId>,
    /// The rulings `apart` that name one of the names.
    apart: BTreeSet<usize>,
}

/// Where rulings want an entry, each with the evidence.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seat {
    /// The story that it must join.
    pub join: Option<(StoryId, String)>,
    /// The stories that it must not join.
    pub avoid: BTreeMap<StoryId, String>,
}

impl Names {
    /// The number of a name; a new one for one that was not used before.
    fn number(&mut self, name: EntryName) -> usize {
        let next = self.all.len();
        let number = match &name {
            EntryName::Page { written, url } => {
                let number = *self.by_page.entry(url.0.clone()).or_insert(next);
                *self.by_text.entry(written.clone()).or_insert(number)
            }
            EntryName::Key { source, key } => *self.by_key.entry((source.clone(), key.clone())).or_insert(next),
            EntryName::Id(id) => *self.by_id.entry(*id).or_insert(next),
        };
        if number == next {
            self.all.push(name);
        }
        number
    }

    /// The names that an entry bears, in the order of the file.
    fn of(&self, entry: &Entry) -> BTreeSet<usize> {
        if self.all.is_empty() {
            return BTreeSet::new();
        }
        let page = entry.url.as_ref().and_then(|url| self.by_page.get(&url.0));
        let key = self.by_key.get(&(entry.source.clone(), entry.key.clone()));
        [page, self.by_text.get(&entry.key), key, self.by_id.get(&entry.id)].into_iter().flatten().copied().collect()
    }
}

impl Rulings {
    /// The rulings, in the order of the file.
    pub fn list(&self) -> &[Ruling] {
        &self.list
    }

    /// Every entry that a ruling names, in the order of the file.
    pub fn names(&self) -> &[EntryName] {
        &self.names.all
    }

    /// The names of the entries that one ruling is about.
    pub fn named<'r>(&'r self, ruling: &'r Ruling) -> impl Iterator<Item = &'r EntryName> {
        ruling.names.iter().filter_map(|&name| self.names.all.get(name))
    }

    /// Where a ruling stands: `rulings.toml:3`.
    pub fn place(&self, ruling: &Ruling) -> String {
        format!("{}:{}", self.file, ruling.line)
    }

    /// A ruling as the evidence of a membership: `the same landing (together, rulings.toml:3)`.
    pub fn evidence(&self, ruling: &Ruling) -> String {
        let about = format!("{}, {}", ruling.kind.as_str(), self.place(ruling));
        match &ruling.note {
            Some(note) => format!("{} ({about})", text::clip(note, 200)),
            None => about,
        }
    }

    /// Makes an entry known. Returns whether a ruling is about it.
    pub fn meet(&mut self, entry: &Entry) -> bool {
        let names = self.names.of(entry);
        if names.is_empty() {
            return false;
        }
        let known = self.known.entry(entry.id).or_default();
        known.extend(names.into_iter().filter(|name| !known.contains(name)).collect::<Vec<_>>());
        let known = known.clone();
        let Some(root) = self.group_of(entry.id) else { return false };
        if let Some(group) = self.groups.get_mut(root)
            && !group.entries.contains(&entry.id)
        {
            group.entries.push(entry.id);
        }
        for name in known {
            self.unite(root, name);
        }
        true
    }

    /// Whether an entry that a ruling names is known.
    pub fn is_met(&self, name: &EntryName) -> bool {
        self.known.values().flatten().any(|&met| self.names.all.get(met) == Some(name))
    }

    /// The rulings that name an entry.
    pub fn about<'r>(&'r self, entry: &Entry) -> impl Iterator<Item = &'r Ruling> {
        let names = self.names.of(entry);
        self.list.iter().filter(move |ruling| ruling.names.iter().any(|name| names.contains(name)))
    }

    /// Where an entry that is known must and must not go, by the stories of the others.
    ///
    /// # Errors
    /// Those of `story_of`, which knows the story of an entry that was filed.
    pub fn seat<E>(
        &self,
        entry: EntryId,
        mut story_of: impl FnMut(EntryId) -> Result<Option<StoryId>, E>,
    ) -> Result<Seat, E> {
        let mut seat = Seat::default();
        let Some(root) = self.group_of(entry) else { return Ok(seat) };
        let Some(group) = self.groups.get(root) else { return Ok(seat) };
        for &other in group.entries.iter().filter(|other| **other != entry) {
            if let Some(story) = story_of(other)?
                && let Some(ruling) = self.cited(entry).or_else(|| self.cited(other))
            {
                seat.join = Some((story, self.evidence(ruling)));
                break;
            }
        }
        for ruling in group.apart.iter().filter_map(|&ruling| self.list.get(ruling)) {
            let others: BTreeSet<usize> = ruling.names.iter().map(|&name| self.root(name)).collect();
            for other in others.into_iter().filter(|other| *other != root) {
                for &entry in self.groups.get(other).map_or(&[][..], |group| &group.entries) {
                    if let Some(story) = story_of(entry)? {
                        seat.avoid.entry(story).or_insert_with(|| self.evidence(ruling));
                    }
                }
            }
        }
        Ok(seat)
    }

    /// The members that a ruling wants to lead, and the ruling: the first of the file that is about one of them.
    pub fn lead<'e>(&self, members: &'e [Entry]) -> Option<(&Ruling, Vec<&'e Entry>)> {
        let mut leads = self.list.iter().filter(|ruling| ruling.kind == Kind::Lead).peekable();
        leads.peek()?;
        let named: Vec<(&Entry, BTreeSet<usize>)> = members
            .iter()
            .map(|member| (member, self.names.of(member)))
            .filter(|(_, names)| !names.is_empty())
            .collect();
        if named.is_empty() {
            return None;
        }
        leads.find_map(|ruling| {
            let of = |(member, names): &(&'e Entry, BTreeSet<usize>)| {
                ruling.names.iter().any(|name| names.contains(name)).then_some(*member)
            };
            let members: Vec<&Entry> = named.iter().filter_map(of).collect();
            (!members.is_empty()).then_some((ruling, members))
        })
    }

    /// The ruling that keeps two of these entries apart, if there is one.
    pub fn parted(&self, members: impl IntoIterator<Item = EntryId>) -> Option<&Ruling> {
        let mut claimed: BTreeMap<usize, usize> = BTreeMap::new();
        for root in members.into_iter().filter_map(|member| self.group_of(member)) {
            for &ruling in self.groups.get(root).map(|group| &group.apart).into_iter().flatten() {
                if *claimed.entry(ruling).or_insert(root) != root {
                    return self.list.get(ruling);
                }
            }
        }
        None
    }

    /// The entries that are known and that share a group with one of these, or are apart from one.
    pub fn concerned(&self, entries: &BTreeSet<EntryId>) -> BTreeSet<EntryId> {
        let roots: BTreeSet<usize> = entries.iter().filter_map(|entry| self.group_of(*entry)).collect();
        let apart = roots.iter().filter_map(|root| self.groups.get(*root)).flat_map(|group| &group.apart);
        let others = apart.filter_map(|ruling| self.list.get(*ruling)).flat_map(|ruling| &ruling.names);
        let all: BTreeSet<usize> = others.map(|name| self.root(*name)).chain(roots.iter().copied()).collect();
        all.iter().filter_map(|root| self.groups.get(*root)).flat_map(|group| group.entries.iter().copied()).collect()
    }

    /// The entries that are known and that a ruling wants to lead.
    pub fn leads(&self) -> impl Iterator<Item = EntryId> {
        let leads = self.list.iter().filter(|ruling| ruling.kind == Kind::Lead);
        let leads: BTreeSet<usize> = leads.flat_map(|ruling| ruling.names.iter().copied()).collect();
        self.known.iter().filter(move |(_, names)| names.iter().any(|name| leads.contains(name))).map(|(id, _)| *id)
    }

    /// The entries that are known.
    pub fn known(&self) -> impl Iterator<Item = EntryId> {
        self.known.keys().copied()
    }

    /// The ruling `together` that an entry is joined by: the first that names it.
    fn cited(&self, entry: EntryId) -> Option<&Ruling> {
        let names = self.known.get(&entry)?;
        let mut together = self.list.iter().filter(|ruling| ruling.kind == Kind::Together);
        together.clone().find(|ruling| ruling.names.iter().any(|name| names.contains(name))).or_else(|| {
            let root = self.group_of(entry)?;
            together.find(|ruling| ruling.names.iter().any(|&name| self.root(name) == root))
        })
    }

    fn group_of(&self, entry: EntryId) -> Option<usize> {
        self.known.get(&entry)?.first().map(|&name| self.root(name))
    }

    fn root(&self, name: usize) -> usize {
        let mut root = name;
        while let Some(&parent) = self.parents.get(root).filter(|parent| **parent != root) {
            root = parent;
        }
        root
    }

    /// Makes one group of two, unless they are apart.
    fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if one == other || self.ruling_between(one, other).is_some() {
            return;
        }
        // The larger one takes the smaller one in, so that the way to a root stays short.
        let size = |root: usize| self.groups.get(root).map_or(0, |group| group.entries.len() + group.apart.len());
        let (into, from) = if size(one) >= size(other) { (one, other) } else { (other, one) };
        let group = self.groups.get_mut(from).map(std::mem::take).unwrap_or_default();
        if let Some(parent) = self.parents.get_mut(from) {
            *parent = into;
        }
        if let Some(home) = self.groups.get_mut(into) {
            home.entries.extend(group.entries);
            home.apart.extend(group.apart);
        }
    }

    /// The ruling that keeps two groups apart.
    fn ruling_between(&self, one: usize, other: usize) -> Option<usize> {
        let (one, other) = (self.groups.get(one)?, self.groups.get(other)?);
        one.apart.intersection(&other.apart).next().copied()
    }
}
