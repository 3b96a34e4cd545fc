//! What is served: each document with its codings and headers, made ready once.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::http::HeaderMap;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_ENCODING,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LAST_MODIFIED, LINK, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::body::{Body, Piece};
use super::delta::Delta;
use super::pack::{Packed, pack};
use crate::model::{ETag, Readers, Rendered, cache_control, is_feed};

/// A page loads its stylesheet and pictures and nothing else: no script runs, whatever a feed may have smuggled in.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https: http: data:; \
     media-src https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is not for everyone is kept by its reader alone, who asks each time whether it still may.
const PRIVATE: &str = "private, no-cache";

/// The documents of a site, ready to be sent. Immutable.
#[derive(Debug, Default)]
pub struct Snapshot {
    documents: HashMap<String, Arc<Document>>,
}

/// A feed as a hub sends it (WebSub §7).
#[derive(Debug, Clone)]
pub struct Topic {
    /// What tells it from what it was before.
    pub tag: ETag,
    /// The whole document.
    pub body: Bytes,
    /// Its media type.
    pub media_type: &'static str,
    /// The links to its hub and to itself.
    pub link: HeaderValue,
}

/// A document in each coding.
#[derive(Debug)]
pub(super) struct Document {
    pub plain: Variant,
    /// Where it is shorter than plain.
    pub gzip: Option<Variant>,
    pub modified: Option<DateTime<Utc>>,
    /// What is known of earlier versions of a feed.
    pub delta: Option<Arc<Delta>>,
    pub readers: Readers,
    /// The tag of the plain form: what tells one document from another.
    etag: ETag,
    media_type: &'static str,
    /// The parts of the compressed form, for the next version.
    packed: Option<Packed>,
}

/// A document in one coding: a body, and the headers of a 200 (but its length) and of a 304.
#[derive(Debug, Clone)]
pub(super) struct Variant {
    pub body: Bytes,
    pub etag: ETag,
    pub headers: HeaderMap,
    pub unmodified: HeaderMap,
    /// The heads of a 200 and of a 304 as HTTP/1.1 has them, but for the date: written when they are first asked for.
    heads: OnceLock<[Bytes; 2]>,
    /// The body as a file, where it was asked for and that pays.
    file: OnceLock<Option<Arc<Body>>>,
}

impl Snapshot {
    /// Makes documents ready to be sent. What `previous` has already is not compressed again, and a document that it has
    /// as it is stays the same one.
    pub fn new(documents: Vec<Rendered>, previous: Option<&Self>) -> Self {
        let ready = documents.into_iter().map(|rendered| {
            let path = rendered.path.as_str().to_owned();
            let known = previous.and_then(|previous| previous.documents.get(&path));
            let document = match known.filter(|known| known.is(&rendered)) {
                Some(known) => Arc::clone(known),
                None => Arc::new(Document::new(rendered, known.map(Arc::as_ref))),
            };
            (path, document)
        });
        Self { documents: ready.collect() }
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether nothing was published yet.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// What a hub sends of the document at a path; `None` when there is none, or it is not for everyone or names no hub.
    pub fn topic(&self, path: &str) -> Option<Topic> {
        let document = self.get(path).filter(|document| document.readers.is_everyone())?;
        let link = document.plain.headers.get(LINK)?.clone();
        let (tag, body) = (document.etag.clone(), document.plain.body.clone());
        Some(Topic { tag, body, media_type: document.media_type, link })
    }

    /// The document at a path, which is decoded and without its leading slash.
    pub(super) fn get(&self, path: &str) -> Option<&Document> {
        self.documents.get(path).map(Arc::as_ref)
    }
}

impl Document {
    fn new(rendered: Rendered, known: Option<&Self>) -> Self {
        let Rendered { bytes, etag, media_type, updated, cuts, readers, link, .. } = rendered;
        let same = known.filter(|known| known.etag == etag && are_same(&known.plain.body, &bytes));
        let compressed = match same {
            Some(same) => same.packed.clone().zip(same.gzip.as_ref().map(|gzip| gzip.etag.clone())),
            None => {
                let before = known.and_then(|known| Some((&known.plain.body, known.packed.as_ref()?)));
                pack(&bytes, before).map(|packed| {
                    let etag = ETag::of(&packed.body);
                    (packed, etag)
                })
            }
        };
        let delta = cuts.map(|cuts| match (same, known) {
            (Some(Self { delta: Some(delta), .. }), _) => delta.clone(),
            (_, Some(known @ Self { delta: Some(delta), .. })) => Arc::new(delta.after(known.tags(), cuts, &bytes)),
            _ => Arc::new(Delta::first(cuts, &bytes)),
        });
        let caching = if readers.is_everyone() { cache_control(media_type) } else { PRIVATE };
        let link = link.as_deref().and_then(|link| HeaderValue::from_str(link).ok());
        let variant = |body, etag, coding| {
            let mut variant = Variant::new(body, etag, coding, media_type, caching, updated);
            variant.headers.extend(link.clone().map(|link| (LINK, link)));
            variant
        };
        let (packed, gzip_etag) = compressed.unzip();
        let gzip =
            packed.as_ref().zip(gzip_etag).map(|(packed, etag)| variant(packed.body.clone(), etag, Some("gzip")));
        let plain = variant(bytes, etag.clone(), None);
        Self { plain, gzip, modified: updated, delta, readers, etag, media_type, packed }
    }

