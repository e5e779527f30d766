//! Lowers the settings of targets: `target aws { region "eu-central-1", FareCollection { kind standard } }`.
//!
//! Which settings a target knows is the target's own; here a block is for something of the system.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{self, Owner};
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use smol_str::SmolStr;

use super::Lowering;
use super::domain::Top;
use crate::codes;
use crate::model::{Settings, Target, TargetSetting};

/// Words that hold settings together: for all channels of a kind, for the issuer of tokens.
const GROUPS: [&str; 3] = ["queue_defaults", "stream_defaults", "jwt"];

impl Lowering {
    pub(super) fn settings(&mut self, entries: &[Top<'_>]) {
        for Top { entry, domain } in entries {
            self.enter(*domain);
            let ast::Shape::Flow(flow) = &entry.shape else {
                continue;
            };
            let [clause] = flow.clauses.as_slice() else {
                continue;
            };
            let Ok(matched) = clauses::matching(Owner::File, clause) else {
                continue;
            };
            if matched.row.word != "target" {
                continue;
            }
            let Some(name) = matched.word("name") else {
                continue;
            };
            let Some(target) = Target::named(&name.text) else {
                self.no_target(&name);
                continue;
            };
            let mut found = Vec::new();
            for entry in matched.block() {
                self.setting(entry, None, &mut found);
            }
            self.model.settings.push(Settings {
                target,
                entries: found,
                span: matched.span(),
            });
        }
    }

    fn no_target(&mut self, name: &ast::Name) {
        let words = Target::ALL.map(Target::word);
        let diagnostic = Diagnostic::error(
            codes::UNRESOLVED_NAME,
            name.span,
            format!("no target is called `{}`", name.text),
        );
        self.out.push(match nearest(&name.text, words) {
            Some(near) => diagnostic.label(format!("did you mean `{near}`?")).replace(
                format!("use `{near}`"),
                name.span,
                near,
            ),
            None => diagnostic
                .label("nothing is built for this")
                .help(format!("write one of {}", words.join(", "))),
        });
    }

    fn setting(
        &mut self,
        entry: &ast::Entry,
        of: Option<&(SmolStr, aqueduct_dsl::source::SpanId)>,
        found: &mut Vec<TargetSetting>,
    ) {
        let ast::Shape::Flow(flow) = &entry.shape else {
            self.misplaced("target", &[entry]);
            return;
        };
        let [clause] = flow.clauses.as_slice() else {
            self.misplaced("target", &[entry]);
            return;
        };
        let ast::Head::Word(word) = &clause.head else {
            self.misplaced("target", &[entry]);
            return;
        };
        match &clause.block {
            Some(block) if of.is_none() && clause.args.is_empty() => {
                if !GROUPS.contains(&word.text.as_str()) {
                    self.is_something(word);
                }
                let of = (word.text.clone(), word.span);
                for inner in &block.entries {
                    self.setting(inner, Some(&of), found);
                }
            }
            Some(_) => self.misplaced("target", &[entry]),
            None if clause.args.is_empty() => self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    clause.span,
                    format!("`{}` says nothing", word.text),
                )
                .label("has no value")
                .help(format!("write its value, as in `{} 5`, or delete it", word.text)),
            ),
            None => found.push(TargetSetting {
                of: of.cloned(),
                word: word.text.clone(),
                values: clause.args.iter().map(value_text).collect(),
                span: clause.span,
            }),
        }
    }

    /// A name inside is an entry of the system.
    fn is_something(&mut self, name: &ast::Name) {
        let last = name.text.rsplit('.').next().unwrap_or_default();
        let members = self.names.members.values();
        let known = self.names.channel(&name.text).is_some()
            || self.names.service(&name.text).is_some()
            || members.into_iter().any(|members| {
                members.handlers.get(last).is_some()
                    || members.stores.get(last).is_some()
                    || members.sagas.get(last).is_some()
                    || members.scatters.get(last).is_some()
            });
        if known {
            return;
        }
        let mut names: Vec<String> = self.names.channels.names().map(str::to_owned).collect();
        names.extend(self.names.services.names().map(str::to_owned));
        names.extend(self.model.sagas.values().map(|saga| saga.label.name.to_string()));
        names.extend(
            self.model
                .handlers
                .values()
                .map(|handler| handler.label.name.to_string()),
        );
        let known = names.iter().map(String::as_str).chain(GROUPS);
        let diagnostic = super::names::unresolved(
            "entry of the system",
            name,
            known,
            "settings in braces are for an entry:",
            "` must be one",
        );
        self.blame(name, diagnostic);
    }
}

/// A value as it was written, as far as it can be told from its tree.
fn value_text(expr: &ast::Expr) -> SmolStr {
    if let Some(ast::Literal::Text(text)) = expr.as_literal() {
        text.clone()
    } else {
        aqueduct_dsl::written(expr).into()
    }
}
