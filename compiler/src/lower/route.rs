//! Lowers lines with arrows between channels.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{self, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;

use super::Lowering;
use crate::codes;
use crate::constructs;
use crate::model::{Channel, ChannelKind, Filter, Id, Route};

impl Lowering {
    pub(super) fn routes(&mut self, entries: &[&ast::Entry]) {
        for entry in entries {
            let ast::Shape::Flow(flow) = &entry.shape else {
                continue;
            };
            match flow.clauses.as_slice() {
                [only] => self.top_level_clause(only),
                [first, ..] if head_is(first, "convert") => {}
                [first, ..] if head_is(first, "api") || head_is(first, "schedule") => {
                    self.misplaced("file", &[entry]);
                }
                stages => self.route(stages, entry),
            }
        }
    }

    fn top_level_clause(&mut self, clause: &ast::Clause) {
        match clauses::matching(Owner::File, clause) {
            Ok(matched) => self.note_clause(Owner::File, &matched),
            Err(diagnostic) => self.out.push(diagnostic),
        }
    }

    fn route(&mut self, stages: &[ast::Clause], entry: &ast::Entry) {
        let mut from: Option<Id<Channel>> = None;
        let mut filters: Vec<Filter> = Vec::new();
        let mut pending: Option<SpanId> = None;
        for (index, stage) in stages.iter().enumerate() {
            let Some(name) = bare_name(stage).filter(|name| self.is_channel(name)) else {
                pending = Some(stage.span);
                match self.stage(stage, from) {
                    Some(filter) => filters.push(filter),
                    // What a stage would have done is unknown, and so is what comes behind it.
                    None => return,
                }
                continue;
            };
            let Some(channel) = self.find_channel(name) else {
                return;
            };
            pending = None;
            if index > 0
                && let Some(source) = from
            {
                if !self.begins_route(source, stages) {
                    return;
                }
                self.model.routes.push(Route {
                    from: source,
                    to: channel,
                    filters: std::mem::take(&mut filters),
                    span: entry.span,
                    docs: entry.docs.clone(),
                });
            }
            from = Some(channel);
        }
        if let Some(span) = pending {
            self.out.push(
                Diagnostic::error(codes::OUT_OF_PLACE, span, "this route ends nowhere")
                    .label("nothing comes after this stage")
                    .help("end the line with `-> a_queue`"),
            );
        }
    }

    /// A stage without a verb is a channel, unless the one word is a verb and no channel.
    fn is_channel(&self, name: &ast::Name) -> bool {
        self.names.channels.get(&name.text).is_some() || !clauses::has_word(Owner::Route, &name.text)
    }

    fn begins_route(&mut self, source: Id<Channel>, stages: &[ast::Clause]) -> bool {
        let channel = &self.model.channels[source];
        if channel.kind == ChannelKind::Topic {
            return true;
        }
        let span = stages.first().map_or(SpanId::NOWHERE, |stage| stage.span);
        self.note(&constructs::ROUTE_FROM_QUEUE, span);
        false
    }

    fn stage(&mut self, stage: &ast::Clause, from: Option<Id<Channel>>) -> Option<Filter> {
        let matched = match clauses::matching(Owner::Route, stage) {
            Ok(matched) => matched,
            Err(diagnostic) => {
                self.out.push(diagnostic);
                return None;
            }
        };
        self.note_clause(Owner::Route, &matched);
        if matched.row.word != "where" {
            return None;
        }
        if from.is_none() {
            self.out.push(
                Diagnostic::error(codes::OUT_OF_PLACE, stage.span, "a route begins with a channel")
                    .label("a stage stands between channels")
                    .help("write the topic first: `a_topic -> where … -> a_queue`"),
            );
            return None;
        }
        let predicate = self.predicate(matched.expr("predicate")?)?;
        Some(Filter {
            predicate,
            span: stage.span,
        })
    }
}

fn head_is(clause: &ast::Clause, word: &str) -> bool {
    matches!(&clause.head, ast::Head::Word(name) if name.text == word)
}

/// A stage without a verb is a channel.
fn bare_name(clause: &ast::Clause) -> Option<&ast::Name> {
    match &clause.head {
        ast::Head::Word(name) if clause.args.is_empty() && clause.block.is_none() => Some(name),
        ast::Head::Word(_) | ast::Head::Words(_) | ast::Head::Call(_) => None,
    }
}
