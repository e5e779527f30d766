//! Rows of sagas, their steps and choreographies.

use super::Owner::{Calls, Choreography, Parallel, Saga, Statements, Step};
use super::{Owner, Row};

/// Where a saga does something.
const BODY: &[Owner] = &[Saga, Statements, Owner::Map];

pub(super) const ROWS: &[Row] = &[
    Row::once(
        &[Step],
        "undo [<verb:word(insert|put|update|delete)>] <action:call>",
        "says what takes the step back",
    )
    .carried()
    .rules(&["SAG001", "SAG003", "SAG004"]),
    Row::once(
        &[Step, Calls],
        "retry <count:number> [backoff <wait:duration> [<factor:factor>]] [cap <longest:duration>] [on <fault:path>]",
        "tries again a few times",
    )
    .carried()
    .rules(&["FLO005", "FLO006"]),
    Row::once(
        &[Step],
        "retry until <end:word(known|done)> [alarm <after:duration>]",
        "tries again until it is settled, and calls a person if that takes long",
    )
    .carried()
    .rules(&["SAG002", "SAG006", "SAG007"]),
    Row::many(
        &[Step],
        "on <fault:path>",
        "says what is done in its place when it fails so",
    )
    .carried()
    .block(Statements)
    .rules(&["SAG010"]),
    Row::many(
        &[Saga],
        "on <fault:path>",
        "says what a failure of this kind leads to, wherever it happens",
    )
    .block(Statements)
    .rules(&["SAG010"]),
    Row::many(
        &[Saga, Step],
        "on <fault:path> retry <count:number>",
        "says how often a failure of this kind is tried again",
    )
    .block(Statements)
    .rules(&["SAG010"]),
    Row::many(BODY, "wait <time:duration>", "lets time pass")
        .carried()
        .rules(&["FLO007"]),
    Row::many(
        BODY,
        "wait <time:duration> else <fault:path>",
        "lets time pass, and fails so when the deadline is over before",
    )
    .rules(&["FLO007"]),
    Row::many(BODY, "wait until <time:expr>", "lets time pass until then").rules(&["FLO007"]),
    Row::once(BODY, "fail <fault:expr>", "ends the saga and takes it back")
        .carried()
        .rules(&["SAG002"]),
    Row::once(
        &[Step],
        "heartbeat <limit:duration>",
        "says how long the other side may be silent",
    )
    .rules(&["SAG008"]),
    Row::once(
        &[Saga],
        "deadline <limit:duration>",
        "begins no step later than this after the start",
    )
    .carried()
    .rules(&["SAG008", "FLO007"]),
    Row::once(
        &[Choreography],
        "deadline <limit:duration>",
        "says when it must have ended",
    )
    .stated()
    .rules(&["SAG008", "FLO007"]),
    Row::once(&[Saga], "done", "says what follows a good end")
        .carried()
        .block(Statements)
        .rules(&["SAG012"]),
    Row::once(
        &[Saga],
        "done <message:path>",
        "says with which message it comes to a good end, and what follows",
    )
    .block(Statements)
    .rules(&["SAG012"]),
    Row::once(
        &[Choreography],
        "done <messages:path>",
        "says with which message it comes to a good end",
    )
    .stated()
    .rules(&["SAG011"]),
    Row::once(&[Saga], "failed", "says what follows when all is taken back")
        .carried()
        .block(Statements)
        .rules(&["SAG010", "SAG012"]),
    Row::once(
        &[Saga],
        "failed <message:path>",
        "says with which message it comes to a bad end, and what follows",
    )
    .block(Statements)
    .rules(&["SAG010", "SAG012"]),
    Row::once(
        &[Choreography],
        "failed <messages:path>",
        "says with which message it comes to a bad end",
    )
    .stated()
    .rules(&["SAG011"]),
    Row::many(
        BODY,
        "parallel all",
        "does several things at once, and goes on when all are done",
    )
    .carried()
    .block(Parallel)
    .rules(&["SAG002"]),
    Row::many(
        BODY,
        "parallel first",
        "does several things at once, and goes on when one is done",
    )
    .block(Parallel)
    .rules(&["SAG012"]),
    Row::many(&[Parallel], "branch <name:word>", "is one of several that run at once")
        .carried()
        .block(Statements),
    Row::once(
        &[Saga],
        "style slip",
        "carries the route in the message instead of a coordinator",
    )
    .rules(&["ROU010"]),
    Row::once(
        &[Saga],
        "route <choice:expr>",
        "says which steps a message takes, in which order",
    )
    .rules(&["ROU010"]),
    Row::many(
        BODY,
        "emit <message:call> to <channel:path>",
        "sends a message to a channel",
    )
    .carried()
    .rules(&["DEL006"]),
    Row::many(BODY, "insert <row:call>", "adds a row that must not be there yet").carried(),
    Row::many(BODY, "put <row:call>", "writes a row, new or not").carried(),
    Row::many(
        BODY,
        "update <row:call> [where <predicate:expr>]",
        "changes a row, if it fits",
    )
    .carried(),
    Row::many(BODY, "get <row:call>", "reads a row").carried(),
    Row::many(BODY, "delete <row:call>", "takes a row away").carried(),
    Row::many(BODY, "reserve <hold:call>", "holds something for a time"),
    Row::many(BODY, "run <job:call>", "starts a job and waits for its end").rules(&["SAG008"]),
    Row::many(BODY, "await <handler:call>", "calls and waits for somebody to answer").rules(&["SAG008"]),
    Row::many(
        BODY,
        "await <message:path> on <channel:path> [where <predicate:expr>]",
        "waits for a message",
    )
    .rules(&["SAG008"]),
];
