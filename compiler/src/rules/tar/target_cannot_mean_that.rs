//! Something is declared that no target carries yet: refused by name, never ignored.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("TAR011"),
    name: "target-cannot-mean-that",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for refused in &cx.model.refused {
        out.report(
            refused.span,
            format!(
                "{} is part of the language, and no target carries it yet",
                refused.what
            ),
            |finding| {
                let finding = finding
                    .label("would be accepted and ignored")
                    .note("what is declared is enforced, so what can't be enforced is refused");
                match &refused.instead {
                    Some(instead) => finding.help(format!("until then use {instead}")),
                    None => finding
                        .help("leave it out for now; the table of clauses in the manual says what each target carries"),
                }
            },
        );
    }
}
