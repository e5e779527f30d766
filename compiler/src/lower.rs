//! From trees to the model: names are collected first, then everything is resolved.
//!
//! Lowering always yields a model. What it can't resolve it leaves out, says so once, and remembers the name, so that
//! nothing that refers to it is blamed as well.

mod api;
mod channel;
mod choreography;
mod conversation;
mod convert;
mod domain;
mod expression;
mod handler;
mod judgement;
mod links;
mod mapping;
mod names;
mod needs;
mod predicate;
mod route;
mod saga;
mod scenario;
mod schedule;
mod scope;
mod service;
mod settings;
mod targets;
mod types;

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{self, Carried, Matched, Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use crate::codes;
use crate::constructs::Construct;
use crate::model::{Domain, Id, Label, Model, Refused, Saga, Target, Type};
use domain::Top;
use names::Names;

/// A model with what is wrong with its text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lowered {
    /// What could be resolved.
    pub(crate) model: Model,
    /// Names, types and clauses that could not.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Lowers the files of one system.
///
/// `fallback_name` names a system whose files have no `system` entry. `broken` are words that stand in entries which
/// could not be read: a reference to one of them is not an error of its own.
pub(crate) fn lower(
    files: &[ast::File],
    fallback_name: &str,
    broken: impl IntoIterator<Item = SmolStr>,
) -> Lowered {
    let mut cx = Lowering {
        model: Model {
            name: fallback_name.into(),
            targets: Target::BUILT.to_vec(),
            ..Model::default()
        },
        out: Vec::new(),
        names: Names::new(broken),
        domain: None,
        items: Vec::new(),
    };
    let entries = cx.domains(files);
    cx.model.docs = files.iter().flat_map(|file| file.docs.clone()).collect();
    cx.system(&entries);
    cx.types(&entries);
    cx.channels(&entries);
    cx.services(&entries);
    cx.routes(&entries);
    cx.choreographies(&entries);
    cx.converters(&entries);
    cx.judgements(&entries);
    cx.settings(&entries);
    cx.samples(&entries);
    cx.scenarios(&entries);
    cx.misplaced_entries(&entries);
    Lowered {
        model: cx.model,
        diagnostics: cx.out,
    }
}

/// What one run of lowering knows and has found.
struct Lowering {
    model: Model,
    out: Vec<Diagnostic>,
    names: Names,
    /// The domain whose entries are being lowered.
    domain: Option<Id<Domain>>,
    /// What the items of lists are called, saga by saga.
    items: Vec<(Id<Saga>, SmolStr, SpanId, Type)>,
}

impl Lowering {
    fn system(&mut self, entries: &[Top<'_>]) {
        let mut first: Option<SpanId> = None;
        for Top { entry, .. } in entries {
            let ast::Shape::Named(named) = &entry.shape else {
                continue;
            };
            if named.kind.text != "system" {
                continue;
            }
            if let Some(first) = first {
                self.out.push(
                    Diagnostic::error(codes::NAME_TWICE, named.name.span, "a system is named once")
                        .label("named again here")
                        .related(first, "first named here")
                        .help("keep one `system` entry"),
                );
                continue;
            }
            first = Some(named.name.span);
            self.model.name = named.name.text.clone();
            self.model.docs.extend(entry.docs.clone());
            if let Some(by) = &named.by {
                self.has_no_key("a system", by.span);
            }
            let options = self.options(Owner::System, &named.block.entries);
            self.model.owner = owner_of(&options);
            self.model.governance = self.governance(&options);
            self.targets(&options);
            self.misplaced("system", &options.others);
        }
    }

    /// Top-level entries that nothing above has looked at.
    fn misplaced_entries(&mut self, entries: &[Top<'_>]) {
        for Top { entry, .. } in entries {
            match &entry.shape {
                ast::Shape::Named(named) if named.kind.text == "tentative" => {
                    self.misplaced("file", &[entry]);
                }
                ast::Shape::Operation(operation) => {
                    self.out.push(
                        Diagnostic::error(
                            codes::OUT_OF_PLACE,
                            operation.name.span,
                            format!(
                                "{} `{}` belongs to no service",
                                operation.kind.text, operation.name.text
                            ),
                        )
                        .label("stands outside every service")
                        .note(
                            "a service owns its handlers: their stores, their retries and their permissions",
                        )
                        .help(format!(
                            "move it into a `service … {{ }}` that owns `{}`",
                            operation.name.text
                        )),
                    );
                }
                ast::Shape::Store(store) => self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        store.name.span,
                        format!("store `{}` belongs to no service", store.name.text),
                    )
                    .label("stands outside every service")
                    .note("a store has one owner; everyone else hears of its rows through events")
                    .help("move it into the service that owns its rows"),
                ),
                ast::Shape::Spread(_)
                | ast::Shape::Field(_)
                | ast::Shape::Step(_)
                | ast::Shape::Branching(_) => self.misplaced("file", &[entry]),
                ast::Shape::Named(_)
                | ast::Shape::Channel(_)
                | ast::Shape::Message(_)
                | ast::Shape::TypeDef(_)
                | ast::Shape::Service(_)
                | ast::Shape::Sample(_)
                | ast::Shape::Scenario(_)
                | ast::Shape::Flow(_) => {}
            }
        }
    }

    /// The clauses of a block; what some target can't carry is noted, and lowered like everything else.
    fn options<'a>(&mut self, owner: Owner, entries: &'a [ast::Entry]) -> Options<'a> {
        let options = clauses::read(owner, entries, &mut self.out);
        for matched in &options.clauses {
            self.note_clause(owner, matched);
            self.has_a_reason(matched);
        }
        options
    }

    /// An unsafe choice is explained, and nothing is no explanation.
    fn has_a_reason(&mut self, matched: &Matched<'_>) {
        let Some((reason, span)) = matched.text("reason") else {
            return;
        };
        if reason.trim().is_empty() {
            self.out.push(
                Diagnostic::error(codes::VALUE_DOES_NOT_FIT, span, "this reason says nothing")
                    .label("empty")
                    .note("whoever reads this after you has to know why it is as it is")
                    .help("say why, in a few words"),
            );
        }
    }

    /// Notes which targets can't carry a clause.
    fn note_clause(&mut self, owner: Owner, matched: &Matched<'_>) {
        let row = matched.row;
        let by = refusing(row.carried);
        if by.is_empty() {
            return;
        }
        let word = phrase(owner, row);
        let elsewhere = clauses::carriers(row).next().filter(|_| !row.carried.anywhere());
        let (what, instead) = match elsewhere {
            Some(other) => (
                format!("`{word}` in {}", owner.noun()),
                Some(format!("`{word}` in {}", other.noun()).into()),
            ),
            None => (format!("`{word}`"), None),
        };
        self.model.refused.push(Refused {
            what: what.into(),
            span: matched.clause.span,
            instead,
            by,
        });
    }

    /// Notes which targets can't carry something that is no clause.
    fn note(&mut self, construct: &Construct, span: SpanId) {
        let by = refusing(construct.carried);
        if !by.is_empty() {
            self.model.refused.push(Refused {
                what: construct.name.into(),
                span,
                instead: construct.instead.map(SmolStr::from),
                by,
            });
        }
    }

    /// Entries whose shape has no meaning in this place.
    fn misplaced(&mut self, place: &str, entries: &[&ast::Entry]) {
        for entry in entries {
            let what = shape_name(&entry.shape);
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    entry.span,
                    format!("{what} has no meaning in {} {place}", article(place)),
                )
                .label(format!("inside {} {place}", article(place)))
                .help(home_of(&entry.shape)),
            );
        }
    }
}

