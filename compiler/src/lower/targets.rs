//! Lowers what a system is meant for: `targets local | aws`.

use aqueduct_dsl::clauses::Options;
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};

use super::Lowering;
use crate::codes;
use crate::constructs;
use crate::model::Target;

impl Lowering {
    /// The targets of the system; all that are built when none of those written is.
    pub(super) fn targets(&mut self, options: &Options<'_>) {
        let Some(clause) = options.get("targets") else {
            return;
        };
        let mut wanted = Vec::new();
        for name in clause.paths("names") {
            match Target::named(&name.text) {
                Some(target) if Target::BUILT.contains(&target) => wanted.push(target),
                Some(_) => self.note(&constructs::TARGET, name.span),
                None => {
                    let diagnostic = Diagnostic::error(
                        codes::UNRESOLVED_NAME,
                        name.span,
                        format!("no target is called `{}`", name.text),
                    );
                    self.out
                        .push(match nearest(&name.text, Target::ALL.map(Target::word)) {
                            Some(near) => diagnostic.label(format!("did you mean `{near}`?")).replace(
                                format!("use `{near}`"),
                                name.span,
                                near,
                            ),
                            None => diagnostic
                                .label("nothing is built for this")
                                .help(format!("write one of {}", built(", "))),
                        });
                }
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        if !wanted.is_empty() {
            self.model.targets = wanted;
        }
    }
}

fn built(between: &str) -> String {
    Target::BUILT.map(Target::word).join(between)
}
