//! Lowers handlers: signature, effects and limits.

use std::ops::RangeInclusive;

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Matched, Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::{Lowering, label};
use crate::codes;
use crate::constructs;
use crate::model::{
    Channel, Emit, Field, Handler, Id, Label, Repetition, Service, Setting, StoreUse, TypeDecl, TypeKind,
};

/// How long one run may take, when nobody says otherwise, in milliseconds.
const TIMEOUT: u64 = 30_000;
/// The longest that one run may take: Lambda's limit of 15 minutes, so that a system stays portable.
const LONGEST_TIMEOUT: u64 = 900_000;

impl Lowering {
    /// Everything but what it says of other handlers: those may not be there yet.
    pub(super) fn handler<'a>(
        &mut self,
        service: Id<Service>,
        operation: &'a ast::Operation,
        entry: &ast::Entry,
    ) -> Option<(Id<Handler>, Options<'a>)> {
        if self.is_taken(service, |members| &members.handlers, &operation.name) {
            return None;
        }
        if let Some(by) = &operation.by {
            self.note(&constructs::HANDLER_KEY, by.span);
        }
        let options = self.options(Owner::Handler, &operation.block.entries);
        self.misplaced("handler", &options.others);
        let input = self.params(service, operation, &operation.params, "Input");
        let reply = operation
            .yields
            .as_ref()
            .and_then(|yields| self.params(service, operation, yields, "Reply"));
        let handler = Handler {
            label: label(&operation.name, entry),
            service,
            input,
            input_name: input_name(&operation.params),
            input_span: input_span(operation),
            on: self.listens(&operation.listens),
            also_on: self.listens_as_well(&operation.listens),
            reply,
            fails: self.fails(operation.fails.as_ref()),
            calls: Vec::new(),
            undoes: None,
            fence: self.fence(input, &options),
            irreversible: options.get("irreversible").map(Matched::span),
            takes: self.takes(&options),
            reads: self.store_uses(service, &options, "reads"),
            writes: self.store_uses(service, &options, "writes"),
            emits: self.emits(&options),
            asks: Vec::new(),
            starts: Vec::new(),
            faults_to: Vec::new(),
            repetition: self.repetition(input, &options),
            concurrency: self.concurrency(&options),
            timeout: self.timeout(&options),
            needs: self.needs(input, &options),
        };
        let id = self.model.handlers.push(handler);
        if let Some(members) = self.names.members.get_mut(&service) {
            members.handlers.add(&operation.name, id);
        }
        if let (Some((channel, span)), Some(_)) = (self.model.handlers[id].on, self.model.handlers[id].reply)
        {
            let _ = channel;
            self.note(&constructs::REPLY_ON_CHANNEL, span);
        }
        self.model.services[service].handlers.push(id);
        Some((id, options))
    }

    fn params(
        &mut self,
        service: Id<Service>,
        operation: &ast::Operation,
        params: &ast::Params,
        suffix: &str,
    ) -> Option<Id<TypeDecl>> {
        match params {
            ast::Params::None => None,
            ast::Params::Message { ty, .. } => self.given_type(ty),
            ast::Params::Fields(fields) => Some(self.inline_record(service, operation, fields, suffix)),
        }
    }

    /// `handler keep(customer: string)` gets a record of its own, named after service and handler.
    pub(super) fn inline_record(
        &mut self,
        service: Id<Service>,
        operation: &ast::Operation,
        fields: &[ast::Field],
        suffix: &str,
    ) -> Id<TypeDecl> {
        let mut lowered = Vec::new();
        for field in fields {
            let entry = ast::Entry {
                docs: Vec::new(),
                shape: ast::Shape::Field(field.clone()),
                span: field.name.span,
            };
            if let Some(field) = self.field(&lowered, field, &entry) {
                lowered.push(field);
            }
        }
        let owner = self.model.services[service].label.name.clone();
        let name: SmolStr = format!("{owner}{}{suffix}", upper_camel(&operation.name.text)).into();
        if let Some(first) = self.names.types.earlier(&name) {
            self.out.push(
                Diagnostic::error(
                    codes::NAME_TWICE,
                    operation.name.span,
                    format!(
                        "the fields of `{}` make a type `{name}`, and there is one already",
                        operation.name.text
                    ),
                )
                .label("would be declared again here")
                .related(first, "declared here")
                .help("rename that type or this handler, or name the type here in place of its fields"),
            );
        }
        self.inline_type(name, lowered, operation.name.span)
    }

    /// A record that the author has not named.
    pub(super) fn inline_type(&mut self, name: SmolStr, fields: Vec<Field>, span: SpanId) -> Id<TypeDecl> {
        let label = Label {
            name,
            span,
            entry: span,
            docs: Vec::new(),
        };
        self.model.types.push(TypeDecl {
            label,
            domain: self.domain,
            kind: TypeKind::Record { fields, inline: true },
        })
    }

    pub(super) fn listens(&mut self, listens: &[ast::Name]) -> Option<(Id<Channel>, SpanId)> {
        let (first, rest) = listens.split_first()?;
        if let Some(second) = rest.first() {
            self.note(&constructs::ON_SEVERAL, second.span);
        }
        Some((self.find_channel(first)?, first.span))
    }

    /// All channels but the first.
    fn listens_as_well(&mut self, listens: &[ast::Name]) -> Vec<(Id<Channel>, SpanId)> {
        let others = listens.iter().skip(1);
        others
            .filter_map(|name| Some((self.find_channel(name)?, name.span)))
            .collect()
    }

    fn store_uses(&mut self, service: Id<Service>, options: &Options<'_>, word: &str) -> Vec<StoreUse> {
        let mut uses: Vec<StoreUse> = Vec::new();
        for clause in options.all(word) {
            for name in clause.paths("store") {
                let Some(store) = self.find_store(service, &name) else {
                    continue;
                };
                if let Some(first) = uses.iter().find(|other| other.store == store) {
                    self.out.push(
                        Diagnostic::error(
                            codes::NAME_TWICE,
                            name.span,
                            format!("`{word} {}` is said twice", name.text),
                        )
                        .label("again here")
                        .related(first.span, "first here")
                        .help("delete one of the two"),
                    );
                    continue;
                }
                uses.push(StoreUse {
                    store,
                    commutative: clause.has("commutative"),
                    span: name.span,
                });
            }
        }
        uses
    }

    fn emits(&mut self, options: &Options<'_>) -> Vec<Emit> {
        let mut emits: Vec<Emit> = Vec::new();
        for clause in options.all("emits") {
            let (Some(message), Some(channel)) = (clause.path("message"), clause.path("channel")) else {
                continue;
            };
            let message = self.find_type(&message);
            let channel = self.find_channel(&channel);
            let (Some(message), Some(channel)) = (message, channel) else {
                continue;
            };
            let span = clause.span();
            if let Some(first) = emits
                .iter()
                .find(|other| other.message == message && other.channel == channel)
            {
                self.out.push(
                    Diagnostic::error(codes::NAME_TWICE, span, "this is emitted twice")
                        .label("again here")
                        .related(first.span, "first here")
                        .help("delete one of the two"),
                );
                continue;
            }
            emits.push(Emit {
                message,
                channel,
                outbox: clause.has("outbox"),
                span,
            });
        }
        emits
    }

    fn repetition(&mut self, input: Option<Id<TypeDecl>>, options: &Options<'_>) -> Option<Repetition> {
        let natural = options.get("natural");
        let idempotent = options.get("idempotent");
        if let (Some(natural), Some(idempotent)) = (natural, idempotent) {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    natural.span(),
                    "a handler is idempotent by a key or by nature, not both",
                )
                .label("says that nothing has to be remembered")
                .related(idempotent.span(), "says what is remembered")
                .help("keep the one that is true"),
            );
        }
        if let Some(clause) = idempotent {
            return self.idempotent(input, clause);
        }
        let clause = natural?;
        Some(Repetition::Natural {
            because: clause.text("reason")?.0.into(),
            span: clause.span(),
        })
    }

    fn idempotent(&mut self, input: Option<Id<TypeDecl>>, clause: &Matched<'_>) -> Option<Repetition> {
        let span = clause.span();
        let Some(input) = input else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    span,
                    "a handler without input has no key to remember",
                )
                .label("no message to take the key from")
                .help("give it an input, or say `natural because \"…\"`"),
            );
            return None;
        };
        let by = self.key_paths(input, &clause.key("key")?)?;
        Some(Repetition::Idempotent {
            by,
            window: clause.duration("window").map(|(window, _)| window),
            span,
        })
    }

    fn concurrency(&mut self, options: &Options<'_>) -> Option<Setting<u32>> {
        let (text, span) = options.get("concurrency")?.number("count")?;
        let value = self.count(&text, span, "`concurrency` is", 1..=10_000)?;
        Some(Setting { value, span })
    }

    fn timeout(&mut self, options: &Options<'_>) -> Setting<u64> {
        let Some((value, span)) = options.get("timeout").and_then(|clause| clause.duration("limit")) else {
            return Setting::default_of(TIMEOUT);
        };
        if !(1..=LONGEST_TIMEOUT).contains(&value) {
            self.out.push(
                Diagnostic::error(
                    codes::VALUE_DOES_NOT_FIT,
                    span,
                    "a handler's timeout is 1ms to 15m",
                )
                .label("outside that range")
                .note("15 minutes is as long as a Lambda function may run, and a system stays portable")
                .help("split longer work into several messages"),
            );
        }
        Setting { value, span }
    }

    /// A whole number within a range.
    pub(super) fn count(
        &mut self,
        text: &str,
        span: SpanId,
        what: &str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let value = text.parse().ok().filter(|value| range.contains(value));
        if value.is_none() {
            self.out.push(
                Diagnostic::error(
                    codes::VALUE_DOES_NOT_FIT,
                    span,
                    format!("{what} a whole number from {} to {}", range.start(), range.end()),
                )
                .label("outside that range")
                .help(format!(
                    "write a number from {} to {}",
                    range.start(),
                    range.end()
                )),
            );
        }
        value
    }
}

fn input_name(params: &ast::Params) -> Option<SmolStr> {
    match params {
        ast::Params::Message { alias, .. } => alias.as_ref().map(|name| name.text.clone()),
        ast::Params::None | ast::Params::Fields(_) => None,
    }
}

fn input_span(operation: &ast::Operation) -> SpanId {
    match &operation.params {
        ast::Params::Message { ty, .. } => ty.span,
        ast::Params::None | ast::Params::Fields(_) => operation.name.span,
    }
}

/// `note_collected` becomes `NoteCollected`.
pub(crate) fn upper_camel(name: &str) -> String {
    name.split('_')
        .filter_map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
        })
        .collect()
}
