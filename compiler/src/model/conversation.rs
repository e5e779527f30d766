//! Conversations: questions and their answers, one to many, and holds that are made final or given up.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Channel, Handler, Id, Key, Label, Late, Patience, Service, Setting, TypeDecl};

/// `asks RequestMenu to fax_out via outbox { reply on fax_in by restaurant_id, timeout 2d else resend 3 }`
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// The question.
    pub message: Id<TypeDecl>,
    /// Where it is sent.
    pub channel: Id<Channel>,
    /// Committed with the rows and sent afterwards.
    pub outbox: bool,
    /// Where the answer comes, and by which fields it is told; the asker waits when nothing is said.
    pub reply: Option<ReplyOn>,
    /// How long to wait, and what happens then.
    pub timeout: Option<Patience>,
    /// The clause.
    pub span: SpanId,
}

/// `reply on fax_in by restaurant_id`
#[derive(Debug, Clone, PartialEq)]
pub struct ReplyOn {
    /// Where answers come.
    pub channel: Id<Channel>,
    /// Fields of the answer, never empty.
    pub by: Key,
    /// The clause.
    pub span: SpanId,
}

/// `scatter quotes(RequestQuotes) by rfq_id { … }`: asks many and collects what they answer in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Scatter {
    /// Its name.
    pub label: Label,
    /// Whose it is.
    pub service: Id<Service>,
    /// What it is asked.
    pub input: Id<TypeDecl>,
    /// What the author calls it.
    pub input_name: Option<SmolStr>,
    /// Where the input stands.
    pub input_span: SpanId,
    /// What tells two gatherings apart: fields of the questions and of the answers, never empty.
    pub by: Key,
    /// Where that is said.
    pub by_span: SpanId,
    /// What is sent, and where.
    pub asks: Vec<(Id<TypeDecl>, Id<Channel>, SpanId)>,
    /// What is collected.
    pub gathers: Vec<Gather>,
    /// When enough answers are there.
    pub until: Option<(Enough, SpanId)>,
    /// How long to wait, and what happens then.
    pub timeout: Option<Patience>,
    /// What happens to an answer that comes too late.
    pub late: Option<Late>,
}

/// `gather Quote on quotes by responder`
#[derive(Debug, Clone, PartialEq)]
pub struct Gather {
    /// The answer.
    pub message: Id<TypeDecl>,
    /// Where it comes.
    pub channel: Id<Channel>,
    /// Of each of these one answer counts.
    pub by: Option<Key>,
    /// The clause.
    pub span: SpanId,
}

/// When enough answers are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enough {
    /// So many.
    Count(u32),
    /// One of each who was asked.
    All,
    /// One.
    First,
}

/// `tentative courier by order_id { reserve hold, confirm book, cancel free, expire 10m }`
#[derive(Debug, Clone, PartialEq)]
pub struct Tentative {
    /// Its name.
    pub label: Label,
    /// Whose it is.
    pub service: Id<Service>,
    /// What tells two holds apart: fields of the input of each of its handlers.
    pub by: Key,
    /// Where that is said.
    pub by_span: SpanId,
    /// Holds something for a time.
    pub reserve: Id<Handler>,
    /// Makes the hold final.
    pub confirm: Id<Handler>,
    /// Gives the hold up.
    pub cancel: Id<Handler>,
    /// When a hold goes that nobody has confirmed, in milliseconds.
    pub expire: Option<Setting<u64>>,
}
