//! The layouts that a store has had, and the way from each to the next.
//!
//! A step that was released is never edited: stores of that layout exist. A change is a new step at the end.

use std::path::Path;

use rusqlite::Connection;

use super::Error;
use super::error::doing;

/// `PRAGMA application_id` of our stores: "wdsk".
const APPLICATION: i32 = 0x7764_736b;

/// Step n leads from layout n to layout n + 1. Times are milliseconds since 1970, UTC.
const STEPS: &[&str] = &[
    FIRST,
    VERSIONS,
    ALIASES,
    HELD,
    TRANSLATIONS,
    RHYTHM,
    MANNERS,
    SUBSCRIPTIONS,
    DOCUMENTS,
    ARCHIVES,
    ROWS,
    SUBSCRIBERS,
    POLLS,
];

const FIRST: &str = "
    CREATE TABLE source (
        id            TEXT PRIMARY KEY,
        location      TEXT NOT NULL,
        configured    INTEGER NOT NULL,
        title         TEXT,
        etag          TEXT,
        last_modified TEXT,
        body_hash     INTEGER,
        answered_by   TEXT,
        next_check    INTEGER NOT NULL,
        last_attempt  INTEGER,
        last_success  INTEGER,
        failures      INTEGER NOT NULL,
        error         TEXT
    ) STRICT;

    -- An entry's identity stays for ever; `expired` ones have lost their text.
    CREATE TABLE entry (
        id         BLOB PRIMARY KEY,
        source     TEXT NOT NULL REFERENCES source (id) ON UPDATE CASCADE,
        key        TEXT NOT NULL,
        link       TEXT,
        url        TEXT,
        title      TEXT NOT NULL,
        summary    TEXT NOT NULL,
        content    TEXT NOT NULL,
        published  INTEGER NOT NULL,
        updated    INTEGER,
        seen       INTEGER NOT NULL,
        carried    INTEGER NOT NULL,
        language   TEXT,
        authors    TEXT NOT NULL,
        categories TEXT NOT NULL,
        enclosures TEXT NOT NULL,
        image      TEXT,
        expired    INTEGER NOT NULL DEFAULT 0,
        withdrawn  INTEGER NOT NULL DEFAULT 0,
        UNIQUE (source, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX entry_seen ON entry (seen);

    CREATE TABLE story (
        id         TEXT PRIMARY KEY,
        lead       BLOB NOT NULL REFERENCES entry (id),
        first_seen INTEGER NOT NULL,
        updated    INTEGER NOT NULL,
        revision   INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX story_first_seen ON story (first_seen);
    CREATE INDEX story_updated ON story (updated);

    CREATE TABLE membership (
        entry    BLOB PRIMARY KEY REFERENCES entry (id),
        story    TEXT NOT NULL REFERENCES story (id),
        position INTEGER NOT NULL,
        reason   TEXT NOT NULL,
        score    REAL NOT NULL,
        evidence TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX membership_story ON membership (story, position);
";

/// What entries said before they were revised, as plain text; `until` is when the desk saw the change.
const VERSIONS: &str = "
    CREATE TABLE version (
        entry   BLOB NOT NULL REFERENCES entry (id),
        number  INTEGER NOT NULL,
        title   TEXT NOT NULL,
        summary TEXT NOT NULL,
        content TEXT NOT NULL,
        until   INTEGER NOT NULL,
        PRIMARY KEY (entry, number)
    ) STRICT;
";

/// The ids of stories that turned out to be another one. That one is never an alias itself, so no chain has to be
/// followed.
const ALIASES: &str = "
    CREATE TABLE alias (
        id    TEXT PRIMARY KEY,
        story TEXT NOT NULL REFERENCES story (id) ON DELETE CASCADE,
        since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX alias_story ON alias (story);
";

/// What the index holds of entries, in the order in which it took them; the bytes are the index's own affair.
const HELD: &str = "
    CREATE TABLE held (
        number INTEGER PRIMARY KEY,
        entry  BLOB NOT NULL UNIQUE REFERENCES entry (id),
        bytes  BLOB NOT NULL
    ) STRICT;
";

/// The addresses at which an entry's publisher has it in other languages.
const TRANSLATIONS: &str = "
    ALTER TABLE entry ADD COLUMN translations TEXT NOT NULL DEFAULT '[]';
";

/// When sources publish (bytes that `rows` reads), and what their feeds say about being polled: seconds, and a bit for
/// each hour and day.
const RHYTHM: &str = "
    ALTER TABLE source ADD COLUMN rhythm BLOB;
    ALTER TABLE source ADD COLUMN keep_for INTEGER;
    ALTER TABLE source ADD COLUMN skip_hours INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE source ADD COLUMN skip_days INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX source_location ON source (location);
";

/// What the fetcher remembers of sources and hosts, the new names of entries whose source changed its ids, and an index
/// by which these are found.
const MANNERS: &str = "
    ALTER TABLE source ADD COLUMN diagnosis TEXT;
    ALTER TABLE source ADD COLUMN fresh_for INTEGER;
    ALTER TABLE source ADD COLUMN gone INTEGER;
    ALTER TABLE source ADD COLUMN adopted TEXT;
    ALTER TABLE source ADD COLUMN moving_to TEXT;
    ALTER TABLE source ADD COLUMN moving_since INTEGER;
    ALTER TABLE source ADD COLUMN moving_polls INTEGER;

    CREATE TABLE hold (
        host  TEXT PRIMARY KEY,
        until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE key_alias (
        number INTEGER PRIMARY KEY,
        source TEXT NOT NULL REFERENCES source (id) ON UPDATE CASCADE,
        key    TEXT NOT NULL,
        entry  BLOB NOT NULL REFERENCES entry (id),
        UNIQUE (source, key)
    ) STRICT;
    CREATE INDEX key_alias_entry ON key_alias (entry, number);
    CREATE INDEX entry_names ON entry (source, seen, key, url, title);
";

/// Subscriptions at hubs, by what the hubs know them by.
const SUBSCRIPTIONS: &str = "
    CREATE TABLE subscription (
        token        TEXT PRIMARY KEY,
        source       TEXT NOT NULL REFERENCES source (id) ON UPDATE CASCADE,
        secret       TEXT,
        hub          TEXT NOT NULL,
        topic        TEXT NOT NULL,
        site         TEXT NOT NULL,
        state        TEXT NOT NULL,
        lease_until  INTEGER,
        next_attempt INTEGER NOT NULL,
        attempts     INTEGER NOT NULL,
        error        TEXT,
        delivered    INTEGER,
        missed       INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX subscription_source ON subscription (source);
";

/// What the last document of a source carried (bytes that `documents` reads).
const DOCUMENTS: &str = "
    CREATE TABLE document (
        source TEXT PRIMARY KEY REFERENCES source (id) ON UPDATE CASCADE,
        items  BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// The size of an entry's picture; what editions carried, the revision of each story in its last archive (0: in none
/// yet), and the documents of closed archives, byte for byte.
const ARCHIVES: &str = "
    ALTER TABLE entry ADD COLUMN image_size TEXT;
    CREATE TABLE IF NOT EXISTS carried (
        edition  TEXT NOT NULL,
        story    TEXT NOT NULL,
        revision INTEGER NOT NULL,
        archive  INTEGER,
        PRIMARY KEY (edition, story)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS archive (
        edition TEXT NOT NULL,
        number  INTEGER NOT NULL,
        name    TEXT NOT NULL,
        path    TEXT NOT NULL UNIQUE,
        updated INTEGER NOT NULL,
        bytes   BLOB NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS archive_edition ON archive (edition, number);
";

/// Entries and documents in tables with row numbers. In a table that is its own index, SQLite reads the whole of every
/// row that it comes by, texts included, when it looks for one; here it reads small keys, and entries that came together
/// lie together.
const ROWS: &str = "
    CREATE TABLE entry_rows (
        id           BLOB NOT NULL PRIMARY KEY,
        source       TEXT NOT NULL REFERENCES source (id) ON UPDATE CASCADE,
        key          TEXT NOT NULL,
        link         TEXT,
        url          TEXT,
        title        TEXT NOT NULL,
        summary      TEXT NOT NULL,
        content      TEXT NOT NULL,
        published    INTEGER NOT NULL,
        updated      INTEGER,
        seen         INTEGER NOT NULL,
        carried      INTEGER NOT NULL,
        language     TEXT,
        authors      TEXT NOT NULL,
        categories   TEXT NOT NULL,
        enclosures   TEXT NOT NULL,
        image        TEXT,
        expired      INTEGER NOT NULL DEFAULT 0,
        withdrawn    INTEGER NOT NULL DEFAULT 0,
        translations TEXT NOT NULL DEFAULT '[]',
        image_size   TEXT,
        UNIQUE (source, key)
    ) STRICT;
    INSERT INTO entry_rows
        SELECT id, source, key, link, url, title, summary, content, published, updated, seen, carried, language, authors,
               categories, enclosures, image, expired, withdrawn, translations, image_size
        FROM entry ORDER BY seen, published, id;
    DROP TABLE entry;
    ALTER TABLE entry_rows RENAME TO entry;
    CREATE INDEX entry_seen ON entry (seen);
    CREATE INDEX entry_names ON entry (source, seen, key, url, title, id);

    CREATE TABLE document_rows (
        source TEXT NOT NULL PRIMARY KEY REFERENCES source (id) ON UPDATE CASCADE,
        items  BLOB NOT NULL
    ) STRICT;
    INSERT INTO document_rows SELECT source, items FROM document;
    DROP TABLE document;
    ALTER TABLE document_rows RENAME TO document;
";

/// Who is told when a feed of ours changes; without a lease, an outside hub.
const SUBSCRIBERS: &str = "
    CREATE TABLE IF NOT EXISTS subscriber (
        topic        TEXT NOT NULL,
        callback     TEXT NOT NULL,
        secret       TEXT,
        lease_until  INTEGER,
        has          TEXT,
        delivered    INTEGER,
        attempts     INTEGER NOT NULL,
        next_attempt INTEGER NOT NULL,
        error        TEXT,
        PRIMARY KEY (topic, callback)
    ) STRICT;
";

/// Sources by numbers of their own, and what each poll changes in a narrow table beside the rest: most polls find nothing
/// new, and write a tenth of what they did.
const POLLS: &str = "
    CREATE TABLE source_rows (
        number        INTEGER PRIMARY KEY,
        id            TEXT NOT NULL UNIQUE,
        location      TEXT NOT NULL,
        configured    INTEGER NOT NULL,
        title         TEXT,
        etag          TEXT,
        last_modified TEXT,
        body_hash     INTEGER,
        answered_by   TEXT,
        failures      INTEGER NOT NULL,
        error         TEXT,
        diagnosis     TEXT,
        rhythm        BLOB,
        keep_for      INTEGER,
        skip_hours    INTEGER NOT NULL DEFAULT 0,
        skip_days     INTEGER NOT NULL DEFAULT 0,
        fresh_for     INTEGER,
        gone          INTEGER,
        adopted       TEXT,
        moving_to     TEXT,
        moving_since  INTEGER,
        moving_polls  INTEGER
    ) STRICT;
    CREATE TABLE poll (
        source       INTEGER PRIMARY KEY REFERENCES source (number),
        next_check   INTEGER NOT NULL,
        last_attempt INTEGER,
        last_success INTEGER
    ) STRICT;
    INSERT INTO source_rows
        SELECT rowid, id, location, configured, title, etag, last_modified, body_hash, answered_by, failures, error,
               diagnosis, rhythm, keep_for, skip_hours, skip_days, fresh_for, gone, adopted, moving_to, moving_since,
               moving_polls
        FROM source;
    INSERT INTO poll SELECT rowid, next_check, last_attempt, last_success FROM source;
    DROP TABLE source;
    ALTER TABLE source_rows RENAME TO source;
    CREATE INDEX source_location ON source (location);
";

/// Brings the store's layout up to date, each step whole or not at all. Foreign keys are left alone meanwhile, since a
/// step may put one table in the place of another.
pub(super) fn apply(connection: &mut Connection, path: &Path) -> Result<(), Error> {
    let (found, known) = layouts(connection, path)?;
    if found == known {
        return Ok(());
    }
    connection.pragma_update(None, "foreign_keys", false).map_err(doing("bring up to date", path))?;
    for (layout, step) in (0..known).zip(STEPS).skip_while(|(layout, _)| *layout < found) {
        let mut migrate = || -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", layout + 1)?;
            transaction.commit()
        };
        migrate().map_err(doing("bring up to date", path))?;
    }
    connection.pragma_update(None, "foreign_keys", true).map_err(doing("bring up to date", path))
}

/// Accepts a store of this program's own layout only: what is read only cannot be brought up to date.
pub(super) fn expect_current(connection: &Connection, path: &Path) -> Result<(), Error> {
    let (found, known) = layouts(connection, path)?;
    if found < known { Err(Error::Older { path: path.to_owned(), found, known }) } else { Ok(()) }
}

/// The layout that a store has, and the newest one that is known.
fn layouts(connection: &Connection, path: &Path) -> Result<(u32, u32), Error> {
    let known = u32::try_from(STEPS.len()).unwrap_or(u32::MAX);
    let (found, application, tables): (u32, i32, u32) = connection
        .query_row(
            "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema)
             FROM pragma_user_version, pragma_application_id",
            (),
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .map_err(doing("open", path))?;
    if application != APPLICATION && tables > 0 {
        return Err(Error::Foreign { path: path.to_owned() });
    }
    if found > known {
        return Err(Error::Newer { path: path.to_owned(), found, known });
    }
    Ok((found, known))
}
