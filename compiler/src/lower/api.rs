//! Lowers HTTP operations: `api POST "/rides" -> submit { returns 201 }`.

mod target;

use aqueduct_dsl::ast::{self, BinaryOp, ExprKind};
use aqueduct_dsl::clauses::{self, Matched, Options, Owner};
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Lowering;
use super::service::{load, rate};
use crate::codes;
use crate::constructs;
use crate::model::{
    Api, ApiTarget, Asked, Auth, Id, Label, Method, PathSegment, PathTemplate, Service, Setting, TypeDecl,
};

impl Lowering {
    /// A line with arrows in a service.
    pub(super) fn service_flow(
        &mut self,
        service: Id<Service>,
        service_auth: Option<&Auth>,
        flow: &ast::Flow,
        entry: &ast::Entry,
    ) {
        let [first, target] = flow.clauses.as_slice() else {
            self.misplaced("service", &[entry]);
            return;
        };
        let matched = match clauses::matching(Owner::Service, first) {
            Ok(matched) => matched,
            Err(diagnostic) => {
                self.out.push(diagnostic);
                return;
            }
        };
        self.note_clause(Owner::Service, &matched);
        match matched.row.word {
            "api" => self.api(service, service_auth, &matched, target, entry),
            "schedule" => {
                let _ = self.schedule(service, &matched, target, entry);
            }
            _ => self.misplaced("service", &[entry]),
        }
    }

    /// `api POST "/rides" -> submit { returns 201 }`
    fn api(
        &mut self,
        service: Id<Service>,
        service_auth: Option<&Auth>,
        matched: &Matched<'_>,
        target: &ast::Clause,
        entry: &ast::Entry,
    ) {
        let (Some(method), Some(text)) = (matched.word("method"), matched.text("path")) else {
            return;
        };
        let Some(method) = self.method(&method) else {
            return;
        };
        let path_span = matched.expr("path").map_or(target.span, |path| path.span);
        let Some(path) = self.path(text.0.into(), path_span) else {
            return;
        };
        let no_entries = [];
        let options = target
            .block
            .as_ref()
            .map_or(&no_entries[..], |block| &block.entries);
        let options = self.options(Owner::Api, options);
        self.misplaced("api", &options.others);
        let Some(target) = self.api_target(service, target) else {
            return;
        };
        let fails = self.api_fails(target, &options);
        let page = options.get("page").and_then(|clause| {
            let (text, span) = clause.number("count")?;
            let value = self.count(&text, span, "a page has", 1..=10_000)?;
            Some(Setting { value, span })
        });
        let (success, may_miss) = self.returns(&options, method, target);
        let name = format!("{} {}", method.word(), path.text).into();
        let label = Label {
            name,
            span: path_span,
            entry: entry.span,
            docs: entry.docs.clone(),
        };
        let api = Api {
            label,
            service,
            method,
            path,
            target,
            success,
            may_miss,
            auth: auth(&options).or_else(|| service_auth.cloned()),
            fails,
            size: options
                .get("size")
                .and_then(|clause| clause.size("limit"))
                .map(|(value, span)| Setting { value, span }),
            page,
            load: options.get("load").and_then(load),
            limit: options.get("limit").and_then(rate),
        };
        if self.api_fits(&api) {
            let id = self.model.apis.push(api);
            self.model.services[service].apis.push(id);
        }
    }

    fn method(&mut self, name: &ast::Name) -> Option<Method> {
        let found = Method::ALL.into_iter().find(|method| method.word() == name.text);
        if found.is_none() {
            let words = Method::ALL.map(Method::word);
            let diagnostic = api_error(name.span, format!("`{}` is no HTTP method here", name.text));
            let diagnostic = match nearest(&name.text, words) {
                Some(near) => diagnostic.label(format!("did you mean `{near}`?")).replace(
                    format!("use `{near}`"),
                    name.span,
                    near,
                ),
                None => diagnostic
                    .label("not a method")
                    .help(format!("use one of {}", words.join(", "))),
            };
            self.out.push(diagnostic);
        }
        found
    }

