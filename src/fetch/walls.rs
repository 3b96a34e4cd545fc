//! Knows the walls that stand before some sites against bots, by what they say in the head of their answers.

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, SERVER};

/// Headers that only an answer of the wall itself has.
const ALWAYS: &[(&str, &str)] =
    &[("cf-mitigated", "Cloudflare"), ("x-vercel-mitigated", "Vercel"), ("x-amzn-waf-action", "AWS WAF")];

/// Headers that tell of a wall when the answer is a refusal; answers that it lets through may have them too.
const WHEN_REFUSED: &[(&str, &str)] = &[
    ("x-datadome", "DataDome"),
    ("x-dd-b", "DataDome"),
    ("x-iinfo", "Imperva"),
    ("x-sucuri-id", "Sucuri"),
    ("x-px-block", "PerimeterX"),
];

/// Who wards off bots, when it is a wall that answers.
pub(super) fn wall(status: StatusCode, headers: &HeaderMap) -> Option<&'static str> {
    let named = |table: &[(&str, &'static str)]| {
        table.iter().find(|(header, _)| headers.contains_key(*header)).map(|(_, name)| *name)
    };
    // A redirect and a 304 bring nothing to judge.
    if status.is_redirection() {
        return None;
    }
    let says = |name, words: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.starts_with(words))
    };
    named(ALWAYS).or_else(|| {
        let named = if status.is_client_error() { named(WHEN_REFUSED) } else { None };
        named.or_else(|| (status == StatusCode::FORBIDDEN && says(SERVER, "AkamaiGHost")).then_some("Akamai")).or_else(
            || {
                (status == StatusCode::FORBIDDEN && says(CONTENT_TYPE, "text/html"))
                    .then_some("the server or a firewall")
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn walls_are_known_by_their_headers() {
        for (status, header, value, expected) in [
            (403, "cf-mitigated", "challenge", Some("Cloudflare")),
            (503, "cf-mitigated", "challenge", Some("Cloudflare")),
            (200, "cf-mitigated", "challenge", Some("Cloudflare")),
            (202, "x-amzn-waf-action", "challenge", Some("AWS WAF")),
            (403, "x-datadome", "protected", Some("DataDome")),
            (200, "x-datadome", "protected", None),
            (403, "x-iinfo", "1-2-3", Some("Imperva")),
            (403, "server", "AkamaiGHost", Some("Akamai")),
            (200, "server", "AkamaiGHost", None),
            (403, "content-type", "text/html; charset=utf-8", Some("the server or a firewall")),
            (403, "content-type", "application/json", None),
            (404, "content-type", "text/html", None),
            (200, "content-type", "text/html", None),
            (304, "cf-mitigated", "challenge", None),
            (503, "server", "cloudflare", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HeaderName::from_static(header), HeaderValue::from_static(value));
            let status = StatusCode::from_u16(status).expect("a status");
            assert_eq!(wall(status, &headers), expected, "{status} {header}: {value}");
        }
    }
}
