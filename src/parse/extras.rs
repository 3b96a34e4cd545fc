//! What few feeds carry: rhythm, places, podcasts, Media RSS, numbers of comments, where an item was taken over from.

use std::borrow::Cow;

use chrono::Weekday;

use super::draft::{Draft, Slot};
use super::fields::{Field, Start};
use super::limits;
use super::names::Space;
use super::reader::Reader;
use super::resolve::{resolve, resolve_value};
use super::tags::{attribute, attribute_of_any_space};
use super::text::Mode;
use super::values::{coordinates, duration_seconds, number, on_earth, period_minutes, size_in};
use crate::model::{Credit, Enclosure, Link, Media, Origin, Person, Place, Podcast, Size};

/// An element that few feeds use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// How long `UpdateFrequency` takes: `daily`.
    UpdatePeriod,
    /// How often it changes in an `UpdatePeriod`.
    UpdateFrequency,
    /// An hour of `skipHours`.
    SkipHour,
    /// A day of `skipDays`.
    SkipDay,
    /// rssCloud's server.
    Cloud,
    /// How many comments there are.
    CommentCount,
    /// What it answers to.
    InReplyTo,
    /// The licence's address.
    License,
    /// Latitude and longitude in one.
    Point,
    /// South, west, north, east in one.
    Bounds,
    /// Degrees north.
    Latitude,
    /// Degrees east.
    Longitude,
    /// The name of a place.
    PlaceName,
    /// How long an episode runs.
    Duration,
    /// The number of an episode.
    Episode,
    /// The number of a season.
    Season,
    /// The kind of an episode.
    EpisodeType,
    /// Whether it is not for children.
    Explicit,
    /// The words of an episode.
    Transcript,
    /// The chapters of an episode.
    Chapters,
    /// Who is heard in an episode.
    Person,
    /// Who made a medium.
    Credit,
    /// A page that plays a medium.
    Player,
    /// A file on a peer-to-peer network.
    PeerLink,
    /// An enclosure's address behind a redirecting one.
    OriginalEnclosure,
    /// The width of a picture.
    Width,
    /// The height of a picture.
    Height,
}

/// The rare element of that local name (in lower case) in a vocabulary.
pub fn extra(space: Space, lower: &[u8]) -> Option<Extra> {
    use Extra::*;
    Some(match (space, lower) {
        (Space::Core, b"hour") => SkipHour,
        (Space::Core, b"day") => SkipDay,
        (Space::Core, b"cloud") => Cloud,
        (Space::Core, b"width") => Width,
        (Space::Core, b"height") => Height,
        (Space::Small, b"updateperiod") => UpdatePeriod,
        (Space::Small, b"updatefrequency") => UpdateFrequency,
        (Space::Small, b"comments" | b"total") => CommentCount,
        (Space::Small, b"in-reply-to") => InReplyTo,
        (Space::Small, b"license") => License,
        (Space::Small, b"point") | (Space::Gml, b"pos") => Point,
        (Space::Small, b"box") => Bounds,
        (Space::Small, b"lat") => Latitude,
        (Space::Small, b"long" | b"lon") => Longitude,
        (Space::Small, b"featurename") => PlaceName,
        (Space::Small, b"origenclosurelink") => OriginalEnclosure,
        (Space::Podcast, b"duration") => Duration,
        (Space::Podcast, b"episode") => Episode,
        (Space::Podcast, b"season") => Season,
        (Space::Podcast, b"episodetype") => EpisodeType,
        (Space::Podcast, b"explicit") => Explicit,
        (Space::Podcast, b"transcript") => Transcript,
        (Space::Podcast, b"chapters") => Chapters,
        (Space::Podcast, b"person") => Person,
        (Space::Podcast, b"license") => License,
        (Space::Media, b"credit") => Credit,
        (Space::Media, b"player") => Player,
        (Space::Media, b"peerlink") => PeerLink,
        (Space::Media, b"license") => License,
        _ => return None,
    })
}

