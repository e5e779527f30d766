//! Routes with what happens on the way, routers, and converters of versions.

use aqueduct_compiler::model::{self, Id};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;
use smol_str::SmolStr;

use crate::channel::{Dedup, dedup};
use crate::label::{Place, Setting, docs, key, path, reason, setting, texts};
use crate::reader::Reader;
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

impl Reader<'_> {
    pub(crate) fn route(&self, of: &model::Route) -> Route {
        let model::Route {
            from,
            to,
            stages,
            gives,
            span,
            docs: lines,
        } = of;
        Route {
            from: self.channel_id(*from),
            to: self.channel_id(*to),
            docs: docs(lines),
            at: self.at(*span),
            stages: stages.iter().map(|stage| self.stage(stage)).collect(),
            gives: self.type_id(*gives),
        }
    }

    fn stage(&self, of: &model::Stage) -> Stage {
        let model::Stage {
            kind,
            takes,
            names,
            span: _,
        } = of;
        Stage {
            takes: self.type_id(*takes),
            names: self.names(names),
            what: self.stage_kind(kind),
        }
    }

    fn stage_kind(&self, of: &model::StageKind) -> StageKind {
        match of {
            model::StageKind::Where(condition) => StageKind::Where {
                condition: condition.into(),
            },
            model::StageKind::Arm { choose, arm } => {
                let declared = self.model.chooses[*choose].arms.get(*arm);
                StageKind::Choose {
                    router: self.router_id(*choose),
                    arm: arm + 1,
                    condition: declared.and_then(|arm| Some(arm.condition.as_ref()?.into())),
                }
            }
            model::StageKind::Recipient { field } => StageKind::Recipients { field: path(field) },
            model::StageKind::Tap(channel) => StageKind::Tap {
                channel: self.channel_id(*channel),
            },
            model::StageKind::Delay(time) => StageKind::Delay { delay_ms: *time },
            model::StageKind::Throttle(events, per) => StageKind::Throttle {
                rate: (*events, *per).into(),
            },
            model::StageKind::Dedup(same) => StageKind::Dedup { dedup: dedup(same) },
            model::StageKind::Drop(fields) => StageKind::Drop {
                fields: texts(fields),
            },
            model::StageKind::DropAfter(tries, because) => StageKind::DropAfter {
                tries: *tries,
                because: reason(because),
            },
            model::StageKind::Split { items, name } => StageKind::Split {
                items: path(items),
                name: name.to_string(),
            },
            model::StageKind::Aggregate(aggregate) => self.aggregate(aggregate),
            model::StageKind::Resequence { by, on, wait } => StageKind::Resequence {
                by: key(by),
                on: on.to_string(),
                wait: wait.map(Patience::from),
            },
            model::StageKind::Translate { message, fields } => StageKind::Translate {
                message: self.type_id(*message),
                fields: fields.into(),
            },
            model::StageKind::Enrich {
                handler,
                input,
                name,
                timeout,
            } => StageKind::Enrich {
                handler: self.handler_id(*handler),
                input: input.into(),
                name: name.to_string(),
                timeout: timeout.map(Patience::from),
            },
            model::StageKind::Claim { field, over, retain } => StageKind::Claim {
                field: path(field),
                over_bytes: setting(*over),
                retain_ms: setting(*retain),
            },
            model::StageKind::Redeem(field) => StageKind::Redeem { field: path(field) },
        }
    }

    fn aggregate(&self, of: &model::Aggregate) -> StageKind {
        let model::Aggregate {
            message,
            by,
            until,
            window,
            grace,
            late,
            timeout,
        } = of;
        StageKind::Aggregate {
            message: self.type_id(*message),
            by: key(by),
            until: until.as_ref().map(Condition::from),
            window: window.as_ref().map(|(length, by)| Window {
                length_ms: *length,
                by: by.to_string(),
            }),
            grace_ms: setting(*grace),
            late: late.map(Late::from),
            timeout: timeout.map(Patience::from),
        }
    }

    pub(crate) fn router(&self, id: Id<model::Choose>) -> Router {
        let model::Choose {
            takes,
            names,
            arms,
            span,
        } = &self.model.chooses[id];
        let arms = arms.iter().map(|arm| {
            let model::Arm {
                condition,
                discard,
                span: _,
            } = arm;
            Arm {
                condition: condition.as_ref().map(Condition::from),
                discard: discard.as_ref().map(reason),
            }
        });
        Router {
            id: self.router_id(id),
            from: self.source_of(id).map(|channel| self.channel_id(channel)),
            takes: self.type_id(*takes),
            names: self.names(names),
            at: self.at(*span),
            arms: arms.collect(),
        }
    }

    pub(crate) fn converter(&self, of: &model::Converter) -> Converter {
        let model::Converter {
            domain,
            from,
            to,
            fields,
            span,
        } = of;
        Converter {
            domain: domain.map(|domain| self.domain_id(domain)),
            from: self.type_id(*from),
            to: self.type_id(*to),
            at: self.at(*span),
            fields: fields.into(),
        }
    }

    fn names(&self, of: &[(SmolStr, Id<model::TypeDecl>)]) -> Vec<Name> {
        let names = of.iter().map(|(name, ty)| Name {
            name: name.to_string(),
            r#type: self.type_id(*ty),
        });
        names.collect()
    }
}

impl From<model::Patience> for Patience {
    fn from(of: model::Patience) -> Self {
        let model::Patience {
            limit,
            otherwise,
            span: _,
        } = of;
        let (otherwise, resends) = match otherwise {
            model::Otherwise::Fail => (Otherwise::Fail, None),
            model::Otherwise::Partial => (Otherwise::Partial, None),
            model::Otherwise::Discard => (Otherwise::Discard, None),
            model::Otherwise::Cached => (Otherwise::Cached, None),
            model::Otherwise::Skip => (Otherwise::Skip, None),
            model::Otherwise::Resend(times) => (Otherwise::Resend, Some(times)),
            model::Otherwise::Gaps => (Otherwise::Gaps, None),
        };
        Self {
            limit_ms: limit,
            otherwise,
            resends,
        }
    }
}
