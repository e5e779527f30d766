//! Rows of handlers: what they do, within which limits, and how often they may.

use super::Owner::{
    Api, Asks, Calls, ExternService, Handler, Map, Queue, Saga, Service, Statements, Step, Stream,
};
use super::Row;

pub(super) const ROWS: &[Row] = &[
    Row::many(&[Handler], "reads <store:path>", "may read a store")
        .carried()
        .rules(&["COU007"]),
    Row::many(
        &[Handler],
        "writes <store:path> commutative",
        "may write to a store, in any order",
    )
    .carried()
    .rules(&["COU007", "ORD001"]),
    Row::many(&[Handler], "writes <store:path>", "may write to a store")
        .carried()
        .rules(&["COU007", "DEL001"]),
    Row::many(
        &[Handler],
        "asks <message:path> to <channel:path> [via outbox]",
        "sends a question and waits for the answer",
    )
    .block(Asks)
    .rules(&["FLO010", "COU001"]),
    Row::once(
        &[Asks],
        "reply on <channel:path> by <key:key>",
        "has the answer come to another handler",
    )
    .rules(&["FLO010"]),
    Row::many(
        &[Handler],
        "emits <message:path> to <channel:path> [via outbox]",
        "may send a message to a channel",
    )
    .carried()
    .rules(&["DEL006", "FLO001", "COU010"]),
    Row::many(
        &[Handler],
        "faults to <channel:path>",
        "sends the fault in the place of an answer",
    ),
    Row::many(
        &[Handler],
        "calls <handler:path>",
        "may call a handler of another service",
    )
    .carried()
    .block(Calls)
    .rules(&["COU001", "COU003", "FLO005"]),
    Row::many(&[Handler], "starts <saga:path>", "may start a saga"),
    Row::once(
        &[Handler],
        "undoes <handler:path> by <key:key>",
        "takes back what another handler did",
    )
    .carried()
    .rules(&["SAG001", "SAG004"]),
    Row::once(
        &[Handler],
        "fence by <key:key>",
        "refuses what comes after it was undone",
    )
    .carried()
    .rules(&["SAG005"]),
    Row::once(
        &[Handler],
        "inbox for <window:duration>",
        "remembers every message it has seen",
    )
    .rules(&["DEL001", "DEL003"]),
    Row::once(
        &[Handler],
        "idempotent by <key:key> [for <window:duration>]",
        "does nothing the second time it sees a key",
    )
    .carried()
    .rules(&["DEL001", "DEL002", "DEL003"]),
    Row::once(
        &[Handler],
        "natural because <reason:text>",
        "may run twice without harm, and says why",
    )
    .carried()
    .rules(&["DEL001"]),
    Row::once(&[Handler, Step], "irreversible", "does what nobody can take back")
        .carried()
        .rules(&["SAG014"]),
    Row::once(
        &[Handler],
        "uses <fields:list>",
        "lists the fields of its message that it looks at",
    )
    .rules(&["COU008"]),
    Row::once(
        &[Handler],
        "concurrency <count:number>",
        "says how many messages it works on at once",
    )
    .carried()
    .default("concurrency 16")
    .rules(&["ORD006"]),
    Row::once(
        &[Map, Saga],
        "concurrency <count:number>",
        "says how many run at once",
    )
    .rules(&["ORD006"]),
    Row::once(
        &[Handler],
        "timeout <limit:duration>",
        "says how long it may take",
    )
    .carried()
    .default("timeout 30s")
    .rules(&["TAR001", "FLO006"]),
    Row::once(
        &[Calls, Step],
        "timeout <limit:duration>",
        "says how long to wait for the other side",
    )
    .carried()
    .rules(&["SAG008", "FLO006"]),
    Row::once(
        &[Handler, Queue, Stream],
        "batch <limit:expr> [within <time:duration>] [parallel by <key:key>] [split]",
        "takes several messages at once",
    )
    .rules(&["ORD006", "ORD010", "DEL007"]),
    Row::once(
        &[Handler],
        "takes <time:amount>",
        "says how long it usually takes",
    )
    .carried()
    .rules(&["FLO006", "FLO011"]),
    Row::once(
        &[Handler],
        "start latest",
        "begins at the newest message when it reads a stream for the first time",
    ),
    Row::many(
        &[Saga, Statements, Map],
        "start <saga:call>",
        "starts a saga and does not wait for it",
    ),
    Row::once(
        &[Handler],
        "max_hops <count:number>",
        "gives up on a message that was passed on too often",
    )
    .rules(&["FLO004"]),
    Row::once(
        &[Handler],
        "order by <key:key> strict",
        "needs every message in order, none missing",
    )
    .rules(&["ORD001", "ORD008"]),
    Row::once(
        &[Handler],
        "order by <key:key> gaps",
        "needs messages in order, some may be missing",
    )
    .rules(&["ORD001", "ORD008"]),
    Row::once(
        &[Handler],
        "order by <key:key> if later <field:word>",
        "takes a message only if it is newer than the last",
    )
    .rules(&["ORD001", "ORD011"]),
    Row::once(
        &[Calls],
        "breaker <count:number> within <time:duration>",
        "stops calling after that many failures",
    )
    .carried()
    .rules(&["FLO005"]),
    Row::once(
        &[Calls],
        "bulkhead <count:number>",
        "says how many calls may be under way",
    )
    .carried()
    .rules(&["FLO005"]),
    Row::once(
        &[Service, ExternService, Api, Handler],
        "load <rate:rate> [peak <peak:rate>]",
        "says how much is expected",
    )
    .stated()
    .rules(&["FLO008", "FLO011"]),
    Row::once(
        &[ExternService],
        "limit <rate:rate>",
        "says how much the other side lets in",
    )
    .carried()
    .rules(&["FLO011"]),
    Row::once(
        &[Service, Api, Handler],
        "limit <rate:rate>",
        "says how much is let in",
    )
    .rules(&["FLO011"]),
];
