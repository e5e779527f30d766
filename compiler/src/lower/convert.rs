//! Lowers converters: `convert BasketChanged.v2 -> BasketChanged.v1(...it, items: lines.sku)`.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{self, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;

use super::Lowering;
use super::domain::Top;
use super::route::head_is;
use crate::codes;
use crate::model::{Converter, Domain, Id, version};

/// The two ends of a line that converts.
pub(super) fn converter(entry: &ast::Entry) -> Option<(&ast::Clause, &[ast::Clause])> {
    let ast::Shape::Flow(flow) = &entry.shape else {
        return None;
    };
    let (first, rest) = flow.clauses.split_first()?;
    (head_is(first, "convert") && !rest.is_empty()).then_some((first, rest))
}

impl Lowering {
    /// Converters stand in a file, or in the block of its domain.
    pub(super) fn converters(&mut self, entries: &[Top<'_>]) {
        for Top { entry, domain } in entries {
            self.enter(*domain);
            self.converter_of(entry, *domain);
            if let ast::Shape::Named(named) = &entry.shape
                && named.kind.text == "domain"
            {
                for inner in &named.block.entries {
                    self.converter_of(inner, *domain);
                }
            }
        }
    }

    fn converter_of(&mut self, entry: &ast::Entry, domain: Option<Id<Domain>>) -> Option<()> {
        let (first, rest) = converter(entry)?;
        let matched = match clauses::matching(Owner::File, first) {
            Ok(matched) => matched,
            Err(diagnostic) => {
                self.out.push(diagnostic);
                return None;
            }
        };
        self.note_clause(Owner::File, &matched);
        let from = self.find_type(&matched.path("message")?);
        let [target] = rest else {
            self.no_conversion(entry);
            return None;
        };
        let ast::Head::Call(call) = &target.head else {
            self.no_conversion(entry);
            return None;
        };
        let to = self.find_type(&call.callee);
        let (from, to) = (from?, to?);
        self.same_message(from, to, &call.callee);
        let scope = self.scope_of(from);
        let fields = self.mapping(to, &call.args, target.span, &scope)?;
        self.complete(to, &fields, &[]);
        let twice = self
            .model
            .converters
            .values()
            .find(|other| other.from == from && other.to == to);
        if let Some(first) = twice.map(|other| other.span) {
            self.out.push(
                Diagnostic::error(codes::NAME_TWICE, entry.span, "this conversion is there twice")
                    .label("again here")
                    .related(first, "first here")
                    .help("delete one of the two"),
            );
            return None;
        }
        let _ = self.model.converters.push(Converter {
            domain,
            from,
            to,
            fields,
            span: entry.span,
        });
        Some(())
    }

    /// Versions of one message are converted; anything else is translated between channels.
    fn same_message(
        &mut self,
        from: Id<crate::model::TypeDecl>,
        to: Id<crate::model::TypeDecl>,
        name: &ast::Name,
    ) {
        let of = |id: Id<crate::model::TypeDecl>| self.model.types[id].label.name.clone();
        let (one, other) = (of(from), of(to));
        let base = |name: &str| version(name).map_or(name.to_owned(), |(base, _)| base.to_owned());
        if base(&one) != base(&other) || one == other {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    name.span,
                    format!("`{one}` and `{other}` are not two versions of one message"),
                )
                .label("nothing to convert")
                .help("name two versions, as in `convert X.v2 -> X.v1(…)`; a route makes other messages with `translate`"),
            );
        }
    }

    fn no_conversion(&mut self, entry: &ast::Entry) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                entry.span,
                "this doesn't say what the old version is made of",
            )
            .label("no `-> Message(…)`")
            .help("write `convert X.v2 -> X.v1(...it, old_field: new_field)`"),
        );
    }
}
