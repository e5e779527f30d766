//! Scenarios of a model as data for whoever plays them.

use aqueduct::scenario::{Given, Line, Scenario, Script, Then, What, When};
use aqueduct_compiler::check::Checked;
use aqueduct_compiler::model::{self, Channel, Handler, Id, LineKind, Model, Saga};
use aqueduct_dsl::source::{SourceMap, SpanId};
use aqueduct_targets::saga::{complete, record, value};
use aqueduct_targets::samples;

/// The scenarios of a model whose title contains a text; an empty one takes all.
pub fn script(checked: Checked<'_>, sources: &SourceMap, filter: &str, seed: u64) -> Script {
    let writer = Writer {
        model: checked.model(),
        sources,
    };
    let scenarios = writer.model.scenarios.values();
    let chosen = scenarios.filter(|scenario| scenario.title.contains(filter));
    Script {
        seed,
        scenarios: chosen.map(|scenario| writer.scenario(scenario)).collect(),
        externs: crate::externs(checked).collect(),
    }
}

struct Writer<'a> {
    model: &'a Model,
    sources: &'a SourceMap,
}

impl Writer<'_> {
    fn scenario(&self, scenario: &model::Scenario) -> Scenario {
        let lines = scenario.lines.iter().filter_map(|line| {
            let what = self.what(&line.kind)?;
            Some(Line {
                line: self.line(line.span),
                // A line that is written over several is told in one.
                text: self
                    .sources
                    .text(line.span)
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" "),
                what,
            })
        });
        Scenario {
            title: scenario.title.to_string(),
            line: self.line(scenario.span),
            lines: lines.collect(),
        }
    }

    /// What a line says; nothing for what TAR011 refuses on every target that plays scenarios.
    fn what(&self, kind: &LineKind) -> Option<What> {
        Some(match kind {
            LineKind::Given(given) => What::Given(self.given(given)),
            LineKind::When(when) => What::When(self.when(when)?),
            LineKind::Then(then) => What::Then(self.then(then)?),
        })
    }

    fn line(&self, span: SpanId) -> usize {
        let place = self.sources.line_column(span);
        place.map_or(0, |(line, _)| line as usize)
    }

    fn handler(&self, id: Id<Handler>) -> String {
        self.model.handler_name(id)
    }

    fn channel(&self, id: Id<Channel>) -> String {
        self.model.channels[id].label.name.to_string()
    }

    fn saga(&self, id: Id<Saga>) -> String {
        self.model.saga_name(id)
    }

    fn given(&self, given: &model::Given) -> Given {
        match given {
            model::Given::Fails {
                handler,
                fault,
                times,
            } => Given::Fails {
                handler: self.handler(*handler),
                fault: self.model.types[*fault].label.name.to_string(),
                fields: samples::message(self.model, *fault),
                times: *times,
            },
            model::Given::Delays { handler, time, times } => Given::Delays {
                handler: self.handler(*handler),
                time: *time,
                times: *times,
            },
            model::Given::Silent { handler, times } => Given::Silent {
                handler: self.handler(*handler),
                times: *times,
            },
            model::Given::Stops { handler } => Given::Stops {
                handler: self.handler(*handler),
            },
            model::Given::Crashes { handler, times } => Given::Crashes {
                handler: self.handler(*handler),
                times: *times,
            },
            model::Given::Answers { handler, reply } => Given::Answers {
                handler: self.handler(*handler),
                reply: complete(self.model, self.model.handlers[*handler].reply, reply),
            },
            model::Given::Duplicates { channel, count } => Given::Duplicates {
                channel: self.channel(*channel),
                count: *count,
            },
        }
    }

    fn when(&self, when: &model::When) -> Option<When> {
        Some(match when {
            model::When::Request {
                method,
                path,
                body,
                returns,
                name,
            } => When::Request {
                method: method.word().to_owned(),
                path: path.to_string(),
                body: body.as_ref().and_then(value),
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
                channel: self.channel(*channel),
                message: complete(self.model, Some(*message), fields),
                times: *times,
                name: name.as_ref().map(ToString::to_string),
            },
            model::When::Advance(milliseconds) => When::Advance(*milliseconds),
            model::When::Starts { .. } | model::When::Does { .. } => return None,
        })
    }

    fn then(&self, then: &model::Then) -> Option<Then> {
        Some(match then {
            model::Then::Receives { channel, count } => Then::Receives {
                channel: self.channel(*channel),
                count: *count as usize,
            },
            model::Then::NeverReceives { channel } => Then::NeverReceives {
                channel: self.channel(*channel),
            },
            model::Then::Applied { handler, count } => Then::Applied {
                handler: self.handler(*handler),
                count: *count as usize,
            },
            model::Then::Done { saga, within } => Then::Done {
                saga: self.saga(*saga),
                within: *within,
            },
            model::Then::Failed {
                saga,
                with,
                undone,
                within,
            } => Then::Failed {
                saga: self.saga(*saga),
                with: with.as_ref().map(ToString::to_string),
                undone: undone
                    .as_ref()
                    .map(|steps| steps.iter().map(ToString::to_string).collect()),
                within: *within,
            },
            model::Then::Has { store, fields } => Then::Has {
                table: self.model.store_name(*store),
                fields: record(fields),
            },
            model::Then::Lacks { store, fields } => Then::Lacks {
                table: self.model.store_name(*store),
                fields: record(fields),
            },
            model::Then::NeverCarries { channel, text } => Then::NeverCarries {
                channel: channel.map(|channel| self.channel(channel)),
                text: text.to_string(),
            },
            model::Then::Drops { .. } | model::Then::Skipped { .. } | model::Then::Is { .. } => return None,
        })
    }
}
