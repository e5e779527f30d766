//! Lowers what an HTTP operation leads to: a handler, rows, a channel, a scatter, a saga.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::Options;
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::api_error;
use crate::codes;
use crate::constructs;
use crate::lower::Lowering;
use crate::lower::names::unresolved;
use crate::model::{Api, ApiTarget, Asked, Id, Key, Method, Saga, Scatter, Service, Step, Store, TypeDecl};

impl Lowering {
    pub(super) fn api_target(&mut self, service: Id<Service>, clause: &ast::Clause) -> Option<ApiTarget> {
        let ast::Head::Word(name) = &clause.head else {
            let diagnostic = api_error(clause.span, "an `api` leads to one thing that answers".to_owned());
            self.out.push(
                diagnostic
                    .label("not a name")
                    .help("write `-> submit`, `-> rides.get` or `-> SomeSaga`"),
            );
            return None;
        };
        if let Some(extra) = clause.args.first() {
            let diagnostic = api_error(extra.span, format!("`{}` takes nothing here", name.text));
            self.out.push(
                diagnostic
                    .label("body and path parameters are the input")
                    .help("put options into braces: `{ returns 201 }`"),
            );
            return None;
        }
        let (first, rest) = match name.text.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (name.text.as_str(), None),
        };
        let members = self.names.members.get(&service);
        if let Some(handler) = members.and_then(|members| members.handlers.get(&name.text)) {
            return Some(ApiTarget::Handler(handler));
        }
        if let Some(saga) = members.and_then(|members| members.sagas.get(first)) {
            self.note(&constructs::API_SAGA, name.span);
            return self.saga_target(saga, rest, name);
        }
        if let Some(scatter) = members.and_then(|members| members.scatters.get(first)) {
            self.note(&constructs::API_SCATTER, name.span);
            return self.scatter_target(scatter, rest, name);
        }
        if let Some(channel) = self.names.channel(&name.text) {
            self.note(&constructs::API_CHANNEL, name.span);
            return Some(ApiTarget::Channel(channel));
        }
        if let Some(operation) = rest {
            return self.store_target(service, first, operation, name.span);
        }
        let members = self.names.members.get(&service);
        let known = members.into_iter().flat_map(|members| {
            let own = members.handlers.names().chain(members.sagas.names());
            own.chain(members.scatters.names())
        });
        let diagnostic = unresolved(
            "handler",
            name,
            known,
            "declare it in this service: `handler",
            "(…)`",
        );
        self.blame(name, diagnostic);
        None
    }

    fn store_target(
        &mut self,
        service: Id<Service>,
        store: &str,
        operation: &str,
        span: SpanId,
    ) -> Option<ApiTarget> {
        let name = ast::Name {
            text: store.into(),
            span,
        };
        let store = self.find_store(service, &name)?;
        match operation {
            "get" => Some(ApiTarget::Row(store)),
            "query" => {
                self.note(&constructs::API_QUERY, span);
                Some(ApiTarget::Rows(store))
            }
            _ => {
                let diagnostic = api_error(span, format!("a store has no `{operation}` behind an api"));
                self.out.push(diagnostic.label("unknown operation").help(format!(
                    "write `-> {0}.get` for one row, or `-> {0}.query` for several",
                    name.text
                )));
                None
            }
        }
    }

    /// `TripBooking`, `TripBooking.status`, `TripBooking.approval.complete`
    fn saga_target(&mut self, saga: Id<Saga>, rest: Option<&str>, name: &ast::Name) -> Option<ApiTarget> {
        match rest {
            None => return Some(ApiTarget::Saga(saga, Asked::Start)),
            Some("status") => return Some(ApiTarget::Saga(saga, Asked::Status)),
            Some("result") => return Some(ApiTarget::Saga(saga, Asked::Result)),
            Some(_) => {}
        }
        let steps = self.model.sagas[saga].steps();
        let step = rest.and_then(|rest| rest.strip_suffix(".complete"));
        let is_meant = |known: &&Step| known.awaits_somebody() && Some(known.label.name.as_str()) == step;
        if let Some(at) = steps.iter().position(is_meant) {
            return Some(ApiTarget::Complete(saga, at));
        }
        let awaiting = steps.iter().filter(|step| step.awaits_somebody());
        let known: Vec<String> = awaiting.map(|step| step.label.name.to_string()).collect();
        let known = if known.is_empty() {
            "none of its steps awaits anybody".to_owned()
        } else {
            format!("it awaits somebody in {}", known.join(", "))
        };
        let saga_name = &self.model.sagas[saga].label;
        let (there, saga_name) = (saga_name.span, saga_name.name.clone());
        let diagnostic = api_error(
            name.span,
            format!("`{}` is nothing that a request can ask of a saga", name.text),
        );
        self.out.push(
            diagnostic
                .label("no part of it")
                .related(there, "the saga")
                .note(known)
                .help(format!(
                    "write `{saga_name}`, `{saga_name}.status`, or `{saga_name}.a_step.complete` for a step that awaits"
                )),
        );
        None
    }

    /// `quotes`, `quotes.status`, `quotes.result`
    fn scatter_target(
        &mut self,
        scatter: Id<Scatter>,
        rest: Option<&str>,
        name: &ast::Name,
    ) -> Option<ApiTarget> {
        let asked = match rest {
            None => Asked::Start,
            Some("status") => Asked::Status,
            Some("result") => Asked::Result,
            Some(_) => {
                let label = &self.model.scatters[scatter].label;
                let (there, scatter_name) = (label.span, label.name.clone());
                let diagnostic = api_error(
                    name.span,
                    format!("`{}` is nothing that a request can ask of a scatter", name.text),
                );
                self.out.push(
                    diagnostic
                        .label("no part of it")
                        .related(there, "the scatter")
                        .help(format!(
                            "write `{scatter_name}`, `{scatter_name}.status` or `{scatter_name}.result`"
                        )),
                );
                return None;
            }
        };
        Some(ApiTarget::Scatter(scatter, asked))
    }

    /// `fails TooShort 422`: a fault of the handler, and a status of failure.
    pub(super) fn api_fails(
        &mut self,
        target: ApiTarget,
        options: &Options<'_>,
    ) -> Vec<(Id<TypeDecl>, u16, SpanId)> {
        let mut fails: Vec<(Id<TypeDecl>, u16, SpanId)> = Vec::new();
        for clause in options.all("fails") {
            let (Some(name), Some((text, span))) = (clause.word("fault"), clause.number("status")) else {
                continue;
            };
            let fault = match target.handler() {
                Some(handler) => self.declared_fault(handler, &name),
                None => self.find_fault(&name),
            };
            let status = self.count(&text, span, "a status of failure is", 400..=599);
            let (Some(fault), Some(status)) = (fault, status.and_then(|status| u16::try_from(status).ok()))
            else {
                continue;
            };
            if let Some((.., first)) = fails.iter().find(|(other, ..)| *other == fault) {
                self.out.push(
                    Diagnostic::error(
                        codes::NAME_TWICE,
                        name.span,
                        format!("`fails {}` is said twice", name.text),
                    )
                    .label("again here")
                    .related(*first, "first here")
                    .help("delete one of the two"),
                );
                continue;
            }
            fails.push((fault, status, clause.span()));
        }
        fails
    }

    /// The path gives the first fields of the key, and not all of them: the rest are the rows.
    pub(super) fn rows_fit(&mut self, api: &Api, store: Id<Store>) -> bool {
        let declared = &self.model.stores[store];
        let (name, there) = (declared.label.name.clone(), declared.label.span);
        let key: Vec<SmolStr> = declared.key.iter().map(|(name, _)| name.clone()).collect();
        let sorted = declared.sort.is_some();
        let given: Vec<SmolStr> = api.path.parameters().cloned().collect();
        if api.method != Method::Get {
            let diagnostic = api_error(
                api.label.entry,
                format!("{} can't lead to `{name}.query`", api.method.word()),
            );
            self.out.push(
                diagnostic
                    .label("a look into a store is a GET")
                    .help("use `api GET`, or a handler"),
            );
            return false;
        }
        let of_key = given.iter().all(|parameter| key.contains(parameter));
        if of_key && (given.len() < key.len() || sorted) {
            return true;
        }
        let why = if of_key {
            format!("the whole key of `{name}` finds one row, and no rows")
        } else {
            format!("the path speaks of what is no part of the key of `{name}`")
        };
        self.out.push(
            api_error(api.path.span, why)
                .label("can't tell which rows are meant")
                .related(there, "the store")
                .help(format!(
                    "leave out a field of its key ({}), or give the store a `sort` field",
                    key.join(", ")
                )),
        );
        false
    }

    /// What is asked of a scatter or a saga names it by its key; what begins one gives it its input.
    pub(super) fn conversation_fits(&mut self, api: &Api) -> bool {
        let (label, input, by, asked): (_, Id<TypeDecl>, Key, _) = match api.target {
            ApiTarget::Scatter(id, asked) => {
                let scatter = &self.model.scatters[id];
                (
                    scatter.label.clone(),
                    scatter.input,
                    scatter.by.clone(),
                    Some(asked),
                )
            }
            ApiTarget::Saga(id, asked) => {
                let saga = &self.model.sagas[id];
                (saga.label.clone(), saga.input, saga.by.clone(), Some(asked))
            }
            ApiTarget::Complete(id, _) => {
                let saga = &self.model.sagas[id];
                (saga.label.clone(), saga.input, saga.by.clone(), None)
            }
            ApiTarget::Handler(_) | ApiTarget::Row(_) | ApiTarget::Rows(_) | ApiTarget::Channel(_) => {
                return true;
            }
        };
        if asked == Some(Asked::Start) {
            return self.parameters_fit(api, Some(input), &label.name, label.span);
        }
        let wrong = match asked {
            Some(_) if api.method != Method::Get => Some("only looks, so it is a GET"),
            None if api.method == Method::Get => Some("changes something, so it is no GET"),
            Some(_) | None => None,
        };
        let given: Vec<&SmolStr> = api.path.parameters().collect();
        let key: Vec<SmolStr> = by.iter().filter_map(|path| path.last().cloned()).collect();
        let same = key.len() == given.len() && key.iter().all(|name| given.contains(&name));
        let problem = match wrong {
            Some(wrong) => (
                format!("this request {wrong}"),
                "another method is needed".to_owned(),
            ),
            None if !same => (
                format!("the path doesn't say which `{}` is meant", label.name),
                format!(
                    "end the path with `/{}`",
                    key.iter()
                        .map(|name| format!("{{{name}}}"))
                        .collect::<Vec<_>>()
                        .join("/")
                ),
            ),
            None => return true,
        };
        self.out.push(
            api_error(api.path.span, problem.0)
                .label("its parameters are the key")
                .related(label.span, "declared here")
                .help(problem.1),
        );
        false
    }
}
