//! A scenario as data: what the compiler writes, what a program plays.

use std::collections::BTreeMap;

use aqueduct_saga::definition::Value;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::stub::Record;

/// Scenarios of one system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Decides everything that is left to chance.
    pub seed: u64,
    /// In the order of the text.
    pub scenarios: Vec<Scenario>,
    /// What handlers of extern services answer, by `Service.handler`.
    pub externs: BTreeMap<String, Record>,
}

/// `scenario "…" { }`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its title.
    pub title: String,
    /// Where it stands in the file.
    pub line: usize,
    /// In the order of the text.
    pub lines: Vec<Line>,
}

/// One line of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Where it stands in the file.
    pub line: usize,
    /// As written.
    pub text: String,
    /// What it says.
    pub what: What,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Something is not as usual.
    Given(Given),
    /// Something happens.
    When(When),
    /// Something must be true.
    Then(Then),
}

/// What is not as usual. Handlers are `Service.handler`; times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// It says no.
    Fails {
        /// Who.
        handler: String,
        /// With which declared fault.
        fault: String,
        /// The fields of it.
        fields: Json,
        /// How often; always when not said.
        times: Option<u32>,
    },
    /// It takes long.
    Delays {
        /// Who.
        handler: String,
        /// How long.
        time: u64,
        /// How often; always when not said.
        times: Option<u32>,
    },
    /// It never answers.
    Silent {
        /// Who.
        handler: String,
        /// How often; always when not said.
        times: Option<u32>,
    },
    /// It takes nothing.
    Stops {
        /// Who.
        handler: String,
    },
    /// It does its work, and nobody hears of it.
    Crashes {
        /// Who.
        handler: String,
        /// How often.
        times: u32,
    },
    /// It answers this.
    Answers {
        /// Who.
        handler: String,
        /// The whole reply.
        reply: Value,
    },
    /// Each message comes so often in all.
    Duplicates {
        /// A queue or topic.
        channel: String,
        /// How often.
        count: u32,
    },
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// A request.
    Request {
        /// The method, in capital letters.
        method: String,
        /// The path.
        path: String,
        /// What is sent.
        body: Option<Value>,
        /// Which status is wanted; any that is no failure when not said.
        returns: Option<u16>,
        /// What the answer is called afterwards.
        name: Option<String>,
    },
    /// A message from outside.
    Publish {
        /// Where to.
        channel: String,
        /// What.
        message: Value,
        /// How often.
        times: u32,
        /// What it is called afterwards.
        name: Option<String>,
    },
    /// Time passes, in milliseconds.
    Advance(u64),
}

/// What must be true. Times are in milliseconds, from the last `when` on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// A channel got so many messages, copies of one counted once.
    Receives {
        /// A queue or topic.
        channel: String,
        /// Exactly.
        count: usize,
    },
    /// A channel gets nothing, up to the end of the scenario.
    NeverReceives {
        /// A queue or topic.
        channel: String,
    },
    /// A handler did its work to the end so often.
    Applied {
        /// `Service.handler`.
        handler: String,
        /// Exactly.
        count: usize,
    },
    /// Every run of a saga has come to its good end, and there is one.
    Done {
        /// `Service.Saga`.
        saga: String,
        /// Until when.
        within: Option<u64>,
    },
    /// Every run of a saga was taken back, and there is one.
    Failed {
        /// `Service.Saga`.
        saga: String,
        /// For what.
        with: Option<String>,
        /// All steps that were taken back, in order.
        undone: Option<Vec<String>>,
        /// Until when.
        within: Option<u64>,
    },
    /// A table has a row with these fields.
    Has {
        /// `Service.table`.
        table: String,
        /// The fields.
        fields: Value,
    },
    /// A table has no row with these fields.
    Lacks {
        /// `Service.table`.
        table: String,
        /// The fields.
        fields: Value,
    },
    /// No message of a channel has this text in it; without a channel: nothing that is sent, kept or logged.
    NeverCarries {
        /// A queue or topic.
        channel: Option<String>,
        /// What must not be seen.
        text: String,
    },
}
