//! How routes, routers and converters are read from the model.

use aqueduct_compiler::model::{self, Id};
use smol_str::SmolStr;

use super::{Arm, Converter, Name, Otherwise, Patience, Route, Router, Stage, StageKind, Window};
use crate::channel::dedup;
use crate::label::{docs, key, path, reason, setting, texts};
use crate::reader::Reader;
use crate::value::Condition;
use crate::words::Late;

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
