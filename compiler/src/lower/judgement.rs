//! Lowers what is said about a system as a whole: outcomes, assumptions, allowances.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{self, Matched, Options, Owner};
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Lowering;
use super::channel::reason;
use super::domain::Top;
use crate::codes;
use crate::model::{Allowance, Assumption, Id, Outcome, TypeDecl};
use crate::rules;

/// All cases, in hundredths of a percent.
const ALWAYS: u32 = 10_000;

impl Lowering {
    /// What stands in files and in the blocks of domains; what stands in types is read with them.
    pub(super) fn judgements(&mut self, entries: &[Top<'_>]) {
        for Top { entry, domain } in entries {
            self.enter(*domain);
            match &entry.shape {
                ast::Shape::Flow(flow) => {
                    let [clause] = flow.clauses.as_slice() else {
                        continue;
                    };
                    if let Ok(matched) = clauses::matching(Owner::File, clause) {
                        self.judgement(&matched);
                    }
                }
                ast::Shape::Named(named) if named.kind.text == "domain" => {
                    // What is wrong with these clauses was said when the domain was lowered.
                    let options = clauses::read(Owner::Domain, &named.block.entries, &mut Vec::new());
                    for matched in &options.clauses {
                        self.judgement(matched);
                    }
                }
                ast::Shape::Spread(_)
                | ast::Shape::Field(_)
                | ast::Shape::Operation(_)
                | ast::Shape::Step(_)
                | ast::Shape::Sample(_)
                | ast::Shape::Store(_)
                | ast::Shape::Channel(_)
                | ast::Shape::Message(_)
                | ast::Shape::TypeDef(_)
                | ast::Shape::Service(_)
                | ast::Shape::Scenario(_)
                | ast::Shape::Branching(_)
                | ast::Shape::Named(_) => {}
            }
        }
        let entries: Vec<&ast::Entry> = entries.iter().map(|top| top.entry).collect();
        self.allowances(&entries);
    }

    fn judgement(&mut self, matched: &Matched<'_>) {
        match matched.row.word {
            "outcome" => {
                let _ = self.outcome(matched);
            }
            "assume" => self.assumption(None, matched),
            _ => {}
        }
    }

    /// `outcome RideCompleted to FareCollected | FareRejected within 10m for 99%`
    fn outcome(&mut self, clause: &Matched<'_>) -> Option<()> {
        let start = self.messages(clause, "start");
        let end = self.messages(clause, "end");
        let within = self.some_time(clause.duration("limit")?)?.value;
        let share = match clause.literal("share") {
            Some((ast::Literal::Share(text), span)) => self.share(text, span)?,
            _ => ALWAYS,
        };
        let (start, end) = (start?, end?);
        self.model.outcomes.push(Outcome {
            start,
            end,
            within,
            share,
            span: clause.span(),
        });
        Some(())
    }

    fn share(&mut self, text: &str, span: SpanId) -> Option<u32> {
        let share = super::expression::decimal(text).map(|share| share * rust_decimal::Decimal::ONE_HUNDRED);
        let share = share.filter(rust_decimal::Decimal::is_integer);
        let share = share
            .and_then(|share| u32::try_from(share).ok())
            .filter(|share| (1..=ALWAYS).contains(share));
        if share.is_none() {
            self.out.push(
                Diagnostic::error(
                    codes::VALUE_DOES_NOT_FIT,
                    span,
                    "a share is 0.01% to 100%, with two digits",
                )
                .label("outside that range, or finer")
                .help("write `99%`, or `99.95%`"),
            );
        }
        share
    }

    fn messages(&mut self, clause: &Matched<'_>, hole: &str) -> Option<Vec<Id<TypeDecl>>> {
        let mut found = Vec::new();
        let mut sound = true;
        for name in clause.paths(hole) {
            match self.find_type(&name) {
                Some(id) if matches!(self.model.types[id].kind, crate::model::TypeKind::Message { .. }) => {
                    found.push(id);
                }
                Some(id) => {
                    sound = false;
                    let there = self.model.types[id].label.span;
                    self.out.push(
                        Diagnostic::error(
                            codes::OUT_OF_PLACE,
                            name.span,
                            format!("`{}` is no message, so it never happens", name.text),
                        )
                        .label("not an event, command, query, document or fault")
                        .related(there, "declared here")
                        .help("name messages that are sent"),
                    );
                }
                None => sound = false,
            }
        }
        sound.then_some(found)
    }

    /// The assumptions in the block of a type.
    pub(super) fn assumptions(&mut self, of: Option<Id<TypeDecl>>, options: &Options<'_>) {
        for clause in options.all("assume") {
            self.assumption(of, clause);
        }
    }

    fn assumption(&mut self, of: Option<Id<TypeDecl>>, clause: &Matched<'_>) {
        let (Some(known), Some(settled), Some(because)) =
            (clause.path("known"), clause.path("value"), reason(clause))
        else {
            return;
        };
        let path = |name: &ast::Name| -> Vec<SmolStr> { name.text.split('.').map(SmolStr::from).collect() };
        let (one, other) = (path(&known), path(&settled));
        // A type's own fields are filled in later, spreads among them; elsewhere some type has to have both.
        if of.is_none() {
            let has = |path: &[SmolStr]| {
                self.model
                    .types
                    .ids()
                    .any(|id| self.model.at_path(id, path).is_some())
            };
            for (name, path) in [(&known, &one), (&settled, &other)] {
                if !has(path) {
                    self.out.push(
                        Diagnostic::error(
                            codes::UNRESOLVED_NAME,
                            name.span,
                            format!("no type has a field `{}`", name.text),
                        )
                        .label("no such field anywhere")
                        .help("name a field that messages have"),
                    );
                    return;
                }
            }
        }
        self.model.assumptions.push(Assumption {
            of,
            known: one,
            settled: other,
            because,
        });
    }

    /// Every `allow`, wherever it stands, with the entry that it holds for.
    fn allowances(&mut self, entries: &[&ast::Entry]) {
        for entry in entries {
            for_each_clause(entry, None, &mut |clause, scope| {
                if matches!(&clause.head, ast::Head::Word(word) if word.text == "allow")
                    && let Ok(matched) = clauses::matching(Owner::File, clause)
                {
                    self.allowance(&matched, scope);
                }
            });
        }
    }

    fn allowance(&mut self, clause: &Matched<'_>, scope: Option<SpanId>) {
        let (Some(code), Some(because)) = (clause.word("code"), reason(clause)) else {
            return;
        };
        let known = rules::all().iter().map(|rule| rule.code.0);
        let allowable: Vec<&str> = known.filter(|code| rules::may_be_allowed(code)).collect();
        if !allowable.contains(&code.text.as_str()) {
            let exists = rules::page(&code.text).is_some();
            let message = if exists {
                format!("`{}` can't be allowed", code.text)
            } else {
                format!("no finding has the code `{}`", code.text)
            };
            let diagnostic = Diagnostic::error(codes::UNRESOLVED_NAME, code.span, message);
            self.out.push(
                match nearest(&code.text, allowable.iter().copied()).filter(|_| !exists) {
                    Some(near) => diagnostic.label(format!("did you mean `{near}`?")).replace(
                        format!("use `{near}`"),
                        code.span,
                        near,
                    ),
                    None if exists => diagnostic
                        .label("nothing could be built from it")
                        .note("what can't be read, resolved or carried is no matter of judgement")
                        .help("mend what it finds"),
                    None => diagnostic
                        .label("not a code")
                        .help("write the code that the finding shows, such as `DEL004`"),
                },
            );
            return;
        }
        let until = clause.expr("date").and_then(|_| self.date(clause, "date"));
        self.model.allowances.push(Allowance {
            code: code.text,
            scope,
            because,
            until,
        });
    }
}

/// Every clause below an entry, each with the innermost entry that has a block around it; nothing for the file itself
/// and for `system`.
fn for_each_clause(
    entry: &ast::Entry,
    scope: Option<SpanId>,
    see: &mut impl FnMut(&ast::Clause, Option<SpanId>),
) {
    let is_system = matches!(&entry.shape, ast::Shape::Named(named) if named.kind.text == "system");
    let inside = (!is_system).then_some(entry.span);
    let mut blocks: Vec<&ast::Block> = Vec::new();
    match &entry.shape {
        ast::Shape::Flow(flow) => {
            for clause in &flow.clauses {
                see(clause, scope);
                blocks.extend(&clause.block);
            }
        }
        ast::Shape::Operation(operation) => blocks.push(&operation.block),
        ast::Shape::Step(step) => blocks.extend(&step.clause.block),
        ast::Shape::Store(store) => blocks.push(&store.block),
        ast::Shape::Channel(channel) => blocks.push(&channel.block),
        ast::Shape::Message(message) => blocks.push(&message.block),
        ast::Shape::TypeDef(definition) => {
            if let ast::TypeBody::Block(block) = &definition.body {
                blocks.push(block);
            }
        }
        ast::Shape::Service(service) => blocks.push(&service.block),
        ast::Shape::Named(named) => blocks.push(&named.block),
        ast::Shape::Branching(branching) => {
            blocks.extend(branching.arms.iter().map(|(_, block)| block));
            blocks.extend(&branching.otherwise);
        }
        ast::Shape::Spread(_) | ast::Shape::Field(_) | ast::Shape::Sample(_) | ast::Shape::Scenario(_) => {}
    }
    for entry in blocks.into_iter().flat_map(|block| &block.entries) {
        for_each_clause(entry, inside, see);
    }
}
