//! Reads single values. An error is the second half of a sentence that begins with the key's name.

use std::ops::RangeInclusive;
use std::time::Duration;

use toml::de::DeValue;
use url::Url;

use super::{EditionFormat, LeadRule, MatchLevel, Order, Selector};
use crate::model::{EditionName, FeedUrl, Publisher, SourceId, Tag, TokenHash, slug};

type Read<T> = Result<T, String>;

/// A text that is not blank.
pub(crate) fn text(value: &DeValue<'_>) -> Read<String> {
    let text = value.as_str().ok_or_else(|| format!("must be a text in quotes, not {}", kind(value)))?;
    if text.trim().is_empty() { Err("must not be empty".into()) } else { Ok(text.trim().to_owned()) }
}

pub(super) fn boolean(value: &DeValue<'_>) -> Read<bool> {
    value.as_bool().ok_or_else(|| format!("must be true or false, not {}", kind(value)))
}

/// A whole number within a range.
pub(super) fn number(range: RangeInclusive<i64>) -> impl Fn(&DeValue<'_>) -> Read<i64> {
    move |value| {
        let digits = value.as_integer().ok_or_else(|| format!("must be a whole number, not {}", kind(value)))?;
        let number = i64::from_str_radix(digits.as_str(), digits.radix()).ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("must be from {} to {}", range.start(), range.end()))
    }
}

/// A duration such as `90s`, `1h`, `1h 30m`, `7d`, within a range.
pub(super) fn duration(range: RangeInclusive<Duration>) -> impl Fn(&DeValue<'_>) -> Read<Duration> {
    move |value| {
        let words = text(value)?;
        let duration = humantime::parse_duration(&words).map_err(|_| {
            format!("is not a duration: `{words}` is not a number with a unit (s, m, h, d), or several of them")
        })?;
        if range.contains(&duration) {
            return Ok(duration);
        }
        let [least, most] = [range.start(), range.end()].map(|bound| humantime::format_duration(*bound));
        Err(format!("must be from {least} to {most}"))
    }
}

/// A size such as `512KiB` or `10MB`, in bytes: 1 KiB to 1 GiB.
pub(super) fn size(value: &DeValue<'_>) -> Read<usize> {
    let words = text(value)?;
    let split = words.find(|c: char| !c.is_ascii_digit()).unwrap_or(words.len());
    let (digits, unit) = words.split_at(split);
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "b" => Some(1),
        "kb" => Some(1_000),
        "kib" => Some(1 << 10),
        "mb" => Some(1_000_000),
        "mib" => Some(1 << 20),
        "gb" => Some(1_000_000_000),
        "gib" => Some(1 << 30),
        _ => None,
    };
    let bytes = digits.parse::<usize>().ok().zip(unit).and_then(|(count, unit)| count.checked_mul(unit));
    match bytes {
        Some(bytes) if (1 << 10..=1 << 30).contains(&bytes) => Ok(bytes),
        Some(_) => Err("must be from 1KiB to 1GiB".into()),
        None => Err(format!("is not a size: `{words}` is not a whole number with a unit (KiB, MiB, KB, MB)")),
    }
}

/// One of a few words.
pub(super) fn choice<T: Copy>(choices: &'static [(&'static str, T)]) -> impl Fn(&DeValue<'_>) -> Read<T> {
    move |value| {
        let word = text(value)?;
        choices.iter().find(|(name, _)| *name == word).map(|(_, choice)| *choice).ok_or_else(|| {
            let names: Vec<_> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
            format!("is `{word}`, but must be one of {}", names.join(", "))
        })
    }
}

/// The match levels by their names.
pub const MATCH_LEVELS: &[(&str, MatchLevel)] = &[
    ("off", MatchLevel::Off),
    ("id", MatchLevel::Id),
    ("url", MatchLevel::Url),
    ("text", MatchLevel::Text),
    ("strict", MatchLevel::Strict),
    ("normal", MatchLevel::Normal),
    ("loose", MatchLevel::Loose),
];

