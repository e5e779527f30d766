//! How handlers are read from the model.

use aqueduct_compiler::model::{self, Id};

use super::{Breaker, Call, Emit, Handler, Needs, Order, OrderKind, Repetition, Takes, Undoes, Write};
use crate::channel::batch;
use crate::label::{key, setting};
use crate::reader::Reader;
use crate::service::{Load, rate};

impl Reader<'_> {
    pub(crate) fn handler(&self, id: Id<model::Handler>) -> Handler {
        let handler = &self.model.handlers[id];
        let concurrency = handler
            .concurrency
            .unwrap_or_else(|| model::Setting::default_of(handler.at_once()));
        let model::Handler {
            label,
            service: _,
            input,
            input_name,
            input_span: _,
            on,
            also_on,
            reply,
            fails,
            reads,
            writes,
            emits,
            calls,
            asks,
            starts,
            faults_to,
            undoes,
            fence,
            irreversible,
            takes,
            repetition,
            concurrency: _,
            timeout,
            needs,
        } = handler;
        let channels = on.iter().chain(also_on);
        Handler {
            id: self.handler_id(id),
            label: self.label(label),
            input: input.map(|input| self.type_id(input)),
            input_name: input_name.as_ref().map(ToString::to_string),
            on: channels.map(|(channel, _)| self.channel_id(*channel)).collect(),
            reply: reply.map(|reply| self.type_id(reply)),
            fails: self.type_ids(fails),
            reads: reads.iter().map(|read| self.store_id(read.store)).collect(),
            writes: writes.iter().map(|write| self.write(*write)).collect(),
            emits: emits.iter().map(|emit| self.emit(*emit)).collect(),
            calls: calls.iter().map(|call| self.call(call)).collect(),
            asks: asks.iter().map(|ask| self.ask(ask)).collect(),
            starts: starts.iter().map(|(saga, _)| self.saga_id(*saga)).collect(),
            faults_to: faults_to
                .iter()
                .map(|(channel, _)| self.channel_id(*channel))
                .collect(),
            undoes: undoes.as_ref().map(|undoes| self.undoes(undoes)),
            fence_by: fence.as_ref().map(|(by, _)| key(by)),
            irreversible: irreversible.is_some(),
            takes: takes.map(|model::Setting { value, span }| Takes {
                min_ms: value.0,
                max_ms: value.1,
                default: !span.is_somewhere(),
            }),
            repetition: repetition.as_ref().map(Repetition::from),
            concurrency: concurrency.into(),
            timeout_ms: (*timeout).into(),
            needs: self.needs(needs),
        }
    }

    fn write(&self, of: model::StoreUse) -> Write {
        let model::StoreUse {
            store,
            commutative,
            span: _,
        } = of;
        Write {
            store: self.store_id(store),
            commutative,
        }
    }

    fn emit(&self, of: model::Emit) -> Emit {
        let model::Emit {
            message,
            channel,
            outbox,
            span: _,
        } = of;
        Emit {
            message: self.type_id(message),
            channel: self.channel_id(channel),
            outbox,
        }
    }

    fn call(&self, of: &model::Call) -> Call {
        let model::Call {
            handler,
            timeout,
            retry,
            breaker,
            bulkhead,
            span: _,
        } = of;
        let breaker = breaker.map(|breaker| {
            let model::Breaker {
                failures,
                within,
                span: _,
            } = breaker;
            Breaker {
                failures,
                within_ms: within,
            }
        });
        Call {
            handler: self.handler_id(*handler),
            timeout_ms: (*timeout).into(),
            retry: self.retry(retry),
            breaker,
            bulkhead: setting(*bulkhead),
        }
    }

    fn undoes(&self, of: &model::Undoes) -> Undoes {
        let model::Undoes { handler, by, span: _ } = of;
        Undoes {
            handler: self.handler_id(*handler),
            by: key(by),
        }
    }

    fn needs(&self, of: &model::Needs) -> Needs {
        let model::Needs {
            order,
            uses,
            inbox,
            batch: at_once,
            dead_letter,
            start_latest,
            max_hops,
            load,
            limit,
        } = of;
        Needs {
            order: order.as_ref().map(Order::from),
            uses: uses.as_ref().map(|(fields, _)| key(fields)),
            inbox_ms: setting(*inbox),
            batch: at_once.as_ref().map(batch),
            dead_letter: dead_letter.as_ref().map(|(to, _)| self.dead_letter(to)),
            bisect: dead_letter.as_ref().map(|(_, bisect)| *bisect),
            start_latest: start_latest.is_some(),
            max_hops: setting(*max_hops),
            load: load.map(Load::from),
            limit: limit.map(rate),
        }
    }
}

impl From<&model::OrderNeed> for Order {
    fn from(of: &model::OrderNeed) -> Self {
        let model::OrderNeed { by, how, span: _ } = of;
        Self {
            by: key(by),
            how: match how {
                model::OrderKind::Strict => OrderKind::Strict,
                model::OrderKind::Gaps => OrderKind::Gaps,
                model::OrderKind::IfLater(field) => OrderKind::IfLater {
                    field: field.to_string(),
                },
            },
        }
    }
}

impl From<&model::Repetition> for Repetition {
    fn from(of: &model::Repetition) -> Self {
        match of {
            model::Repetition::Natural { because, span: _ } => Self::Natural {
                because: because.to_string(),
            },
            model::Repetition::Idempotent { by, window, span: _ } => Self::Idempotent {
                by: key(by),
                window_ms: *window,
            },
        }
    }
}
