//! The attributes of a tag, however they are written.

use super::limits;

/// An attribute as it stands: its value with references not yet decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// The name with its prefix.
    pub name: &'a str,
    /// The value without quotes; empty where there is none.
    pub value: &'a str,
}

/// The attributes of a tag, at most [`limits::ATTRIBUTES`]; values may lack their quotes.
pub fn attributes(mut raw: &str) -> impl Iterator<Item = Attribute<'_>> {
    let blank = |c: char| c.is_ascii_whitespace() || c == '/' || c == '"' || c == '\'' || c == '=';
    std::iter::from_fn(move || {
        raw = raw.trim_start_matches(blank);
        if raw.is_empty() {
            return None;
        }
        let end = raw.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(raw.len());
        let (name, tail) = raw.split_at(end);
        let Some(tail) = tail.trim_ascii_start().strip_prefix('=') else {
            raw = tail;
            return Some(Attribute { name, value: "" });
        };
        let tail = tail.trim_ascii_start();
        let quoted =
            tail.strip_prefix('"').map(|tail| (tail, '"')).or(tail.strip_prefix('\'').map(|tail| (tail, '\'')));
        let blank = |c: char| c.is_ascii_whitespace();
        let value = match quoted {
            Some((tail, quote)) => {
                let value = tail.split(quote).next().unwrap_or(tail);
                // `href="/x rel="y"`: what ends with `name=` runs over its own end into the next attribute.
                if value.ends_with('=') && value.contains(blank) {
                    value.split(blank).next().unwrap_or(value)
                } else {
                    value
                }
            }
            None => tail.split(blank).next().unwrap_or(tail),
        };
        let opening = usize::from(quoted.is_some());
        raw = &tail[opening + value.len()..];
        raw = raw.strip_prefix(['"', '\'']).filter(|_| quoted.is_some()).unwrap_or(raw);
        // `href=/x"`: only the first quote is missing.
        let value = if quoted.is_none() { value.trim_end_matches(['"', '\'']) } else { value };
        Some(Attribute { name, value })
    })
    .take(limits::ATTRIBUTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_may_lack_quotes_blanks_and_values() {
        for (raw, expected) in [
            (" a=\"1\" b='2'", "a=1 b=2"),
            (" a = 1 b=2/", "a=1 b=2/"),
            (" a='x'b=\"y\" c", "a=x b=y c="),
            (" a=\"x b='y'", "a=x b='y'"),
            (" a=\"/x b=\"y\" c='z'", "a=/x b=y c=z"),
            (" a=/x\" b=\"y\"", "a=/x b=y"),
            (" = / ", ""),
        ] {
            let found: Vec<String> = attributes(raw).map(|found| format!("{}={}", found.name, found.value)).collect();
            assert_eq!(found.join(" "), expected, "{raw}");
        }
        assert_eq!(attributes(&" a=1".repeat(1000)).count(), limits::ATTRIBUTES);
    }
}
