//! Makes editions: stories and their entries in, a lead for each and a combined feed out.