pub(super) const LEAD_RULES: &[(&str, LeadRule)] = &[
    ("own", LeadRule::Own),
    ("priority", LeadRule::Priority),
    ("complete", LeadRule::Complete),
    ("earliest", LeadRule::Earliest),
];

pub(super) const ORDERS: &[(&str, Order)] = &[
    ("first_seen", Order::FirstSeen),
    ("published", Order::Published),
    ("updated", Order::Updated),
    ("coverage", Order::Coverage),
];

pub(super) const FORMATS: &[(&str, EditionFormat)] = &[
    ("atom", EditionFormat::Atom),
    ("rss", EditionFormat::Rss),
    ("json", EditionFormat::Json),
    ("html", EditionFormat::Html),
];

/// The root address of a site, with a trailing slash.
pub(super) fn site_url(value: &DeValue<'_>) -> Read<Url> {
    let words = text(value)?;
    let mut url = FeedUrl::parse(&words).map_err(|error| format!("is not a web address: {error}"))?.as_url().clone();
    if url.query().is_some() {
        return Err("must not have a query (`?…`)".into());
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// A source's address: http(s), or a path.
pub(super) enum Place {
    Web(FeedUrl),
    File(String),
}

pub(super) fn place(value: &DeValue<'_>) -> Read<Place> {
    let words = text(value)?;
    // `feed:https://…` and `feed://…` are how browsers once handed feeds over.
    let address = match words.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("//") => format!("http:{rest}"),
        Some(rest) => rest.to_owned(),
        None => words.clone(),
    };
    match address.split_once(':') {
        Some((scheme, rest)) if rest.starts_with("//") || matches!(scheme, "http" | "https" | "file" | "mailto") => {
            FeedUrl::parse(&address).map(Place::Web).map_err(|error| format!("is not the address of a feed: {error}"))
        }
        _ => Ok(Place::File(words)),
    }
}

pub(super) fn tag(value: &DeValue<'_>) -> Read<Tag> {
    Tag::new(&text(value)?).map_err(|error| format!("is no tag: {error}"))
}

pub(super) fn publisher(value: &DeValue<'_>) -> Read<Publisher> {
    Publisher::new(&text(value)?).map_err(|error| format!("is no publisher's name: {error}"))
}

pub(super) fn edition_name(value: &DeValue<'_>) -> Read<EditionName> {
    let name = EditionName::new(&text(value)?).map_err(|error| format!("is no edition's name: {error}"))?;
    match name.as_str() {
        "index" | "style" | "articles" | "healthz" | "websub" | "404" | "t" => {
            Err(format!("is `{name}`, which the site needs for itself"))
        }
        _ => Ok(name),
    }
}

/// What `wiredesk token` prints. An error does not repeat it: it may be the token itself.
pub(super) fn token_hash(value: &DeValue<'_>) -> Read<TokenHash> {
    let hash = TokenHash::parse(&text(value)?);
    hash.ok_or_else(|| "must be `sha256:` and 64 hexadecimal digits, the hash of a token and not the token".into())
}

/// `tag:world`, `source:bbc-world` (or the source's name as written), `publisher:bbc`.
pub(super) fn selector(value: &DeValue<'_>) -> Read<Selector> {
    let words = text(value)?;
    let selector = match words.split_once(':').map(|(kind, name)| (kind.trim(), name.trim())) {
        Some(("tag", name)) => Tag::new(name).map(Selector::Tag),
        Some(("source", name)) => SourceId::new(&slug(name)).or_else(|_| SourceId::new(name)).map(Selector::Source),
        Some(("publisher", name)) => Publisher::new(name).map(Selector::Publisher),
        _ => return Err(format!("is `{words}`, but must begin with `tag:`, `source:` or `publisher:`")),
    };
    selector.map_err(|error| error.to_string())
}

/// The host and port to listen on, or `off`.
pub(super) fn listen(value: &DeValue<'_>) -> Read<Option<std::net::SocketAddr>> {
    let words = text(value)?;
    if words == "off" {
        return Ok(None);
    }
    let numeric = words.replace("localhost:", "127.0.0.1:");
    numeric.parse().map(Some).map_err(|_| format!("is `{words}`, which is not an IP address and a port"))
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
