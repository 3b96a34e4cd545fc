//! Reads local articles: a Markdown file in, an article out.
