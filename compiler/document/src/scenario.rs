//! Samples and scenarios: what is given, what happens, what must be true then.

use aqueduct_compiler::model;
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::label::{Label, Place, docs, path, texts};
use crate::reader::Reader;
use crate::value::{Computed, Mapping};
use crate::words::{Asked, Method};

/// A value to be used in scenarios.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Sample {
    #[serde(flatten)]
    label: Label,
    /// The type that it is a value of.
    r#type: String,
    /// The value, complete.
    value: Mapping,
}

/// What must be true.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Scenario {
    /// Its title.
    title: String,
    /// What is written above it; lines end with a line feed.
    docs: Option<String>,
    /// Where its title is written.
    at: Option<Place>,
    /// In order.
    lines: Vec<Line>,
}

/// One line of a scenario.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// What is not as usual.
    Given(Given),
    /// What happens.
    When(When),
    /// What must be true.
    Then(Then),
}

/// What is not as usual.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Given {
    /// A handler says no.
    Fails {
        /// Which.
        handler: String,
        /// The type of its fault.
        fault: String,
        /// How often; always when absent.
        times: Option<u32>,
    },
    /// A handler takes its time.
    Delays {
        /// Which.
        handler: String,
        /// How much.
        delay_ms: u64,
        /// How often; always when absent.
        times: Option<u32>,
    },
    /// A handler never answers, though it may have done its work.
    Silent {
        /// Which.
        handler: String,
        /// How often; always when absent.
        times: Option<u32>,
    },
    /// A handler takes nothing until the end of the scenario.
    Stops {
        /// Which.
        handler: String,
    },
    /// A handler does its work, and nobody hears of it.
    Crashes {
        /// Which.
        handler: String,
        /// How often.
        times: u32,
    },
    /// A handler answers so.
    Answers {
        /// Which.
        handler: String,
        /// Its whole reply.
        reply: Mapping,
    },
    /// Each message of a channel comes several times.
    Duplicates {
        /// Which.
        channel: String,
        /// How often in all.
        count: u32,
    },
}

/// What happens.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum When {
    /// Somebody sends a request.
    Request {
        /// Its method.
        method: Method,
        /// Its path as it is sent.
        path: String,
        /// What is sent.
        body: Option<Computed>,
        /// Which status is wanted; any that is no failure when absent.
        returns: Option<u16>,
        /// The answer's name in later lines.
        name: Option<String>,
    },
    /// Somebody sends a message.
    Publish {
        /// Its type.
        message: String,
        /// Its fields.
        fields: Mapping,
        /// Where to.
        channel: String,
        /// How often.
        times: u32,
        /// The message's name in later lines.
        name: Option<String>,
    },
    /// Time passes.
    Advance {
        /// So much.
        advance_ms: u64,
    },
    /// A saga begins.
    Starts {
        /// Which.
        saga: String,
        /// What it begins with.
        input: Mapping,
    },
    /// A handler is called as if by its service.
    Does {
        /// Which.
        handler: String,
        /// What it is given.
        input: Mapping,
    },
}

/// What a scenario looks at and compares.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Looked {
    /// What has come of a scatter.
    Scatter {
        /// Which.
        scatter: String,
        /// What is asked of it.
        asked: Asked,
    },
    /// What has come of a saga.
    Saga {
        /// Which.
        saga: String,
        /// What is asked of it.
        asked: Asked,
    },
    /// An earlier answer, or a part of one.
    Answer {
        /// With dots.
        path: String,
    },
}

/// What must be true.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Then {
    /// A channel is given so many messages.
    Receives {
        /// Which.
        channel: String,
        /// How many, exactly.
        count: u32,
    },
    /// A channel drops so many messages.
    Drops {
        /// Which.
        channel: String,
        /// How many, exactly.
        count: u32,
    },
    /// A handler passes messages over.
    Skipped {
        /// Which.
        handler: String,
        /// How often, exactly.
        count: u32,
    },
    /// What is looked at is as expected.
    Is {
        /// It.
        what: Looked,
        /// Of a scatter or a saga: which run.
        key: Vec<Computed>,
        /// What it must be, as far as it is said.
        expected: Computed,
    },
    /// A channel is given nothing.
    NeverReceives {
        /// Which.
        channel: String,
    },
    /// A handler does its work to the end.
    Applied {
        /// Which.
        handler: String,
        /// How often, exactly.
        count: u32,
    },
    /// A saga comes to a good end.
    Done {
        /// Which.
        saga: String,
        /// In this time after the last thing that happened.
        within_ms: Option<u64>,
    },
    /// A saga takes everything back.
    Failed {
        /// Which.
        saga: String,
        /// The name of the failure.
        with: Option<String>,
        /// Steps in the order in which they are taken back: all of them.
        undone: Option<Vec<String>>,
        /// In this time after the last thing that happened.
        within_ms: Option<u64>,
    },
    /// A store has a row.
    Has {
        /// Which.
        store: String,
        /// Fields of the row.
        fields: Mapping,
    },
    /// A store has no such row.
    Lacks {
        /// Which.
        store: String,
        /// Fields that no row has, all of them together.
        fields: Mapping,
    },
    /// A text is nowhere to be seen.
    NeverCarries {
        /// In the messages of this channel; in all that is logged, stored and sent when absent.
        channel: Option<String>,
        /// The text.
        text: String,
    },
}

