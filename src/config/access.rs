//! Reads how sources are reached: `auth`, `headers` and `proxy`. Secrets are named by the place where they are kept.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeValue;
use url::Url;

use super::section::{Notes, Section};
use super::values::{self, Place};
use crate::model::{Access, Auth, Proxy, Route, Secret, SecretPlace};

/// Headers that the fetcher sends itself, or never: what it promises of requests must hold.
const OWN_HEADERS: &[&str] = &[
    "a-im",
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

const AUTH: &str = r#"auth = { user = "jane", password_env = "NEWS_PASSWORD" }"#;
const HEADERS: &str = r#"headers = { "X-Api-Key" = { env = "NEWS_KEY" } }"#;
const PROXY: &str = r#"proxy = "socks5://127.0.0.1:1080""#;
const PROXY_WITH_PASSWORD: &str =
    r#"proxy = { url = "http://proxy.example:3128", user = "jane", password_env = "PROXY_PASSWORD" }"#;

/// The keys of a secret: one that must not be there, and those of the places where it may be kept.
pub(super) struct Keys {
    pub(super) literal: &'static str,
    pub(super) environment: &'static str,
    pub(super) file: &'static str,
}

const PASSWORD: Keys = Keys { literal: "password", environment: "password_env", file: "password_file" };
const BEARER: Keys = Keys { literal: "bearer", environment: "bearer_env", file: "bearer_file" };
const VALUE: Keys = Keys { literal: "value", environment: "env", file: "file" };

/// That a fault was noted.
pub(super) struct Noted;

/// What a source says of how it is reached.
pub(super) struct Written {
    access: Access,
    /// The first of the keys, if there is one.
    span: Option<Range<usize>>,
}

/// Reads `auth`, `headers` and `proxy` of a source.
pub(super) fn access(section: &mut Section<'_, '_>, folder: &Path, notes: &Notes) -> Written {
    let written = ["auth", "headers", "proxy"].map(|key| section.raw(key));
    for key in ["password", "bearer", "token"] {
        let help = format!("keep it out of this file: {AUTH}");
        section.refuse(key, &format!("`{key}` must not stand here in the clear"), &help);
    }
    let [auth_at, headers_at, proxy_at] = written;
    let auth = auth_at.and_then(|value| auth(value, folder, notes));
    let headers = headers_at.map(|value| headers(value, folder, notes)).unwrap_or_default();
    if let Some(value) = headers_at.filter(|_| auth.is_some())
        && headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
    {
        notes.add(value.span(), "`headers` has an `Authorization`, and there is an `auth`", "keep one of the two");
    }
    let route = match proxy_at {
        None => Route::Default,
        Some(value) => proxy(value, folder, notes).map_or(Route::Direct, Route::Through),
    };
    let span = written.into_iter().flatten().map(Spanned::span).min_by_key(|span| span.start);
    Written { access: Access { auth, headers, route }, span }
}

impl Written {
    /// Joins it with the address that it is for. User and password of the address become credentials like others, so
    /// that they are shown and kept nowhere.
    pub(super) fn settle(self, place: Place, notes: &Notes) -> (Place, Option<Arc<Access>>) {
        let Self { mut access, span } = self;
        let place = match place {
            Place::Web(url) => {
                let (url, credentials) = url.split_credentials();
                match (credentials, &access.auth) {
                    (Some(_), Some(_)) => {
                        let help = "remove what stands before the `@` in the `url`";
                        notes.add(span.unwrap_or_default(), "`url` has a user of its own beside `auth`", help);
                    }
                    (Some((user, password)), None) => {
                        let password = SecretPlace::Address(Secret::new(password));
                        access.auth = Some(Auth::Basic { user: Secret::new(user), password });
                    }
                    (None, _) => {}
                }
                Place::Web(url)
            }
            Place::File(path) => {
                if let Some(span) = span {
                    let message = "`auth`, `headers` and `proxy` are for feeds on the web, and this is a file";
                    notes.add(span, message, "remove them, or give the source an address that begins with https://");
                }
                Place::File(path)
            }
        };
        let access = (access != Access::default()).then(|| Arc::new(access));
        (place, access)
    }
}

/// Reads `auth = { user = …, password_env | password_file = … }` or `{ bearer_env | bearer_file = … }`.
fn auth(value: &Spanned<DeValue<'_>>, folder: &Path, notes: &Notes) -> Option<Auth> {
    let mut section = table(value, "auth", AUTH, notes)?;
    let user = user(&mut section, notes);
    let password = secret(&mut section, &PASSWORD, folder, notes);
    let bearer = secret(&mut section, &BEARER, folder, notes);
    let help = r#"keep it out of this file: bearer_env = "NAME", or bearer_file = "secrets/NAME""#;
    section.refuse("token", "`token` must not stand here in the clear", help);
    section.finish();
    let (password, bearer) = (password.ok()?, bearer.ok()?);
    let problem = match (user.ok()?, password, bearer) {
        (Some(user), Some(password), None) => return Some(Auth::Basic { user: Secret::new(user), password }),
        (None, None, Some(token)) => return Some(Auth::Bearer(token)),
        (Some(_), None, None) => "`auth` has a `user` and no password",
        (None, Some(_), None) => "`auth` has a password and no `user`",
        (None, None, None) => "`auth` has neither `user` and password nor a token",
        (_, _, Some(_)) => "`auth` has a token beside a user or password: a source gets one of them",
    };
    notes.add(value.span(), problem, format!("for example: {AUTH}, or auth = {{ bearer_file = \"secrets/news\" }}"));
    None
}

/// Reads `headers = { "X-Api-Key" = { env | file = … } }`.
fn headers(value: &Spanned<DeValue<'_>>, folder: &Path, notes: &Notes) -> Vec<(String, SecretPlace)> {
    let Some(section) = table(value, "headers", HEADERS, notes) else { return Vec::new() };
    let mut headers: Vec<(String, SecretPlace)> = Vec::new();
    for (name, span, value) in section.entries() {
        let lower = name.to_ascii_lowercase();
        // RFC 9110 §5.6.2, a token.
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || name.len() > 256 || !name.chars().all(is_token) {
            notes.add(span, "that is not the name of a header", format!("for example: {HEADERS}"));
        } else if OWN_HEADERS.contains(&lower.as_str()) {
            let help = "remove it; docs/FETCHING.md says what wiredesk sends";
            notes.add(span, format!("wiredesk sends `{name}` itself, or never"), help);
        } else if headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            notes.add(span, format!("the header `{name}` is given twice"), "keep one of the two");
        } else if value.get_ref().as_table().is_none() {
            notes.hide(value.span());
            let message = format!("the value of `{name}` must not stand here in the clear");
            let help =
                format!("keep it out of this file: {name} = {{ env = \"NAME\" }}, or {{ file = \"secrets/NAME\" }}");
            notes.add(value.span(), message, help);
        } else if let Some(mut section) = table(value, "headers", HEADERS, notes) {
            let place = secret(&mut section, &VALUE, folder, notes);
            section.finish();
            match place {
                Ok(Some(place)) => headers.push((name.to_owned(), place)),
                Ok(None) => {
                    let message = format!("`{name}` does not say where its value is kept");
                    notes.add(value.span(), message, format!("for example: {HEADERS}"));
                }
                Err(Noted) => {}
            }
        }
    }
    headers
}

