//! How samples and scenarios are read from the model.

use aqueduct_compiler::model;

use super::{Given, Line, Looked, Sample, Scenario, Then, When};
use crate::label::{docs, path, texts};
use crate::reader::Reader;
use crate::value::Computed;

impl Reader<'_> {
    pub(crate) fn sample(&self, of: &model::Sample) -> Sample {
        let model::Sample { label, ty, value } = of;
        Sample {
            label: self.label(label),
            r#type: self.type_id(*ty),
            value: value.into(),
        }
    }

    pub(crate) fn scenario(&self, of: &model::Scenario) -> Scenario {
        let model::Scenario {
            title,
            span,
            docs: above,
            lines,
        } = of;
        let lines = lines.iter().map(|line| {
            let model::Line { kind, span: _ } = line;
            match kind {
                model::LineKind::Given(given) => Line::Given(self.given(given)),
                model::LineKind::When(when) => Line::When(self.when(when)),
                model::LineKind::Then(then) => Line::Then(self.then(then)),
            }
        });
        Scenario {
            title: title.to_string(),
            docs: docs(above),
            at: self.at(*span),
            lines: lines.collect(),
        }
    }

    fn given(&self, of: &model::Given) -> Given {
        match of {
            model::Given::Fails {
                handler,
                fault,
                times,
            } => Given::Fails {
                handler: self.handler_id(*handler),
                fault: self.type_id(*fault),
                times: *times,
            },
            model::Given::Delays { handler, time, times } => Given::Delays {
                handler: self.handler_id(*handler),
                delay_ms: *time,
                times: *times,
            },
            model::Given::Silent { handler, times } => Given::Silent {
                handler: self.handler_id(*handler),
                times: *times,
            },
            model::Given::Stops { handler } => Given::Stops {
                handler: self.handler_id(*handler),
            },
            model::Given::Crashes { handler, times } => Given::Crashes {
                handler: self.handler_id(*handler),
                times: *times,
            },
            model::Given::Answers { handler, reply } => Given::Answers {
                handler: self.handler_id(*handler),
                reply: reply.into(),
            },
            model::Given::Duplicates { channel, count } => Given::Duplicates {
                channel: self.channel_id(*channel),
                count: *count,
            },
        }
    }

    fn when(&self, of: &model::When) -> When {
        match of {
            model::When::Request {
                method,
                path,
                body,
                returns,
                name,
            } => When::Request {
                method: (*method).into(),
                path: path.to_string(),
                body: body.as_ref().map(Computed::from),
                returns: *returns,
                name: name.as_ref().map(ToString::to_string),
            },
            model::When::Publish {
                message,
                fields,
                channel,
                times,
                name,
            } => When::Publish {
                message: self.type_id(*message),
                fields: fields.into(),
                channel: self.channel_id(*channel),
                times: *times,
                name: name.as_ref().map(ToString::to_string),
            },
            model::When::Advance(time) => When::Advance { advance_ms: *time },
            model::When::Starts { saga, input } => When::Starts {
                saga: self.saga_id(*saga),
                input: input.into(),
            },
            model::When::Does { handler, input } => When::Does {
                handler: self.handler_id(*handler),
                input: input.into(),
            },
        }
    }

    fn then(&self, of: &model::Then) -> Then {
        match of {
            model::Then::Receives { channel, count } => Then::Receives {
                channel: self.channel_id(*channel),
                count: *count,
            },
            model::Then::Drops { channel, count } => Then::Drops {
                channel: self.channel_id(*channel),
                count: *count,
            },
            model::Then::Skipped { handler, count } => Then::Skipped {
                handler: self.handler_id(*handler),
                count: *count,
            },
            model::Then::Is { what, key, expected } => Then::Is {
                what: self.looked(what),
                key: key.iter().map(Computed::from).collect(),
                expected: expected.into(),
            },
            model::Then::NeverReceives { channel } => Then::NeverReceives {
                channel: self.channel_id(*channel),
            },
            model::Then::Applied { handler, count } => Then::Applied {
                handler: self.handler_id(*handler),
                count: *count,
            },
            model::Then::Done { saga, within } => Then::Done {
                saga: self.saga_id(*saga),
                within_ms: *within,
            },
            model::Then::Failed {
                saga,
                with,
                undone,
                within,
            } => Then::Failed {
                saga: self.saga_id(*saga),
                with: with.as_ref().map(ToString::to_string),
                undone: undone.as_ref().map(|steps| texts(steps)),
                within_ms: *within,
            },
            model::Then::Has { store, fields } => Then::Has {
                store: self.store_id(*store),
                fields: fields.into(),
            },
            model::Then::Lacks { store, fields } => Then::Lacks {
                store: self.store_id(*store),
                fields: fields.into(),
            },
            model::Then::NeverCarries { channel, text } => Then::NeverCarries {
                channel: channel.map(|channel| self.channel_id(channel)),
                text: text.to_string(),
            },
        }
    }

    fn looked(&self, of: &model::Looked) -> Looked {
        match of {
            model::Looked::Scatter(scatter, asked) => Looked::Scatter {
                scatter: self.scatter_id(*scatter),
                asked: (*asked).into(),
            },
            model::Looked::Saga(saga, asked) => Looked::Saga {
                saga: self.saga_id(*saga),
                asked: (*asked).into(),
            },
            model::Looked::Answer(segments) => Looked::Answer { path: path(segments) },
        }
    }
}