/// What was read of them; kept apart, so that the draft of a plain item stays small.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    pub version: Option<String>,
    pub contributors: Vec<Person>,
    pub comment_count: Slot<u32>,
    pub source: Option<Origin>,
    pub media: Vec<Media>,
    groups: u32,
    credits: Vec<String>,
    pub sizes: Vec<(String, Size)>,
    width: Option<u32>,
    height: Option<u32>,
    podcast: Podcast,
    /// The person of the podcast whose name is being read.
    speaker: Credit,
    point: Option<(f64, f64)>,
    bounds: Option<[f64; 4]>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    place_name: Option<String>,
    period_minutes: Option<u32>,
    frequency: Option<u32>,
    pub skip_hours: Vec<u8>,
    pub skip_days: Vec<Weekday>,
    /// Pages in other languages than the feed's.
    pub translations: Vec<String>,
}

impl Extras {
    /// The size of the picture at an address.
    pub fn size_of(&self, image: Option<&String>) -> Option<Size> {
        let image = image?;
        self.sizes.iter().find(|(url, _)| url == image).map(|(_, size)| *size)
    }

    /// Notes a page in another language.
    pub fn add_translation(&mut self, href: &str) {
        if !href.is_empty() && self.translations.len() < limits::LIST {
            self.translations.push(href.to_owned());
        }
    }

    /// Notes the size of a picture.
    pub fn add_size(&mut self, url: &str, size: Option<Size>) {
        if let Some(size) = size.filter(|_| self.sizes.len() < limits::LIST) {
            self.sizes.push((url.to_owned(), size));
        }
    }

    /// The size that the elements `width` and `height` gave so far; forgets it.
    pub fn take_size(&mut self) -> Option<Size> {
        Some(Size { width: self.width.take()?, height: self.height.take()? })
    }

    /// Minutes between two changes: `hourly` twice is 30; a frequency alone is a day's (RSS 1.0 syndication module).
    pub fn update_minutes(&self) -> Option<u32> {
        const DAY: u32 = 24 * 60;
        if self.period_minutes.is_none() && self.frequency.is_none() {
            return None;
        }
        let times = self.frequency.filter(|times| *times > 0).unwrap_or(1);
        Some((self.period_minutes.unwrap_or(DAY) / times).max(1))
    }

    /// The place: the point, else latitude with longitude, else the middle of the box.
    pub fn place(&mut self) -> Option<Box<Place>> {
        let middle = |[south, west, north, east]: [f64; 4]| ((south + north) / 2.0, (west + east) / 2.0);
        let point = self.point.or(self.latitude.zip(self.longitude).filter(|point| on_earth(*point)));
        let (latitude, longitude) = point.or(self.bounds.map(middle))?;
        Some(Box::new(Place { name: self.place_name.take(), latitude, longitude, bounds: self.bounds }))
    }

    /// The podcast's words, if there are any.
    pub fn podcast(&mut self) -> Option<Box<Podcast>> {
        let podcast = std::mem::take(&mut self.podcast);
        (podcast != Podcast::default()).then(|| Box::new(podcast))
    }

    /// The media; who made all of them is named where nobody else is.
    pub fn media(&mut self) -> Vec<Media> {
        let mut media = std::mem::take(&mut self.media);
        for medium in media.iter_mut().filter(|medium| medium.credits.is_empty()) {
            medium.credits.clone_from(&self.credits);
        }
        media
    }
}

