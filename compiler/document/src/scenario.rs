//! Samples and scenarios: what is given, what happens, what must be true then.

mod read;

use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::label::{Label, Place};
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