    fn path(&mut self, text: SmolStr, span: SpanId) -> Option<PathTemplate> {
        let problem = if !text.starts_with('/') {
            Some("a path begins with `/`")
        } else if text.len() > 1 && text.ends_with('/') {
            Some("a path has no `/` at its end")
        } else if text.split('/').any(|part| part == "." || part == "..") {
            Some("clients resolve `.` and `..` before they ask")
        } else if text.contains("//") {
            Some("a segment is empty")
        } else if text.contains(['?', '#', ' ', '%', '*']) {
            Some("only the path: no query, fragment, blank, `%` or `*`")
        } else {
            None
        };
        let mut segments = Vec::new();
        let mut problem = problem;
        for part in text.split('/').filter(|part| !part.is_empty()) {
            match part.strip_prefix('{').map(|rest| rest.strip_suffix('}')) {
                Some(Some(name)) if is_name(name) => segments.push(PathSegment::Parameter(name.into())),
                None if !part.contains(['{', '}']) => segments.push(PathSegment::Literal(part.into())),
                Some(_) | None => problem = Some("a parameter is a whole segment, as in `/rides/{ride_id}`"),
            }
        }
        if let Some(problem) = problem {
            let diagnostic = api_error(span, format!("\"{text}\" is not a path")).label(problem);
            self.out
                .push(diagnostic.help("write it like `\"/rides/{ride_id}\"`"));
            return None;
        }
        Some(PathTemplate { segments, text, span })
    }

    /// The declared statuses: one of success, and perhaps 404.
    fn returns(&mut self, options: &Options<'_>, method: Method, target: ApiTarget) -> (u16, bool) {
        let fallback = match (method, target) {
            (Method::Post, ApiTarget::Handler(_)) => 201,
            (
                _,
                ApiTarget::Channel(_)
                | ApiTarget::Scatter(_, Asked::Start)
                | ApiTarget::Saga(_, Asked::Start),
            ) => 202,
            (_, ApiTarget::Complete(..)) => 204,
            (
                _,
                ApiTarget::Row(_)
                | ApiTarget::Rows(_)
                | ApiTarget::Handler(_)
                | ApiTarget::Scatter(..)
                | ApiTarget::Saga(..),
            ) => 200,
        };
        let Some(statuses) = options.get("returns").and_then(|clause| clause.expr("status")) else {
            return (fallback, matches!(target, ApiTarget::Row(_)));
        };
        let mut success = None;
        let mut may_miss = false;
        for (status, span) in numbers(statuses) {
            match status {
                Some(404) if matches!(target, ApiTarget::Handler(_)) => {
                    self.note(&constructs::API_MISS, span);
                    may_miss = true;
                }
                Some(404) => may_miss = true,
                Some(status @ 200..=299) if success.is_none() => success = Some(status),
                Some(_) | None => {
                    let diagnostic =
                        api_error(span, "`returns` lists one status of success, and 404".to_owned());
                    self.out.push(
                        diagnostic
                            .label("neither")
                            .note("400, 409, 413, 415, 500 and 503 come from the edge itself wherever they apply")
                            .help("write `returns 201`, or `returns 200 | 404`"),
                    );
                }
            }
        }
        (success.unwrap_or(fallback), may_miss)
    }

    /// Path parameters are fields of the input, or the key of the store; nothing else can fill them.
    fn api_fits(&mut self, api: &Api) -> bool {
        let request = format!("{} {}", api.method.word(), shape_of(&api.path));
        if let Some(first) = self.names.requests.get(&request) {
            self.out.push(
                Diagnostic::error(
                    codes::NAME_TWICE,
                    api.path.span,
                    format!("{} is declared twice", api.label.name),
                )
                .label("again here")
                .related(*first, "first here")
                .help("one method and path has one answer: delete or rename one of the two"),
            );
            return false;
        }
        let _ = self.names.requests.insert(request, api.path.span);
        let parameters: Vec<&SmolStr> = api.path.parameters().collect();
        let mut later = parameters.iter().enumerate();
        if let Some((_, name)) =
            later.find(|(index, name)| parameters.iter().take(*index).any(|one| one == *name))
        {
            self.out.push(
                api_error(
                    api.path.span,
                    format!("{{{name}}} stands in the path twice, and can have one value only"),
                )
                .label("twice in this path")
                .help("rename one of them, or leave it out"),
            );
            return false;
        }
        match api.target {
            ApiTarget::Row(store) => self.row_fits(api, store),
            ApiTarget::Rows(store) => self.rows_fit(api, store),
            ApiTarget::Handler(handler) => {
                let (label, input) = (
                    &self.model.handlers[handler].label,
                    self.model.handlers[handler].input,
                );
                let (name, there) = (label.name.clone(), label.span);
                self.parameters_fit(api, input, &name, there)
            }
            ApiTarget::Channel(channel) => {
                let (label, carries) = (
                    &self.model.channels[channel].label,
                    self.model.channels[channel].carries,
                );
                let (name, there) = (label.name.clone(), label.span);
                self.parameters_fit(api, Some(carries), &name, there)
            }
            ApiTarget::Scatter(..) | ApiTarget::Saga(..) | ApiTarget::Complete(..) => {
                self.conversation_fits(api)
            }
        }
    }

