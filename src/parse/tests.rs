//! Whole documents: what is read of them, which flaws are told, and that nothing makes the reader fail or dawdle.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes, &Hints::default());
    }
}
