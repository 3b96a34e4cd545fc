//! Renders editions, articles and the index page: an edition in, finished documents out.
