//! Reads local articles: a Markdown file in, an article out, and of it an entry.
//!
//! Files of Hugo, Zola and Jekyll are taken as they are: TOML front matter between `+++`, YAML between `---`, dates
//! in file names, `<!--more-->`. Keys that mean nothing here are let be; one that looks like a slip is a flaw.

mod dates;
mod error;
mod front_matter;
mod markdown;
mod moved;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use url::Url;

pub use error::Error;
pub use moved::moved;

use crate::config::Site;
use crate::model::{Entry, EntryId, Flaw, Html, Language, Person, Source, Text, slug};
use crate::text::{canonical_url, clip, fold, plain, sanitize};
use front_matter::split;

/// The longest file that is read, in bytes.
pub const MAX_ARTICLE_BYTES: usize = 4 << 20;

/// Where the articles' pages stand, below the site's root.
const FOLDER: &str = "articles/";

/// The longest title, in characters.
const MAX_TITLE_CHARS: usize = 1_000;

/// A local piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// The file, as it was given.
    pub file_name: String,
    /// The stem of its page's address: `articles/SLUG.html`. Never empty; the key of its entry.
    pub slug: String,
    /// Never empty.
    pub title: Text,
    /// When it is, or will be, published. Means nothing for a draft without a date.
    pub published: DateTime<Utc>,
    /// When it last changed, if later.
    pub updated: Option<DateTime<Utc>>,
    /// Who wrote it.
    pub authors: Vec<Person>,
    /// Its labels.
    pub tags: Vec<String>,
    /// A short form, or empty.
    pub summary: Html,
    /// The text, without a heading that repeats the title.
    pub content: Html,
    /// As declared.
    pub language: Option<Language>,
    /// A picture.
    pub image: Option<Url>,
    /// Whether it is not to be published.
    pub draft: bool,
    /// What looks wrong in it, and was read over.
    pub flaws: Vec<Flaw>,
}

impl Article {
    /// Whether it is to be seen at `now`: no draft, and its date has come.
    pub fn is_public(&self, now: DateTime<Utc>) -> bool {
        !self.draft && self.published <= now
    }

    /// The address of its page on the site whose root is `site_url`.
    ///
    /// `None` where the root cannot have pages below it (`mailto:`).
    pub fn url(&self, site_url: &Url) -> Option<Url> {
        page_url(&self.slug, site_url)
    }
}

/// Reads an article; `file_name` is its name, below the folder of articles or alone.
///
/// Relative references are resolved against the article's page below `site_url`. Keys: `title`, `date`, `updated`,
/// `author`, `tags`, `summary`, `slug`, `draft`, `lang`, `image`, and what Hugo, Zola and Jekyll call them.
/// Without `title`, the first heading is it, else the file's name. Without `date`, the file's name must start with it.
///
/// # Errors
/// When the file is longer than [`MAX_ARTICLE_BYTES`], its front matter cannot be read, a key has a value that cannot
/// be, or it has no date (a draft needs none).
pub fn read(file_name: &str, text: &str, site_url: &Url) -> Result<Article, Error> {
    if text.len() > MAX_ARTICLE_BYTES {
        return Err(Error::TooLong { file: file_name.to_owned() });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let (front_matter, body) = split(file_name, &text)?;
    let (file_date, stem) = dates::split_file_name(stem(file_name));
    let slug = article_slug(front_matter.string("slug")?.as_deref(), stem);
    let page = page_url(&slug, site_url);

    let draft = front_matter.flag("draft")?.unwrap_or(false);
    let updated = front_matter.date("updated")?;
    let published = match front_matter.date("date")?.or(file_date) {
        Some(date) => date,
        None if draft => updated.unwrap_or_default(),
        None => return Err(Error::NoDate { file: file_name.to_owned(), example: front_matter.date_example() }),
    };
    let html = markdown::render(body);
    let declared = front_matter.string("title")?.map(|title| fold(&title)).filter(|title| !title.is_empty());
    let heading = markdown::first_heading(&html);
    let title = declared.or(heading).unwrap_or_else(|| stem.replace(['-', '_'], " "));
    let title = Text(clip(&title, MAX_TITLE_CHARS));
    let summary = match front_matter.string("summary")? {
        Some(summary) => Some(markdown::render(&summary)),
        None => markdown::before_more(body).map(markdown::render),
    };
    Ok(Article {
        file_name: file_name.to_owned(),
        published,
        updated: updated.filter(|updated| *updated > published),
        authors: front_matter.people()?,
        tags: front_matter.tags()?,
        summary: sanitize(&summary.unwrap_or_default(), page.as_ref()),
        content: sanitize(markdown::without_title(&html, &title), page.as_ref()),
        language: front_matter.string("lang")?.as_deref().and_then(Language::new),
        image: front_matter.string("image")?.and_then(|image| image_url(&image, page.as_ref())),
        draft,
        flaws: front_matter.flaws(),
        title,
        slug,
    })
}

/// The entry that an article is; `source` is its folder.
pub fn entry(article: &Article, source: &Source, site: &Site, now: DateTime<Utc>) -> Entry {
    let link = article.url(&site.url);
    Entry {
        id: EntryId::mint(&source.id, &article.slug),
        source: source.id.clone(),
        key: article.slug.clone(),
        url: link.as_ref().map(canonical_url),
        link,
        title: article.title.clone(),
        summary: article.summary.clone(),
        content: article.content.clone(),
        published: article.published,
        updated: article.updated,
        seen: now,
        language: article.language.clone().or_else(|| Language::new(&site.language)),
        authors: article.authors.clone(),
        categories: article.tags.clone(),
        enclosures: Vec::new(),
        translations: Vec::new(),
        image_size: None,
        image: article.image.clone(),
    }
}

fn page_url(slug: &str, site_url: &Url) -> Option<Url> {
    site_url.join(&format!("{FOLDER}{slug}.html")).ok()
}

fn image_url(image: &str, page: Option<&Url>) -> Option<Url> {
    let url = page?.join(image.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// The name that counts: of `kursk/index.md` and `2024/kursk.md` it is `kursk`.
fn stem(file_name: &str) -> &str {
    let mut segments = file_name.rsplit(['/', '\\']);
    let name = segments.next().unwrap_or(file_name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if matches!(stem, "index" | "_index") { segments.next().filter(|s| !s.is_empty()).unwrap_or(stem) } else { stem }
}

/// The same for the same file, whatever is written in it but `slug`.
fn article_slug(declared: Option<&str>, stem: &str) -> String {
    let candidates = [declared.map(slug), Some(slug(stem))];
    candidates.into_iter().flatten().find(|slug| !slug.is_empty()).unwrap_or_else(|| {
        let digest = Sha256::digest(stem);
        let hex: String = digest[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("article-{hex}")
    })
}

/// The text of HTML, for comparing a heading with a title.
fn words(html: &str) -> String {
    plain(html).0
}

#[cfg(test)]
mod tests;
