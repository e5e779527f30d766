//! DynamoDB under the seam: rows by consistent reads, a unit of work by one transaction.

use std::sync::Arc;

use aqueduct::seam::{
    KeepKey, Outcome, Reading, Refused, RowKey, Rows, Seam, Site, StoredRow, Uncommitted, Unit,
};
use aqueduct::trace::{Event, Kind};
use aqueduct::{Failure, Unknown, Value};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use uuid::Uuid;

use crate::cloud::Cloud;
use crate::item::FOREIGN;
use crate::publish::{Post, group_id, publish};
use crate::transaction::{Transaction, holding, keep_id};
use crate::{item, log, outbox};

/// How long a key may be in DynamoDB, in bytes (Developer Guide, "Quotas", read 2026-11): no row has a longer one.
const LONGEST_KEY: usize = 2048;

/// The engine of one function.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) site: Arc<Site>,
    pub(crate) cloud: Cloud,
    /// Whether the trace is written to the log.
    pub(crate) traced: bool,
}

impl Engine {
    /// Seconds since 1970, as DynamoDB's time to live counts.
    fn now(&self) -> u64 {
        u64::try_from(self.site.clock.now().as_second()).unwrap_or_default()
    }

    /// What keeps a message in order with others, as SNS and SQS take it.
    pub(crate) fn group(&self, channel: &str, body: &Value) -> Option<String> {
        Some(group_id(self.site.topology.group(channel, body)?))
    }

    /// Messages by the key under which they wait, in the order of emission: a transaction touches an item once.
    fn waiting(&self, unit: &Unit) -> Vec<(String, Vec<String>)> {
        let mut waiting: Vec<(String, Vec<String>)> = Vec::new();
        for message in &unit.messages {
            let group = self.group(&message.channel, &message.parsed);
            let key = outbox::key(message, group.as_deref());
            let envelope = message.envelope(&unit.origin);
            let text = String::from_utf8_lossy(envelope.text()).into_owned();
            match waiting.iter_mut().find(|(known, _)| *known == key) {
                Some((_, texts)) => texts.push(text),
                None => waiting.push((key, vec![text])),
            }
        }
        waiting
    }

    /// Sends what no transaction holds: messages of a unit that commits nothing else.
    async fn send(&self, unit: &Unit) -> Result<(), Failure> {
        for message in &unit.messages {
            let group = self.group(&message.channel, &message.parsed);
            let post = Post {
                envelope: &message.envelope(&unit.origin),
                source: &self.site.topology.name,
                group: group.as_deref(),
            };
            publish(&self.cloud, &post).await?;
        }
        Ok(())
    }

    async fn transact(&self, transaction: &Transaction) -> Result<Outcome, Uncommitted> {
        let items = transaction.items()?;
        let request = self.cloud.tables.transact_write_items();
        let Err(error) = request.set_transact_items(Some(items)).send().await else {
            return Ok(Outcome::Committed);
        };
        if let SdkError::ServiceError(answer) = &error {
            if let TransactWriteItemsError::TransactionCanceledException(cancelled) = answer.err()
                && let Some(verdict) = transaction.verdict(cancelled.cancellation_reasons())
            {
                return Ok(verdict);
            }
            return Err(Uncommitted::Failed(error.into()));
        }
        // Without an answer nobody knows whether it was done.
        tracing::error!(error = %Failure::from(error), "the commit got no answer");
        Err(Uncommitted::Refused(Refused::Unknown))
    }

    fn published(&self, unit: &Unit) {
        if !self.traced {
            return;
        }
        for message in &unit.messages {
            self.tell(Event {
                seq: 0,
                time: self.site.clock.now(),
                kind: Kind::Published,
                message_id: message.id.to_string(),
                correlation_id: unit.origin.correlation.clone(),
                causation_id: Some(unit.origin.causation.clone()),
                channel: Some(message.channel.clone()),
                handler: None,
                attempt: None,
                outcome: None,
                saga: None,
                key: None,
                step: None,
            });
        }
    }
}

impl Seam for Engine {
    /// Lambda acknowledges: a message of a batch that isn't reported as failed.
    type Lease = ();
    type Permit<'a> = ();

    /// Lambda runs one request at a time in a process.
    async fn admit(&self, _handler: usize) -> Result<(), Refused> {
        Ok(())
    }

    fn rows(&self) -> Arc<dyn Rows> {
        Arc::new(Tables {
            cloud: self.cloud.clone(),
            site: Arc::clone(&self.site),
        })
    }

    async fn kept(&self, key: &KeepKey) -> Result<Option<Bytes>, Failure> {
        let answer = self
            .cloud
            .tables
            .get_item()
            .table_name(Cloud::inbox()?)
            .key("id", AttributeValue::S(keep_id(key)))
            .consistent_read(true)
            .send()
            .await?;
        Ok(answer.item().and_then(|item| holding(item, self.now())))
    }

    async fn commit(&self, _lease: &(), unit: Unit) -> Result<Outcome, Uncommitted> {
        for message in &unit.messages {
            outbox::fits(message)?;
        }
        // Chance, and never one of the two that mean something.
        let revision = Uuid::new_v4().as_u64_pair().1.max(FOREIGN + 1);
        let mut transaction = Transaction::of(&self.cloud, &unit, self.now(), revision)?;
        match Cloud::outbox() {
            Some(name) => {
                for (key, messages) in self.waiting(&unit) {
                    transaction.messages(outbox::waiting(&name, key, messages)?);
                }
            }
            None => self.send(&unit).await?,
        }
        let outcome = if transaction.is_empty() {
            Outcome::Committed
        } else {
            self.transact(&transaction).await?
        };
        if outcome == Outcome::Committed {
            self.published(&unit);
        }
        Ok(outcome)
    }

    async fn handled(&self, _lease: &()) -> Result<(), Refused> {
        Ok(())
    }

    fn heard(&self) -> bool {
        self.traced
    }

    fn tell(&self, event: Event) {
        log::trace(&event);
    }
}

/// The tables that this function may read.
#[derive(Debug)]
struct Tables {
    cloud: Cloud,
    site: Arc<Site>,
}

impl Rows for Tables {
    fn get<'a>(&'a self, row: &'a RowKey) -> Reading<'a> {
        Box::pin(async move {
            if row.key.len() > LONGEST_KEY {
                return Ok(None);
            }
            let (table, name) = self.cloud.table(&row.table)?;
            let answer = self
                .cloud
                .tables
                .get_item()
                .table_name(name)
                .key(table.key, item::key(table, &row.key))
                .consistent_read(true)
                .send()
                .await?;
            let Some(stored) = answer.item.map(item::read).transpose()? else {
                return Ok(None);
            };
            Ok(Some(StoredRow {
                json: self.in_order(row, stored.json)?,
                ..stored
            }))
        })
    }

    /// A write without a read replaces what is there: to know its revision would take a call of its own.
    fn revision(&self, _row: &RowKey) -> Result<Option<u64>, Failure> {
        Ok(None)
    }
}

impl Tables {
    /// The fields in the order in which they are declared: items have none.
    fn in_order(&self, row: &RowKey, json: Bytes) -> Result<Bytes, Failure> {
        let table = self
            .site
            .topology
            .tables
            .iter()
            .find(|table| table.name == row.table);
        let Some(table) = table else { return Ok(json) };
        match table.row.check(&serde_json::from_slice(&json)?, Unknown::Drop) {
            Ok(ordered) => Ok(Bytes::from(serde_json::to_vec(&ordered)?)),
            // A row of an older shape is the handler's to judge.
            Err(_) => Ok(json),
        }
    }
}
