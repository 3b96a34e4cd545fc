//! Finds the story that an entry reports: an entry and the index in, a match with its evidence out.
