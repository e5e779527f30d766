//! Routes with what happens on the way, routers, and converters of versions.

mod read;

use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::channel::Dedup;
use crate::label::{Place, Setting};
use crate::service::Rate;
use crate::value::{Condition, Mapping};
use crate::words::Late;

/// What flows from one channel to another; a line that forks is several routes.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Route {
    /// The channel that it reads.
    from: String,
    /// The channel that it fills.
    to: String,
    /// What is written above it; lines end with a line feed.
    docs: Option<String>,
    /// Where it is written.
    at: Option<Place>,
    /// What happens on the way, in order.
    stages: Vec<Stage>,
    /// The type of what arrives.
    gives: String,
}

/// What happens on the way.
#[derive(Debug, Serialize, JsonSchema)]
struct Stage {
    /// The type of what it is given.
    takes: String,
    /// What stages before it have given names to.
    names: Vec<Name>,
    #[serde(flatten)]
    what: StageKind,
}

/// A name that a stage has given.
#[derive(Debug, Serialize, JsonSchema)]
struct Name {
    /// It.
    name: String,
    /// The type of what it stands for.
    r#type: String,
}

/// What a stage does.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum StageKind {
    /// Lets through what fits.
    Where {
        /// The condition.
        condition: Condition,
    },
    /// This route is an arm of a router.
    Choose {
        /// The router's id.
        router: String,
        /// Which of its arms, from 1.
        arm: usize,
        /// What fits; absent for what is left.
        condition: Option<Condition>,
    },
    /// Here goes what names this channel.
    Recipients {
        /// The field with the names.
        field: String,
    },
    /// A copy goes to another channel.
    Tap {
        /// That one.
        channel: String,
    },
    /// Waits.
    Delay {
        /// So long.
        delay_ms: u64,
    },
    /// Lets through so many.
    Throttle {
        /// So many.
        rate: Rate,
    },
    /// Drops what was seen before.
    Dedup {
        /// What that is.
        dedup: Dedup,
    },
    /// Leaves fields out.
    Drop {
        /// Which.
        fields: Vec<String>,
    },
    /// Gives a message up.
    DropAfter {
        /// After so many tries.
        tries: u32,
        /// The author's reason.
        because: String,
    },
    /// One message of each item.
    Split {
        /// The list.
        items: String,
        /// What an item is called from here on.
        name: String,
    },
    /// One message of several.
    Aggregate {
        /// The type of what is made.
        message: String,
        /// What belongs together.
        by: Vec<String>,
        /// When it is complete; `count` is how many have come.
        until: Option<Condition>,
        /// What belongs to one stretch of time.
        window: Option<Window>,
        /// How long a window waits for what is late.
        grace_ms: Option<Setting<u64>>,
        /// What happens to what comes too late.
        late: Option<Late>,
        /// How long to wait, and what happens then.
        timeout: Option<Patience>,
    },
    /// Puts messages into order.
    Resequence {
        /// What belongs together.
        by: Vec<String>,
        /// The number that gives the order.
        on: String,
        /// How long to wait for what is missing, and what happens then.
        wait: Option<Patience>,
    },
    /// Another message of each.
    Translate {
        /// The type of what is made.
        message: String,
        /// Of what.
        fields: Mapping,
    },
    /// Asks for what the message lacks.
    Enrich {
        /// The handler that is asked.
        handler: String,
        /// What with.
        input: Mapping,
        /// What the answer is called from here on.
        name: String,
        /// How long to wait, and what happens then.
        timeout: Option<Patience>,
    },
    /// Puts a large field aside and sends its claim.
    Claim {
        /// The field.
        field: String,
        /// Only what is larger.
        over_bytes: Option<Setting<u64>>,
        /// How long it is kept.
        retain_ms: Option<Setting<u64>>,
    },
    /// Puts a claimed field back.
    Redeem {
        /// The field.
        field: String,
    },
}

/// A stretch of time.
#[derive(Debug, Serialize, JsonSchema)]
struct Window {
    /// How long it is.
    length_ms: u64,
    /// The field with the time.
    by: String,
}

/// How long to wait, and what happens then.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Patience {
    /// So long.
    limit_ms: u64,
    /// What happens then.
    otherwise: Otherwise,
    /// How often the question is sent again.
    resends: Option<u32>,
}

/// What happens when waiting was in vain.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Otherwise {
    /// It fails.
    Fail,
    /// It goes on with what is there.
    Partial,
    /// What is there is dropped.
    Discard,
    /// An earlier answer is taken.
    Cached,
    /// It goes on without.
    Skip,
    /// The question is sent again.
    Resend,
    /// It goes on, with gaps.
    Gaps,
}

/// A router: each message takes the first arm that fits.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Router {
    /// Made from the channel that it reads, counted from 1 where there are several: what refers to it says this.
    id: String,
    /// The channel that it reads, if anything leads on from it.
    from: Option<String>,
    /// The type of what it is given.
    takes: String,
    /// What stages before it have given names to.
    names: Vec<Name>,
    /// Where it is written.
    at: Option<Place>,
    /// In order.
    arms: Vec<Arm>,
}

/// One arm of a router.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
struct Arm {
    /// What fits; absent for what is left.
    condition: Option<Condition>,
    /// What fits is dropped, for this reason.
    discard: Option<String>,
}

/// How one version of a message is made of another.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Converter {
    /// The domain that it belongs to.
    domain: Option<String>,
    /// From this type.
    from: String,
    /// To this one.
    to: String,
    /// Where it is written.
    at: Option<Place>,
    /// Of what.
    fields: Mapping,
}