    /// Whether this is the document, in every respect.
    fn is(&self, rendered: &Rendered) -> bool {
        self.etag == rendered.etag
            && are_same(&self.plain.body, &rendered.bytes)
            && self.modified == rendered.updated
            && self.readers == rendered.readers
            && self.media_type == rendered.media_type
            && self.delta.is_some() == rendered.cuts.is_some()
            && self.plain.headers.get(LINK).map(HeaderValue::as_bytes) == rendered.link.as_deref().map(str::as_bytes)
    }

    /// The tags of all codings.
    fn tags(&self) -> impl Iterator<Item = &ETag> {
        [Some(&self.plain), self.gzip.as_ref()].into_iter().flatten().map(|variant| &variant.etag)
    }

    /// Whether it is a page for people, to be shown with 404 where it is the error page.
    pub(super) fn is_page(&self) -> bool {
        self.media_type.starts_with("text/html")
    }
}

/// Whether two bodies are the same bytes; most often they are one.
fn are_same(one: &Bytes, other: &Bytes) -> bool {
    (one.as_ptr(), one.len()) == (other.as_ptr(), other.len()) || one == other
}

impl Variant {
    fn new(
        body: Bytes,
        etag: ETag,
        coding: Option<&'static str>,
        media_type: &'static str,
        caching: &'static str,
        modified: Option<DateTime<Utc>>,
    ) -> Self {
        // What a 304 repeats (RFC 9110 §15.4.5), and what browsers want on it (CORS).
        let mut unmodified = HeaderMap::new();
        unmodified.insert(ETAG, header(etag.as_str()));
        // Who asks for the new items alone may get them instead (RFC 3229 §10.5.3).
        let vary = if is_feed(media_type) { "Accept-Encoding, A-IM" } else { "Accept-Encoding" };
        unmodified.insert(VARY, HeaderValue::from_static(vary));
        unmodified.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
        if is_feed(media_type) {
            unmodified.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            unmodified.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("ETag, Last-Modified"));
        }
        let mut headers = unmodified.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.extend(guards(media_type));
        if let Some(modified) = modified {
            headers.insert(LAST_MODIFIED, header(&modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
        }
        if let Some(coding) = coding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        Self { body, etag, headers, unmodified, heads: OnceLock::new(), file: OnceLock::new() }
    }

    /// The body as a piece of an answer.
    pub(super) fn piece(&self) -> Piece {
        match self.file.get_or_init(|| Body::of(&self.body)) {
            Some(file) => Piece::Body(Arc::clone(file), 0),
            None => Piece::Bytes(self.body.clone()),
        }
    }

    /// The status line and the fields of a 200, or of a 304, but for the date and the empty line.
    pub(super) fn head(&self, unmodified: bool) -> &Bytes {
        let [whole, fresh] = self.heads.get_or_init(|| {
            let length = format!("content-length: {}\r\n", self.body.len());
            [
                head("HTTP/1.1 200 OK\r\n", &self.headers, &length),
                head("HTTP/1.1 304 Not Modified\r\n", &self.unmodified, ""),
            ]
        });
        if unmodified { fresh } else { whole }
    }
}

fn head(status: &str, fields: &HeaderMap, last: &str) -> Bytes {
    let mut head = status.as_bytes().to_vec();
    for (name, value) in fields {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    head.extend_from_slice(last.as_bytes());
    head.into()
}

/// The headers that keep a browser from taking a document for what it is not.
pub(super) fn guards(media_type: &str) -> impl Iterator<Item = (HeaderName, HeaderValue)> + use<> {
    let page = media_type.starts_with("text/html");
    let policy = page.then(|| (CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY)));
    let referrer = page.then(|| (REFERRER_POLICY, HeaderValue::from_static("no-referrer")));
    [(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))].into_iter().chain(policy).chain(referrer)
}

/// A header's value of our own making.
fn header(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).expect("tags and dates are visible ASCII")
}
