//! Lowers what the engine does itself in a step, an undo or an ending: a row, a message.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::Matched;
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;

use super::Around;
use crate::codes;
use crate::lower::Lowering;
use crate::lower::scope::{Holds, Scope};
use crate::model::{Action, ActionKind, Id, Mapping, Store};

/// Whether a clause is one that the engine does itself, and that leaves something behind.
pub(super) fn changes_something(matched: &Matched<'_>) -> bool {
    matches!(matched.row.word, "insert" | "put" | "update" | "delete" | "emit")
}

impl Lowering {
    /// `insert fares(…)`, `emit FareCollected(…) to fare_outcomes` and their like.
    pub(super) fn done_by_the_engine(
        &mut self,
        around: &Around<'_>,
        matched: &Matched<'_>,
        scope: &Scope,
    ) -> Option<Action> {
        if matched.row.word == "emit" {
            return self.emission(matched, scope);
        }
        let row = matched.call("row")?;
        let only_if = match matched.expr("predicate") {
            Some(predicate) => Some(self.row_condition(around, row, predicate)?),
            None => None,
        };
        let mut action = self.row_action(around, matched.row.word, row, matched.span(), scope)?;
        if let ActionKind::Update {
            only_if: condition, ..
        } = &mut action.kind
        {
            *condition = only_if;
        }
        Some(action)
    }

    pub(super) fn row_action(
        &mut self,
        around: &Around<'_>,
        verb: &str,
        call: &ast::Call,
        span: SpanId,
        scope: &Scope,
    ) -> Option<Action> {
        let store = self.find_store(around.service, &call.callee)?;
        let row = self.mapping(self.model.stores[store].row, &call.args, span, scope)?;
        let kind = match verb {
            "insert" => ActionKind::Insert { store, row },
            "put" => ActionKind::Put { store, row },
            "update" => {
                self.has_key(store, verb, &row)?;
                self.changes_a_field(store, &row)?;
                let only_if = None;
                ActionKind::Update { store, row, only_if }
            }
            "get" => ActionKind::Get {
                store,
                key: self.only_key(store, verb, row)?,
            },
            "delete" => ActionKind::Delete {
                store,
                key: self.only_key(store, verb, row)?,
            },
            _ => return None,
        };
        Some(Action { kind, span })
    }

    fn has_key(&mut self, store: Id<Store>, verb: &str, row: &Mapping) -> Option<()> {
        let declared = &self.model.stores[store];
        let given = |name: &str| row.fields.iter().any(|(field, _)| field == name);
        let Some((missing, _)) = declared.key.iter().find(|(name, _)| !given(name)) else {
            return Some(());
        };
        let name = &declared.label.name;
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                row.span,
                format!("`{verb} {name}` doesn't say which row: `{missing}` is its key"),
            )
            .label(format!("`{missing}` is missing"))
            .related(declared.label.span, "the store")
            .help(format!("write `{verb} {name}({missing}: …)`")),
        );
        None
    }

    fn changes_a_field(&mut self, store: Id<Store>, row: &Mapping) -> Option<()> {
        let declared = &self.model.stores[store];
        let is_key = |name: &str| declared.key.iter().any(|(key, _)| key == name);
        if row.fields.iter().any(|(name, _)| !is_key(name)) {
            return Some(());
        }
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                row.span,
                format!("`update {}` changes nothing", declared.label.name),
            )
            .label("names the key and no other field")
            .help("write the fields that change, such as `status: failed`"),
        );
        None
    }

    /// The key and nothing else.
    fn only_key(&mut self, store: Id<Store>, verb: &str, row: Mapping) -> Option<Mapping> {
        self.has_key(store, verb, &row)?;
        let declared = &self.model.stores[store];
        let is_key = |name: &str| declared.key.iter().any(|(key, _)| key == name);
        if let Some((name, value)) = row.fields.iter().find(|(name, _)| !is_key(name)) {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    value.span,
                    format!("`{verb} {}` finds a row by its key alone", declared.label.name),
                )
                .label(format!("`{name}` is no part of the key"))
                .related(declared.label.span, "the store")
                .help("delete it"),
            );
            return None;
        }
        Some(row)
    }

    fn emission(&mut self, matched: &Matched<'_>, scope: &Scope) -> Option<Action> {
        let call = matched.call("message")?;
        let message = self.find_type(&call.callee);
        let channel = self.find_channel(&matched.path("channel")?);
        let (message, channel) = (message?, channel?);
        let fields = self.mapping(message, &call.args, matched.span(), scope)?;
        Some(Action {
            kind: ActionKind::Emit {
                message,
                fields,
                channel,
            },
            span: matched.span(),
        })
    }

    /// What a later step may speak of once this is done.
    pub(super) fn result_of(&self, action: &Action) -> Holds {
        let result = crate::facts::mapping::result(&self.model, action);
        result.map_or(Holds::Nothing, Holds::Record)
    }
}