/// Reads `proxy = "socks5://…"`, `proxy = { url = …, user = …, password_env = … }` or `proxy = "none"`. None too when
/// a fault was noted.
pub(super) fn proxy(value: &Spanned<DeValue<'_>>, folder: &Path, notes: &Notes) -> Option<Proxy> {
    if value.get_ref().as_table().is_none() {
        return match values::text(value.get_ref())
            .and_then(|words| if words == "none" { Ok(None) } else { proxy_url(&words).map(Some) })
        {
            Ok(url) => url.map(|url| Proxy { url, auth: None }),
            Err(cause) => {
                notes.add(
                    value.span(),
                    format!("`proxy` {cause}"),
                    format!("for example: {PROXY}, or {PROXY_WITH_PASSWORD}"),
                );
                None
            }
        };
    }
    let mut section = table(value, "proxy", PROXY_WITH_PASSWORD, notes)?;
    let url = section.required("url", r#""http://proxy.example:3128""#, |value| proxy_url(&values::text(value)?));
    let user = user(&mut section, notes);
    let password = secret(&mut section, &PASSWORD, folder, notes);
    section.finish();
    let auth = match (user.ok()?, password.ok()?) {
        (Some(user), Some(password)) => Some((Secret::new(user), password)),
        (None, None) => None,
        _ => {
            let help = format!("for example: {PROXY_WITH_PASSWORD}");
            notes.add(value.span(), "`proxy` needs both a `user` and a password, or neither", help);
            return None;
        }
    };
    Some(Proxy { url: url?.value, auth })
}

/// The address of a proxy. An error does not repeat it: there may be a password in it.
fn proxy_url(words: &str) -> Result<Url, String> {
    let mut url = Url::parse(words).map_err(|error| format!("is not the address of a proxy: {error}"))?;
    if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") {
        return Err("must begin with `http://`, `https://`, `socks5://` or `socks5h://`, or be `none`".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user and password in the clear".into());
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("names no host".into());
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err("must be a scheme, a host and a port, and nothing behind them".into());
    }
    if url.port().is_none() && url.scheme().starts_with("socks") {
        // Cannot fail: there is a host.
        let _ = url.set_port(Some(1080));
    }
    Ok(url)
}

fn table<'a, 'i>(
    value: &'a Spanned<DeValue<'i>>,
    key: &'static str,
    example: &str,
    notes: &'a Notes,
) -> Option<Section<'a, 'i>> {
    let section = Section::of(value, key, notes);
    if section.is_none() {
        // Whatever was meant to be kept there.
        notes.hide(value.span());
        notes.add(value.span(), format!("`{key}` must be a table"), format!("for example: {example}"));
    }
    section
}

fn user(section: &mut Section<'_, '_>, notes: &Notes) -> Result<Option<String>, Noted> {
    let Some(value) = section.raw("user") else { return Ok(None) };
    let cause = match values::text(value.get_ref()) {
        // RFC 7617 §2.
        Ok(user) if user.contains(':') || user.chars().any(char::is_control) => "must not hold a colon".to_owned(),
        // RFC 1929 §2.
        Ok(user) if user.len() > 255 => "must not be longer than 255 bytes".to_owned(),
        Ok(user) => return Ok(Some(user)),
        Err(cause) => cause,
    };
    notes.add(value.span(), format!("`user` {cause}"), r#"for example: user = "jane""#);
    Err(Noted)
}

/// Where a secret is kept, if the table says so.
pub(super) fn secret(
    section: &mut Section<'_, '_>,
    keys: &Keys,
    folder: &Path,
    notes: &Notes,
) -> Result<Option<SecretPlace>, Noted> {
    let Keys { literal, environment, file } = *keys;
    let help = format!(
        "keep it out of this file: {environment} = \"NAME\" (an environment variable), or {file} = \"secrets/NAME\""
    );
    let is_refused = section.refuse(literal, &format!("`{literal}` must not stand here in the clear"), &help);
    let variable = section.raw(environment).map(|value| read(value, environment, notes, &help, variable));
    let path =
        section.raw(file).map(|value| (value.span(), read(value, file, notes, &help, |path| kept(path, folder))));
    if is_refused {
        return Err(Noted);
    }
    match (variable, path) {
        (None, None) => Ok(None),
        (Some(place), None) | (None, Some((_, place))) => place.map(Some),
        (Some(_), Some((span, _))) => {
            notes.add(span, format!("there is a `{environment}` and a `{file}`"), "keep one of the two");
            Err(Noted)
        }
    }
}

fn read(
    value: &Spanned<DeValue<'_>>,
    key: &str,
    notes: &Notes,
    help: &str,
    read: impl FnOnce(&str) -> Result<SecretPlace, String>,
) -> Result<SecretPlace, Noted> {
    values::text(value.get_ref()).and_then(|words| read(&words)).map_err(|cause| {
        // It may be the secret itself.
        notes.hide(value.span());
        notes.add(value.span(), format!("`{key}` {cause}"), help);
        Noted
    })
}

fn variable(name: &str) -> Result<SecretPlace, String> {
    let is_name =
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
    match is_name {
        true => Ok(SecretPlace::Environment(name.to_owned())),
        false => Err("must be the name of an environment variable: letters, digits and `_`".into()),
    }
}

fn kept(path: &str, folder: &Path) -> Result<SecretPlace, String> {
    let credential =
        ["$CREDENTIALS_DIRECTORY/", "${CREDENTIALS_DIRECTORY}/"].iter().find_map(|start| path.strip_prefix(start));
    match credential {
        Some(name) if is_file_name(name) => Ok(SecretPlace::Credential(name.to_owned())),
        Some(_) => Err("must name a file right in `$CREDENTIALS_DIRECTORY`".into()),
        None if path.starts_with('$') => {
            Err("may begin with `$CREDENTIALS_DIRECTORY/`, and with no other variable".into())
        }
        None => Ok(SecretPlace::File(folder.join(path))),
    }
}

fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !matches!(name, "." | "..") && !name.contains('/')
}
