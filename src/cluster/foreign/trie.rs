//! Many words and phrases looked for at once, the longest that fits first.

use rustc_hash::FxHashMap;

use super::letters::{Letter, Script, fold};

/// What a word that was found stands for, and when it counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meaning {
    /// Number of the mark.
    pub(super) mark: u32,
    /// The languages in which the word means that, a bit each.
    pub(super) languages: u64,
    /// How many letters may follow in the same word: an ending.
    pub(super) ending: u8,
    pub(super) case: Case,
}

/// How a word must be written to be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Any,
    /// Turkey, not turkey.
    Capital,
    /// US, not us.
    Capitals,
}

/// Words and phrases by their letters: [`Trie::add`] them, then [`Trie::pack`] it.
#[derive(Debug, Default)]
pub(super) struct Trie {
    /// Where a letter leads from a node, until all words are in.
    growing: FxHashMap<u64, u32>,
    /// Where a letter leads from the root; 0 where to nothing.
    root: Vec<u32>,
    /// Where the edges of each node begin.
    begins: Vec<u32>,
    /// Letters and where they lead, sorted by node and letter.
    edges: Vec<(char, u32)>,
    /// Of each node, its last meaning, plus one; 0 when there is none.
    last: Vec<u32>,
    /// Meanings, each with the one before it at the same node.
    meanings: Vec<(Meaning, u32)>,
    /// Of each node from which something else than a letter leads on, the languages that have phrases there.
    phrases: FxHashMap<u32, u64>,
}

impl Trie {
    pub(super) fn new() -> Self {
        Self { last: vec![0], ..Self::default() }
    }

    /// Adds a word; `trim` takes so many letters off its end, which vary with the grammar.
    pub(super) fn add(&mut self, word: &str, trim: usize, meaning: Meaning) {
        let mut letters = Vec::new();
        fold(word, 80, &mut letters);
        letters.truncate(letters.len().saturating_sub(trim));
        let mut node = 0;
        for letter in &letters {
            let new = self.last.len() as u32;
            let key = edge(node, letter);
            node = *self.growing.entry(key).or_insert(new);
            if node == new {
                self.last.push(0);
            }
        }
        if node != 0
            && let Some(last) = self.last.get_mut(node as usize)
        {
            self.meanings.push((meaning, *last));
            *last = self.meanings.len() as u32;
        }
    }

    /// Puts the edges of each node side by side, so that looking one up touches little memory.
    pub(super) fn pack(&mut self) {
        let mut edges: Vec<(u64, u32)> = self.growing.drain().collect();
        edges.sort_unstable();
        self.growing = FxHashMap::default();
        let letter = |key: u64| char::from_u32((key & 0x1f_ffff) as u32).unwrap_or_default();
        let beginning = |node: u64| edges.partition_point(|(key, _)| key >> 21 < node) as u32;
        self.begins = (0..=self.last.len() as u64).map(beginning).collect();
        self.edges = edges.iter().map(|&(key, next)| (letter(key), next)).collect();
        self.phrases = self.phrases();
        self.root = vec![0; 1 << 16];
        for &(c, next) in self.edges_of(0).to_vec().iter() {
            if let Some(place) = self.root.get_mut(c as usize) {
                *place = next;
            }
        }
    }

    fn phrases(&self) -> FxHashMap<u32, u64> {
        // A node is made before those that it leads to.
        let mut below: Vec<u64> = Vec::from_iter(
            (0..self.last.len() as u32)
                .map(|node| self.meanings_of(node).fold(0, |languages, meaning| languages | meaning.languages)),
        );
        let mut phrases = FxHashMap::default();
        for node in (0..self.last.len() as u32).rev() {
            let through = |letters: bool| {
                let edges = self.edges_of(node).iter().filter(|(c, _)| !letters || !c.is_alphabetic());
                edges.fold(0, |languages, &(_, next)| languages | below.get(next as usize).copied().unwrap_or(0))
            };
            let (all, phrase) = (through(false), through(true));
            if phrase != 0 {
                phrases.insert(node, phrase);
            }
            if let Some(below) = below.get_mut(node as usize) {
                *below |= all;
            }
        }
        phrases
    }

