//! The maps of the stage.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// A map whose keys may come from a feed: its hashes have a seed of their own, so that collisions cannot be made. Its
/// order is never looked at.
pub(super) type Map<K, V> = HashMap<K, V, RandomState>;