/// Reads what stands in the attributes of a rare element, and decides what its text is for.
pub fn start(reader: &mut Reader<'_>, extra: Extra) -> Start {
    let link = |reader: &mut Reader<'_>, rel: &str, names: &[&str]| {
        let href = names.iter().find_map(|name| attribute_of_any_space(reader, name));
        let media_type = attribute(reader, "type").map(Cow::into_owned);
        if let Some(href) = href {
            let href = resolve(&href, reader.base());
            reader.draft().add_link(Link { rel: rel.to_owned(), href, media_type });
        }
    };
    match extra {
        Extra::Cloud => {
            if let Some(href) = cloud(reader) {
                reader.draft().add_link(Link { rel: "cloud".to_owned(), href, media_type: None });
            }
        }
        Extra::InReplyTo => link(reader, "in-reply-to", &["href", "ref"]),
        Extra::License => link(reader, "license", &["resource", "href", "url"]),
        Extra::Transcript => link(reader, "transcript", &["url"]),
        Extra::Chapters => link(reader, "chapters", &["url"]),
        Extra::Person => {
            let url = ["href", "url"].iter().find_map(|name| attribute(reader, name));
            let url = url.map(|url| resolve(&url, reader.base()));
            let role = attribute(reader, "role").map(|role| role.to_ascii_lowercase());
            reader.draft().extras().speaker = Credit { person: Person { url, ..Person::default() }, role };
        }
        Extra::Player => {
            if let Some(url) = attribute(reader, "url") {
                let url = resolve(&url, reader.base());
                let media = &mut reader.draft().extras().media;
                let room = media.len() < limits::LIST;
                match media.last_mut() {
                    Some(last) if last.player.is_none() => last.player = Some(url),
                    _ if room => media.push(Media { player: Some(url), ..Media::default() }),
                    _ => {}
                }
            }
        }
        Extra::PeerLink => {
            if let Some(url) = attribute(reader, "href") {
                let (url, media_type) = (resolve(&url, reader.base()), attribute(reader, "type").map(Cow::into_owned));
                reader
                    .draft()
                    .add_enclosure(1, Enclosure { url, media_type, size_bytes: None, ..Enclosure::default() });
            }
        }
        _ => {}
    }
    Start::Collect(Field::Extra(extra), Mode::Line)
}

/// The address of rssCloud's server, of its parts.
fn cloud(reader: &Reader<'_>) -> Option<String> {
    let domain = attribute(reader, "domain")?;
    let port = attribute(reader, "port").filter(|port| port.parse::<u16>().is_ok_and(|port| port != 80));
    let path = attribute(reader, "path").unwrap_or_default();
    let colon = if port.is_some() { ":" } else { "" };
    Some(format!("http://{domain}{colon}{}/{}", port.unwrap_or_default(), path.trim_start_matches('/')))
}

/// Adds a version of a medium with what its tag says.
pub fn add_media(reader: &mut Reader<'_>) {
    let in_group = reader.is_inside("group");
    let number = |name: &str| attribute(reader, name).and_then(|text| number(&text));
    let medium = Media {
        url: attribute(reader, "url").map(|url| resolve_value(url, reader.base())),
        medium: attribute(reader, "medium").map(|medium| medium.to_ascii_lowercase()),
        media_type: attribute(reader, "type").map(Cow::into_owned),
        size_bytes: attribute(reader, "fileSize").and_then(|size| size_in(&size)),
        size: size_of_tag(reader),
        duration_seconds: number("duration"),
        ..Media::default()
    };
    let extras = reader.draft().extras();
    if extras.media.len() < limits::LIST && medium != Media::default() {
        extras.media.push(Media { group: in_group.then_some(extras.groups), ..medium });
    }
}

/// Begins a group of versions.
pub fn start_group(draft: &mut Draft) {
    draft.extras().groups += 1;
}

/// The pixels that a tag's `width` and `height` say.
pub fn size_of_tag(reader: &Reader<'_>) -> Option<Size> {
    let number = |name: &str| attribute(reader, name).and_then(|text| number(&text)).filter(|pixels| *pixels > 0);
    Some(Size { width: number("width")?, height: number("height")? })
}