    fn edges_of(&self, node: u32) -> &[(char, u32)] {
        let begin = |node: u32| self.begins.get(node as usize).map_or(0, |&at| at as usize);
        self.edges.get(begin(node)..begin(node + 1)).unwrap_or_default()
    }

    fn next(&self, node: u32, c: char) -> Option<u32> {
        if node == 0 {
            return self.root.get(c as usize).copied().filter(|&next| next > 0);
        }
        let edges = self.edges_of(node);
        if edges.len() > 16 {
            return edges.binary_search_by_key(&c, |edge| edge.0).ok().map(|at| edges[at].1);
        }
        edges.iter().find(|edge| edge.0 == c).map(|edge| edge.1)
    }

    /// Whether something known could start with a whole word in some languages: a word, or a phrase that goes on behind it.
    pub(super) fn could_start(&self, word: &[Letter], languages: u64) -> bool {
        let mut node = 0;
        for (at, letter) in word.iter().enumerate() {
            let Some(next) = self.next(node, compared(letter)) else { return false };
            node = next;
            let known = |meaning: &Meaning| meaning.languages & languages != 0 && fits(meaning, word, 0, at + 1);
            if self.meanings_of(node).any(known) {
                return true;
            }
        }
        self.phrases.get(&node).is_some_and(|phrases| phrases & languages != 0)
    }

    /// What the letters down to a node mean, the last added first.
    fn meanings_of(&self, node: u32) -> impl Iterator<Item = &Meaning> {
        let linked = |link: u32| (link as usize).checked_sub(1).and_then(|at| self.meanings.get(at));
        let first = linked(self.last.get(node as usize).copied().unwrap_or(0));
        std::iter::successors(first, move |(_, before)| linked(*before)).map(|(meaning, _)| meaning)
    }

    /// The longest word that starts at `at`: where it ends; its meanings are put into `found`.
    pub(super) fn longest(
        &self,
        letters: &[Letter],
        at: usize,
        languages: u64,
        found: &mut Vec<Meaning>,
    ) -> Option<usize> {
        let mut node = 0;
        let mut end = None;
        for (offset, letter) in letters[at..].iter().enumerate() {
            let Some(next) = self.next(node, compared(letter)) else { break };
            node = next;
            let here = at + offset + 1;
            let mut first = true;
            for meaning in self.meanings_of(node) {
                if meaning.languages & languages != 0 && fits(meaning, letters, at, here) {
                    if first {
                        found.clear();
                        first = false;
                    }
                    found.push(*meaning);
                    end = Some(here);
                }
            }
        }
        end
    }
}

fn edge(node: u32, letter: &Letter) -> u64 {
    u64::from(node) << 21 | u64::from(u32::from(compared(letter)))
}

fn compared(letter: &Letter) -> char {
    match letter.script {
        Script::Blank => ' ',
        Script::Sign if letter.c == '-' => ' ',
        _ => letter.c,
    }
}

fn fits(meaning: &Meaning, letters: &[Letter], start: usize, end: usize) -> bool {
    let word = &letters[start..end];
    let case = match meaning.case {
        Case::Any => true,
        Case::Capital => word.first().is_some_and(|letter| letter.upper),
        Case::Capitals => word.iter().all(|letter| letter.upper || letter.script != Script::Spaced),
    };
    let inside = |letter: &&Letter| letter.script == Script::Spaced;
    let ending = usize::from(meaning.ending);
    let spaced = word.last().is_some_and(|letter| letter.script == Script::Spaced);
    case && (!spaced || letters[end..].iter().take(ending + 1).take_while(inside).count() <= ending)
}
