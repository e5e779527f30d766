//! Lowers what a handler needs of its messages: their order, how many at once, and how much is expected.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Matched, Options};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;

use super::Lowering;
use super::service::{load, rate};
use crate::codes;
use crate::model::{Id, Key, Needs, OrderKind, OrderNeed, Setting, TypeDecl};

impl Lowering {
    pub(super) fn needs(&mut self, input: Option<Id<TypeDecl>>, options: &Options<'_>) -> Needs {
        Needs {
            order: options
                .get("order")
                .and_then(|clause| self.order_need(input, clause)),
            uses: options.get("uses").and_then(|clause| self.uses(input, clause)),
            inbox: self.time(options, "inbox", "window"),
            batch: options.get("batch").and_then(|clause| self.batch(input, clause)),
            dead_letter: self.dead_letter(options).map(|found| {
                let split = options
                    .get("dead_letter")
                    .is_some_and(|clause| clause.has("split"));
                (found, split)
            }),
            start_latest: options
                .get("start")
                .filter(|clause| clause.has("latest"))
                .map(Matched::span),
            max_hops: options.get("max_hops").and_then(|clause| {
                let (text, span) = clause.number("count")?;
                let value = self.count(&text, span, "`max_hops` is", 1..=1_000)?;
                Some(Setting { value, span })
            }),
            load: options.get("load").and_then(load),
            limit: options.get("limit").and_then(rate),
        }
    }

    fn order_need(&mut self, input: Option<Id<TypeDecl>>, clause: &Matched<'_>) -> Option<OrderNeed> {
        let Some(input) = input else {
            self.no_fields("order", clause.span());
            return None;
        };
        let by = self.key_paths(input, &clause.key("key")?)?;
        let how = match clause.word("field") {
            Some(field) => {
                self.key_field(input, &field)?;
                OrderKind::IfLater(field.text)
            }
            None if clause.has("strict") => OrderKind::Strict,
            None => OrderKind::Gaps,
        };
        Some(OrderNeed {
            by,
            how,
            span: clause.span(),
        })
    }

    /// `uses [fare, distance]`
    fn uses(&mut self, input: Option<Id<TypeDecl>>, clause: &Matched<'_>) -> Option<(Key, SpanId)> {
        let Some(input) = input else {
            self.no_fields("uses", clause.span());
            return None;
        };
        let mut names = Vec::new();
        for item in clause.list("fields")? {
            let Some(path) = item.as_path() else {
                self.out.push(
                    Diagnostic::error(codes::OUT_OF_PLACE, item.span, "this is no field")
                        .label("not a name")
                        .help("write the names of the fields: `uses [fare, distance]`"),
                );
                return None;
            };
            names.push(ast::Name {
                text: path.clone(),
                span: item.span,
            });
        }
        Some((self.key_paths(input, &names)?, clause.span()))
    }

    fn no_fields(&mut self, word: &str, span: SpanId) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                span,
                format!("`{word}` speaks of the fields of a message, and this handler takes none"),
            )
            .label("no message to look at")
            .help("give it an input, or delete this"),
        );
    }
}
