//! Rows of stages between arrows, and of their blocks.

use super::Owner::{Aggregate, Asks, Choose, Claim, Enrich, Queue, Resequence, Route, Scatter, Service};
use super::Row;

pub(super) const ROWS: &[Row] = &[
    Row::many(&[Route], "where <predicate:expr>", "lets through what fits")
        .carried()
        .rules(&["ROU003", "TAR007"]),
    Row::many(&[Route], "tap <channel:path>", "sends a copy to another channel"),
    Row::many(
        &[Service],
        "tap api to <channel:path>",
        "sends a copy of every request to a channel",
    ),
    Row::once(&[Route], "choose", "sends each message down the first arm that fits")
        .block(Choose)
        .rules(&["ROU001", "ROU002"]),
    Row::once(&[Route], "else", "takes what no other arm took").rules(&["ROU001"]),
    Row::once(&[Route], "discard because <reason:text>", "drops messages, and says why").rules(&["ROU001"]),
    Row::once(
        &[Queue, Route],
        "drop after <count:number> because <reason:text>",
        "gives a message up after that many attempts, and says why",
    )
    .rules(&["DEL004"]),
    Row::many(&[Route], "drop <fields:list>", "leaves fields out").rules(&["ROU005"]),
    Row::many(
        &[Route],
        "split <items:path> as <name:word>",
        "makes one message of each item",
    )
    .rules(&["ROU005"]),
    Row::once(
        &[Route],
        "aggregate <message:path> by <key:key>",
        "makes one message of all with the same key",
    )
    .block(Aggregate)
    .rules(&["ROU004", "ROU006"]),
    Row::once(
        &[Route],
        "resequence by <key:key> on <sequence:word>",
        "restores the order that a number in the message gives",
    )
    .block(Resequence)
    .rules(&["ORD008"]),
    Row::many(
        &[Route],
        "translate <message:call>",
        "makes another message of each",
    )
    .rules(&["SCH001"]),
    Row::many(
        &[Route],
        "enrich <handler:call> as <name:word>",
        "asks a service for what the message lacks",
    )
    .block(Enrich)
    .rules(&["ROU009"]),
    Row::once(
        &[Route],
        "claim <field:path>",
        "puts a large field into a store and sends its claim on",
    )
    .block(Claim)
    .rules(&["ROU008"]),
    Row::once(&[Route], "redeem <field:path>", "puts a claimed field back").rules(&["ROU008"]),
    Row::once(
        &[Route],
        "throttle <rate:rate>",
        "lets no more through than that",
    )
    .rules(&["FLO011"]),
    Row::once(
        &[Route],
        "recipients <choice:expr>",
        "sends each message to those it names",
    )
    .rules(&["ROU010"]),
    // In a stage or a scatter.
    Row::once(
        &[Aggregate],
        "window <size:duration> on <time:word>",
        "collects what belongs to one stretch of time",
    ),
    Row::once(
        &[Aggregate],
        "grace <limit:duration>",
        "waits for what is late to its window",
    ),
    Row::once(
        &[Scatter, Aggregate],
        "late <action:word(keep|discard)>",
        "says what happens to an answer that comes too late",
    )
    .rules(&["ROU007"]),
    Row::once(
        &[Scatter],
        "until <rule:word(all|first|count)> [<count:expr>]",
        "says when enough answers are there",
    )
    .rules(&["ROU006"]),
    Row::once(
        &[Aggregate],
        "until <predicate:expr>",
        "says when the collection is complete",
    )
    .rules(&["ROU004", "ROU006"]),
    Row::once(
        &[Aggregate, Enrich, Asks, Scatter],
        "timeout <limit:duration> [else <action:word(partial|fail|discard|cached|skip|resend)>] [<count:number>]",
        "says how long to wait, and what happens then",
    )
    .rules(&["ROU004", "ROU009", "SAG008", "FLO006"]),
    Row::once(
        &[Resequence],
        "wait <limit:duration> [else <action:word(gaps|fail|discard)>]",
        "says how long to wait for what is missing",
    )
    .rules(&["ORD008"]),
    Row::many(
        &[Scatter],
        "ask <message:path> to <channel:path>",
        "sends the question to all who may answer",
    )
    .rules(&["ROU007"]),
    Row::many(
        &[Scatter],
        "gather <message:path> on <channel:path> [by <responder:key>]",
        "collects the answers, one of each responder",
    )
    .rules(&["ROU007"]),
    Row::once(
        &[Claim],
        "over <size:size>",
        "claims only what is larger than that",
    ),
];
