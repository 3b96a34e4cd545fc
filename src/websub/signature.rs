//! Signs what a hub sends, and tells whether one signed what it sent (WebSub §7.1).

use ring::hmac;

use crate::model::Secret;

/// How a delivery is said to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    algorithm: hmac::Algorithm,
    tag: Vec<u8>,
}

impl Signature {
    /// Reads the value of `X-Hub-Signature`: a method, `=`, hexadecimal digits. `None` for what is no signature by one of
    /// the methods of the standard.
    ///
    /// SHA-1 is one of them, and what most hubs use: its collisions do not make its HMAC guessable (RFC 6194 §3.3).
    pub fn read(value: &str) -> Option<Self> {
        let (method, digits) = value.trim().split_once('=')?;
        let algorithm = match method.trim().to_ascii_lowercase().as_str() {
            "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => hmac::HMAC_SHA256,
            "sha384" => hmac::HMAC_SHA384,
            "sha512" => hmac::HMAC_SHA512,
            _ => return None,
        };
        let digits = digits.trim().as_bytes();
        let is_whole = digits.len() == algorithm.digest_algorithm().output_len() * 2;
        let tag = digits.chunks(2).map(|pair| match pair {
            [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
            _ => None,
        });
        Some(Self { algorithm, tag: tag.collect::<Option<_>>()? }).filter(|_| is_whole)
    }

    /// Whether it is that of `body`, whose secret this is. How long that takes tells nothing of the signature.
    pub fn is_of(&self, body: &[u8], secret: &Secret) -> bool {
        hmac::verify(&hmac::Key::new(self.algorithm, secret.reveal().as_bytes()), body, &self.tag).is_ok()
    }
}

/// The value of `X-Hub-Signature` for `body`, by SHA-256.
pub fn sign(body: &[u8], secret: &Secret) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes()), body);
    let digits: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2202 §3 and RFC 4231 §4.3, test case 2.
    const KEY: &str = "Jefe";
    const BODY: &[u8] = b"what do ya want for nothing?";
    const SIGNED: [&str; 4] = [
        "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
        "sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    ];

    #[test]
    fn signatures_by_each_method_are_known_and_others_are_not() {
        let secret = Secret::new(KEY);
        for signed in SIGNED {
            for spelling in [signed.to_owned(), signed.to_uppercase(), format!(" {signed} ")] {
                let signature = Signature::read(&spelling).expect("well-formed");
                assert!(signature.is_of(BODY, &secret), "{spelling}");
                assert!(!signature.is_of(&BODY[1..], &secret) && !signature.is_of(b"", &secret), "{spelling}");
                assert!(!signature.is_of(BODY, &Secret::new("jefe")), "{spelling}");
            }
            let last = if signed.ends_with('7') { "8" } else { "7" };
            let wrong = format!("{}{last}", &signed[..signed.len() - 1]);
            assert!(!Signature::read(&wrong).expect("well-formed").is_of(BODY, &secret), "{wrong}");
            for broken in [&signed[..signed.len() - 1], &signed[..signed.len() - 2], &format!("{signed}00")] {
                assert_eq!(Signature::read(broken), None, "{broken}");
            }
        }
        assert_eq!(sign(BODY, &secret), SIGNED[1]);
        for broken in [
            "",
            "=",
            "sha1",
            "sha1=",
            "md5=d41d8cd98f00b204e9800998ecf8427e",
            &"é".repeat(20),
            &SIGNED[0].replace('e', "g"),
        ] {
            assert_eq!(Signature::read(broken), None, "{broken}");
        }
    }
}
