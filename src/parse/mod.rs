//! Reads a feed document of any dialect: bytes and what HTTP said of them in, the neutral form and its flaws out.
