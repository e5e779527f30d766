//! Lowers schedules: `schedule sweep every 5m -> sweep_due`, `schedule close cron "0 22 * * 1-5" -> close_books`.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::Matched;
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Lowering, label};
use crate::codes;
use crate::model::{Id, Schedule, Service, Times};

/// The five fields of a cron line: name, smallest and largest value (POSIX `crontab`).
const FIELDS: [(&str, u32, u32); 5] = [
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 7),
];

impl Lowering {
    pub(super) fn schedule(
        &mut self,
        service: Id<Service>,
        matched: &Matched<'_>,
        target: &ast::Clause,
        entry: &ast::Entry,
    ) -> Option<()> {
        let name = matched.word("name")?;
        let earlier = self.model.services[service].schedules.iter();
        let mut earlier = earlier.map(|id| &self.model.schedules[*id].label);
        if let Some(first) = earlier
            .find(|other| other.name == name.text)
            .map(|first| first.span)
        {
            self.out.push(
                Diagnostic::error(
                    codes::NAME_TWICE,
                    name.span,
                    format!("schedule `{}` is declared twice", name.text),
                )
                .label("declared again here")
                .related(first, "first declared here")
                .help("rename one of the two"),
            );
            return None;
        }
        let times = if let Some(period) = matched.duration("period") {
            Times::Every(self.some_time(period)?.value)
        } else {
            let (text, span) = matched.text("times")?;
            self.cron(text, span)?
        };
        let ast::Head::Word(handler) = &target.head else {
            self.no_handler(target.span);
            return None;
        };
        if !target.args.is_empty() || target.block.is_some() {
            self.no_handler(target.span);
            return None;
        }
        let handler = self.find_handler(Some(service), handler)?;
        let declared = &self.model.handlers[handler];
        let asks_for_more = declared.input.is_some_and(|input| {
            let fields = self.model.fields(input).iter();
            fields
                .into_iter()
                .any(|field| !field.ty.optional && field.default.is_none())
        });
        if asks_for_more {
            let there = declared.label.span;
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    target.span,
                    "a schedule has nothing to give to its handler",
                )
                .label("wants an input")
                .related(there, "declared here")
                .help("let it take no input, or only fields that are optional or have a default"),
            );
            return None;
        }
        let id = self.model.schedules.push(Schedule {
            label: label(&name, entry),
            service,
            times,
            handler,
        });
        self.model.services[service].schedules.push(id);
        Some(())
    }

    fn no_handler(&mut self, span: SpanId) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                span,
                "a schedule leads to a handler of its service",
            )
            .label("not the name of one")
            .help("write `schedule name every 5m -> a_handler`"),
        );
    }

    /// Five fields, each `*`, a number, a range, a step or a list of them.
    fn cron(&mut self, text: &str, span: SpanId) -> Option<Times> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let problem = if fields.len() == FIELDS.len() {
            let mut wrong = fields
                .iter()
                .zip(FIELDS)
                .filter(|(field, (_, from, to))| !is_times(field, *from, *to));
            wrong.next().map(|(field, (name, from, to))| {
                format!("`{field}` is no {name}: {from} to {to}, `*`, `a-b`, `*/n` or a list")
            })
        } else {
            Some(format!("it has {} fields, and five are wanted", fields.len()))
        };
        match problem {
            None => Some(Times::Cron(SmolStr::from(fields.join(" ")))),
            Some(problem) => {
                self.out.push(
                    Diagnostic::error(codes::VALUE_DOES_NOT_FIT, span, "this says no times")
                        .label(problem)
                        .help("write minute, hour, day of the month, month and day of the week: `cron \"0 22 * * 1-5\"`"),
                );
                None
            }
        }
    }
}

/// `*`, `5`, `1-5`, `*/15`, `1-30/2`, and lists of them.
fn is_times(field: &str, from: u32, to: u32) -> bool {
    field.split(',').all(|part| {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (
                range,
                step.parse::<u32>().ok().filter(|step| (1..=to).contains(step)),
            ),
            None => (part, Some(1)),
        };
        let number = |text: &str| {
            text.parse::<u32>()
                .ok()
                .filter(|value| (from..=to).contains(value))
        };
        let in_range = match range.split_once('-') {
            Some((low, high)) => {
                matches!((number(low), number(high)), (Some(low), Some(high)) if low <= high)
            }
            None => range == "*" || number(range).is_some(),
        };
        step.is_some() && in_range
    })
}
