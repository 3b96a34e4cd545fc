//! Makes HTML safe to show and to republish.

use url::Url;

use crate::model::Html;

/// Makes HTML safe to show and to republish, with absolute references where `base` is known.
pub fn sanitize(html: &str, base: Option<&Url>) -> Html {
    let mut builder = ammonia::Builder::default();
    builder.url_relative(match base {
        Some(base) => ammonia::UrlRelative::RewriteWithBase(base.clone()),
        None => ammonia::UrlRelative::Deny,
    });
    builder.url_schemes(["http", "https", "mailto"].into());
    Html(builder.clean(html).to_string())
}
