//! The templates and style sheets of pages: our own, with those of a theme in their place.
//!
//! A theme is a folder of files that stand in for ours, one for one. Its author is the desk's own editor, but what its
//! templates are filled with comes from anywhere: so every value is escaped, whatever a template says; and a template
//! that goes round in circles is stopped.

mod lint;
mod sample;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, LazyLock};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior};
use serde::Serialize;

use super::{Error, clean};
use crate::model::SitePath;

/// The templates that a theme may replace.
const TEMPLATES: [(&str, &str); 8] = [
    ("base.html", include_str!("../templates/base.html")),
    ("index.html", include_str!("../templates/index.html")),
    ("edition.html", include_str!("../templates/edition.html")),
    ("listed.html", include_str!("../templates/listed.html")),
    ("story.html", include_str!("../templates/story.html")),
    ("alias.html", include_str!("../templates/alias.html")),
    ("article.html", include_str!("../templates/article.html")),
    ("not_found.html", include_str!("../templates/not_found.html")),
];

/// The style sheet of all pages.
const STYLE: &str = "style.css";
/// What a theme adds to it.
const EXTRA: &str = "extra.css";
/// The style sheet of feeds that a browser opens as XML.
const FEED_STYLE: &str = "feed.css";

/// What one page may cost to fill in, for templates that are not ours: some ten times what an edition of a thousand
/// stories takes with ours. The engine counts instructions and, by 64 bytes, the memory that they take.
const FUEL: u64 = 8_000_000;

/// Our own templates, without limit: they are known to come to an end.
static OURS: LazyLock<Theme> = LazyLock::new(|| {
    let mut templates = environment();
    for (name, source) in TEMPLATES {
        templates.add_template(name, source).expect("the built-in templates are well-formed");
    }
    Theme {
        templates: Arc::new(templates),
        style: include_str!("../templates/style.css").into(),
        feed_style: include_str!("../templates/feed.css").into(),
        replaced: Vec::new(),
        added: Vec::new(),
        unused: Vec::new(),
    }
});

/// Templates and style sheets, ready to be used.
#[derive(Debug, Clone)]
pub struct Theme {
    templates: Arc<Environment<'static>>,
    style: Arc<str>,
    feed_style: Arc<str>,
    /// Files of ours that others stand in for, by name.
    pub replaced: Vec<String>,
    /// Files that ours or others of the theme are joined by.
    pub added: Vec<String>,
    /// Files of the theme that nothing asks for.
    pub unused: Vec<String>,
}

impl Default for Theme {
    /// Our own.
    fn default() -> Self {
        OURS.clone()
    }
}

/// A file of a theme.
#[derive(Debug, Clone)]
pub struct ThemeFile {
    /// Its name in the theme's folder.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// What is wrong with a theme.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ThemeFault {
    /// The file.
    pub file: String,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub cause: String,
    /// What to do about it.
    pub help: String,
}

impl fmt::Display for ThemeFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        writeln!(formatter, "{}{line}: {}", self.file, self.cause)?;
        writeln!(formatter, "  = {}", self.help)
    }
}

impl Theme {
    /// Puts the files of a theme in the place of ours, and tries them on a page of every kind.
    ///
    /// # Errors
    /// All that is wrong with it, sorted by file and line; never empty.
    pub fn new(files: Vec<ThemeFile>) -> Result<Self, Vec<ThemeFault>> {
        let mut theme = Self::default();
        let mut templates = (*theme.templates).clone();
        templates.set_debug(true);
        templates.set_fuel(Some(FUEL));
        let mut faults = Vec::new();
        let mut extra = None;
        for ThemeFile { name, text } in files {
            if name.ends_with(".html") {
                faults.extend(lint::template(&name, &text));
                if let Err(cause) = templates.add_template_owned(name.clone(), text) {
                    faults.push(fault(&name, &cause));
                }
            } else if [STYLE, EXTRA, FEED_STYLE].contains(&name.as_str()) {
                faults.extend(lint::style(&name, &text));
                match name.as_str() {
                    STYLE => theme.style = text.into(),
                    FEED_STYLE => theme.feed_style = text.into(),
                    _ => extra = Some(text),
                }
            } else {
                theme.unused.push(name);
                continue;
            }
            let ours = TEMPLATES.iter().map(|(ours, _)| *ours).chain([STYLE, FEED_STYLE]);
            if ours.into_iter().any(|ours| ours == name) { &mut theme.replaced } else { &mut theme.added }.push(name);
        }
        if let Some(extra) = extra {
            theme.style = format!("{}\n{extra}", theme.style).into();
        }
        theme.templates = Arc::new(templates);
        faults.extend(sample::faults(&theme));
        faults.sort();
        faults.dedup();
        if faults.is_empty() { Ok(theme) } else { Err(faults) }
    }

