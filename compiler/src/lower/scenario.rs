//! Lowers samples and scenarios: what is given, what happens, what must be true then.

mod given;
mod look;
mod then;
mod when;

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Matched, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::domain::Top;
use super::scope::{Holds, Scope};
use super::{Lowering, label};
use crate::codes;
use crate::facts::mapping::missing;
use crate::model::{Id, Line, LineKind, Mapping, Sample, Scenario, TypeDecl};

impl Lowering {
    /// Values with a name; a later one may be made from an earlier one.
    pub(super) fn samples(&mut self, entries: &[Top<'_>]) {
        for Top { entry, domain } in entries {
            self.enter(*domain);
            let ast::Shape::Sample(sample) = &entry.shape else {
                continue;
            };
            if !Self::is_free(&mut self.out, &self.names.samples, &sample.name) {
                continue;
            }
            let scope = self.all_samples();
            let Some((ty, value)) = self.message_value(&sample.value, &scope) else {
                self.names.broken(&sample.name.text);
                continue;
            };
            self.complete(ty, &value, &[]);
            let id = self.model.samples.push(Sample {
                label: label(&sample.name, entry),
                ty,
                value,
            });
            self.names.samples.add(&sample.name, id);
        }
    }

    fn all_samples(&self) -> Scope {
        let mut scope = Scope::default();
        for sample in self.model.samples.values() {
            let holds = Holds::Sample(sample.ty, sample.value.clone());
            scope.add(&sample.label.name, sample.label.span, holds);
        }
        scope
    }

    /// `SubmitRide(customer: …)`
    fn message_value(&mut self, expr: &ast::Expr, scope: &Scope) -> Option<(Id<TypeDecl>, Mapping)> {
        // Whoever names a sample that has an error of its own is not to blame.
        if expr.as_path().is_some_and(|name| self.names.is_broken(name)) {
            return None;
        }
        let Some(call) = expr.as_call() else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    expr.span,
                    "this is no value of a message or a type",
                )
                .label("not a message")
                .help("write the type's name and its fields: `SubmitRide(fare: 49.99)`"),
            );
            return None;
        };
        let ty = self.find_type(&call.callee)?;
        let value = self.mapping(ty, &call.args, expr.span, scope)?;
        Some((ty, value))
    }

    /// Says what a value leaves out that has to be there.
    pub(super) fn complete(&mut self, ty: Id<TypeDecl>, value: &Mapping, given: &[SmolStr]) {
        let mut missing = missing(&self.model, ty, value);
        missing.retain(|path| !given.contains(path));
        if missing.is_empty() {
            return;
        }
        let declared = &self.model.types[ty].label;
        self.out.push(
            Diagnostic::error(
                codes::VALUE_DOES_NOT_FIT,
                value.span,
                format!("`{}` needs {} as well", declared.name, missing.join(", ")),
            )
            .label("not complete")
            .related(declared.span, "declared here")
            .help("give each of them a value"),
        );
    }

    pub(super) fn scenarios(&mut self, entries: &[Top<'_>]) {
        for Top { entry, domain } in entries {
            self.enter(*domain);
            let ast::Shape::Scenario(scenario) = &entry.shape else {
                continue;
            };
            let title = &scenario.title;
            if let Some(first) = self
                .model
                .scenarios
                .values()
                .find(|other| other.title == title.text)
                .map(|first| first.span)
            {
                self.out.push(
                    Diagnostic::error(codes::NAME_TWICE, title.span, "two scenarios have one title")
                        .label("again here")
                        .related(first, "first here")
                        .note("a failing scenario is known by its title")
                        .help("say in the title what differs"),
                );
            }
            let options = self.options(Owner::Scenario, &scenario.block.entries);
            self.misplaced("scenario", &options.others);
            let mut scope = self.all_samples();
            let lines = options
                .clauses
                .iter()
                .filter(|clause| clause.row.carried.anywhere())
                .filter_map(|clause| self.line(clause, &mut scope))
                .collect();
            let _ = self.model.scenarios.push(Scenario {
                title: title.text.clone(),
                span: title.span,
                docs: entry.docs.clone(),
                lines,
            });
        }
    }

    fn line(&mut self, clause: &Matched<'_>, scope: &mut Scope) -> Option<Line> {
        let kind = match clause.row.word {
            "given" => LineKind::Given(self.given(clause, scope)?),
            "when" => LineKind::When(self.when(clause, scope)?),
            _ => LineKind::Then(self.then(clause, scope)?),
        };
        Some(Line {
            kind,
            span: clause.span(),
        })
    }

    /// A number of messages, runs or times.
    fn how_many(&mut self, clause: &Matched<'_>, least: u32) -> Option<u32> {
        let (text, span) = clause.number("count")?;
        self.count(&text, span, "this is", least..=1_000_000)
    }

    /// The same where it may be left out.
    fn times(&mut self, clause: &Matched<'_>) -> Option<u32> {
        self.how_many(clause, 1)
    }

    fn takes_nothing(&mut self, what: &str, span: SpanId, help: &str) {
        self.out.push(
            Diagnostic::error(codes::OUT_OF_PLACE, span, what.to_owned())
                .label("can't be tried")
                .help(help.to_owned()),
        );
    }
}
