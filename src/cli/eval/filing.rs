//! Files labelled entries by the path that the daemon takes: entries in their order in, a story each out.
#![expect(clippy::disallowed_methods, reason = "measures how long the stage takes")]

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use super::labelled::Labelled;
use crate::cluster::{self, Trial};
use crate::config;
use crate::model::{Reason, StoryId};

/// What entries are filed by.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) options: config::Stories,
    /// How probable two reports of one event must be; `None` where events are not compared.
    pub(super) threshold: Option<f32>,
}

impl Rules {
    /// Those of the configuration, with a threshold of one's own if there is one.
    pub(super) fn new(options: config::Stories, threshold: Option<f32>) -> Self {
        let threshold = threshold.or_else(|| cluster::event_threshold(options.match_level));
        Self { options, threshold }
    }
}

/// How an entry was filed.
#[derive(Debug, Clone)]
pub(super) struct Filed {
    pub(super) story: StoryId,
    pub(super) reason: Reason,
    pub(super) score: f32,
    pub(super) evidence: String,
    /// How the entry and the story that it joined were weighed; only when watched.
    pub(super) joined: Option<Trial>,
    /// The story that held most of its true mates when it came, and how the two were weighed, when it went elsewhere;
    /// only when watched.
    pub(super) missed: Option<(StoryId, Trial)>,
}

/// Entries with their stories, in the order of the entries.
#[derive(Debug)]
pub(super) struct Filing {
    pub(super) filed: Vec<Filed>,
    pub(super) elapsed: Duration,
}

/// Files entries one after the other, as the desk does, in the order that `arrival` gives. To watch takes longer.
pub(super) fn file(entries: &[Labelled], arrival: &[usize], rules: &Rules, watch: bool) -> Filing {
    let started = Instant::now();
    let mut index = cluster::Index::new();
    let mut filed: Vec<Option<Filed>> = vec![None; entries.len()];
    let mut mates: BTreeMap<&str, Vec<(StoryId, usize)>> = BTreeMap::new();
    // The entries of each story, in the order of their arrival.
    let mut members: HashMap<StoryId, Vec<(usize, usize)>> = HashMap::new();
    for (when, &at) in arrival.iter().enumerate() {
        let Some(labelled) = entries.get(at) else { continue };
        let prepared = cluster::prepare(&labelled.entry, &labelled.publisher);
        let found = cluster::find_above(&index, &prepared, &rules.options, rules.threshold);
        let others = found.as_ref().map(|found| found.others.clone()).unwrap_or_default();
        let mut one = match found {
            Some(found) => Filed {
                story: found.story,
                reason: found.reason,
                score: found.score,
                evidence: found.evidence,
                joined: None,
                missed: None,
            },
            None => Filed {
                story: StoryId::mint("eval.invalid", &labelled.entry),
                reason: Reason::First,
                score: 1.0,
                evidence: String::new(),
                joined: None,
                missed: None,
            },
        };
        if watch {
            let weigh = |story: &StoryId| {
                cluster::weigh(&index, &prepared, &rules.options, rules.threshold.unwrap_or(1.0), story)
            };
            one.joined = (one.reason != Reason::First).then(|| weigh(&one.story));
            let homes = mates.entry(&labelled.story).or_default();
            // The first of those that hold most.
            let home = homes.iter().rev().max_by_key(|(_, count)| *count).map(|(story, _)| story);
            one.missed = home.filter(|home| **home != one.story).map(|home| (home.clone(), weigh(home)));
            match homes.iter_mut().find(|(story, _)| *story == one.story) {
                Some((_, count)) => *count += 1,
                None => homes.push((one.story.clone(), 1)),
            }
        }
        let (home, id) = (one.story.clone(), prepared.id());
        index.insert(prepared, &home);
        if let Some(place) = filed.get_mut(at) {
            *place = Some(one);
        }
        members.entry(home.clone()).or_default().push((when, at));
        let Some(bridge) = cluster::bridge(&index, id, &home, &others) else { continue };
        // As on the desk, the older story keeps its id.
        let age = |story: &StoryId| members.get(story).and_then(|members| members.first()).map(|(when, _)| *when);
        let (survivor, loser) =
            if age(&home) <= age(&bridge.other) { (home, bridge.other) } else { (bridge.other, home) };
        index.merge(&loser, &survivor);
        let moved = members.remove(&loser).unwrap_or_default();
        for (_, at) in &moved {
            if let Some(place) = filed.get_mut(*at).and_then(Option::as_mut) {
                place.story = survivor.clone();
            }
        }
        // What is shown of a wrong merge is the entry that opened the loser.
        let opener = moved.first().and_then(|(_, opener)| filed.get_mut(*opener)).and_then(Option::as_mut);
        if let Some(opener) = opener.filter(|opener| opener.reason == Reason::First) {
            opener.evidence = format!("a later entry {}", bridge.evidence);
        }
        for homes in mates.values_mut() {
            rename(homes, &loser, &survivor);
        }
        let all = members.entry(survivor).or_default();
        all.extend(moved);
        all.sort_unstable();
    }
    Filing { filed: filed.into_iter().flatten().collect(), elapsed: started.elapsed() }
}

