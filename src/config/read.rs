//! Reads a whole configuration: walks every table, then checks what spans several of them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use toml::de::DeTable;

use super::between::{select, unique};
use super::parts::{LONG_BYTES, PART_BYTES, read_parts};
use super::section::{At, Notes, Section, read_document};
use super::serving;
use super::values::{self, Place};
use super::{
    Config, EditionFormat, EditionSpec, Faults, Fetch, LeadRule, MatchLevel, Moves, Order, Schedule, Server, Site,
    Stories,
};
use super::{access, publishing};
use crate::model::{Location, Publisher, Source, SourceId, Tag, registrable_domain, slug};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Reads the text of the file at `path`. Relative paths in it are taken from the file's own folder.
///
/// # Errors
/// Everything that is wrong with it, with line, caret, cause and an example.
pub fn read(text: &str, path: &Path) -> Result<Config, Faults> {
    let folder = path.parent().unwrap_or(Path::new(""));
    if text.len() >= LONG_BYTES
        && let Some(config) = read_parts(text, folder, PART_BYTES)
    {
        return Ok(config);
    }
    read_document(text, path, |document, notes| walk(document, Vec::new(), folder, notes))
}

/// `ahead` are sources that were read before and are not in the document. `None` only when a fault was noted.
pub(super) fn walk(document: &DeTable<'_>, ahead: Vec<At<Source>>, folder: &Path, notes: &Notes) -> Option<Config> {
    let mut top = Section::top(document, notes);
    let store = top.value("store", r#""data/wiredesk.db""#, |value| {
        let path = values::text(value)?;
        match path.split_once("://") {
            Some((scheme, _)) => Err(format!("names a `{scheme}` database, but must be the path of an SQLite file")),
            None => Ok(path),
        }
    });
    let schedule = schedule(top.table("schedule", "[schedule]"), notes);
    let fetch = fetch(top.table("fetch", "[fetch]"), folder, notes);
    let (stories, rulings) = stories(top.table("stories", "[stories]"));
    let server = serving::server(top.table("server", "[server]"), folder);
    let (site, theme) = site(top.table("site", "[site]"), &server);
    let (publish, bucket) = publishing::publish(top.table("publish", "[publish]"), folder, notes);
    let feeds = top.tables("source", "[[source]]");
    let folders = top.tables("articles", "[[articles]]");
    let written = ahead.len() + feeds.len() + folders.len();
    let is_nothing = ahead.is_empty() && !document.contains_key("source") && !document.contains_key("articles");
    let mut sources = ahead;
    let mut known = BTreeSet::new();
    sources.extend(feeds.into_iter().filter_map(|section| source(section, folder, &mut known, notes)));
    sources.extend(folders.into_iter().filter_map(|section| articles(section, folder, notes)));
    let all_read = sources.len() == written;
    let editions: Vec<_> =
        top.tables("edition", "[[edition]]").into_iter().filter_map(|section| edition(section, notes)).collect();
    top.finish();

    if is_nothing {
        let example = "add one:\n      [[source]]\n      url = \"https://news.example/feed.xml\"";
        notes.add(0..0, "there is nothing to read: no [[source]] and no [[articles]]", example);
    }
    if !document.contains_key("edition") {
        let example = "add one:\n      [[edition]]\n      name = \"front\"\n      title = \"Front page\"";
        notes.add(0..0, "there is nothing to publish: no [[edition]]", example);
    }
    unique(&sources, notes);
    let editions = select(editions, all_read.then_some(sources.as_slice()), notes);
    Some(Config {
        store: folder.join(store.map_or_else(|| "data/wiredesk.db".into(), |store| store.value)),
        site,
        schedule,
        fetch,
        sources: sources.into_iter().map(|source| source.value).collect(),
        stories,
        rulings: rulings.map(|path| folder.join(path)),
        editions,
        server,
        publish,
        bucket,
        theme: theme.map(|dir| folder.join(dir)),
    })
}

