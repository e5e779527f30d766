//! A handler without code: it answers, keeps and sends what can be made from its input and its types.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::external::Call;
use crate::seam::RowKey;
use crate::{Activation, Body, Failure, Handler, Reply};

/// A record to be made: each field with where its value comes from when nobody knows one of its name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record(pub Vec<(String, Make)>);

/// Where the value of a field comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Make {
    /// The input, or what was called.
    Known,
    /// A fresh id, the same wherever a field of this name is made.
    Id,
    /// The present time.
    Now,
    /// This.
    Constant(Json),
}

/// What a handler without code does, in this order.
#[derive(Debug, Clone, Default)]
pub struct Stub {
    /// Calls of services outside; what they answer is known afterwards.
    pub calls: Vec<(Call, Record)>,
    /// What it answers; known afterwards.
    pub reply: Option<Record>,
    /// Rows that it puts: the table, the field of the key, the row.
    pub rows: Vec<(String, String, Record)>,
    /// Messages that it sends: the channel, the type, the message.
    pub messages: Vec<(String, String, Record)>,
}

impl Handler for Stub {
    async fn handle(&self, input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let mut known = Known::of(&input.decode::<Json>()?);
        for (call, record) in &self.calls {
            let question = known.make(record, activation);
            let answer: Json = activation.call(call, &question).await?;
            known.learn(&answer);
        }
        let reply = self.reply.as_ref().map(|record| known.make(record, activation));
        for (table, key, record) in &self.rows {
            let row = known.make(record, activation);
            let key = RowKey {
                table: table.clone().into(),
                key: aqueduct_saga::text(row.get(key).unwrap_or(&Json::Null)),
            };
            activation.put_named(key, &row)?;
        }
        for (channel, kind, record) in &self.messages {
            let message = known.make(record, activation);
            activation.emit_named(channel, kind, &message)?;
        }
        reply.map_or(Ok(Reply::none()), |reply| Reply::with(&reply))
    }
}

/// What one run of a stub knows, by name.
#[derive(Debug)]
struct Known(Map<String, Json>);

impl Known {
    fn of(input: &Json) -> Self {
        Self(input.as_object().cloned().unwrap_or_default())
    }

    fn learn(&mut self, answer: &Json) {
        self.0.extend(answer.as_object().cloned().unwrap_or_default());
    }

    fn make(&mut self, record: &Record, activation: &mut Activation) -> Json {
        let mut made = Map::new();
        for (name, make) in &record.0 {
            if !self.0.contains_key(name) {
                let value = match make {
                    Make::Known => continue,
                    Make::Id => Json::String(activation.new_id().to_string()),
                    Make::Now => Json::String(activation.now().to_string()),
                    Make::Constant(value) => value.clone(),
                };
                let _ = self.0.insert(name.clone(), value);
            }
            if let Some(value) = self.0.get(name) {
                let _ = made.insert(name.clone(), value.clone());
            }
        }
        Json::Object(made)
    }
}

impl Record {
    /// What an extern service answers to this.
    pub(super) fn answer(&self, question: &Json) -> Json {
        let mut made = Map::new();
        for (name, make) in &self.0 {
            let constant = match make {
                Make::Constant(value) => Some(value),
                Make::Known | Make::Id | Make::Now => None,
            };
            let value = question.get(name).or(constant).cloned();
            made.extend(value.map(|value| (name.clone(), value)));
        }
        Json::Object(made)
    }
}
