//! Lowers choreographies: who acts on which message, and what follows. Rule SAG011 holds it against the handlers.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::domain::Top;
use super::service::key_paths;
use super::{Lowering, label};
use crate::codes;
use crate::constructs;
use crate::model::{Choreography, Id, Party, Turn, TypeDecl};

/// Messages with their places.
type Messages = Vec<(Id<TypeDecl>, SpanId)>;

impl Lowering {
    pub(super) fn choreographies(&mut self, entries: &[Top<'_>]) {
        let mut known: Vec<&ast::Name> = Vec::new();
        for Top { entry, domain } in entries {
            self.enter(*domain);
            let ast::Shape::Named(named) = &entry.shape else {
                continue;
            };
            if named.kind.text != "choreography" {
                continue;
            }
            self.note(&constructs::CHOREOGRAPHY, named.kind.span);
            if let Some(first) = known.iter().find(|other| other.text == named.name.text) {
                self.out.push(
                    Diagnostic::error(
                        codes::NAME_TWICE,
                        named.name.span,
                        format!("choreography `{}` is declared twice", named.name.text),
                    )
                    .label("declared again here")
                    .related(first.span, "first declared here")
                    .help("rename one of the two, or delete it"),
                );
                continue;
            }
            known.push(&named.name);
            if let Some(choreography) = self.choreography(named, entry) {
                let _ = self.model.choreographies.push(choreography);
            }
        }
    }

    fn choreography(&mut self, named: &ast::Named, entry: &ast::Entry) -> Option<Choreography> {
        let by: Vec<ast::Name> = named.by.as_ref().map(key_paths).unwrap_or_default();
        let options = self.options(Owner::Choreography, &named.block.entries);
        let deadline = self.time(&options, "deadline", "limit");
        let (done, failed) = (self.ends(&options, "done"), self.ends(&options, "failed"));
        let mut turns = Vec::new();
        for entry in &options.others {
            let ast::Shape::Flow(flow) = &entry.shape else {
                self.misplaced("choreography", &[*entry]);
                continue;
            };
            turns.extend(self.turns(flow));
        }
        if by.is_empty() {
            let name = &named.name.text;
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    named.by.as_ref().map_or(named.name.span, |by| by.span),
                    format!("choreography `{name}` doesn't say what its messages have in common"),
                )
                .label("no field that tells one conversation from another")
                .help(format!("write `choreography {name} by order_id {{ … }}`")),
            );
            return None;
        }
        let path = |name: &ast::Name| name.text.split('.').map(SmolStr::from).collect();
        Some(Choreography {
            label: label(&named.name, entry),
            by: by.iter().map(path).collect(),
            by_span: named.by.as_ref().map_or(named.name.span, |by| by.span),
            deadline,
            turns,
            done,
            failed,
        })
    }

    /// `done PaymentTaken | PaidCash`
    fn ends(&mut self, options: &Options<'_>, word: &str) -> Messages {
        let named = options.all(word).flat_map(|clause| clause.paths("messages"));
        named
            .collect::<Vec<_>>()
            .into_iter()
            .filter_map(|name| Some((self.find_type(&name)?, name.span)))
            .collect()
    }

    /// `OrderPlaced -> Stock.pick -> ItemsPicked -> Payments.charge -> PaymentTaken`: messages and who acts, in turn.
    fn turns(&mut self, flow: &ast::Flow) -> Vec<Turn> {
        let stages: Vec<Option<Vec<ast::Name>>> =
            flow.clauses.iter().map(|clause| self.side(clause)).collect();
        let Some(stages) = stages.into_iter().collect::<Option<Vec<_>>>() else {
            return Vec::new();
        };
        let mut turns = Vec::new();
        let mut after: Option<Messages> = None;
        let mut party: Option<(Party, SpanId)> = None;
        for (at, names) in stages.iter().enumerate() {
            if at % 2 == 1 {
                let Some(found) = self.party(names) else {
                    return turns;
                };
                party = Some(found);
                continue;
            }
            let Some(messages) = self.spoken(names) else {
                return turns;
            };
            if let (Some(after), Some((party, party_span))) = (after.take(), party.take()) {
                turns.push(Turn {
                    after,
                    party,
                    party_span,
                    then: messages.clone(),
                });
            }
            after = Some(messages);
        }
        if let (Some(after), Some((party, party_span))) = (after, party) {
            turns.push(Turn {
                after,
                party,
                party_span,
                then: Vec::new(),
            });
        }
        turns
    }

    /// The names of a stage; a stage is nothing else.
    fn side(&mut self, clause: &ast::Clause) -> Option<Vec<ast::Name>> {
        let names = match &clause.head {
            ast::Head::Word(name) => Some(vec![name.clone()]),
            ast::Head::Words(names) => Some(names.clone()),
            ast::Head::Call(_) => None,
        };
        let bare = clause.args.is_empty() && clause.block.is_none();
        if names.is_none() || !bare {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    clause.span,
                    "a choreography says who acts on which message, and nothing more",
                )
                .label("neither a message nor a handler")
                .help("write `SomeEvent -> Service.handler -> OtherEvent`; filters and routes stand at the channels"),
            );
            return None;
        }
        names
    }

    /// `ItemsPicked | ItemsOutOfStock`
    fn spoken(&mut self, names: &[ast::Name]) -> Option<Messages> {
        let mut found = Vec::new();
        for name in names {
            if self.names.ty(&name.text).is_none() && name.text.contains('.') {
                self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        name.span,
                        format!("a message stands here, and `{}` is none", name.text),
                    )
                    .label("messages and handlers take turns")
                    .help("say which message leads to it: `SomeEvent -> Service.handler`"),
                );
                return None;
            }
            found.push((self.find_type(name)?, name.span));
        }
        Some(found)
    }

    /// `Stock.pick`, or a saga.
    fn party(&mut self, names: &[ast::Name]) -> Option<(Party, SpanId)> {
        let [name] = names else {
            let span = names.get(1).map_or(SpanId::NOWHERE, |name| name.span);
            self.out.push(
                Diagnostic::error(codes::OUT_OF_PLACE, span, "one handler acts at a time")
                    .label("another one")
                    .help("give each handler a line of its own"),
            );
            return None;
        };
        if self.is_saga(None, &name.text) {
            return Some((Party::Saga(self.find_saga(None, name)?), name.span));
        }
        Some((Party::Handler(self.find_handler(None, name)?), name.span))
    }
}
