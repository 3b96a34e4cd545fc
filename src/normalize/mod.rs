//! Makes entries of items: the neutral form in, clean dated entries with canonical URLs out.
