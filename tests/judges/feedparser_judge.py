"""Reads each feed named on the command line with feedparser, which must find nothing to forgive."""

import sys

import feedparser

failed = False
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        kind = "atom" if path.endswith(".atom") else "rss"
        headers = {"content-type": f"application/{kind}+xml; charset=utf-8", "content-location": "https://judge.example/"}
        feed = feedparser.parse(file, response_headers=headers)
    faults = []
    if feed.bozo:
        faults.append(f"bozo: {feed.bozo_exception!r}")
    if feed.version != {"atom": "atom10", "rss": "rss20"}[kind]:
        faults.append(f"version {feed.version!r}")
    for entry in feed.entries:
        # `guidislink`: it would take the id for the entry's page.
        needed = ("id", "title", "published_parsed")
        wrong = [key for key in needed if not entry.get(key)]
        # RSS does not say what a title is; one that looks like a tag is taken for one.
        if kind == "rss" and wrong == ["title"]:
            wrong = []
        if wrong or (kind == "rss" and entry.get("guidislink")):
            faults.append(f"{entry.get('id')}: lacks {wrong}, guidislink {entry.get('guidislink')}")
    for fault in faults:
        failed = True
        print(f"{path}: {fault}")
sys.exit(failed)