/// The targets of this version that can't be given something.
fn refusing(carried: Carried) -> Vec<Target> {
    let built = Target::BUILT.into_iter();
    built.filter(|target| !carried.by(target.word())).collect()
}

impl Lowering {
    /// `… by k` where nothing has to be told apart.
    fn has_no_key(&mut self, what: &str, span: SpanId) {
        self.out.push(
            Diagnostic::error(codes::OUT_OF_PLACE, span, format!("{what} has no key"))
                .label("nothing is told apart by it")
                .help("delete the `by`"),
        );
    }
}

fn owner_of(options: &Options<'_>) -> Option<SmolStr> {
    options
        .get("owner")
        .and_then(|matched| matched.text("name"))
        .map(|(name, _)| name.into())
}

/// What a clause is known by: its word, and where several begin alike, the next word of the language as well.
fn phrase(owner: Owner, row: &clauses::Row) -> String {
    let second = if owner == Owner::Scenario { 2 } else { 1 };
    let telling = matches!(
        owner,
        Owner::Saga | Owner::Statements | Owner::Map | Owner::Scenario
    );
    let next = row.pattern.split(' ').nth(second);
    // Where another clause of the same word is carried, the word alone would not tell which one isn't.
    let alike = |other: &&clauses::Row| other.word == row.word && other.owners.contains(&owner);
    if clauses::rows()
        .filter(alike)
        .any(|other| other.carried.anywhere())
        && !next.is_some_and(|next| telling && !next.starts_with(['<', '[']))
    {
        return row.shown();
    }
    match next.filter(|next| telling && !next.starts_with(['<', '['])) {
        Some(next) if owner == Owner::Scenario => format!("{} … {next}", row.word),
        Some(next) => format!("{} {next}", row.word),
        None => row.word.to_owned(),
    }
}

