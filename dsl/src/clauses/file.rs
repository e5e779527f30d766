//! Rows of files, ownership, judgement and messages.

use super::Owner::{
    Aggregate, Api, Bus, Calls, Choreography, Config, Domain, ExternService, File, Handler, Message, Queue,
    Record, Saga, Scatter, Service, Step, Store, Stream, System, Target, Tentative, Topic,
};
use super::{Owner, Row};

/// Whatever may be judged.
const JUDGED: &[Owner] = &[
    File,
    System,
    Domain,
    Message,
    Record,
    Queue,
    Topic,
    Bus,
    Stream,
    Aggregate,
    Service,
    ExternService,
    Store,
    Api,
    Handler,
    Calls,
    Scatter,
    Tentative,
    Saga,
    Step,
    Choreography,
];

pub(super) const ROWS: &[Row] = &[
    Row::many(&[File], "use <file:text>", "takes in the entries of another file").stated(),
    Row::once(
        &[System, Service, ExternService, Queue, Topic, Bus, Stream],
        "owner <name:text>",
        "names the people who answer for it",
    )
    .carried()
    .rules(&["STY002"]),
    Row::once(
        &[Domain],
        "owner <name:text>",
        "names the people who answer for the domain",
    )
    .stated()
    .rules(&["STY002"]),
    Row::once(
        &[System, Domain],
        "pii retain <limit:duration>",
        "says how long personal data may be kept",
    )
    .rules(&["SEC005"]),
    Row::many(
        &[System, Domain],
        "budget <measure:word> <limit:number>",
        "sets a limit that the compiler measures against",
    )
    .rules(&["COU001", "COU002"]),
    Row::once(
        &[ExternService],
        "control <party:word(own|partner|vendor)>",
        "says who decides about its changes",
    )
    .carried()
    .rules(&["SCH004"]),
    Row::once(
        &[Domain, Service],
        "control <party:word(own|partner|vendor)>",
        "says who decides about changes",
    )
    .stated()
    .rules(&["SCH004"]),
    Row::once(
        &[Service, Api],
        "auth <scheme:word(jwt)>",
        "lets in who brings a token that the issuer has signed",
    )
    .carried()
    .rules(&["SEC003"]),
    Row::once(
        &[Service, Api],
        "auth none because <reason:text>",
        "opens the entry to everyone, and says why",
    )
    .carried()
    .rules(&["SEC003"]),
    Row::many(
        JUDGED,
        "allow <code:word> because <reason:text> [until <date:date>]",
        "accepts a finding, and says why",
    )
    .stated()
    .rules(&["STY003"]),
    Row::many(
        &[File, Domain, Message, Record],
        "assume <known:path> determines <value:path> because <reason:text>",
        "promises that one field settles another",
    )
    .stated()
    .rules(&["ORD007"]),
    Row::many(
        &[File, Domain],
        "outcome <start:path> to <end:path> within <limit:duration> [for <share:share>]",
        "states what must have happened, and by when",
    )
    .rules(&["FLO007"]),
    Row::many(&[File], "target <name:word>", "holds the settings of one target").block(Target),
    Row::once(
        &[System],
        "targets <names:path>",
        "says which targets the system is checked for",
    )
    .carried()
    .default("targets local | aws")
    .rules(&["TAR011"]),
    Row::once(
        &[Service],
        "config",
        "declares what differs between the members of a role",
    )
    .block(Config),
    // Messages.
    Row::many(
        &[Message],
        "reserved <fields:list>",
        "keeps names of former fields from being used again",
    )
    .stated()
    .rules(&["SCH003"]),
    Row::once(
        &[Message],
        "deprecated until <date:date>",
        "says when the version goes away",
    )
    .stated()
    .rules(&["SCH004"]),
    Row::many(
        &[File, Domain],
        "convert <message:path>",
        "begins a conversion from one version to another",
    )
    .leads()
    .rules(&["SCH006"]),
];
