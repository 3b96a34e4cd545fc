//! Keeps feeds from making the desk talk to the machines around it (server-side request forgery).
//!
//! A feed's address, and every redirect, is chosen by somebody else. Unless `allow_private` is set, the desk
//! connects to public unicast addresses only. The check is on addresses, never on names: literal hosts are
//! judged before the request (the HTTP client resolves no literals), names where they are resolved, and the
//! client connects to judged addresses only, so a name that resolves differently a moment later gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Host;

use crate::model::FeedUrl;

/// What kind of special address this is, or `None` for a public one.
pub(super) type Special = fn(IpAddr) -> Option<&'static str>;

/// The guard that `allow_private` asks for.
pub(super) fn guard(allow_private: bool) -> Special {
    if allow_private { |_| None } else { special }
}

/// The address in a URL's host, however it was spelt: `url` reads `0x7f.1`, `2130706433` and `127.1` as IPv4.
pub(super) fn literal(url: &FeedUrl) -> Option<IpAddr> {
    match url.as_url().host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

fn special(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => special_v6(address),
    }
}

/// The IANA special-purpose registry (RFC 6890 and its updates), and what is not unicast.
const SPECIAL_V4: &[(Ipv4Addr, u32, &str)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8, "an address of \"this network\""), // RFC 791 §3.2
    (Ipv4Addr::new(10, 0, 0, 0), 8, "a private address"),             // RFC 1918
    (Ipv4Addr::new(100, 64, 0, 0), 10, "a provider's shared address"), // RFC 6598
    (Ipv4Addr::new(127, 0, 0, 0), 8, "a loopback address"),           // RFC 1122 §3.2.1.3
    (Ipv4Addr::new(169, 254, 0, 0), 16, "a link-local address"),      // RFC 3927; cloud metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12, "a private address"),          // RFC 1918
    (Ipv4Addr::new(192, 0, 0, 0), 24, "a protocol assignment"),       // RFC 6890 §2.1
    (Ipv4Addr::new(192, 0, 2, 0), 24, "a documentation address"),     // RFC 5737
    (Ipv4Addr::new(192, 31, 196, 0), 24, "an address of the AS112 sink"), // RFC 7535
    (Ipv4Addr::new(192, 52, 193, 0), 24, "a multicast relay"),        // RFC 7450
    (Ipv4Addr::new(192, 88, 99, 0), 24, "a 6to4 relay"),              // RFC 7526
    (Ipv4Addr::new(192, 168, 0, 0), 16, "a private address"),         // RFC 1918
    (Ipv4Addr::new(192, 175, 48, 0), 24, "an address of the AS112 sink"), // RFC 7534
    (Ipv4Addr::new(198, 18, 0, 0), 15, "a benchmarking address"),     // RFC 2544
    (Ipv4Addr::new(198, 51, 100, 0), 24, "a documentation address"),  // RFC 5737
    (Ipv4Addr::new(203, 0, 113, 0), 24, "a documentation address"),   // RFC 5737
    (Ipv4Addr::new(224, 0, 0, 0), 4, "a multicast address"),          // RFC 1112
    (Ipv4Addr::new(240, 0, 0, 0), 4, "a reserved address"),           // RFC 1112 §4; broadcast
];

fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    let bits = address.to_bits();
    SPECIAL_V4.iter().find(|(network, length, _)| (bits ^ network.to_bits()) >> (32 - length) == 0).map(|row| row.2)
}

/// Special ranges of IPv6. What lies outside of 2000::/3 and is not named here is not unicast on the internet.
const SPECIAL_V6: &[(Ipv6Addr, u32, &str)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, "the unspecified address"),
    (Ipv6Addr::LOCALHOST, 128, "a loopback address"),
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, "a local translation address"), // RFC 8215
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64, "a discard address"),               // RFC 6666
    (Ipv6Addr::new(0x100, 0, 0, 1, 0, 0, 0, 0), 64, "a dummy address"),                 // RFC 9780
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "a protocol assignment"),          // RFC 2928; Teredo, ORCHID
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "a documentation address"),    // RFC 3849
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "a 6to4 address"),                 // RFC 3056, obsolete
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48, "an address of the AS112 sink"), // RFC 7534
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "a documentation address"),        // RFC 9637
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, "a segment-routing address"),      // RFC 9602
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "a private address"),               // RFC 4193
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "a link-local address"),           // RFC 4291 §2.5.6
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, "a private address"),              // RFC 3879, site-local
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "a multicast address"),             // RFC 4291 §2.7
];

fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    if let Some(inner) = address.to_ipv4_mapped().or_else(|| translated(address)) {
        return special_v4(inner);
    }
    let bits = address.to_bits();
    SPECIAL_V6
        .iter()
        .find(|(network, length, _)| (bits ^ network.to_bits()) >> (128 - length) == 0)
        .map(|row| row.2)
        .or_else(|| (bits >> 125 != 1).then_some("not a global unicast address"))
}