fn schedule(mut section: Section<'_, '_>, notes: &Notes) -> Schedule {
    let interval = section.value("interval", r#""1h""#, values::duration(SECOND..=30 * DAY));
    let least = section.value("min_interval", r#""15m""#, values::duration(SECOND..=30 * DAY));
    let most = section.value("max_interval", r#""24h""#, values::duration(SECOND..=30 * DAY));
    let adaptive = section.value("adaptive", "true", values::boolean);
    let local = section.value("local_interval", r#""30s""#, values::duration(SECOND..=DAY));
    let expire = section.value("expire_after", r#""90d""#, values::duration(DAY..=36_500 * DAY));
    section.finish();
    // Where only some of the three are given, the others follow them.
    let given = interval.as_ref().map_or(HOUR, |at| at.value);
    let schedule = Schedule {
        interval: given,
        min_interval: least.as_ref().map_or((HOUR / 4).min(given), |at| at.value),
        max_interval: most.as_ref().map_or((24 * HOUR).max(given), |at| at.value),
        adaptive: adaptive.is_none_or(|at| at.value),
        local_interval: local.map_or(30 * SECOND, |at| at.value),
        expire_after: expire.map_or(90 * DAY, |at| at.value),
    };
    let shown = |duration| humantime::format_duration(duration);
    if let Some(at) = least.filter(|at| at.value > given) {
        let message = format!("`min_interval` is longer than `interval` ({})", shown(given));
        notes.add(at.span, message, format!("for example: min_interval = \"{}\"", shown(given)));
    }
    if let Some(at) = most.filter(|at| at.value < given) {
        let message = format!("`max_interval` is shorter than `interval` ({})", shown(given));
        notes.add(at.span, message, format!("for example: max_interval = \"{}\"", shown(given.max(24 * HOUR))));
    }
    schedule
}

fn fetch(mut section: Section<'_, '_>, folder: &Path, notes: &Notes) -> Fetch {
    let timeout = section.value("timeout", r#""20s""#, values::duration(SECOND..=HOUR));
    let concurrency = section.value("concurrency", "64", values::number(1..=4096));
    let per_host = section.value("per_host", "1", values::number(1..=64));
    let host_gap = section.value("host_gap", r#""1s""#, values::duration(Duration::ZERO..=60 * SECOND));
    let max_body = section.value("max_body", r#""10MiB""#, values::size);
    let allow_private = section.value("allow_private", "false", values::boolean);
    let proxy = section.raw("proxy").and_then(|value| access::proxy(value, folder, notes));
    let moved_polls = section.value("moved_after_polls", "3", values::number(0..=1000));
    let moved_after = section.value("moved_after", r#""1d""#, values::duration(Duration::ZERO..=365 * DAY));
    let websub = section.value("websub", "true", values::boolean);
    section.finish();
    let concurrency = concurrency.map_or(64, |at| at.value);
    let moves = Moves::default();
    if let Some(at) = per_host.as_ref().filter(|at| at.value > concurrency) {
        let message = format!("`per_host` is more than `concurrency` ({concurrency})");
        notes.add(at.span.clone(), message, "for example: per_host = 1");
    }
    Fetch {
        timeout: timeout.map_or(20 * SECOND, |at| at.value),
        concurrency: usize::try_from(concurrency).unwrap_or(64),
        per_host: usize::try_from(per_host.map_or(1, |at| at.value)).unwrap_or(1),
        host_gap: host_gap.map_or(SECOND, |at| at.value),
        max_body_bytes: max_body.map_or(10 << 20, |at| at.value),
        allow_private: allow_private.is_some_and(|at| at.value),
        proxy,
        moves: Moves {
            polls: moved_polls.and_then(|at| u32::try_from(at.value).ok()).unwrap_or(moves.polls),
            after: moved_after.map_or(moves.after, |at| at.value),
        },
        websub: websub.is_none_or(|at| at.value),
    }
}

/// How stories are found, and the file of the editor's rulings.
fn stories(mut section: Section<'_, '_>) -> (Stories, Option<String>) {
    let match_level = section.value("match", r#""normal""#, values::choice(values::MATCH_LEVELS));
    let window = section.value("window", r#""72h""#, values::duration(HOUR..=90 * DAY));
    let lead = section.list("lead", r#"["own", "priority", "earliest"]"#, values::choice(values::LEAD_RULES));
    let rulings = section.value("rulings", r#""rulings.toml""#, values::text);
    section.finish();
    let stories = Stories {
        match_level: match_level.map_or(MatchLevel::Normal, |at| at.value),
        window: window.map_or(3 * DAY, |at| at.value),
        lead: lead.map_or_else(
            || vec![LeadRule::Own, LeadRule::Priority, LeadRule::Complete, LeadRule::Earliest],
            |rules| rules.into_iter().map(|rule| rule.value).collect(),
        ),
    };
    (stories, rulings.map(|at| at.value))
}

/// Who publishes, and the folder of the site's theme.
fn site(mut section: Section<'_, '_>, server: &Server) -> (Site, Option<String>) {
    let name = section.value("name", r#""Harbour Wire""#, values::text);
    let url = section.value("url", r#""https://wire.example.org/""#, values::site_url);
    let owner = section.value("owner", r#""Jane Doe""#, values::text);
    let email = section.value("email", r#""desk@example.org""#, values::text);
    let language = section.value("language", r#""en""#, |value| {
        let tag = values::text(value)?;
        let well_formed = crate::model::Language::new(&tag).is_some();
        if well_formed { Ok(tag) } else { Err(format!("is `{tag}`, which is not a language tag")) }
    });
    let theme = section.value("theme", r#""theme""#, values::text);
    section.finish();
    let site = Site {
        name: name.map_or_else(|| "wiredesk".into(), |at| at.value),
        url: url.map_or_else(|| serving::local_url(server), |at| at.value),
        owner: owner.map(|at| at.value),
        email: email.map(|at| at.value),
        language: language.map_or_else(|| "en".into(), |at| at.value),
    };
    (site, theme.map(|at| at.value))
}

/// `known` are the tags that sources have: many sources have the same, which is kept once.
pub(super) fn source(
    mut section: Section<'_, '_>,
    folder: &Path,
    known: &mut BTreeSet<Arc<[Tag]>>,
    notes: &Notes,
) -> Option<At<Source>> {
    let place = section.required("url", r#""https://news.example/feed.xml""#, values::place);
    let name = section.value("name", r#""BBC World""#, values::text);
    let publisher = section.value("publisher", r#""bbc""#, values::publisher);
    let tags = section.list("tags", r#"["world"]"#, values::tag);
    let priority = section.value("priority", "20", values::number(-1000..=1000));
    let can_lead = section.value("can_lead", "true", values::boolean);
    let allow_private = section.value("allow_private", "true", values::boolean);
    let access = access::access(&mut section, folder, notes);
    let span = section.span.clone();
    section.finish();
    let At { value: place, span: place_span } = place?;
    let (place, access) = access.settle(place, notes);
    let name = name.map(|at| at.value);
    let (location, address) = match place {
        Place::Web(url) => {
            let address = format!("{}{}", url.as_url().host_str().unwrap_or_default(), url.as_url().path());
            (Location::Web(url), address)
        }
        Place::File(path) => {
            let stem = Path::new(&path).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            (Location::File(folder.join(path)), stem)
        }
    };
    let Some(id) = id_of(name.as_deref(), &address) else {
        let help = "for example: name = \"BBC World\"";
        notes.add(place_span, "no short name can be made from this address, and the source has no `name`", help);
        return None;
    };
    let publisher = publisher.map(|at| at.value).unwrap_or_else(|| publisher_of(&location, &id));
    Some(At {
        value: Source {
            name,
            tags: shared(values_of(tags), known),
            priority: priority.and_then(|at| i32::try_from(at.value).ok()).unwrap_or(0),
            can_lead: can_lead.is_none_or(|at| at.value),
            allow_private: allow_private.is_some_and(|at| at.value),
            access,
            ..Source::new(id, location, publisher)
        },
        span,
    })
}

fn shared(tags: Vec<Tag>, known: &mut BTreeSet<Arc<[Tag]>>) -> Arc<[Tag]> {
    if let Some(known) = known.get(&tags[..]) {
        return Arc::clone(known);
    }
    let tags: Arc<[Tag]> = tags.into();
    known.insert(Arc::clone(&tags));
    tags
}

fn articles(mut section: Section<'_, '_>, folder: &Path, notes: &Notes) -> Option<At<Source>> {
    let dir = section.required("dir", r#""feeds/articles""#, values::text);
    let name = section.value("name", r#""Our own""#, values::text);
    let tags = section.list("tags", r#"["own"]"#, values::tag);
    let can_lead = section.value("can_lead", "true", values::boolean);
    let span = section.span.clone();
    section.finish();
    let At { value: dir, span: dir_span } = dir?;
    let Some(id) = id_of(name.as_ref().map(|at| at.value.as_str()), &dir) else {
        notes.add(dir_span, "no short name can be made from this folder", "for example: name = \"Our own\"");
        return None;
    };
    let own = || Tag::new("own").expect("a well-formed constant");
    Some(At {
        value: Source {
            name: name.map(|at| at.value),
            tags: tags.map_or_else(|| vec![own()], |tags| values_of(Some(tags))).into(),
            can_lead: can_lead.is_none_or(|at| at.value),
            ..Source::new(id, Location::Articles(folder.join(dir)), Publisher::own())
        },
        span,
    })
}

/// The key of a source: from its name, which survives a change of address, else from its address.
fn id_of(name: Option<&str>, address: &str) -> Option<SourceId> {
    let short = |text: &str| SourceId::new(&slug(text)).ok();
    name.and_then(short).or_else(|| short(address))
}

/// Feeds of one registrable domain are one house (public suffix list); a file stands for itself.
fn publisher_of(location: &Location, id: &SourceId) -> Publisher {
    let domain = match location {
        Location::Web(url) => url.as_url().host_str().map(registrable_domain),
        Location::File(_) | Location::Articles(_) => None,
    };
    domain
        .and_then(|domain| Publisher::new(domain).ok())
        .or_else(|| Publisher::new(id.as_str()).ok())
        .unwrap_or_else(Publisher::own)
}

fn edition(mut section: Section<'_, '_>, notes: &Notes) -> Option<(At<EditionSpec>, At<()>)> {
    let name = section.required("name", r#""front""#, values::edition_name);
    let title = section.value("title", r#""Front page""#, values::text);
    let description = section.value("description", r#""What the world talks about""#, values::text);
    let include = section.list("include", r#"["tag:world", "tag:own"]"#, values::selector);
    let include_span = section.value("include", "", |_| Ok(()));
    let items = section.value("items", "50", values::number(1..=1000));
    let per_publisher = section.value("per_publisher", "5", values::number(1..=1000));
    let min_publishers = section.value("min_publishers", "1", values::number(1..=1000));
    let order = section.value("order", r#""first_seen""#, values::choice(values::ORDERS));
    let formats = section.list("formats", r#"["atom", "rss", "json", "html"]"#, values::choice(values::FORMATS));
    let covered_by = section.value("covered_by", "true", values::boolean);
    let archives = section.value("archives", "36", values::number(0..=1000));
    let readers = serving::readers(&mut section, notes);
    let span = section.span.clone();
    section.finish();
    let count = |at: Option<At<i64>>| at.and_then(|at| usize::try_from(at.value).ok());
    let At { value: name, span: name_span } = name?;
    let spec = EditionSpec {
        title: title.map_or_else(|| name.to_string(), |at| at.value),
        name,
        description: description.map(|at| at.value),
        include: values_of(include),
        items: count(items).unwrap_or(50),
        per_publisher: count(per_publisher),
        min_publishers: count(min_publishers).unwrap_or(1),
        order: order.map_or(Order::FirstSeen, |at| at.value),
        formats: formats.map_or_else(
            || vec![EditionFormat::Atom, EditionFormat::Rss, EditionFormat::Json, EditionFormat::Html],
            |formats| values_of(Some(formats)),
        ),
        covered_by: covered_by.is_none_or(|at| at.value),
        archives: count(archives).unwrap_or(36),
        readers,
    };
    Some((At { value: spec, span: name_span }, At { value: (), span: include_span.map_or(span, |at| at.span) }))
}

fn values_of<T>(list: Option<Vec<At<T>>>) -> Vec<T> {
    let list = list.unwrap_or_default();
    // Collecting in place would keep the room of what was around them.
    let mut values = Vec::with_capacity(list.len());
    values.extend(list.into_iter().map(|at| at.value));
    values
}