/// Counts the members of one story as those of another.
fn rename(homes: &mut Vec<(StoryId, usize)>, loser: &StoryId, survivor: &StoryId) {
    let Some(at) = homes.iter().position(|(story, _)| story == loser) else { return };
    let (_, moved) = homes.remove(at);
    match homes.iter_mut().find(|(story, _)| story == survivor) {
        Some((_, count)) => *count += moved,
        None => homes.push((survivor.clone(), moved)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::labelled::read;
    use super::*;
    use crate::cluster::Verdict;
    use crate::config::MatchLevel;

    /// Two reports of one event, four hours apart; the later one first in the file.
    fn entries() -> Vec<Labelled> {
        let text = "Four landing ships carried soldiers of a special brigade from Chongjin to Vladivostok last week, \
                    the intelligence service in Seoul said, and published satellite pictures of the crossing.";
        let line = |id: &str, time: &str, source: &str, title: &str| {
            serde_json::json!({ "id": id, "time": time, "source": source, "title": title, "text": text, "story": "s" })
                .to_string()
        };
        let lines = [
            line("late", "2024-10-18T12:00:00Z", "Capital Dispatch", "Seoul spies see soldiers cross to Vladivostok"),
            line("early", "2024-10-18T10:00:00+09:00", "Harbour Wire", "Special brigade shipped to Vladivostok"),
        ];
        read(lines.join("\n").as_bytes(), Path::new("some.jsonl")).expect("entries")
    }

    fn rules(match_level: MatchLevel, hours: u64) -> Rules {
        let window = Duration::from_secs(3600 * hours);
        Rules::new(config::Stories { match_level, window, lead: Vec::new() }, None)
    }

    #[test]
    fn entries_are_filed_by_the_production_path() {
        let entries = entries();
        assert_eq!(entries[0].id, "early", "in order of time");
        let stories = |rules| file(&entries, &[0, 1], &rules, false).filed;
        let apart = stories(rules(MatchLevel::Off, 24));
        assert_ne!(apart[0].story, apart[1].story);
        let together = stories(rules(MatchLevel::Text, 24));
        assert_eq!((together[0].story == together[1].story, together[1].reason), (true, Reason::Text));
    }

    #[test]
    fn what_was_missed_is_said_when_watched() {
        let entries = entries();
        let filed = file(&entries, &[0, 1], &rules(MatchLevel::Normal, 1), true).filed;
        let (home, trial) = filed[1].missed.as_ref().expect("too late for the window");
        assert_eq!((home, trial.verdict), (&filed[0].story, Verdict::Window));
        assert_eq!(trial.nearest, Some(entries[0].entry.id));
        assert!(trial.shared.iter().any(|(word, _)| word == "vladivostok"), "{trial:?}");
        let reversed = file(&entries, &[1, 0], &rules(MatchLevel::Normal, 24), true).filed;
        assert_eq!((reversed[0].reason, reversed[1].reason), (Reason::Text, Reason::First));
        assert!(reversed[0].missed.is_none() && reversed[0].joined.is_some());
    }

    #[test]
    fn a_trial_sees_stories_in_other_languages() {
        let line = |id: &str, lang: &str, time: &str, title: &str| {
            serde_json::json!({ "id": id, "lang": lang, "time": time, "source": id, "title": title, "story": "s" })
                .to_string()
        };
        let lines = [
            line("en", "en", "2024-10-18T08:00:00Z", "Earthquake of magnitude 6.8 strikes Chile, 14 dead in Santiago"),
            line("de", "de", "2024-10-18T10:00:00Z", "Erdbeben der Stärke 6,8 erschüttert Chile: 14 Tote in Santiago"),
        ];
        let entries = read(lines.join("\n").as_bytes(), Path::new("some.jsonl")).expect("entries");
        let by = |threshold| {
            let filed =
                file(&entries, &[0, 1], &Rules { threshold: Some(threshold), ..rules(MatchLevel::Normal, 24) }, true);
            filed.filed.into_iter().nth(1).expect("the second")
        };
        let joined = by(0.01).joined.expect("it joins the first");
        assert_eq!((joined.verdict, joined.nearest), (Verdict::Joins, Some(entries[0].entry.id)));
        let (_, missed) = by(1.0).missed.expect("it is not sure");
        assert_eq!((missed.verdict, missed.score), (Verdict::Improbable, joined.score));
        assert!(missed.shared.iter().any(|(name, _)| name == "CL"), "{missed:?}");
    }
}
