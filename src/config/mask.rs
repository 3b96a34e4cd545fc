//! Strikes secrets out of a configuration's text before a fault shows a line of it: errors end up in logs.

use std::ops::Range;

/// Keys with such a word in them are for secrets, whether they are known or not.
const SECRET: &[&str] = &["pass", "secret", "token", "bearer", "api_key", "apikey", "cookie", "credential"];

/// The text with these `spans`, values of keys that sound like a secret, and users and passwords in addresses struck
/// out: each byte of them is a `*`, so that every other place stays where it was.
pub(super) fn mask(text: &str, spans: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let found = spans.iter().cloned().chain(assigned(text)).chain(in_addresses(text));
    for span in found.collect::<Vec<_>>() {
        for byte in bytes.get_mut(span).into_iter().flatten().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
            *byte = b'*';
        }
    }
    // Spans lie on character boundaries; a surprise must not show what was to be hidden.
    String::from_utf8(bytes).unwrap_or_default()
}

/// What stands in quotes behind keys for secrets.
fn assigned(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices('=').filter_map(|(at, _)| {
        let key = text[..at].trim_end().trim_end_matches(['"', '\'']);
        let key = key.rsplit(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).next().unwrap_or_default();
        let key = key.to_ascii_lowercase();
        let is_place = key.ends_with("_env") || key.ends_with("_file");
        if is_place || !SECRET.iter().any(|word| key.contains(word)) {
            return None;
        }
        let after = &text[at + 1..];
        let start = at + 1 + after.len() - after.trim_start_matches([' ', '\t']).len();
        let value = &text[start..];
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let end = match value.strip_prefix(if quote == '"' { "\"\"\"" } else { "'''" }) {
            Some(long) => long.find(if quote == '"' { "\"\"\"" } else { "'''" }).map_or(value.len(), |end| end + 3),
            None => closing(value, quote),
        };
        Some(start + 1..start + end)
    })
}

/// Where the quote that opens `value` closes, or its line ends.
fn closing(value: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in value.char_indices().skip(1) {
        match c {
            '\n' => return at,
            _ if is_escaped => is_escaped = false,
            '\\' if quote == '"' => is_escaped = true,
            _ if c == quote => return at,
            _ => {}
        }
    }
    value.len()
}

/// What stands between `://` and `@`.
fn in_addresses(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices("://").filter_map(|(at, mark)| {
        let start = at + mark.len();
        let rest = &text[start..];
        let rest = &rest[..rest.find(|c: char| c.is_whitespace() || "\"'".contains(c)).unwrap_or(rest.len())];
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        // A password that should have been escaped seems to end the host: what stands behind the colon is no port.
        let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        let is_cut = !authority.contains('@') && authority.rsplit_once(':').is_some_and(|(_, port)| !is_port(port));
        let end = if is_cut { rest.rfind('@')? } else { authority.rfind('@')? };
        Some(start..start + end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_is_struck_out_and_nothing_else() {
        for (text, expected) in [
            ("password = \"s3cret\" # why", "password = \"******\" # why"),
            ("auth = { user = \"jane\", passwrod = 's\"x' }", "auth = { user = \"jane\", passwrod = '***' }"),
            ("\"X-Auth-Token\" = \"a\\\"b\"", "\"X-Auth-Token\" = \"****\""),
            ("token = \"never closed\nname = \"x\"", "token = \"************\nname = \"x\""),
            ("token = \"\"\"\nab\n\"\"\"", "token = \"**\n**\n\"\"\""),
            ("password_env = \"NAME\"", "password_env = \"NAME\""),
            ("bearer_file = \"a/b\"", "bearer_file = \"a/b\""),
            ("url = \"https://jane:pw@a.example/f\"", "url = \"https://*******@a.example/f\""),
            ("url = \"https://t0ken@a.example/f\"", "url = \"https://*****@a.example/f\""),
            ("url = \"https://jane:p/w@a.example/f\"", "url = \"https://********@a.example/f\""),
            ("url = \"https://a.example:80/@jane?x=a@b\"", "url = \"https://a.example:80/@jane?x=a@b\""),
            ("password = \"日本\"", "password = \"******\""),
        ] {
            assert_eq!(mask(text, &[]), expected);
        }
        assert_eq!(mask("a = \"bc\"", std::slice::from_ref(&(4..8))), "a = ****");
    }
}