    fn row_fits(&mut self, api: &Api, store: Id<crate::model::Store>) -> bool {
        let store = &self.model.stores[store];
        let key: Vec<&SmolStr> = store.key.iter().map(|(name, _)| name).collect();
        let given: Vec<&SmolStr> = api.path.parameters().collect();
        let store_name = store.label.name.clone();
        let key_text = key
            .iter()
            .map(|name| format!("{{{name}}}"))
            .collect::<Vec<_>>()
            .join("/");
        if api.method != Method::Get {
            let diagnostic = api_error(
                api.label.entry,
                format!("{} can't lead to `{store_name}.get`", api.method.word()),
            );
            self.out.push(
                diagnostic
                    .label("a look into a store is a GET")
                    .help("use `api GET`, or a handler"),
            );
            return false;
        }
        let same = key.len() == given.len() && key.iter().all(|name| given.contains(name));
        if !same {
            let diagnostic = api_error(
                api.path.span,
                format!("the path doesn't give the key of store `{store_name}`"),
            );
            self.out.push(
                diagnostic
                    .label("its parameters have to be the fields of the key")
                    .related(
                        self.model
                            .stores
                            .values()
                            .find(|other| other.label.name == store_name)
                            .map_or(SpanId::NOWHERE, |other| other.label.span),
                        "the store",
                    )
                    .help(format!("end the path with `/{key_text}`")),
            );
        }
        same
    }

    /// Every parameter of the path is a field of the input.
    fn parameters_fit(
        &mut self,
        api: &Api,
        input: Option<Id<TypeDecl>>,
        handler_name: &str,
        there: SpanId,
    ) -> bool {
        let known: Vec<SmolStr> = input
            .map(|input| {
                self.model
                    .fields(input)
                    .iter()
                    .map(|field| field.label.name.clone())
                    .collect()
            })
            .unwrap_or_default();
        for parameter in api.path.parameters() {
            if known.contains(parameter) {
                continue;
            }
            let diagnostic = api_error(
                api.path.span,
                format!("`{handler_name}` has no input field `{parameter}`"),
            )
            .label(format!("`{{{parameter}}}` has nowhere to go"))
            .related(there, "declared here");
            let diagnostic = match nearest(parameter, known.iter().map(SmolStr::as_str)) {
                Some(near) => diagnostic.help(format!("did you mean `{{{near}}}`?")),
                None => diagnostic.help("name a field of its input, or give it that field"),
            };
            self.out.push(diagnostic);
            return false;
        }
        true
    }
}

/// How a caller of a service or of one operation proves who they are.
pub(super) fn auth(options: &Options<'_>) -> Option<Auth> {
    let clause = options.get("auth")?;
    let span = clause.span();
    Some(match clause.text("reason") {
        Some((because, _)) => Auth::None {
            because: because.into(),
            span,
        },
        None => Auth::Jwt { span },
    })
}

fn api_error(span: SpanId, message: String) -> Diagnostic {
    Diagnostic::error(codes::API_DOES_NOT_FIT, span, message)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// What two templates have in common that match the same requests.
fn shape_of(path: &PathTemplate) -> String {
    path.segments
        .iter()
        .map(|segment| match segment {
            PathSegment::Literal(text) => format!("/{text}"),
            PathSegment::Parameter(_) => "/{}".to_owned(),
        })
        .collect()
}

/// `200 | 404` as numbers with their places.
fn numbers(expr: &ast::Expr) -> Vec<(Option<u16>, SpanId)> {
    match &expr.kind {
        ExprKind::Binary(BinaryOp::Either, left, right) => {
            let mut all = numbers(left);
            all.extend(numbers(right));
            all
        }
        ExprKind::Literal(ast::Literal::Number(text)) => vec![(text.parse().ok(), expr.span)],
        ExprKind::Literal(_)
        | ExprKind::Path(_)
        | ExprKind::Call(_)
        | ExprKind::List(_)
        | ExprKind::Group(_)
        | ExprKind::Unary(..)
        | ExprKind::Binary(..) => vec![(None, expr.span)],
    }
}
