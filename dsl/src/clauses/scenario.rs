//! Rows of scenarios: what is given, what happens, what must be true then.

use super::Owner::Scenario;
use super::{Owner, Row};

const HERE: &[Owner] = &[Scenario];

pub(super) const ROWS: &[Row] = &[
    Row::many(
        HERE,
        "given <target:path> fails <fault:word> [times <count:number>]",
        "has a handler fail",
    )
    .carried(),
    Row::many(
        HERE,
        "given <target:path> delays <time:amount> [for <count:number>]",
        "has a handler take long",
    )
    .carried(),
    Row::many(
        HERE,
        "given <target:path> silent [for <count:number>]",
        "has a handler never answer",
    )
    .carried(),
    Row::many(HERE, "given <target:path> stops", "has a handler stop working")
        .carried(),
    Row::many(
        HERE,
        "given <target:path> crashes after commit [times <count:number>]",
        "has a handler die between its commit and its answer",
    )
    .carried(),
    Row::many(
        HERE,
        "given <target:path> answers <message:call>",
        "has a handler answer this",
    )
    .carried(),
    Row::many(
        HERE,
        "given <channel:path> duplicates <count:number>",
        "has a channel deliver more than once",
    )
    .carried(),
    Row::many(
        HERE,
        "when <method:word(GET|POST|PUT|PATCH|DELETE|HEAD)> <path:text> [<body:expr>] [returns <status:number>] [as <name:word>]",
        "sends a request",
    )
    .carried(),
    Row::many(
        HERE,
        "when publish <message:call> to <channel:path> [times <count:number>] [as <name:word>]",
        "sends a message to a channel",
    )
    .carried(),
    Row::many(HERE, "when clock advances <time:duration>", "lets time pass")
        .carried(),
    Row::many(
        HERE,
        "when <target:path> starts <saga:call>",
        "has a service start a saga",
    ),
    Row::many(
        HERE,
        "when <target:path> <action:call>",
        "has a service do something",
    ),
    Row::many(
        HERE,
        "then <target:path> receives <count:number>",
        "counts the messages that arrived",
    )
    .carried(),
    Row::many(
        HERE,
        "then <target:path> drops <count:number>",
        "counts the messages that were dropped",
    ),
    Row::many(
        HERE,
        "then <target:path> skipped <count:number>",
        "counts the messages that were passed over",
    ),
    Row::many(
        HERE,
        "then <handler:path> applied <count:number>",
        "counts how often a handler had its effect",
    )
    .carried(),
    Row::many(
        HERE,
        "then <saga:path> done [within <limit:duration>]",
        "says that a saga came to a good end",
    )
    .carried(),
    Row::many(
        HERE,
        "then <saga:path> failed [with <fault:word>] [undone <steps:list>] [within <limit:duration>]",
        "says that a saga was taken back, in this order",
    )
    .carried(),
    Row::many(HERE, "then <store:path> has <row:expr>", "finds a row")
        .carried(),
    Row::many(HERE, "then <store:path> lacks <row:expr>", "finds no such row")
        .carried(),
    Row::many(HERE, "then <value:call> is <expected:expr>", "compares an answer"),
    Row::many(
        HERE,
        "then <value:path> is <expected:expr>",
        "compares an earlier answer",
    ),
    Row::many(
        HERE,
        "never <channel:path> receives",
        "says that no message ever arrives",
    )
    .carried(),
    Row::many(
        HERE,
        "never <channel:path> carries <content:text>",
        "says that a text never appears in a message",
    )
    .carried(),
];
