//! Rows of services, their apis and what they hold for a time.

use super::Owner::{Api, ExternService, Service, Tentative};
use super::Row;

pub(super) const ROWS: &[Row] = &[
    Row::many(
        &[Service],
        "api <method:word(GET|POST|PUT|PATCH|DELETE)> <path:text>",
        "opens a path to the outside",
    )
    .carried()
    .leads()
    .rules(&["SEC003", "TAR008"]),
    Row::once(
        &[Api],
        "returns <status:numbers>",
        "says with which status it answers",
    )
    .carried(),
    Row::many(
        &[Api],
        "fails <fault:word> <status:number>",
        "says with which status it answers to a fault",
    ),
    Row::many(
        &[Service],
        "schedule <name:word> every <period:duration>",
        "does something again and again",
    )
    .leads(),
    Row::many(
        &[Service],
        "schedule <name:word> cron <times:text>",
        "does something at set times",
    )
    .leads(),
    Row::once(&[Api], "size <limit:size>", "bounds the body of a request").rules(&["TAR008"]),
    Row::once(&[Api], "page <count:number>", "bounds the rows of one answer").rules(&["TAR008"]),
    Row::once(
        &[ExternService],
        "stand_in <folder:text>",
        "names the folder of a program that `aqueduct run` starts in its place",
    )
    .carried(),
    Row::once(
        &[Tentative],
        "reserve <handler:word>",
        "names what holds something for a time",
    ),
    Row::once(
        &[Tentative],
        "confirm <handler:word>",
        "names what makes the hold final",
    ),
    Row::once(
        &[Tentative],
        "cancel <handler:word>",
        "names what gives the hold up",
    ),
];
