//! Writes changes: all of them or none.

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};

use super::error::doing;
use super::rows::{json, millis};
use super::{Error, Store, documents, held, holds, keys, polls, subscriptions, versions};
use crate::model::{Changes, Entry, EntryId, Merged, Story};

impl Store {
    /// Commits what the answers of some sources change, in one transaction.
    ///
    /// # Errors
    /// When the database fails; nothing of `changes` was written then.
    pub fn commit(&mut self, changes: &Changes) -> Result<(), Error> {
        let Self { connection, path, counted, .. } = self;
        let Changes { stories, merged, withdrawn, dissolved, .. } = changes;
        if !(stories.is_empty() && merged.is_empty() && withdrawn.is_empty() && dissolved.is_empty()) {
            counted.take();
        }
        let mut commit = || -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            for entry in &changes.entries {
                write_entry(&transaction, entry)?;
            }
            for (entry, bytes) in &changes.held {
                held::keep(&transaction, *entry, bytes)?;
            }
            for version in &changes.versions {
                versions::keep(&transaction, version)?;
            }
            for (entry, moment) in &changes.carried {
                let mut statement = transaction.prepare_cached("UPDATE entry SET carried = ?2 WHERE id = ?1")?;
                statement.execute(params![entry.0, moment.timestamp_millis()])?;
            }
            for (source, carried) in &changes.documents {
                documents::keep(&transaction, source, carried)?;
            }
            for story in &changes.stories {
                write_story(&transaction, story)?;
            }
            for merged in &changes.merged {
                write_merged(&transaction, merged)?;
            }
            for entry in &changes.withdrawn {
                transaction.execute("DELETE FROM membership WHERE entry = ?1", [entry.0])?;
                transaction.execute("UPDATE entry SET withdrawn = 1 WHERE id = ?1", [entry.0])?;
                transaction.execute("DELETE FROM version WHERE entry = ?1", [entry.0])?;
                transaction.execute("DELETE FROM held WHERE entry = ?1", [entry.0])?;
            }
            for story in &changes.dissolved {
                transaction.execute("DELETE FROM membership WHERE story = ?1", [story.as_str()])?;
                transaction.execute("DELETE FROM story WHERE id = ?1", [story.as_str()])?;
            }
            for renamed in &changes.renamed {
                keys::keep(&transaction, renamed)?;
            }
            for hold in &changes.holds {
                holds::keep(&transaction, hold)?;
            }
            polls::keep(&transaction, &changes.polled)?;
            for (source, rhythm) in &changes.rhythms {
                subscriptions::keep_rhythm(&transaction, source, rhythm)?;
            }
            for token in &changes.unsubscribed {
                subscriptions::forget(&transaction, token)?;
            }
            for subscription in &changes.subscriptions {
                subscriptions::keep(&transaction, subscription)?;
            }
            transaction.commit()
        };
        commit().map_err(doing("write", path))
    }

    /// Takes the text from entries that the desk first had before `before` and that their source carries no longer,
    /// and their versions with it. Their identity stays, so that they are not taken for new when they come back.
    /// Local articles keep theirs.
    ///
    /// Returns how many lost their text.
    ///
    /// # Errors
    /// When the database fails; nothing was taken then.
    pub fn expire(&mut self, before: DateTime<Utc>) -> Result<usize, Error> {
        let Self { connection, path, .. } = self;
        let mut expire = || -> rusqlite::Result<usize> {
            let transaction = connection.transaction()?;
            let mut expired = documents::left_out(&transaction, before.timestamp_millis())?;
            let mut statement = transaction.prepare(
                "SELECT id FROM entry
                 WHERE seen < ?1 AND expired = 0 AND source NOT IN (SELECT source FROM document)
                   AND carried < (SELECT max(o.carried) FROM entry o WHERE o.source = entry.source)",
            )?;
            for id in statement.query_map([before.timestamp_millis()], |row| Ok(EntryId(row.get(0)?)))? {
                expired.push(id?);
            }
            drop(statement);
            let mut statement = transaction.prepare(
                "UPDATE entry SET summary = '', content = '', authors = '[]', categories = '[]', enclosures = '[]',
                     image = NULL, image_size = NULL, expired = 1
                 WHERE id = ?1",
            )?;
            for id in &expired {
                statement.execute([id.0])?;
            }
            drop(statement);
            versions::drop_expired(&transaction)?;
            held::drop_old(&transaction, &expired)?;
            holds::drop_old(&transaction, before)?;
            transaction.commit()?;
            Ok(expired.len())
        };
        expire().map_err(doing("expire entries in", path))
    }
}

