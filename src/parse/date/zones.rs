//! The zones that dates carry by name.

/// Zones by name, in order, in minutes east of Greenwich. Where a name has several meanings the one of RFC 822, or else
/// the one with the most readers, counts.
#[rustfmt::skip]
const ZONES: [(&str, i32); 109] = [
    ("acdt", 630), ("acst", 570), ("adt", -180), ("aedt", 660), ("aest", 600), ("aft", 270), ("akdt", -480),
    ("akst", -540), ("almt", 300), ("art", -180), ("ast", -240), ("at", -240), ("awst", 480), ("azot", -60),
    ("azt", 240), ("bdt", 360), ("bnt", 480), ("bot", -240), ("brt", -180), ("bst", 60), ("cat", 120),
    ("cdt", -300), ("cest", 120), ("cet", 60), ("chst", 600), ("clst", -180), ("clt", -240), ("cot", -300),
    ("cst", -360), ("ct", -360), ("cut", 0), ("cvt", -60), ("eat", 180), ("edt", -240), ("eest", 180), ("eet", 120),
    ("egt", -60), ("est", -300), ("et", -300), ("fet", 180), ("fjt", 720), ("get", 240), ("gft", -180), ("gmt", 0),
    ("gst", 240), ("hadt", -540), ("hast", -600), ("hdt", -540), ("hkst", 540), ("hkt", 480), ("hst", -600),
    ("ict", 420), ("idt", 180), ("irdt", 270), ("irkt", 480), ("irst", 210), ("ist", 330), ("jst", 540),
    ("krat", 420), ("kst", 540), ("magt", 660), ("mdt", -360), ("mest", 120), ("mesz", 120), ("met", 60),
    ("mez", 60), ("mmt", 390), ("msd", 240), ("msk", 180), ("mst", -420), ("mt", -420), ("myt", 480), ("ndt", -150),
    ("npt", 345), ("nst", -210), ("nzdt", 780), ("nzst", 720), ("nzt", 720), ("omst", 360), ("pdt", -420),
    ("pet", -300), ("pett", 720), ("pht", 480), ("pkt", 300), ("pst", -480), ("pt", -480), ("pyt", -240),
    ("samt", 240), ("sast", 120), ("sgt", 480), ("sst", -660), ("trt", 180), ("ut", 0), ("utc", 0), ("uyt", -180),
    ("uzt", 300), ("vet", -240), ("vlat", 600), ("wast", 120), ("wat", 60), ("west", 60), ("wet", 0), ("wib", 420),
    ("wit", 540), ("wita", 480), ("yakt", 540), ("yekt", 300), ("z", 0), ("zulu", 0),
];

/// The offset of a zone's name in minutes east of Greenwich. Military letters other than `Z` say nothing (RFC 5322
/// §4.3) and are none here.
pub fn zone(word: &str) -> Option<i32> {
    let mut lower = [0; 4];
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    let found = ZONES.binary_search_by(|(name, _)| name.as_bytes().cmp(lower)).ok()?;
    Some(ZONES[found].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_in_any_case() {
        assert!(ZONES.is_sorted_by_key(|(name, _)| *name));
        for (name, minutes) in ZONES {
            assert_eq!(zone(&name.to_uppercase()), Some(minutes));
        }
        for name in ["", "x", "mars", "europe", "é"] {
            assert_eq!(zone(name), None, "{name}");
        }
    }
}