fn label(name: &ast::Name, entry: &ast::Entry) -> Label {
    Label {
        name: name.text.clone(),
        span: name.span,
        entry: entry.span,
        docs: entry.docs.clone(),
    }
}

fn shape_name(shape: &ast::Shape) -> String {
    match shape {
        ast::Shape::Spread(_) => "a spread".to_owned(),
        ast::Shape::Field(field) => format!("field `{}`", field.name.text),
        ast::Shape::Operation(operation) => format!("{} `{}`", operation.kind.text, operation.name.text),
        ast::Shape::Step(step) => format!("{} `{}`", step.kind.text, step.name.text),
        ast::Shape::Sample(sample) => format!("sample `{}`", sample.name.text),
        ast::Shape::Store(store) => format!("store `{}`", store.name.text),
        ast::Shape::Channel(channel) => format!("{} `{}`", channel.kind.text, channel.name.text),
        ast::Shape::Message(message) => format!("{} `{}`", message.kind.text, message.name.text),
        ast::Shape::TypeDef(definition) => format!("{} `{}`", definition.kind.text, definition.name.text),
        ast::Shape::Service(service) => format!("service `{}`", service.name.text),
        ast::Shape::Scenario(_) => "a scenario".to_owned(),
        ast::Shape::Branching(_) => "`if`".to_owned(),
        ast::Shape::Named(named) => format!("{} `{}`", named.kind.text, named.name.text),
        ast::Shape::Flow(flow) if flow.clauses.len() > 1 => "a line with arrows".to_owned(),
        ast::Shape::Flow(_) => "this clause".to_owned(),
    }
}

fn home_of(shape: &ast::Shape) -> String {
    match shape {
        ast::Shape::Spread(_) | ast::Shape::Field(_) => "put it into a message or a `type`",
        ast::Shape::Operation(_) | ast::Shape::Store(_) => "put it into a `service`",
        ast::Shape::Step(_) | ast::Shape::Branching(_) => "put it into a `saga`",
        ast::Shape::Sample(_)
        | ast::Shape::Scenario(_)
        | ast::Shape::Channel(_)
        | ast::Shape::Message(_)
        | ast::Shape::TypeDef(_)
        | ast::Shape::Service(_)
        | ast::Shape::Named(_) => "move it to the top level of the file",
        ast::Shape::Flow(_) => "routes stand at the top level, `api` lines in a service",
    }
    .to_owned()
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}