fn write_entry(transaction: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO entry (id, source, key, link, url, title, summary, content, published, updated, seen, carried,
                            language, authors, categories, enclosures, image, translations, image_size)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
         ON CONFLICT (id) DO UPDATE SET
             link = excluded.link, url = excluded.url, title = excluded.title, summary = excluded.summary,
             content = excluded.content, published = excluded.published, updated = excluded.updated,
             language = excluded.language, authors = excluded.authors, categories = excluded.categories,
             enclosures = excluded.enclosures, image = excluded.image, translations = excluded.translations,
             image_size = excluded.image_size, expired = 0, withdrawn = 0",
    )?;
    statement.execute(params![
        entry.id.0,
        entry.source.as_str(),
        entry.key,
        entry.link.as_ref().map(url::Url::as_str),
        entry.url.as_ref().map(|url| &url.0),
        entry.title.as_str(),
        entry.summary.as_str(),
        entry.content.as_str(),
        entry.published.timestamp_millis(),
        millis(entry.updated),
        entry.seen.timestamp_millis(),
        entry.language.as_ref().map(crate::model::Language::as_str),
        json(&entry.authors)?,
        json(&entry.categories)?,
        json(&entry.enclosures)?,
        entry.image.as_ref().map(url::Url::as_str),
        json(&entry.translations.iter().map(|page| &page.0).collect::<Vec<_>>())?,
        entry.image_size.map(|size| format!("{}x{}", size.width, size.height)),
    ])?;
    Ok(())
}

fn write_story(transaction: &Transaction<'_>, story: &Story) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO story (id, lead, first_seen, updated, revision) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET lead = excluded.lead, updated = excluded.updated, revision = excluded.revision",
    )?;
    statement.execute(params![
        story.id.as_str(),
        story.lead.0,
        story.first_seen.timestamp_millis(),
        story.updated.timestamp_millis(),
        story.revision
    ])?;
    let mut statement = transaction.prepare_cached(
        "INSERT INTO membership (entry, story, position, reason, score, evidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (entry) DO UPDATE SET
             story = excluded.story, position = excluded.position, reason = excluded.reason,
             score = excluded.score, evidence = excluded.evidence",
    )?;
    for (position, member) in story.members.iter().enumerate() {
        statement.execute(params![
            member.entry.0,
            story.id.as_str(),
            i64::try_from(position).unwrap_or(i64::MAX),
            member.reason.as_str(),
            member.score,
            member.evidence
        ])?;
    }
    Ok(())
}

/// Makes an id an alias. What was an alias of it leads to the survivor too, so that every alias leads to a story.
fn write_merged(transaction: &Transaction<'_>, merged: &Merged) -> rusqlite::Result<()> {
    let (loser, survivor) = (merged.loser.as_str(), merged.survivor.as_str());
    transaction.execute("UPDATE alias SET story = ?2 WHERE story = ?1", [loser, survivor])?;
    // The survivor was written with the members of both: this finds none, unless the two did not agree.
    transaction.execute("UPDATE membership SET story = ?2 WHERE story = ?1", [loser, survivor])?;
    transaction.execute("DELETE FROM story WHERE id = ?1", [loser])?;
    transaction.execute(
        "INSERT INTO alias (id, story, since) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET story = excluded.story, since = excluded.since",
        params![loser, survivor, merged.since.timestamp_millis()],
    )?;
    Ok(())
}
