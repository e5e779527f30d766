//! Lowers lines with arrows between channels: one route for each way from a channel to a channel.

mod aggregate;
mod choose;
mod stage;

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{self, Matched, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Lowering;
use super::domain::Top;
use super::scope::Scope;
use crate::codes;
use crate::constructs;
use crate::model::{Channel, Id, Reason, Route, Stage, StageKind, TypeDecl};

/// How far a line has come.
#[derive(Debug, Clone)]
struct Way {
    /// The last channel.
    from: Id<Channel>,
    /// What flows here.
    payload: Id<TypeDecl>,
    /// What a mapping or a condition may speak of here.
    scope: Scope,
    /// What stages have given names to: items of a list, answers of a service.
    names: Vec<(SmolStr, Id<TypeDecl>)>,
    /// What has happened since the last channel.
    stages: Vec<Stage>,
}

/// A line and what is written above it.
#[derive(Clone, Copy)]
struct Line<'a> {
    span: SpanId,
    docs: &'a [SmolStr],
}

/// How a line ends.
enum End {
    /// In a channel, or in a stage that has an error of its own.
    Fine,
    /// What came so far is dropped, and why.
    Discard(Reason),
}

impl Lowering {
    pub(super) fn routes(&mut self, entries: &[Top<'_>]) {
        for Top { entry, domain } in entries {
            self.enter(*domain);
            let ast::Shape::Flow(flow) = &entry.shape else {
                continue;
            };
            match flow.clauses.as_slice() {
                [only] => self.top_level_clause(only),
                [first, ..] if head_is(first, "convert") => {}
                [first, ..] if head_is(first, "api") || head_is(first, "schedule") => {
                    self.misplaced("file", &[entry]);
                }
                [first, rest @ ..] => self.route(first, rest, entry),
                [] => {}
            }
        }
    }

    /// Clauses that stand alone are read where what they speak of is lowered; here their rows are looked up.
    fn top_level_clause(&mut self, clause: &ast::Clause) {
        match clauses::matching(Owner::File, clause) {
            Ok(matched) if matched.row.leads => {
                let written = matched.row.example();
                self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        clause.span,
                        format!("`{}` leads nowhere", matched.row.word),
                    )
                    .label("an arrow must follow")
                    .help(format!("go on with `->`, as in `{written} -> …`")),
                );
            }
            Ok(matched) => self.note_clause(Owner::File, &matched),
            Err(diagnostic) => self.out.push(diagnostic),
        }
    }

    fn route(&mut self, first: &ast::Clause, rest: &[ast::Clause], entry: &ast::Entry) {
        let Some(name) = bare_name(first).filter(|name| self.is_channel(name)) else {
            self.begins_with_no_channel(first);
            return;
        };
        let Some(from) = self.find_channel(name) else {
            return;
        };
        if !self.model.channels[from].kind.copies() {
            self.note(&constructs::ROUTE_FROM_QUEUE, first.span);
        }
        let line = Line {
            span: entry.span,
            docs: &entry.docs,
        };
        let way = self.at_channel(from);
        if let Some(End::Discard(because)) = self.follow(way, rest, line) {
            self.out.push(
                Diagnostic::error(codes::OUT_OF_PLACE, because.span, "this line only drops messages")
                    .label("nothing ever arrives anywhere")
                    .note("a message that no route takes is dropped anyway; `discard` is for the arms of a `choose`")
                    .help("delete the line"),
            );
        }
    }

    fn begins_with_no_channel(&mut self, first: &ast::Clause) {
        match clauses::matching(Owner::Route, first) {
            Ok(_) => self.out.push(
                Diagnostic::error(codes::OUT_OF_PLACE, first.span, "a route begins with a channel")
                    .label("a stage stands between channels")
                    .help("write the topic first: `a_topic -> where … -> a_queue`"),
            ),
            Err(diagnostic) => self.out.push(diagnostic),
        }
    }

    /// The beginning of a way: nothing has happened yet.
    fn at_channel(&self, channel: Id<Channel>) -> Way {
        let payload = self.model.channels[channel].carries;
        Way {
            from: channel,
            payload,
            scope: self.scope_of(payload),
            names: Vec::new(),
            stages: Vec::new(),
        }
    }

    /// What can be spoken of where a message is at hand: `it`, and its fields by their names.
    pub(super) fn scope_of(&self, message: Id<TypeDecl>) -> Scope {
        Scope::default().on_ground(message, self.model.types[message].label.span)
    }

    /// Goes along a line to its end; nothing when there is an error that says so.
    fn follow(&mut self, mut way: Way, stages: &[ast::Clause], line: Line<'_>) -> Option<End> {
        let mut pending = None;
        for (index, stage) in stages.iter().enumerate() {
            if let Some(name) = bare_name(stage).filter(|name| self.is_channel(name)) {
                pending = None;
                let channel = self.find_channel(name)?;
                self.arrive(&mut way, channel, line);
                way = self.at_channel(channel);
                continue;
            }
            let matched = self.stage_clause(stage)?;
            let is_last = index + 1 == stages.len();
            if matches!(matched.row.word, "choose" | "recipients" | "discard") && !is_last {
                self.ends_the_line(&matched);
                return None;
            }
            match matched.row.word {
                "choose" => {
                    self.choose(&way, &matched, line);
                    return Some(End::Fine);
                }
                "recipients" => return self.recipients(&way, &matched, line),
                "discard" => return super::channel::reason(&matched).map(End::Discard),
                _ => self.stage(&mut way, &matched)?,
            }
            pending = Some(stage.span);
        }
        if let Some(span) = pending {
            self.out.push(
                Diagnostic::error(codes::OUT_OF_PLACE, span, "this route ends nowhere")
                    .label("nothing comes after this stage")
                    .help("end the line with `-> a_queue`"),
            );
            return None;
        }
        Some(End::Fine)
    }

    /// A line has come to a channel.
    fn arrive(&mut self, way: &mut Way, to: Id<Channel>, line: Line<'_>) {
        self.model.add_route(Route {
            from: way.from,
            to,
            stages: std::mem::take(&mut way.stages),
            gives: way.payload,
            span: line.span,
            docs: line.docs.to_vec(),
        });
    }

    fn stage_clause<'a>(&mut self, stage: &'a ast::Clause) -> Option<Matched<'a>> {
        match clauses::matching(Owner::Route, stage) {
            Ok(matched) => {
                self.note_clause(Owner::Route, &matched);
                Some(matched)
            }
            Err(diagnostic) => {
                self.out.push(diagnostic);
                None
            }
        }
    }

    fn ends_the_line(&mut self, matched: &Matched<'_>) {
        let word = matched.row.word;
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                matched.span(),
                format!("`{word}` ends its line"),
            )
            .label("more comes after it")
            .note("from here on every message goes a way of its own")
            .help(format!(
                "write what follows into the `{word}`, or on a line of its own"
            )),
        );
    }

    /// A stage without a verb is a channel, unless the one word is a verb and no channel.
    fn is_channel(&self, name: &ast::Name) -> bool {
        self.names.channel(&name.text).is_some() || !clauses::has_word(Owner::Route, &name.text)
    }

    /// One more thing happens on the way.
    fn happens(way: &mut Way, kind: StageKind, span: SpanId) {
        let stage = Stage {
            kind,
            takes: way.payload,
            names: way.names.clone(),
            span,
        };
        way.stages.push(stage);
    }
}

pub(super) use aggregate::late;

pub(super) fn head_is(clause: &ast::Clause, word: &str) -> bool {
    matches!(&clause.head, ast::Head::Word(name) if name.text == word)
}

/// A stage without a verb is a channel.
fn bare_name(clause: &ast::Clause) -> Option<&ast::Name> {
    match &clause.head {
        ast::Head::Word(name) if clause.args.is_empty() && clause.block.is_none() => Some(name),
        ast::Head::Word(_) | ast::Head::Words(_) | ast::Head::Call(_) => None,
    }
}
