//! Lowers domains: a file that begins with `domain x { … }` belongs to it, and so do all its entries.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;

use super::service::control;
use super::{Lowering, label, owner_of};
use crate::codes;
use crate::constructs;
use crate::model::{Domain, Governance, Id, Setting};

/// A top-level entry with the domain of its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Top<'a> {
    pub(super) entry: &'a ast::Entry,
    pub(super) domain: Option<Id<Domain>>,
}

impl Lowering {
    /// All entries of all files, each with its domain.
    pub(super) fn domains<'a>(&mut self, files: &'a [ast::File]) -> Vec<Top<'a>> {
        let mut all = Vec::new();
        for file in files {
            let mut domain = None;
            for (at, entry) in file.entries.iter().enumerate() {
                if let ast::Shape::Named(named) = &entry.shape
                    && named.kind.text == "domain"
                {
                    let is_first = file.entries.iter().take(at).all(is_import);
                    if is_first {
                        domain = Some(self.domain(named, entry));
                    } else {
                        self.too_late(named);
                    }
                }
                all.push(Top { entry, domain });
            }
        }
        all
    }

    /// From here on an entry of this domain is lowered.
    pub(super) fn enter(&mut self, domain: Option<Id<Domain>>) {
        let name = domain.map(|domain| self.model.domains[domain].label.name.clone());
        self.names.speaks(name);
        self.domain = domain;
    }

    /// A domain may be spread over several files; what is said about it is said in one of them.
    fn domain(&mut self, named: &ast::Named, entry: &ast::Entry) -> Id<Domain> {
        if let Some(by) = &named.by {
            self.has_no_key("a domain", by.span);
        }
        let options = self.options(Owner::Domain, &named.block.entries);
        self.misplaced("domain", &without_converters(&options));
        let known = self.names.domains.get(&named.name.text);
        let id = known.unwrap_or_else(|| {
            self.note(&constructs::DOMAIN, named.kind.span);
            let id = self.model.domains.push(Domain {
                label: label(&named.name, entry),
                owner: None,
                control: None,
                policy: Governance::default(),
            });
            self.names.domains.add(&named.name, id);
            id
        });
        let governance = self.governance(&options);
        let declared = &mut self.model.domains[id];
        declared.owner = owner_of(&options).or(declared.owner.take());
        declared.control = control(&options).or(declared.control);
        declared.policy.pii_retain = governance.pii_retain.or(declared.policy.pii_retain);
        declared.policy.budgets.extend(governance.budgets);
        id
    }

    /// `pii retain 30d`, `budget coupling 12`
    pub(super) fn governance(&mut self, options: &Options<'_>) -> Governance {
        let pii_retain = options
            .get("pii")
            .and_then(|clause| clause.duration("limit"))
            .and_then(|limit| self.some_time(limit));
        let mut budgets = Vec::new();
        for clause in options.all("budget") {
            let (Some(measure), Some((text, span))) = (clause.word("measure"), clause.number("limit")) else {
                continue;
            };
            if let Some(value) = self.count(&text, span, "a budget is", 0..=1_000_000) {
                budgets.push((measure.text, Setting { value, span }));
            }
        }
        Governance { pii_retain, budgets }
    }

    fn too_late(&mut self, named: &ast::Named) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                named.name.span,
                format!("domain `{}` doesn't begin its file", named.name.text),
            )
            .label("stands behind other entries")
            .note("a file belongs to one domain as a whole, or to none")
            .help("move it to the first line, or the domain's entries into a file of their own"),
        );
    }
}

/// Imports may stand before anything else.
fn is_import(entry: &ast::Entry) -> bool {
    let ast::Shape::Flow(flow) = &entry.shape else {
        return false;
    };
    let is_use = |clause: &ast::Clause| matches!(&clause.head, ast::Head::Word(word) if word.text == "use");
    flow.clauses.first().is_some_and(is_use)
}

/// Converters may stand in the block of their domain.
fn without_converters<'a>(options: &Options<'a>) -> Vec<&'a ast::Entry> {
    let others = options.others.iter().copied();
    others
        .filter(|entry| super::convert::converter(entry).is_none())
        .collect()
}
