//! The agency that a dateline names: `SEOUL, Oct 18 (Harbour Wire) - `.

/// Characters in which a dateline ends: what comes later is no credit.
const CREDIT_CHARS: usize = 90;

/// A dateline's credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credit<'a> {
    /// What stands in the brackets before the dash; may be empty.
    pub name: &'a str,
    /// The text behind the dash.
    pub rest: &'a str,
}

/// Finds the credit that plain text begins with.
pub fn credit(body: &str) -> Option<Credit<'_>> {
    if !body.starts_with(|c: char| c.is_uppercase() || c == '(') {
        return None;
    }
    let head = body.char_indices().nth(CREDIT_CHARS).map_or(body, |(end, _)| &body[..end]);
    let dash =
        |rest: &str| ["- ", "— ", "– ", "-- "].iter().find(|dash| rest.starts_with(**dash)).map(|dash| dash.len());
    let ends = head.match_indices(')').filter(|(at, _)| head[at + 1..].starts_with(' '));
    let (at, end) = ends.filter_map(|(at, _)| Some((at, at + 2 + dash(&head[at + 2..])?))).next()?;
    let before = &head[..at];
    let name = before.rfind('(').map_or("", |open| before[open + 1..].trim());
    Some(Credit { name, rest: &body[end..] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dateline_says_who() {
        let check = |body: &str, expected: Option<(&str, &str)>| {
            assert_eq!(credit(body).map(|credit| (credit.name, credit.rest)), expected, "{body}");
        };
        check("SEOUL, Oct 18 (Harbour Wire) - Ships left.", Some(("Harbour Wire", "Ships left.")));
        check("(Harbour Wire) — Ships left.", Some(("Harbour Wire", "Ships left.")));
        check("By STAFF. SEOUL (in the south) (Tide/Wire) -- Ships – left.", Some(("Tide/Wire", "Ships – left.")));
        check("Ships) - left.", Some(("", "left.")));
        check("ships left (Harbour Wire) - late.", None);
        check("Ships left (early).", None);
        check("", None);
        check(&format!("A{}(Harbour Wire) - late.", "é".repeat(CREDIT_CHARS)), None);
    }
}
