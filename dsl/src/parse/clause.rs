//! Clauses, the flows they make, fields and `if`.

use pest::iterators::Pair;

use super::declaration::nothing;
use super::{Builder, Parts, nameless};
use crate::ast::{Branching, Clause, Expr, Field, Flow, Head, Tag};
use crate::grammar::Rule;

impl Builder<'_> {
    pub(super) fn flow(&mut self, pair: Pair<'_, Rule>) -> Flow {
        let clauses = pair.into_inner().filter(|part| part.as_rule() == Rule::clause);
        Flow {
            clauses: clauses.map(|clause| self.clause(clause)).collect(),
        }
    }

    pub(super) fn clause(&mut self, pair: Pair<'_, Rule>) -> Clause {
        let mut parts = Parts::of(self, pair);
        let head = parts.take(Rule::head).map(|head| self.head(head));
        let mut args = Vec::new();
        while let Some(arg) = parts.take(Rule::expr) {
            args.push(self.expr(arg));
        }
        Clause {
            head: head.unwrap_or_else(|| Head::Word(nameless(parts.span))),
            args,
            block: parts.take(Rule::block).map(|block| self.block(block)),
            span: parts.span,
        }
    }

    fn head(&mut self, pair: Pair<'_, Rule>) -> Head {
        let mut parts = Parts::of(self, pair);
        if let Some(call) = parts.take(Rule::call) {
            return Head::Call(self.call(call));
        }
        let mut names = Vec::new();
        while let Some(path) = parts.take(Rule::path) {
            names.push(self.name_of(&path));
        }
        match (names.len(), names.pop()) {
            (1, Some(only)) => Head::Word(only),
            (_, Some(last)) => {
                names.push(last);
                Head::Words(names)
            }
            (_, None) => Head::Word(nameless(parts.span)),
        }
    }

    pub(super) fn field(&mut self, pair: Pair<'_, Rule>) -> Field {
        let mut parts = Parts::of(self, pair);
        let name = self.name(&mut parts, Rule::ident);
        let ty = self.required_type(&mut parts);
        let mut tags = Vec::new();
        while let Some(tag) = parts.take(Rule::tag) {
            tags.push(self.tag(tag));
        }
        Field {
            name,
            ty,
            tags,
            default: parts.take(Rule::expr).map(|expr| self.expr(expr)),
        }
    }

    fn tag(&mut self, pair: Pair<'_, Rule>) -> Tag {
        let mut parts = Parts::of(self, pair);
        Tag {
            name: self.name(&mut parts, Rule::ident),
            args: parts
                .take(Rule::args)
                .map(|args| self.args(args))
                .unwrap_or_default(),
            span: parts.span,
        }
    }

    pub(super) fn branching(&mut self, pair: Pair<'_, Rule>) -> Branching {
        let mut parts = Parts::of(self, pair);
        let mut arms = Vec::new();
        while let Some(condition) = parts.take(Rule::expr) {
            arms.push((self.expr(condition), self.optional_block(&mut parts)));
        }
        Branching {
            arms,
            otherwise: parts.take(Rule::block).map(|block| self.block(block)),
        }
    }

    pub(super) fn required_expr(&mut self, parts: &mut Parts<'_>) -> Expr {
        match parts.take(Rule::expr) {
            Some(pair) => self.expr(pair),
            None => nothing(parts.span),
        }
    }
}