    /// Makes something with the theme. It was tried on sample pages; where it fails on what comes later, our own theme
    /// stands in, and `note` is given what went wrong.
    ///
    /// # Errors
    /// When `make` fails with our own theme too, or for another reason than a template.
    pub fn make<T>(&self, make: impl Fn(&Self) -> Result<T, Error>, note: impl FnOnce(Error)) -> Result<T, Error> {
        match make(self) {
            Err(fault @ Error::Page { .. }) => make(&Self::default()).inspect(|_| note(fault)),
            done => done,
        }
    }

    /// The style sheet of all pages.
    pub(super) fn style(&self) -> &str {
        &self.style
    }

    /// The style sheet of feeds that are opened as XML.
    pub(super) fn feed_style(&self) -> &str {
        &self.feed_style
    }

    /// Fills in a template, for the page at `path`.
    pub(super) fn fill<P: Serialize>(&self, template: &str, path: &SitePath, page: P) -> Result<Vec<u8>, Error> {
        Ok((self.part(template, path, page)? + "\n").into_bytes())
    }

    /// Fills in a template of which a part of the page at `path` is made.
    pub(super) fn part<P: Serialize>(&self, template: &str, path: &SitePath, part: P) -> Result<String, Error> {
        self.templates
            .get_template(template)
            .and_then(|template| template.render(Serde(part)))
            .map_err(|cause| Error::Page { path: path.clone(), cause })
    }
}

/// The engine as every template has it.
fn environment() -> Environment<'static> {
    let mut templates = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    templates.set_syntax(syntax.expect("the usual delimiters"));
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    // Whatever a template is called, it makes HTML; and nobody but the sanitiser says what is safe.
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.remove_filter("safe");
    templates.set_formatter(print);
    templates
}

/// Writes a value into a page: escaped, even where a template has turned escaping off.
///
/// The engine's own escaping turns `/` into a reference; programs that look for feeds in a page by simple means would
/// not find the addresses.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    match (value.as_str(), value.kind()) {
        (Some(text), _) if value.is_safe() => out.write_str(text)?,
        (Some(text), _) => out.write_str(&clean::escape(text))?,
        (None, ValueKind::None) => {}
        // Says what is undefined.
        (None, ValueKind::Undefined) => minijinja::escape_formatter(out, state, value)?,
        (None, _) => out.write_str(&clean::escape(&value.to_string()))?,
    }
    Ok(())
}

/// What the engine says, as a fault of the file that it names.
fn fault(template: &str, cause: &minijinja::Error) -> ThemeFault {
    use minijinja::ErrorKind;
    let help = match cause.kind() {
        ErrorKind::UndefinedError => "docs/PAGES.md lists what each page is given; `{% if x is defined %}` asks first",
        ErrorKind::OutOfFuel => "it loops for too long, or prints too much: loop over stories and reports only",
        ErrorKind::TemplateNotFound => "put the template into the theme's folder, or correct its name",
        ErrorKind::UnknownFilter if cause.detail().is_some_and(|detail| detail.contains("safe")) => lint::SAFE,
        _ => "templates are written in the language of Jinja2; docs/PAGES.md has an example",
    };
    let file = cause.name().unwrap_or(template).to_owned();
    let words = cause.detail().map_or_else(|| cause.kind().to_string(), |detail| format!("{}: {detail}", cause.kind()));
    ThemeFault { file, line: cause.line(), cause: words, help: help.to_owned() }
}
