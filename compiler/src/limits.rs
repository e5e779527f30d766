//! What the services of a target allow: numbers as data, each with the page it was read from and when.
//!
//! Rules and targets read them here, so that a quota that moves is one line.

/// One number that a service sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Its name, such as `sqs.retention.max`.
    pub key: &'static str,
    /// The number.
    pub value: u64,
    /// What it counts.
    pub unit: &'static str,
    /// The page that says so.
    pub source: &'static str,
    /// The month in which it was read there.
    pub read: &'static str,
}

const fn limit(key: &'static str, value: u64, unit: &'static str, source: &'static str) -> Limit {
    Limit {
        key,
        value,
        unit,
        source,
        read: "2026-10",
    }
}

const fn read_again(limit: Limit, read: &'static str) -> Limit {
    Limit { read, ..limit }
}

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

const SQS_MESSAGES: &str = "SQS Developer Guide, Amazon SQS message quotas";
const SQS_VISIBILITY: &str = "SQS Developer Guide, Amazon SQS visibility timeout";
const SNS_FILTERS: &str = "SNS Developer Guide, Filter policy constraints";
const LAMBDA_SQS: &str =
    "Lambda Developer Guide, Creating and configuring an Amazon SQS event source mapping";

/// How short a queue may keep its messages.
pub const SQS_RETENTION_MIN: Limit = limit("sqs.retention.min", MINUTE, "ms", SQS_MESSAGES);
/// How long a queue may keep its messages.
pub const SQS_RETENTION_MAX: Limit = limit("sqs.retention.max", 14 * DAY, "ms", SQS_MESSAGES);
/// How long a message may be hidden.
pub const SQS_VISIBILITY_MAX: Limit = limit("sqs.visibility.max", 12 * HOUR, "ms", SQS_VISIBILITY);
/// How many times the function's timeout a message should be hidden.
pub const LAMBDA_VISIBILITY_FACTOR: Limit = limit("lambda.sqs.visibility.factor", 6, "timeouts", LAMBDA_SQS);
/// How many receives a message should have before it is dead.
pub const LAMBDA_RECEIVES_MIN: Limit = limit("lambda.sqs.receives.min", 5, "receives", LAMBDA_SQS);
/// How many keys a filter policy may have.
pub const SNS_FILTER_KEYS: Limit = read_again(limit("sns.filter.keys", 5, "keys", SNS_FILTERS), "2026-11");
/// How many combinations of values a filter policy may have.
pub const SNS_FILTER_COMBINATIONS: Limit = read_again(
    limit("sns.filter.combinations", 150, "combinations", SNS_FILTERS),
    "2026-11",
);
/// The largest number that a filter compares, with either sign.
pub const SNS_FILTER_NUMBER: Limit = read_again(
    limit("sns.filter.number", 1_000_000_000, "", SNS_FILTERS),
    "2026-11",
);
/// How many digits after the point a filter compares.
pub const SNS_FILTER_PLACES: Limit =
    read_again(limit("sns.filter.places", 5, "digits", SNS_FILTERS), "2026-11");

/// All of them.
pub const AWS: [&Limit; 9] = [
    &SQS_RETENTION_MIN,
    &SQS_RETENTION_MAX,
    &SQS_VISIBILITY_MAX,
    &LAMBDA_VISIBILITY_FACTOR,
    &LAMBDA_RECEIVES_MIN,
    &SNS_FILTER_KEYS,
    &SNS_FILTER_COMBINATIONS,
    &SNS_FILTER_NUMBER,
    &SNS_FILTER_PLACES,
];
