//! Lowers `map`: once for each item of a list.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::Owner;
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Around, in_order};
use crate::codes;
use crate::constructs;
use crate::facts::fields::type_text;
use crate::facts::mapping::results;
use crate::lower::scope::{GIVEN, Holds, Scope};
use crate::lower::{Lowering, label};
use crate::model::{Map, Shape, Statement, Type, Value};

impl Lowering {
    /// `map legs = trip.legs as leg { concurrency 5, step book = … }`
    pub(super) fn map(
        &mut self,
        around: &Around<'_>,
        step: &ast::Step,
        entry: &ast::Entry,
        scope: &mut Scope,
    ) -> Option<Statement> {
        self.note(&constructs::MAP, step.kind.span);
        let (of, item_name, item_type, most) = self.items(around, step, scope)?;
        let no_entries = Vec::new();
        let entries = step
            .clause
            .block
            .as_ref()
            .map_or(&no_entries, |block| &block.entries);
        let options = self.options(Owner::Map, entries);
        let concurrency = self.many_at_once(&options);
        let lines = in_order(entries, &options)
            .into_iter()
            .filter(
                |line| !matches!(line, super::Entry::Clause(matched) if matched.row.word == "concurrency"),
            )
            .collect();
        let mut inside = scope.clone();
        inside.add(&item_name.text, item_name.span, Holds::Value(item_type.clone()));
        let start = inside.now();
        let body = self.statements(around, lines, &mut inside);
        // Whoever comes later knows of each step only together with all the others of its kind.
        let at = scope.now();
        scope.learn(inside.since(start));
        scope.doubt(at, "it is done once for each item of a list");
        let map = Map {
            label: label(&step.name, entry),
            of,
            item: item_name.text.clone(),
            item_type,
            most,
            concurrency,
            body,
            span: entry.span,
        };
        let telling = map.telling().map(|step| step.label.name.clone());
        let certain = telling.is_none_or(
            |name| !matches!(inside.get(&name), Some(known) if matches!(known.holds, Holds::Unsure(_))),
        );
        let broken = last_step(entries).is_some_and(|name| {
            let known = inside.get(name);
            known.is_some_and(|known| matches!(known.holds, Holds::Broken))
        });
        let holds = match results(&self.model, &map) {
            _ if broken => Holds::Broken,
            _ if !certain => Holds::Unsure("the last of its steps may have failed".to_owned()),
            Some(list) => Holds::Value(list),
            None => Holds::Nothing,
        };
        scope.add(&step.name.text, step.name.span, holds);
        Some(Statement::Map(Box::new(map)))
    }

    /// The list, what an item of it is called, what that is, and how many there may be.
    fn items(
        &mut self,
        around: &Around<'_>,
        step: &ast::Step,
        scope: &Scope,
    ) -> Option<(Value, ast::Name, Type, Option<u64>)> {
        let clause = &step.clause;
        let (Some(list), Some(item)) = (list_of(clause), name_of_item(clause)) else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    clause.span,
                    "`map` says of which list, and what an item of it is called",
                )
                .label("not a list `as` a name")
                .help(format!(
                    "write `map {} = it.items as item {{ … }}`",
                    step.name.text
                )),
            );
            return None;
        };
        let value = self.computed(&list, scope)?;
        let ty = self.type_in(&value, scope)?;
        let (item_type, most) = match &self.model.resolve(&ty).shape {
            Shape::List { item, length } => (Type::clone(item), length.max),
            Shape::Unresolved => return None,
            Shape::Scalar(_) | Shape::Map { .. } | Shape::Named(_) => {
                let given = type_text(&self.model, &ty);
                self.out.push(
                    Diagnostic::error(
                        codes::VALUE_DOES_NOT_FIT,
                        value.span,
                        format!("`map` goes through a list, and this is `{given}`"),
                    )
                    .label("no list")
                    .help("name a field of type `list<…>`"),
                );
                return None;
            }
        };
        self.is_free_name(around, &item, &item_type, scope)?;
        Some((value, item, item_type, most))
    }

    /// One name means one thing in a saga; items of the same kind may share theirs, one after the other.
    fn is_free_name(
        &mut self,
        around: &Around<'_>,
        item: &ast::Name,
        ty: &Type,
        scope: &Scope,
    ) -> Option<()> {
        let steps = around.steps.iter().find(|step| step.text == item.text);
        let taken: Option<SpanId> = steps
            .map(|step| step.span)
            .or_else(|| scope.get(&item.text).map(|known| known.span));
        let given = GIVEN.contains(&item.text.as_str());
        let elsewhere = self
            .items
            .iter()
            .find(|(saga, name, _, other)| *saga == around.saga && *name == item.text && other != ty);
        let taken = taken.or_else(|| elsewhere.map(|(_, _, span, _)| *span));
        if taken.is_none() && !given {
            self.items
                .push((around.saga, item.text.clone(), item.span, ty.clone()));
            return Some(());
        }
        let diagnostic = Diagnostic::error(
            codes::NAME_TWICE,
            item.span,
            format!("`{}` means something else in this saga", item.text),
        )
        .label("can't be the name of an item")
        .help("give the item a name of its own");
        self.out.push(match taken {
            Some(first) => diagnostic.related(first, "is called so already"),
            None => diagnostic.note("it is a name of the language"),
        });
        None
    }
}

/// The step that a block ends with, as it is written.
fn last_step(entries: &[ast::Entry]) -> Option<&SmolStr> {
    let ast::Shape::Step(step) = &entries.last()?.shape else {
        return None;
    };
    Some(&step.name.text)
}

/// What stands before `as`.
fn list_of(clause: &ast::Clause) -> Option<ast::Expr> {
    let kind = match &clause.head {
        ast::Head::Word(name) => {
            return Some(ast::Expr {
                kind: ast::ExprKind::Path(name.text.clone()),
                span: name.span,
            });
        }
        ast::Head::Call(call) => ast::ExprKind::Call(call.clone()),
        ast::Head::Words(_) => return None,
    };
    Some(ast::Expr {
        kind,
        span: clause.span,
    })
}

/// What stands behind `as`.
fn name_of_item(clause: &ast::Clause) -> Option<ast::Name> {
    let [word, item] = clause.args.as_slice() else {
        return None;
    };
    let is_name = |path: &&SmolStr| !path.contains('.');
    let name = item.as_path().filter(is_name)?;
    word.as_path().filter(|word| *word == "as")?;
    Some(ast::Name {
        text: name.clone(),
        span: item.span,
    })
}
