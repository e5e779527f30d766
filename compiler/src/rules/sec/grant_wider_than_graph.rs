//! A handler asks for a permission that another of its effects gives it anyway.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SEC004"),
    name: "grant-wider-than-graph",
    level: Severity::Hint,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for (id, handler) in cx.model.handlers.iter() {
        for read in &handler.reads {
            let Some(write) = handler.writes.iter().find(|write| write.store == read.store) else {
                continue;
            };
            let store = &cx.model.stores[read.store].label.name;
            out.report(
                read.span,
                format!(
                    "`{}` may read `{store}` twice over: `writes` includes it",
                    cx.model.handler_name(id)
                ),
                |finding| {
                    finding
                        .label("gives nothing that it hasn't")
                        .related(write.span, "looks into the rows it changes")
                        .note("a reader of this line believes that it is what lets the handler look")
                        .help(format!("delete `reads {store}`"))
                },
            );
        }
    }
}
