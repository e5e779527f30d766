//! Lowers what must be true: counts of messages and runs, ends of sagas, rows, and what must never be seen.

use aqueduct_dsl::ast::{self, ExprKind};
use aqueduct_dsl::clauses::Matched;
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use smol_str::SmolStr;

use crate::codes;
use crate::lower::Lowering;
use crate::lower::names::unresolved;
use crate::lower::scope::Scope;
use crate::model::{Id, Mapping, Saga, Store, Then};

/// Failures that nobody declares.
const OWN_FAILURES: [&str; 3] = ["Timeout", "Deadline", "Unknown"];

impl Lowering {
    pub(super) fn then(&mut self, clause: &Matched<'_>, scope: &Scope) -> Option<Then> {
        let never = clause.row.word == "never";
        if clause.has("carries") {
            return self.never_carries(clause);
        }
        if clause.has("receives") {
            let channel = self.find_channel(&clause.path(if never { "channel" } else { "target" })?)?;
            if never {
                return Some(Then::NeverReceives { channel });
            }
            let count = self.how_many(clause, 0)?;
            return Some(Then::Receives { channel, count });
        }
        if clause.has("drops") {
            let channel = self.find_channel(&clause.path("target")?)?;
            let count = self.how_many(clause, 0)?;
            return Some(Then::Drops { channel, count });
        }
        if clause.has("skipped") {
            let handler = self.find_handler(None, &clause.path("target")?)?;
            let count = self.how_many(clause, 0)?;
            return Some(Then::Skipped { handler, count });
        }
        if clause.has("is") {
            return self.is(clause, scope);
        }
        if clause.has("applied") {
            let handler = self.find_handler(None, &clause.path("handler")?)?;
            let count = self.how_many(clause, 0)?;
            return Some(Then::Applied { handler, count });
        }
        let within = clause.duration("limit").map(|(limit, _)| limit);
        if clause.has("done") {
            let saga = self.find_saga(None, &clause.path("saga")?)?;
            return Some(Then::Done { saga, within });
        }
        if clause.has("failed") {
            return self.failed(clause, within);
        }
        let (store, fields) = self.row(clause, scope)?;
        Some(if clause.has("has") {
            Then::Has { store, fields }
        } else {
            Then::Lacks { store, fields }
        })
    }

    fn never_carries(&mut self, clause: &Matched<'_>) -> Option<Then> {
        let name = clause.path("channel")?;
        let text = clause.text("content")?.0.into();
        let channel = if name.text == "log" && self.names.channel("log").is_none() {
            None
        } else {
            Some(self.find_channel(&name)?)
        };
        Some(Then::NeverCarries { channel, text })
    }

    fn failed(&mut self, clause: &Matched<'_>, within: Option<u64>) -> Option<Then> {
        let saga = self.find_saga(None, &clause.path("saga")?)?;
        let with = match clause.word("fault") {
            Some(name) if OWN_FAILURES.contains(&name.text.as_str()) => Some(name.text),
            Some(name) => {
                let _ = self.find_fault(&name)?;
                Some(name.text)
            }
            None => None,
        };
        let undone = match clause.list("steps") {
            Some(steps) => {
                let found: Vec<Option<SmolStr>> = steps.iter().map(|step| self.undone(saga, step)).collect();
                Some(found.into_iter().collect::<Option<_>>()?)
            }
            None => None,
        };
        Some(Then::Failed {
            saga,
            with,
            undone,
            within,
        })
    }

    /// A step of the saga that can be taken back.
    fn undone(&mut self, saga: Id<Saga>, expr: &ast::Expr) -> Option<SmolStr> {
        let name = expr.as_path().cloned().unwrap_or_default();
        let declared = &self.model.sagas[saga];
        let steps = declared.steps();
        match steps.iter().find(|step| step.label.name == name) {
            Some(step) if step.undo.is_some() => Some(name),
            Some(step) => {
                let diagnostic = Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    expr.span,
                    format!("nothing takes `{name}` back"),
                )
                .label("can't be undone")
                .related(step.label.span, "has no `undo`")
                .help("delete it here, or give the step an `undo`");
                self.out.push(diagnostic);
                None
            }
            None if self.names.is_broken(&name) => None,
            None => {
                let known: Vec<&str> = steps.iter().map(|step| step.label.name.as_str()).collect();
                let diagnostic = Diagnostic::error(
                    codes::UNRESOLVED_NAME,
                    expr.span,
                    format!("`{}` has no step `{name}`", declared.label.name),
                );
                let diagnostic = match nearest(&name, known.iter().copied()) {
                    Some(near) => diagnostic.label(format!("did you mean `{near}`?")).replace(
                        format!("use `{near}`"),
                        expr.span,
                        near,
                    ),
                    None => diagnostic
                        .label("no such step")
                        .help(format!("use its steps: {}", known.join(", "))),
                };
                self.out.push(diagnostic);
                None
            }
        }
    }

    fn row(&mut self, clause: &Matched<'_>, scope: &Scope) -> Option<(Id<Store>, Mapping)> {
        let store = self.find_store_anywhere(&clause.path("store")?)?;
        let row = clause.expr("row")?;
        let ExprKind::Group(args) = &row.kind else {
            self.takes_nothing(
                "a row is found by its fields",
                row.span,
                "write them in parentheses: `(status: failed)`",
            );
            return None;
        };
        let fields = self.mapping(self.model.stores[store].row, args, row.span, scope)?;
        Some((store, fields))
    }

    /// `Service.store`
    fn find_store_anywhere(&mut self, name: &ast::Name) -> Option<Id<Store>> {
        let found =
            self.model.stores.ids().find(|id| {
                self.model.store_name(*id) == name.text || self.model.store_in_full(*id) == name.text
            });
        if found.is_none() {
            let known: Vec<String> = self
                .model
                .stores
                .ids()
                .map(|id| self.model.store_name(id))
                .collect();
            let here = known
                .iter()
                .find(|known| known.rsplit('.').next() == Some(name.text.as_str()));
            let diagnostic = match here {
                Some(whole) => Diagnostic::error(
                    codes::UNRESOLVED_NAME,
                    name.span,
                    format!("no store is called `{}`", name.text),
                )
                .label(format!("did you mean `{whole}`?"))
                .replace(format!("use `{whole}`"), name.span, whole.clone()),
                None => unresolved(
                    "store",
                    name,
                    known.iter().map(String::as_str),
                    "declare it in its service: `store",
                    ": … by …`",
                ),
            };
            self.blame(name, diagnostic);
        }
        found
    }
}