/// The IPv4 address in the well-known NAT64 prefix 64:ff9b::/96 (RFC 6052 §2.1): a translator connects to it.
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let bits = address.to_bits();
    // The low 32 bits are the address: the cast drops the prefix.
    #[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are meant")]
    (bits >> 32 == 0x0064_ff9b_0000_0000_0000_0000).then(|| Ipv4Addr::from_bits(bits as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spelling: &str, expected: Option<&str>) {
        let url = FeedUrl::parse(&format!("http://{spelling}/feed")).expect("a URL");
        let address = literal(&url).expect("a literal address");
        assert_eq!(special(address), expected, "{spelling} is {address}");
    }

    #[test]
    fn special_ranges_are_known_by_both_ends() {
        for (first, last, kind) in [
            ("0.0.0.0", "0.255.255.255", "an address of \"this network\""),
            ("10.0.0.0", "10.255.255.255", "a private address"),
            ("100.64.0.0", "100.127.255.255", "a provider's shared address"),
            ("127.0.0.0", "127.255.255.255", "a loopback address"),
            ("169.254.0.0", "169.254.255.255", "a link-local address"),
            ("172.16.0.0", "172.31.255.255", "a private address"),
            ("192.0.0.0", "192.0.0.255", "a protocol assignment"),
            ("192.0.2.0", "192.0.2.255", "a documentation address"),
            ("192.31.196.0", "192.31.196.255", "an address of the AS112 sink"),
            ("192.52.193.0", "192.52.193.255", "a multicast relay"),
            ("192.175.48.0", "192.175.48.255", "an address of the AS112 sink"),
            ("192.88.99.0", "192.88.99.255", "a 6to4 relay"),
            ("192.168.0.0", "192.168.255.255", "a private address"),
            ("198.18.0.0", "198.19.255.255", "a benchmarking address"),
            ("198.51.100.0", "198.51.100.255", "a documentation address"),
            ("203.0.113.0", "203.0.113.255", "a documentation address"),
            ("224.0.0.0", "239.255.255.255", "a multicast address"),
            ("240.0.0.0", "255.255.255.255", "a reserved address"),
            ("[::]", "[::]", "the unspecified address"),
            ("[::1]", "[::1]", "a loopback address"),
            ("[64:ff9b:1::]", "[64:ff9b:1:ffff:ffff:ffff:ffff:ffff]", "a local translation address"),
            ("[100::]", "[100::ffff:ffff:ffff:ffff]", "a discard address"),
            ("[100:0:0:1::]", "[100::1:ffff:ffff:ffff:ffff]", "a dummy address"),
            ("[2620:4f:8000::]", "[2620:4f:8000:ffff::1]", "an address of the AS112 sink"),
            ("[2001::]", "[2001:1ff:ffff::1]", "a protocol assignment"),
            ("[2001:db8::]", "[2001:db8:ffff::1]", "a documentation address"),
            ("[2002::]", "[2002:ffff::1]", "a 6to4 address"),
            ("[3fff::]", "[3fff:fff:ffff::1]", "a documentation address"),
            ("[5f00::]", "[5f00:ffff::1]", "a segment-routing address"),
            ("[fc00::]", "[fdff::1]", "a private address"),
            ("[fe80::]", "[febf::1]", "a link-local address"),
            ("[fec0::]", "[feff::1]", "a private address"),
            ("[ff00::]", "[ffff::1]", "a multicast address"),
            ("[4000::]", "[fbff::1]", "not a global unicast address"),
            ("[::2]", "[::7f00:1]", "not a global unicast address"),
        ] {
            check(first, Some(kind));
            check(last, Some(kind));
        }
    }

    #[test]
    fn every_spelling_of_an_address_is_that_address() {
        for spelling in [
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "127.0.0.1.",
            "user:secret@127.0.0.1",
            "127。0。0。1",
            "①②⑦.0.0.1",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::127.0.0.1]",
            "[0:0:0:0:0:ffff:7f00:0001]",
        ] {
            check(spelling, Some("a loopback address"));
        }
        check("[::ffff:169.254.169.254]", Some("a link-local address"));
        check("[64:ff9b::10.0.0.1]", Some("a private address"));
    }

    #[test]
    fn public_addresses_pass() {
        for public in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "198.20.0.0",
            "223.255.255.255",
            "[2606:4700::1111]",
            "[2001:200::1]",
            "[2a00::1]",
            "[::ffff:1.1.1.1]",
            "[64:ff9b::1.1.1.1]",
        ] {
            check(public, None);
        }
    }

    #[test]
    fn names_are_judged_where_they_are_resolved() {
        assert_eq!(literal(&FeedUrl::parse("http://localhost/").expect("a URL")), None);
    }

    #[test]
    fn private_addresses_pass_where_they_are_allowed() {
        assert_eq!(guard(true)(Ipv4Addr::LOCALHOST.into()), None);
        assert_eq!(guard(false)(Ipv4Addr::LOCALHOST.into()), Some("a loopback address"));
    }
}
