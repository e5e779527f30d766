//! Lowers conversations: `asks`, `starts`, `faults to`, scatters and tentatives.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Matched, Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;

use super::route::late;
use super::service::key_paths;
use super::{Lowering, label};
use crate::codes;
use crate::constructs;
use crate::model::{
    Ask, Channel, Enough, Gather, Handler, Id, Key, ReplyOn, Saga, Scatter, Service, Tentative, TypeDecl,
};

impl Lowering {
    pub(super) fn asks(&mut self, id: Id<Handler>, options: &Options<'_>) -> Vec<Ask> {
        let mut asks = Vec::new();
        for clause in options.all("asks") {
            asks.extend(self.ask(id, clause));
        }
        asks
    }

    /// `asks GetFee to fees { timeout 5s }`
    fn ask(&mut self, id: Id<Handler>, clause: &Matched<'_>) -> Option<Ask> {
        let message = self.find_type(&clause.path("message")?);
        let channel = self.find_channel(&clause.path("channel")?);
        let options = self.options(Owner::Asks, clause.block());
        self.misplaced("question", &options.others);
        let timeout = options.get("timeout").and_then(|clause| self.patience(clause));
        let reply = options.get("reply").and_then(|clause| self.reply_on(clause));
        if options.get("timeout").is_none() {
            let name = self.model.handler_name(id);
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    clause.span(),
                    format!("`{name}` would wait for its answer for ever"),
                )
                .label("no `timeout`")
                .note("nobody has to answer, and a question that is never answered would never end")
                .help("say how long it waits: `{ timeout 5s }`"),
            );
        }
        Some(Ask {
            message: message?,
            channel: channel?,
            outbox: clause.has("outbox"),
            reply,
            timeout,
            span: clause.span(),
        })
    }

    /// `reply on fax_in by restaurant_id`
    fn reply_on(&mut self, clause: &Matched<'_>) -> Option<ReplyOn> {
        let channel = self.find_channel(&clause.path("channel")?)?;
        let by = self.key_paths(self.model.channels[channel].carries, &clause.key("key")?)?;
        Some(ReplyOn {
            channel,
            by,
            span: clause.span(),
        })
    }

    pub(super) fn starts_sagas(&mut self, id: Id<Handler>, options: &Options<'_>) -> Vec<(Id<Saga>, SpanId)> {
        let home = self.model.handlers[id].service;
        let mut starts = Vec::new();
        for clause in options.all("starts") {
            for name in clause.paths("saga") {
                starts.extend(self.find_saga(Some(home), &name).map(|saga| (saga, name.span)));
            }
        }
        starts
    }

    pub(super) fn faults_to(&mut self, id: Id<Handler>, options: &Options<'_>) -> Vec<(Id<Channel>, SpanId)> {
        let mut channels = Vec::new();
        for clause in options.all("faults") {
            if self.model.handlers[id].fails.is_empty() {
                let name = self.model.handler_name(id);
                self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        clause.span(),
                        format!("`{name}` has no faults to send"),
                    )
                    .label("it never says no")
                    .related(self.model.handlers[id].label.span, "declared here")
                    .help("declare them in its signature: `fails SomeFault`"),
                );
                continue;
            }
            for name in clause.paths("channel") {
                channels.extend(self.find_channel(&name).map(|channel| (channel, name.span)));
            }
        }
        channels
    }

    /// `scatter quotes(RequestQuotes) by rfq_id { … }`
    pub(super) fn scatter(&mut self, service: Id<Service>, operation: &ast::Operation, entry: &ast::Entry) {
        if self.is_taken(service, |members| &members.scatters, &operation.name) {
            return;
        }
        self.note(&constructs::SCATTER, operation.kind.span);
        let lowered = self.scatter_of(service, operation, entry);
        let Some(scatter) = lowered else {
            self.names.broken(&operation.name.text);
            return;
        };
        let id = self.model.scatters.push(scatter);
        if let Some(members) = self.names.members.get_mut(&service) {
            members.scatters.add(&operation.name, id);
        }
        self.model.services[service].scatters.push(id);
    }

    fn scatter_of(
        &mut self,
        service: Id<Service>,
        operation: &ast::Operation,
        entry: &ast::Entry,
    ) -> Option<Scatter> {
        for (span, what) in [
            (
                operation.listens.first().map(|name| name.span),
                "listens on no channel",
            ),
            (operation.fails.as_ref().map(|ty| ty.span), "has no faults"),
        ] {
            if let Some(span) = span {
                self.out.push(
                    Diagnostic::error(codes::OUT_OF_PLACE, span, format!("a scatter {what}"))
                        .label("has no meaning here")
                        .help("delete it; an `api` starts a scatter and looks at what has come"),
                );
            }
        }
        let ast::Params::Message { ty, alias } = &operation.params else {
            self.no_question(operation);
            return None;
        };
        let input = self.message_type(ty, "a scatter begins with a message")?;
        let options = self.options(Owner::Scatter, &operation.block.entries);
        self.misplaced("scatter", &options.others);
        let mut asks = Vec::new();
        for clause in options.all("ask") {
            let message = clause.path("message").and_then(|name| self.find_type(&name));
            let channel = clause.path("channel").and_then(|name| self.find_channel(&name));
            if let (Some(message), Some(channel)) = (message, channel) {
                asks.push((message, channel, clause.span()));
            }
        }
        let gathers: Vec<Gather> = options
            .all("gather")
            .filter_map(|clause| self.gather(clause))
            .collect();
        let (by, by_span) = self.scatter_key(operation, &asks, &gathers)?;
        let until = options.get("until").and_then(|clause| self.enough(clause));
        let timeout = options.get("timeout").and_then(|clause| self.patience(clause));
        self.asks_and_gathers(operation, &options);
        Some(Scatter {
            label: label(&operation.name, entry),
            service,
            input,
            input_name: alias.as_ref().map(|name| name.text.clone()),
            input_span: ty.span,
            by,
            by_span,
            asks,
            gathers,
            until,
            timeout,
            late: late(&options),
        })
    }

    fn no_question(&mut self, operation: &ast::Operation) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                operation.name.span,
                format!("scatter `{}` doesn't say what it is asked", operation.name.text),
            )
            .label("no message in its parentheses")
            .help(format!(
                "write `scatter {}(SomeQuestion) by some_id`",
                operation.name.text
            )),
        );
    }

    /// A scatter asks somebody, gathers something, and ends.
    fn asks_and_gathers(&mut self, operation: &ast::Operation, options: &Options<'_>) {
        let missing = [
            ("ask", "asks nobody", "ask SomeQuestion to a_topic"),
            ("gather", "gathers nothing", "gather SomeAnswer on a_queue"),
            ("timeout", "may wait for ever", "timeout 30s else partial"),
        ];
        for (word, what, help) in missing {
            if options.get(word).is_none() {
                self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        operation.name.span,
                        format!("scatter `{}` {what}", operation.name.text),
                    )
                    .label(format!("no `{word}`"))
                    .help(format!("add `{help}`")),
                );
            }
        }
    }

    /// Fields that every question and every answer has, so that each finds its gathering.
    fn scatter_key(
        &mut self,
        operation: &ast::Operation,
        asks: &[(Id<TypeDecl>, Id<Channel>, SpanId)],
        gathers: &[Gather],
    ) -> Option<(Key, SpanId)> {
        let Some(by) = &operation.by else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    operation.name.span,
                    format!(
                        "nothing tells two runs of scatter `{}` apart",
                        operation.name.text
                    ),
                )
                .label("no `by`")
                .note("an answer finds its question by this key")
                .help(format!(
                    "say by which field: `scatter {}(…) by some_id`",
                    operation.name.text
                )),
            );
            return None;
        };
        let names = key_paths(by);
        let types = asks
            .iter()
            .map(|(message, ..)| *message)
            .chain(gathers.iter().map(|gather| gather.message));
        let mut key = None;
        for message in types {
            key = Some(self.key_paths(message, &names)?);
        }
        Some((key?, by.span))
    }

    /// `gather Quote on quotes by responder`
    fn gather(&mut self, clause: &Matched<'_>) -> Option<Gather> {
        let message = clause.path("message").and_then(|name| self.find_type(&name));
        let channel = clause.path("channel").and_then(|name| self.find_channel(&name));
        let message = message?;
        let by = match clause.key("responder") {
            Some(names) => Some(self.key_paths(message, &names)?),
            None => None,
        };
        Some(Gather {
            message,
            channel: channel?,
            by,
            span: clause.span(),
        })
    }

    /// `until all`, `until first`, `until count 10`
    fn enough(&mut self, clause: &Matched<'_>) -> Option<(Enough, SpanId)> {
        let rule = clause.word("rule")?;
        let count = clause.expr("count");
        let enough = match (rule.text.as_str(), count) {
            ("all", None) => Enough::All,
            ("first", None) => Enough::First,
            ("count", Some(expr)) => {
                let Some(ast::Literal::Number(text)) = expr.as_literal() else {
                    self.no_count(expr.span);
                    return None;
                };
                Enough::Count(self.count(text, expr.span, "`count` is", 1..=1_000_000)?)
            }
            (_, Some(expr)) => {
                self.no_count(expr.span);
                return None;
            }
            (_, None) => {
                self.no_count(clause.span());
                return None;
            }
        };
        Some((enough, clause.span()))
    }

    fn no_count(&mut self, span: SpanId) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                span,
                "this doesn't say when enough answers are there",
            )
            .label("not a count, `all` or `first`")
            .help("write `until count 10`, `until all` or `until first`"),
        );
    }

    /// `tentative courier by order_id { reserve hold, confirm book, cancel free, expire 10m }`
    pub(super) fn tentative(&mut self, service: Id<Service>, named: &ast::Named, entry: &ast::Entry) {
        if self.is_taken(service, |members| &members.tentatives, &named.name) {
            return;
        }
        self.note(&constructs::TENTATIVE, named.kind.span);
        let Some(tentative) = self.tentative_of(service, named, entry) else {
            self.names.broken(&named.name.text);
            return;
        };
        let id = self.model.tentatives.push(tentative);
        if let Some(members) = self.names.members.get_mut(&service) {
            members.tentatives.add(&named.name, id);
        }
        self.model.services[service].tentatives.push(id);
    }

    fn tentative_of(
        &mut self,
        service: Id<Service>,
        named: &ast::Named,
        entry: &ast::Entry,
    ) -> Option<Tentative> {
        let options = self.options(Owner::Tentative, &named.block.entries);
        self.misplaced("tentative", &options.others);
        let [reserve, confirm, cancel] =
            ["reserve", "confirm", "cancel"].map(|word| self.part_of_hold(service, named, &options, word));
        let (reserve, confirm, cancel) = (reserve?, confirm?, cancel?);
        let Some(by) = &named.by else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    named.name.span,
                    format!("nothing tells two holds of `{}` apart", named.name.text),
                )
                .label("no `by`")
                .help(format!(
                    "say by which field: `tentative {} by some_id`",
                    named.name.text
                )),
            );
            return None;
        };
        let names = key_paths(by);
        let mut key = None;
        for handler in [reserve, confirm, cancel] {
            let Some(input) = self.model.handlers[handler].input else {
                self.holds_by_nothing(handler, by.span);
                return None;
            };
            key = Some(self.key_paths(input, &names)?);
        }
        Some(Tentative {
            label: label(&named.name, entry),
            service,
            by: key?,
            by_span: by.span,
            reserve,
            confirm,
            cancel,
            expire: self.time(&options, "expire", "limit"),
        })
    }

    fn part_of_hold(
        &mut self,
        service: Id<Service>,
        named: &ast::Named,
        options: &Options<'_>,
        word: &str,
    ) -> Option<Id<Handler>> {
        let Some(clause) = options.get(word) else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    named.name.span,
                    format!("tentative `{}` names no handler for `{word}`", named.name.text),
                )
                .label(format!("no `{word}`"))
                .note("a hold is made, and then confirmed or cancelled")
                .help(format!("add `{word} a_handler`, a handler of this service")),
            );
            return None;
        };
        self.find_handler(Some(service), &clause.word("handler")?)
    }

    fn holds_by_nothing(&mut self, handler: Id<Handler>, span: SpanId) {
        let name = self.model.handler_name(handler);
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                span,
                format!("`{name}` takes no input, so it has no key"),
            )
            .label("no field to tell holds apart")
            .related(self.model.handlers[handler].label.span, "declared here")
            .help("give it the key as its input"),
        );
    }
}
