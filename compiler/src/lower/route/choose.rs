//! Lowers what sends each message a way of its own: `choose { … }` and `recipients`.

use aqueduct_dsl::ast::{self, BinaryOp, ExprKind};
use aqueduct_dsl::clauses::{self, Matched, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use smol_str::SmolStr;

use super::stage::names_channels;
use super::{End, Line, Way, head_is};
use crate::codes;
use crate::lower::{Lowering, shape_name};
use crate::model::{Arm, Choose, Predicate, StageKind};

impl Lowering {
    /// Each arm is a line of its own that begins where the `choose` stands.
    pub(super) fn choose(&mut self, way: &Way, matched: &Matched<'_>, line: Line<'_>) {
        let id = self.model.chooses.push(Choose {
            takes: way.payload,
            names: way.names.clone(),
            arms: Vec::new(),
            span: matched.span(),
        });
        for entry in matched.block() {
            let ast::Shape::Flow(flow) = &entry.shape else {
                self.no_arm(&shape_name(&entry.shape), entry);
                continue;
            };
            let Some((first, rest)) = flow.clauses.split_first() else {
                continue;
            };
            let Some(condition) = self.arm_condition(first, entry) else {
                continue;
            };
            if rest.is_empty() {
                self.leads_nowhere(entry);
                continue;
            }
            if let Some(last) = self.model.chooses[id].arms.last()
                && last.condition.is_none()
            {
                let there = last.span;
                self.out.push(
                    Diagnostic::error(codes::OUT_OF_PLACE, first.span, "this arm is never reached")
                        .label("comes after `else`")
                        .related(there, "takes everything")
                        .help("move it in front of `else`, or delete it"),
                );
                continue;
            }
            let arm = self.model.chooses[id].arms.len();
            self.model.chooses[id].arms.push(Arm {
                condition,
                discard: None,
                span: first.span,
            });
            let mut inside = way.clone();
            Self::happens(&mut inside, StageKind::Arm { choose: id, arm }, first.span);
            let docs = if entry.docs.is_empty() {
                line.docs
            } else {
                &entry.docs
            };
            let of_arm = Line {
                span: entry.span,
                docs,
            };
            if let Some(End::Discard(because)) = self.follow(inside, rest, of_arm)
                && let Some(arm) = self.model.chooses[id].arms.get_mut(arm)
            {
                arm.discard = Some(because);
            }
        }
        if self.model.chooses[id].arms.is_empty() && matched.block().is_empty() {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    matched.span(),
                    "a `choose` without arms leads nowhere",
                )
                .label("nothing in its braces")
                .help("write `choose { where … -> a_queue, else -> another }`"),
            );
        }
    }

    /// `where e` or `else`; the outer nothing for what has an error.
    #[expect(
        clippy::option_option,
        reason = "whether it is sound, and whether it is `else`"
    )]
    fn arm_condition(&mut self, first: &ast::Clause, entry: &ast::Entry) -> Option<Option<Predicate>> {
        if !head_is(first, "where") && !head_is(first, "else") {
            self.no_arm("this line", entry);
            return None;
        }
        match clauses::matching(Owner::Route, first) {
            Ok(matched) => match matched.expr("predicate") {
                Some(predicate) => self.predicate(predicate).map(Some),
                None => Some(None),
            },
            Err(diagnostic) => {
                self.out.push(diagnostic);
                None
            }
        }
    }

    fn no_arm(&mut self, what: &str, entry: &ast::Entry) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                entry.span,
                format!("{what} is no arm of a `choose`"),
            )
            .label("begins with neither `where` nor `else`")
            .help("write `where … -> a_queue`, or `else -> a_queue`"),
        );
    }

    fn leads_nowhere(&mut self, entry: &ast::Entry) {
        self.out.push(
            Diagnostic::error(codes::OUT_OF_PLACE, entry.span, "this arm leads nowhere")
                .label("an arrow must follow")
                .help("go on with `-> a_queue`, or with `-> discard because \"…\"`"),
        );
    }

    /// `recipients offices in [berlin, rome]`: a route to each of them.
    pub(super) fn recipients(&mut self, way: &Way, matched: &Matched<'_>, line: Line<'_>) -> Option<End> {
        let choice = matched.expr("choice")?;
        let ExprKind::Binary(BinaryOp::In, field, list) = &choice.kind else {
            self.no_recipients(choice);
            return None;
        };
        let (Some(path), Some(channels)) = (field.as_path(), list.as_list()) else {
            self.no_recipients(choice);
            return None;
        };
        let name = ast::Name {
            text: path.clone(),
            span: field.span,
        };
        let path: Vec<SmolStr> = self.field_of(way.payload, &name)?;
        let (declared, _) = self.model.at_path(way.payload, &path)?;
        if !names_channels(&self.model, &declared.ty) {
            let there = declared.label.span;
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    name.span,
                    format!("`{}` doesn't name recipients", name.text),
                )
                .label("no text, no enum, no list of them")
                .related(there, "declared here")
                .help("name a field of type `list<string>`, or an enum with the names of the channels"),
            );
            return None;
        }
        for channel in channels {
            let Some(text) = channel.as_path() else {
                self.no_recipients(channel);
                continue;
            };
            let name = ast::Name {
                text: text.clone(),
                span: channel.span,
            };
            let Some(to) = self.find_channel(&name) else {
                continue;
            };
            let mut inside = way.clone();
            Self::happens(
                &mut inside,
                StageKind::Recipient { field: path.clone() },
                matched.span(),
            );
            self.arrive(&mut inside, to, line);
        }
        Some(End::Fine)
    }

    fn no_recipients(&mut self, expr: &ast::Expr) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                expr.span,
                "this doesn't say who the recipients are",
            )
            .label("not a field and a list of channels")
            .help("write `recipients offices in [berlin, rome]`"),
        );
    }
}
