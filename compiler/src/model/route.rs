//! Routes: what flows from one channel to another, and what happens to it on the way.

use aqueduct_dsl::source::SpanId;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::{Channel, Dedup, Domain, Handler, Id, Key, Mapping, Predicate, Reason, Setting, TypeDecl};

/// What flows from one channel to another; a line that forks is several routes.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// From here.
    pub from: Id<Channel>,
    /// To here.
    pub to: Id<Channel>,
    /// What happens on the way, in the order of the line.
    pub stages: Vec<Stage>,
    /// What arrives: what the source carries, or what the stages have made of it.
    pub gives: Id<TypeDecl>,
    /// The line.
    pub span: SpanId,
    /// What is written above the line.
    pub docs: Vec<SmolStr>,
}

impl Route {
    /// The conditions on the way: only what fits all of them arrives.
    pub fn filters(&self) -> impl Iterator<Item = Filter<'_>> {
        self.stages.iter().filter_map(|stage| {
            let StageKind::Where(predicate) = &stage.kind else {
                return None;
            };
            Some(Filter {
                predicate,
                span: stage.span,
            })
        })
    }
}

/// A `where` between arrows.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'a> {
    /// The condition.
    pub predicate: &'a Predicate,
    /// Where.
    pub span: SpanId,
}

/// A stage between arrows.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// What it does.
    pub kind: StageKind,
    /// What it is given.
    pub takes: Id<TypeDecl>,
    /// What stages before it have given names to: items of a list, answers of a service.
    pub names: Vec<(SmolStr, Id<TypeDecl>)>,
    /// Where.
    pub span: SpanId,
}

/// What a stage does.
#[derive(Debug, Clone, PartialEq)]
pub enum StageKind {
    /// `where e`: lets through what fits.
    Where(Predicate),
    /// `choose { … }`: this route is an arm of a router.
    Arm {
        /// The router.
        choose: Id<Choose>,
        /// Which of its arms, counted from 0.
        arm: usize,
    },
    /// `recipients offices in [a, b]`: here goes what names this channel.
    Recipient {
        /// The field with the names.
        field: Vec<SmolStr>,
    },
    /// `tap ch`: a copy goes there.
    Tap(Id<Channel>),
    /// `delay 1m`, in milliseconds.
    Delay(u64),
    /// `throttle 500/s`: events in so many milliseconds.
    Throttle(Decimal, u64),
    /// `dedup by k for 7d`
    Dedup(Dedup),
    /// `drop [a, b]`: leaves fields out.
    Drop(Vec<SmolStr>),
    /// `drop after 3 because "…"`
    DropAfter(u32, Reason),
    /// `split lines as line`: one message of each item.
    Split {
        /// The list.
        items: Vec<SmolStr>,
        /// What an item is called from here on.
        name: SmolStr,
    },
    /// `aggregate T by k { … }`: one message of several.
    Aggregate(Box<Aggregate>),
    /// `resequence by k on seq { … }`
    Resequence {
        /// What belongs together.
        by: Key,
        /// The number that gives the order.
        on: SmolStr,
        /// How long to wait for what is missing, and what happens then.
        wait: Option<Patience>,
    },
    /// `translate T(…)`: another message of each.
    Translate {
        /// What is made.
        message: Id<TypeDecl>,
        /// Of what.
        fields: Mapping,
    },
    /// `enrich S.h(…) as x { … }`: asks for what the message lacks.
    Enrich {
        /// Who is asked.
        handler: Id<Handler>,
        /// What with.
        input: Mapping,
        /// What the answer is called from here on.
        name: SmolStr,
        /// How long to wait, and what happens then.
        timeout: Option<Patience>,
    },
    /// `claim f { … }`: puts a large field aside and sends its claim.
    Claim {
        /// The field.
        field: Vec<SmolStr>,
        /// Only what is larger, in bytes.
        over: Option<Setting<u64>>,
        /// How long it is kept, in milliseconds.
        retain: Option<Setting<u64>>,
    },
    /// `redeem f`: puts a claimed field back.
    Redeem(Vec<SmolStr>),
}

impl StageKind {
    /// The word of the language.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Where(_) => "where",
            Self::Arm { .. } => "choose",
            Self::Recipient { .. } => "recipients",
            Self::Tap(_) => "tap",
            Self::Delay(_) => "delay",
            Self::Throttle(..) => "throttle",
            Self::Dedup(_) => "dedup",
            Self::Drop(_) | Self::DropAfter(..) => "drop",
            Self::Split { .. } => "split",
            Self::Aggregate(_) => "aggregate",
            Self::Resequence { .. } => "resequence",
            Self::Translate { .. } => "translate",
            Self::Enrich { .. } => "enrich",
            Self::Claim { .. } => "claim",
            Self::Redeem(_) => "redeem",
        }
    }
}

/// `aggregate PickedOrder by order_id { until count == size, timeout 1h else fail }`
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// What is made.
    pub message: Id<TypeDecl>,
    /// What belongs together.
    pub by: Key,
    /// When it is complete; `count` is how many have come.
    pub until: Option<Predicate>,
    /// What belongs to one stretch of time: how long, in milliseconds, and by which field.
    pub window: Option<(u64, SmolStr)>,
    /// How long a window waits for what is late, in milliseconds.
    pub grace: Option<Setting<u64>>,
    /// What happens to what comes too late.
    pub late: Option<Late>,
    /// How long to wait, and what happens then.
    pub timeout: Option<Patience>,
}

/// What happens to an answer or a part that comes too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// It is taken in.
    Keep,
    /// It is dropped, and counted.
    Discard,
}

/// `timeout 30s else partial`: how long to wait, and what happens then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// In milliseconds.
    pub limit: u64,
    /// What happens then; it fails when nothing is said.
    pub otherwise: Otherwise,
    /// The clause.
    pub span: SpanId,
}

/// What happens when waiting was in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Otherwise {
    /// It fails.
    #[default]
    Fail,
    /// It goes on with what is there.
    Partial,
    /// What is there is dropped.
    Discard,
    /// An earlier answer is taken.
    Cached,
    /// It goes on without.
    Skip,
    /// The question is sent again, so often.
    Resend(u32),
    /// It goes on, with gaps.
    Gaps,
}

impl Otherwise {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Partial => "partial",
            Self::Discard => "discard",
            Self::Cached => "cached",
            Self::Skip => "skip",
            Self::Resend(_) => "resend",
            Self::Gaps => "gaps",
        }
    }
}

/// `choose { … }`: each message takes the first arm that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Choose {
    /// What it is given.
    pub takes: Id<TypeDecl>,
    /// What stages before it have given names to.
    pub names: Vec<(SmolStr, Id<TypeDecl>)>,
    /// In the order of the text.
    pub arms: Vec<Arm>,
    /// The stage.
    pub span: SpanId,
}

/// One arm of a router.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// What fits; everything that is left for `else`.
    pub condition: Option<Predicate>,
    /// What fits is dropped, and why.
    pub discard: Option<Reason>,
    /// The line of the arm.
    pub span: SpanId,
}

/// `convert BasketChanged.v2 -> BasketChanged.v1(…)`
#[derive(Debug, Clone, PartialEq)]
pub struct Converter {
    /// The domain that it belongs to, if there are any.
    pub domain: Option<Id<Domain>>,
    /// From this version.
    pub from: Id<TypeDecl>,
    /// To this one.
    pub to: Id<TypeDecl>,
    /// What it is made of.
    pub fields: Mapping,
    /// The line.
    pub span: SpanId,
}