impl Reader<'_> {
    pub(crate) fn sample(&self, of: &model::Sample) -> Sample {
        let model::Sample { label, ty, value } = of;
        Sample {
            label: self.label(label),
            r#type: self.type_id(*ty),
            value: value.into(),
        }
    }

    pub(crate) fn scenario(&self, of: &model::Scenario) -> Scenario {
        let model::Scenario {
            title,
            span,
            docs: above,
            lines,
        } = of;
        let lines = lines.iter().map(|line| {
            let model::Line { kind, span: _ } = line;
            match kind {
                model::LineKind::Given(given) => Line::Given(self.given(given)),
                model::LineKind::When(when) => Line::When(self.when(when)),
                model::LineKind::Then(then) => Line::Then(self.then(then)),
            }
        });
        Scenario {
            title: title.to_string(),
            docs: docs(above),
            at: self.at(*span),
            lines: lines.collect(),
        }
    }

    fn given(&self, of: &model::Given) -> Given {
        match of {
            model::Given::Fails {
                handler,
                fault,
                times,
            } => Given::Fails {
                handler: self.handler_id(*handler),
                fault: self.type_id(*fault),
                times: *times,
            },
            model::Given::Delays { handler, time, times } => Given::Delays {
                handler: self.handler_id(*handler),
                delay_ms: *time,
                times: *times,
            },
            model::Given::Silent { handler, times } => Given::Silent {
                handler: self.handler_id(*handler),
                times: *times,
            },
            model::Given::Stops { handler } => Given::Stops {
                handler: self.handler_id(*handler),
            },
            model::Given::Crashes { handler, times } => Given::Crashes {
                handler: self.handler_id(*handler),
                times: *times,
            },
            model::Given::Answers { handler, reply } => Given::Answers {
                handler: self.handler_id(*handler),
                reply: reply.into(),
            },
            model::Given::Duplicates { channel, count } => Given::Duplicates {
                channel: self.channel_id(*channel),
                count: *count,
            },
        }
    }

    fn when(&self, of: &model::When) -> When {
        match of {
            model::When::Request {
                method,
                path,
                body,
                returns,
                name,
            } => When::Request {
                method: (*method).into(),
                path: path.to_string(),
                body: body.as_ref().map(Computed::from),
                returns: *returns,
                name: name.as_ref().map(ToString::to_string),
            },
            model::When::Publish {
                message,
                fields,
                channel,
                times,
                name,
            } => When::Publish {
                message: self.type_id(*message),
                fields: fields.into(),
                channel: self.channel_id(*channel),
                times: *times,
                name: name.as_ref().map(ToString::to_string),
            },
            model::When::Advance(time) => When::Advance { advance_ms: *time },
            model::When::Starts { saga, input } => When::Starts {
                saga: self.saga_id(*saga),
                input: input.into(),
            },
            model::When::Does { handler, input } => When::Does {
                handler: self.handler_id(*handler),
                input: input.into(),
            },
        }
    }

    fn then(&self, of: &model::Then) -> Then {
        match of {
            model::Then::Receives { channel, count } => Then::Receives {
                channel: self.channel_id(*channel),
                count: *count,
            },
            model::Then::Drops { channel, count } => Then::Drops {
                channel: self.channel_id(*channel),
                count: *count,
            },
            model::Then::Skipped { handler, count } => Then::Skipped {
                handler: self.handler_id(*handler),
                count: *count,
            },
            model::Then::Is { what, key, expected } => Then::Is {
                what: self.looked(what),
                key: key.iter().map(Computed::from).collect(),
                expected: expected.into(),
            },
            model::Then::NeverReceives { channel } => Then::NeverReceives {
                channel: self.channel_id(*channel),
            },
            model::Then::Applied { handler, count } => Then::Applied {
                handler: self.handler_id(*handler),
                count: *count,
            },
            model::Then::Done { saga, within } => Then::Done {
                saga: self.saga_id(*saga),
                within_ms: *within,
            },
            model::Then::Failed {
                saga,
                with,
                undone,
                within,
            } => Then::Failed {
                saga: self.saga_id(*saga),
                with: with.as_ref().map(ToString::to_string),
                undone: undone.as_ref().map(|steps| texts(steps)),
                within_ms: *within,
            },
            model::Then::Has { store, fields } => Then::Has {
                store: self.store_id(*store),
                fields: fields.into(),
            },
            model::Then::Lacks { store, fields } => Then::Lacks {
                store: self.store_id(*store),
                fields: fields.into(),
            },
            model::Then::NeverCarries { channel, text } => Then::NeverCarries {
                channel: channel.map(|channel| self.channel_id(channel)),
                text: text.to_string(),
            },
        }
    }

    fn looked(&self, of: &model::Looked) -> Looked {
        match of {
            model::Looked::Scatter(scatter, asked) => Looked::Scatter {
                scatter: self.scatter_id(*scatter),
                asked: (*asked).into(),
            },
            model::Looked::Saga(saga, asked) => Looked::Saga {
                saga: self.saga_id(*saga),
                asked: (*asked).into(),
            },
            model::Looked::Answer(segments) => Looked::Answer { path: path(segments) },
        }
    }
}
