//! A unit of work as one DynamoDB transaction, and what its refusal means.

use aqueduct::Failure;
use aqueduct::seam::{Keep, KeepKey, KeepSpace, Outcome, RowKey, Unit};
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::Table;
use crate::cloud::Cloud;
use crate::item::{self, FOREIGN, Item, REVISION};

/// How many items one transaction takes at most (DynamoDB Developer Guide, "Quotas", read 2026-11).
const MOST: usize = 100;

/// How long a key may be that is kept as it is, in bytes; DynamoDB takes 2,048 (same page).
const LONGEST_KEY: usize = 1024;

/// What an item of a transaction stands for: its refusal means one thing or the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Answer,
    Inbox,
    Mark,
    Row,
    Message,
}

/// Everything that one activation commits.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    items: Vec<TransactWriteItem>,
    parts: Vec<Part>,
}

impl Transaction {
    /// Rows, keys and answers of a unit; its messages are added by [`Transaction::messages`].
    ///
    /// `now` is in seconds since 1970. `revision` is what rows that are written have from now on.
    pub(crate) fn of(cloud: &Cloud, unit: &Unit, now: u64, revision: u64) -> Result<Self, Failure> {
        let mut transaction = Self::default();
        for (keep, part) in [(&unit.answer, Part::Answer), (&unit.inbox, Part::Inbox)] {
            if let Some(keep) = keep {
                transaction.add(part, kept(Cloud::inbox()?, keep, None, now)?);
            }
        }
        for mark in &unit.marks {
            let write = kept(Cloud::inbox()?, &mark.keep, mark.was.as_deref(), now)?;
            transaction.add(Part::Mark, write);
        }
        for (row, json) in &unit.writes {
            let (table, name) = cloud.table(&row.table)?;
            let read = unit.reads.get(row).copied();
            let write = match json {
                Some(json) => put(table, name, row, json, read, revision)?,
                None => delete(table, name, row, read)?,
            };
            transaction.add(Part::Row, write);
        }
        // A row that was only read has to be what it was, but only if something follows from it.
        if !transaction.items.is_empty() || !unit.messages.is_empty() {
            for (row, read) in &unit.reads {
                if !unit.writes.contains_key(row) {
                    let (table, name) = cloud.table(&row.table)?;
                    transaction.add(Part::Row, unchanged(table, name, row, *read)?);
                }
            }
        }
        Ok(transaction)
    }

    /// Adds messages that wait to be published.
    pub(crate) fn messages(&mut self, waiting: Update) {
        self.add(
            Part::Message,
            TransactWriteItem::builder().update(waiting).build(),
        );
    }

    fn add(&mut self, part: Part, item: TransactWriteItem) {
        self.items.push(item);
        self.parts.push(part);
    }

    /// Whether there is nothing to commit.
    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The items, if they are not too many.
    pub(crate) fn items(&self) -> Result<Vec<TransactWriteItem>, Failure> {
        if self.items.len() > MOST {
            return Err(Failure::new(format!(
                "the handler touches {} rows and messages, and a DynamoDB transaction takes {MOST}; handle less in one message",
                self.items.len()
            )));
        }
        Ok(self.items.clone())
    }

    /// What a cancelled transaction means; `None` when it may be tried again later and nothing is decided.
    ///
    /// A repetition is recognized before a conflict: it need not run again.
    pub(crate) fn verdict(&self, reasons: &[CancellationReason]) -> Option<Outcome> {
        let failed = |part: Part| {
            let mut both = self.parts.iter().zip(reasons);
            both.find(|(this, reason)| **this == part && reason.code() == Some("ConditionalCheckFailed"))
        };
        if let Some((_, reason)) = failed(Part::Answer) {
            return Some(Outcome::Answered(value(reason.item())));
        }
        if let Some((_, reason)) = failed(Part::Inbox) {
            return Some(Outcome::Handled(value(reason.item())));
        }
        let overtaken = reasons.iter().any(|reason| {
            matches!(
                reason.code(),
                Some("ConditionalCheckFailed" | "TransactionConflict")
            )
        });
        overtaken.then_some(Outcome::Conflict)
    }
}

/// The key of something kept. Long ones are kept by their digest.
pub(crate) fn keep_id(key: &KeepKey) -> String {
    let space = match key.space {
        KeepSpace::Inbox => "input",
        KeepSpace::Answer => "answer",
        KeepSpace::Undoing => "undoing",
    };
    let id = format!("{space} {} {}", key.scope, String::from_utf8_lossy(&key.key));
    if id.len() <= LONGEST_KEY {
        return id;
    }
    // What it belongs to stays readable: roles are exact by it.
    format!("{space} {} {:x}", key.scope, Sha256::digest(&id))
}

/// What is kept in an item, if it still holds.
pub(crate) fn holding(item: &Item, now: u64) -> Option<Bytes> {
    let until = item.get("expires").and_then(item::number);
    until.is_none_or(|until| now < until).then(|| value(Some(item)))
}

fn value(item: Option<&Item>) -> Bytes {
    let value = item.and_then(|item| item.get("value")?.as_s().ok());
    value.map_or(Bytes::new(), |value| Bytes::copy_from_slice(value.as_bytes()))
}

