//! Rows of queues, topics, buses and streams.

use super::Owner::{Bus, Claim, Handler, Queue, Route, Store, Stream, Tentative, Topic};
use super::Row;

pub(super) const ROWS: &[Row] = &[
    Row::once(
        &[Queue, Topic],
        "fifo by <key:key>",
        "keeps the order among messages with the same key",
    )
    .carried()
    .rules(&["ORD002", "ORD003", "SCH002", "TAR003", "TAR004"]),
    Row::once(
        &[Stream, Topic],
        "partition by <key:key>",
        "spreads messages over lanes, those with the same key in one",
    )
    .rules(&["ORD001", "ORD005"]),
    Row::once(
        &[Queue, Topic, Route],
        "dedup by <key:key> for <window:duration>",
        "drops a message whose key was seen a short time ago",
    )
    .rules(&["DEL003"]),
    Row::once(
        &[Queue],
        "retain <limit:duration>",
        "lets go of a message that nobody has handled after that long",
    )
    .carried()
    .rules(&["DEL009", "SEC005"]),
    Row::once(
        &[Topic, Stream, Claim],
        "retain <limit:duration>",
        "says how long messages are kept",
    )
    .rules(&["DEL009", "SEC005"]),
    Row::once(
        &[Queue, Topic, Store, Tentative],
        "expire <limit:duration>",
        "says after what time an unread message or an old row goes",
    )
    .rules(&["FLO012"]),
    Row::once(
        &[Queue, Route],
        "delay <time:duration>",
        "holds every message back for a time",
    ),
    Row::once(
        &[Bus, Stream, Topic],
        "archive <limit:duration>",
        "keeps messages for replay",
    )
    .rules(&["ORD009"]),
    Row::once(
        &[Queue],
        "visibility <limit:duration>",
        "says how long a message in work is hidden from others; computed from the handler when not said",
    )
    .carried()
    .rules(&["TAR001"]),
    Row::once(
        &[Queue, Stream],
        "capacity <count:number> else <action:word(block|reject|drop)> [oldest]",
        "bounds the queue, and says what happens when it is full",
    )
    .rules(&["FLO008", "FLO009"]),
    Row::once(
        &[Queue],
        "dead_letter none because <reason:text>",
        "has no dead letter queue, and says why",
    )
    .rules(&["DEL004", "DEL005"]),
    Row::once(
        &[Queue],
        "dead_letter [<queue:word>] after <count:number>",
        "puts a message aside after that many attempts",
    )
    .carried()
    .default("dead_letter after 5")
    .rules(&["DEL004", "DEL005", "DEL008", "DEL010", "TAR002"]),
    Row::once(
        &[Handler],
        "dead_letter [<queue:word>] after <count:number> [split]",
        "puts a part of a stream aside after that many attempts",
    )
    .rules(&["DEL004", "DEL005"]),
    Row::once(
        &[Queue],
        "block after <count:number>",
        "stops the lane after that many attempts until a person helps",
    )
    .rules(&["DEL005", "ORD002"]),
    Row::once(
        &[Queue, Topic, Bus, Stream],
        "invalid <queue:word>",
        "says where messages go that do not fit their type",
    )
    .rules(&["SCH007"]),
    Row::once(
        &[Queue, Topic, Bus, Stream],
        "encrypt [none because <reason:text>]",
        "encrypts messages at rest",
    )
    .rules(&["SEC002"]),
];
