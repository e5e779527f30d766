//! Questions and their answers, one to many, and holds that are made final or given up.

use aqueduct_compiler::model::{self, Id};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::label::{Label, Setting, key, setting};
use crate::reader::Reader;
use crate::route::Patience;
use crate::words::Late;

/// A question over a channel.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Ask {
    /// The type of the question.
    message: String,
    /// Where it is sent.
    channel: String,
    /// It is committed with the rows and sent afterwards.
    outbox: bool,
    /// Where the answer comes; the asker waits when absent.
    reply: Option<ReplyOn>,
    /// How long to wait, and what happens then.
    timeout: Option<Patience>,
}

/// Where an answer comes.
#[derive(Debug, Serialize, JsonSchema)]
struct ReplyOn {
    /// The channel.
    channel: String,
    /// Fields of the answer that tell which question it is for.
    by: Vec<String>,
}

/// Asks many and collects what they answer in time.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Scatter {
    /// Its name in full: what refers to it says this.
    id: String,
    #[serde(flatten)]
    label: Label,
    /// The type of what it is asked.
    input: String,
    /// What the author calls that.
    input_name: Option<String>,
    /// Fields of the questions and of the answers that tell two gatherings apart.
    by: Vec<String>,
    /// What is sent.
    asks: Vec<Question>,
    /// What is collected.
    gathers: Vec<Gather>,
    /// When enough answers are there.
    until: Option<Enough>,
    /// How long to wait, and what happens then.
    timeout: Option<Patience>,
    /// What happens to an answer that comes too late.
    late: Option<Late>,
}

/// A question of a scatter.
#[derive(Debug, Serialize, JsonSchema)]
struct Question {
    /// The type of the question.
    message: String,
    /// Where it is sent.
    channel: String,
}

/// What a scatter collects.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
struct Gather {
    /// The type of the answer.
    message: String,
    /// Where it comes.
    channel: String,
    /// Of each value of these fields one answer counts.
    by: Option<Vec<String>>,
}

/// When enough answers are there.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Enough {
    /// So many.
    Count {
        /// At least 1.
        count: u32,
    },
    /// One of each who was asked.
    All,
    /// One.
    First,
}

/// Something that is held until that is confirmed or given up.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Tentative {
    /// Its name in full.
    id: String,
    #[serde(flatten)]
    label: Label,
    /// Fields of the input of each of its handlers that tell two holds apart.
    by: Vec<String>,
    /// The handler that holds something.
    reserve: String,
    /// The handler that makes the hold final.
    confirm: String,
    /// The handler that gives the hold up.
    cancel: String,
    /// When a hold goes that nobody has confirmed.
    expire_ms: Option<Setting<u64>>,
}

impl Reader<'_> {
    pub(crate) fn ask(&self, of: &model::Ask) -> Ask {
        let model::Ask {
            message,
            channel,
            outbox,
            reply,
            timeout,
            span: _,
        } = of;
        Ask {
            message: self.type_id(*message),
            channel: self.channel_id(*channel),
            outbox: *outbox,
            reply: reply.as_ref().map(|reply| {
                let model::ReplyOn { channel, by, span: _ } = reply;
                ReplyOn {
                    channel: self.channel_id(*channel),
                    by: key(by),
                }
            }),
            timeout: timeout.map(Patience::from),
        }
    }

    pub(crate) fn scatter(&self, id: Id<model::Scatter>) -> Scatter {
        let model::Scatter {
            label,
            service: _,
            input,
            input_name,
            input_span: _,
            by,
            by_span: _,
            asks,
            gathers,
            until,
            timeout,
            late,
        } = &self.model.scatters[id];
        let asks = asks.iter().map(|(message, channel, _)| Question {
            message: self.type_id(*message),
            channel: self.channel_id(*channel),
        });
        Scatter {
            id: self.scatter_id(id),
            label: self.label(label),
            input: self.type_id(*input),
            input_name: input_name.as_ref().map(ToString::to_string),
            by: key(by),
            asks: asks.collect(),
            gathers: gathers.iter().map(|gather| self.gather(gather)).collect(),
            until: until.map(|(enough, _)| enough.into()),
            timeout: timeout.map(Patience::from),
            late: late.map(Late::from),
        }
    }

    fn gather(&self, of: &model::Gather) -> Gather {
        let model::Gather {
            message,
            channel,
            by,
            span: _,
        } = of;
        Gather {
            message: self.type_id(*message),
            channel: self.channel_id(*channel),
            by: by.as_ref().map(|by| key(by)),
        }
    }

    pub(crate) fn tentative(&self, id: Id<model::Tentative>) -> Tentative {
        let model::Tentative {
            label,
            service,
            by,
            by_span: _,
            reserve,
            confirm,
            cancel,
            expire,
        } = &self.model.tentatives[id];
        Tentative {
            id: self.in_service(*service, &label.name),
            label: self.label(label),
            by: key(by),
            reserve: self.handler_id(*reserve),
            confirm: self.handler_id(*confirm),
            cancel: self.handler_id(*cancel),
            expire_ms: setting(*expire),
        }
    }
}

impl From<model::Enough> for Enough {
    fn from(of: model::Enough) -> Self {
        match of {
            model::Enough::Count(count) => Self::Count { count },
            model::Enough::All => Self::All,
            model::Enough::First => Self::First,
        }
    }
}