/// Keeps something where nothing holds, or where something is known to be kept.
fn kept(inbox: String, keep: &Keep, was: Option<&[u8]>, now: u64) -> Result<TransactWriteItem, Failure> {
    let put = Put::builder()
        .table_name(inbox)
        .item("id", AttributeValue::S(keep_id(&keep.key)));
    let put = match was {
        None => put
            .condition_expression("attribute_not_exists(id) OR expires <= :now")
            .expression_attribute_values(":now", AttributeValue::N(now.to_string())),
        Some(was) => put
            .condition_expression("#value = :was")
            .expression_attribute_names("#value", "value")
            .expression_attribute_values(
                ":was",
                AttributeValue::S(String::from_utf8_lossy(was).into_owned()),
            ),
    };
    let mut put = put.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    if !keep.value.is_empty() {
        let value = String::from_utf8_lossy(&keep.value).into_owned();
        put = put.item("value", AttributeValue::S(value));
    }
    if keep.until < u64::MAX {
        // Whole seconds, up: rather remembered a little longer than forgotten too early.
        let until = keep.until.div_ceil(1_000_000);
        put = put.item("expires", AttributeValue::N(until.to_string()));
    }
    Ok(TransactWriteItem::builder().put(put.build()?).build())
}

/// Sets a condition over the revision that was read on a builder; builders of requests share no trait.
macro_rules! unless_overtaken {
    ($builder:expr, $table:expr, $read:expr) => {
        match $read {
            None => $builder,
            // Something else has put it there, without a revision.
            Some(FOREIGN) => $builder
                .condition_expression("attribute_exists(#key) AND attribute_not_exists(#revision)")
                .expression_attribute_names("#revision", REVISION)
                .expression_attribute_names("#key", $table.key),
            Some(0) => $builder
                .condition_expression("attribute_not_exists(#key)")
                .expression_attribute_names("#key", $table.key),
            Some(read) => $builder
                .condition_expression("#revision = :read")
                .expression_attribute_names("#revision", REVISION)
                .expression_attribute_values(":read", AttributeValue::N(read.to_string())),
        }
    };
}

fn put(
    table: &Table,
    name: String,
    row: &RowKey,
    json: &[u8],
    read: Option<u64>,
    revision: u64,
) -> Result<TransactWriteItem, Failure> {
    let item = item::write(table, &row.key, json, revision)?;
    let put = Put::builder().table_name(name).set_item(Some(item));
    let put = unless_overtaken!(put, table, read);
    Ok(TransactWriteItem::builder().put(put.build()?).build())
}

fn delete(
    table: &Table,
    name: String,
    row: &RowKey,
    read: Option<u64>,
) -> Result<TransactWriteItem, Failure> {
    let delete = Delete::builder()
        .table_name(name)
        .key(table.key, item::key(table, &row.key));
    let delete = unless_overtaken!(delete, table, read);
    Ok(TransactWriteItem::builder().delete(delete.build()?).build())
}

fn unchanged(table: &Table, name: String, row: &RowKey, read: u64) -> Result<TransactWriteItem, Failure> {
    let check = ConditionCheck::builder()
        .table_name(name)
        .key(table.key, item::key(table, &row.key));
    let check = unless_overtaken!(check, table, Some(read));
    Ok(TransactWriteItem::builder()
        .condition_check(check.build()?)
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(codes: &[&str]) -> Vec<CancellationReason> {
        let reason = |code: &&str| CancellationReason::builder().code(*code).build();
        codes.iter().map(reason).collect()
    }

    #[test]
    fn a_repetition_is_recognized_before_a_conflict() {
        let transaction = Transaction {
            items: Vec::new(),
            parts: vec![Part::Inbox, Part::Row, Part::Message],
        };
        let verdict = |codes: &[&str]| transaction.verdict(&reasons(codes));
        let failed = "ConditionalCheckFailed";
        assert_eq!(
            verdict(&[failed, failed, "None"]),
            Some(Outcome::Handled(Bytes::new()))
        );
        assert_eq!(verdict(&["None", failed, "None"]), Some(Outcome::Conflict));
        assert_eq!(
            verdict(&["None", "TransactionConflict", "None"]),
            Some(Outcome::Conflict)
        );
        assert_eq!(verdict(&["None", "ThrottlingError", "None"]), None);
    }

    #[test]
    fn work_that_was_taken_back_meanwhile_is_a_conflict() {
        let transaction = Transaction {
            items: Vec::new(),
            parts: vec![Part::Inbox, Part::Mark],
        };
        let refused = transaction.verdict(&reasons(&["None", "ConditionalCheckFailed"]));
        assert_eq!(
            refused,
            Some(Outcome::Conflict),
            "it runs again, and sees it then"
        );
    }

    #[test]
    fn a_mark_takes_the_place_of_what_was_there_and_of_nothing_else() {
        let keep = Keep {
            key: KeepKey {
                space: KeepSpace::Undoing,
                scope: "S.h".to_owned(),
                key: Bytes::from_static(b"[1]"),
            },
            until: u64::MAX,
            value: Bytes::from_static(b"undone"),
        };
        let condition = |was: Option<&[u8]>| {
            let write = kept("Inbox".to_owned(), &keep, was, 1).unwrap();
            let put = write.put.unwrap();
            assert_eq!(put.item["id"], AttributeValue::S("undoing S.h [1]".to_owned()));
            put.condition_expression.unwrap()
        };
        assert_eq!(condition(None), "attribute_not_exists(id) OR expires <= :now");
        assert_eq!(condition(Some(b"done")), "#value = :was");
    }

    #[test]
    fn long_keys_are_kept_by_their_digest() {
        let id = |key: &str| {
            keep_id(&KeepKey {
                space: KeepSpace::Inbox,
                scope: "S.h".to_owned(),
                key: Bytes::copy_from_slice(key.as_bytes()),
            })
        };
        assert_eq!(id("[\"a\"]"), "input S.h [\"a\"]");
        let long = "x".repeat(3000);
        assert!(id(&long).len() < 100);
        assert_ne!(id(&long), id(&format!("{long}x")));
    }
}