/// Puts the text of a rare element where it belongs.
pub fn fill(reader: &mut Reader<'_>, extra: Extra, line: &str) {
    let href = |reader: &Reader<'_>| resolve(line, reader.base());
    match extra {
        Extra::License => {
            let href = href(reader);
            return reader.draft().add_link(Link { rel: "license".to_owned(), href, media_type: None });
        }
        Extra::OriginalEnclosure => {
            let href = href(reader);
            return reader.draft().add_link(Link { rel: "canonical-enclosure".to_owned(), href, media_type: None });
        }
        _ => {}
    }
    let degrees = |line: &str| line.parse::<f64>().ok().filter(|degrees| degrees.abs() <= 360.0);
    let extras = reader.draft().extras();
    let podcast = &mut extras.podcast;
    match extra {
        Extra::UpdatePeriod => extras.period_minutes = period_minutes(line),
        Extra::UpdateFrequency => extras.frequency = number(line),
        Extra::SkipHour => {
            // Netscape counted to 24.
            let hour = number(line).filter(|hour| *hour <= 24).map(|hour| (hour % 24) as u8);
            extras.skip_hours.extend(hour.filter(|hour| !extras.skip_hours.contains(hour)));
        }
        Extra::SkipDay => {
            let day = line.parse::<Weekday>().ok();
            extras.skip_days.extend(day.filter(|day| !extras.skip_days.contains(day)));
        }
        Extra::CommentCount => {
            if let Some(count) = number(line) {
                extras.comment_count.offer(1, count);
            }
        }
        Extra::Point => {
            extras.point = extras.point.or(coordinates::<2>(line).map(|[a, b]| (a, b)).filter(|p| on_earth(*p)))
        }
        Extra::Bounds => {
            let corners = coordinates::<4>(line).filter(|[a, b, c, d]| on_earth((*a, *b)) && on_earth((*c, *d)));
            extras.bounds = extras.bounds.or(corners);
        }
        Extra::Latitude => extras.latitude = extras.latitude.or(degrees(line)),
        Extra::Longitude => extras.longitude = extras.longitude.or(degrees(line)),
        Extra::PlaceName => extras.place_name = Some(line.to_owned()),
        Extra::Duration => podcast.duration_seconds = podcast.duration_seconds.or(duration_seconds(line)),
        Extra::Episode => podcast.episode = podcast.episode.or(number(line)),
        Extra::Season => podcast.season = podcast.season.or(number(line)),
        Extra::EpisodeType => podcast.episode_type = Some(line.to_ascii_lowercase()),
        Extra::Explicit => {
            podcast.explicit = match line.to_ascii_lowercase().as_str() {
                "yes" | "true" | "explicit" => Some(true),
                "no" | "false" | "clean" => Some(false),
                _ => podcast.explicit,
            }
        }
        Extra::Person => {
            let mut credit = std::mem::take(&mut extras.speaker);
            credit.person.name = Some(line.to_owned());
            if podcast.people.len() < limits::LIST {
                podcast.people.push(credit);
            }
        }
        Extra::Credit => {
            let credits = extras.media.last_mut().map_or(&mut extras.credits, |medium| &mut medium.credits);
            if credits.len() < limits::LIST && !credits.iter().any(|known| known == line) {
                credits.push(line.to_owned());
            }
        }
        Extra::Width => extras.width = number(line),
        Extra::Height => extras.height = number(line),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_is_a_period_and_how_often() {
        for (period, frequency, minutes) in [
            (Some("hourly"), Some(2), Some(30)),
            (Some("Daily"), None, Some(1440)),
            (None, Some(4), Some(360)),
            (Some("weekly"), Some(0), Some(7 * 1440)),
            (Some("now and then"), None, None),
            (Some("hourly"), Some(1_000_000), Some(1)),
        ] {
            let period_minutes = period.and_then(period_minutes);
            let extras = Extras { period_minutes, frequency, ..Extras::default() };
            assert_eq!(extras.update_minutes(), minutes, "{period:?} {frequency:?}");
        }
    }
}
