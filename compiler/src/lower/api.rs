//! Lowers HTTP operations: `api POST "/rides" -> submit { returns 201 }`.

use aqueduct_dsl::ast::{self, BinaryOp, ExprKind};
use aqueduct_dsl::clauses::{self, Options, Owner};
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Lowering;
use super::names::unresolved;
use crate::codes;
use crate::constructs;
use crate::model::{Api, ApiTarget, Auth, Id, Label, Method, PathSegment, PathTemplate, Service};

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
        if matched.row.word != "api" {
            return;
        }
        let (Some(method), Some(text)) = (matched.word("method"), matched.text("path")) else {
            return;
        };
        let Some(method) = self.method(&method) else {
            return;
        };
        let path_span = matched.expr("path").map_or(first.span, |path| path.span);
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

    fn api_target(&mut self, service: Id<Service>, clause: &ast::Clause) -> Option<ApiTarget> {
        let ast::Head::Word(name) = &clause.head else {
            let diagnostic = api_error(clause.span, "an `api` leads to one handler or store".to_owned());
            self.out.push(
                diagnostic
                    .label("not a name")
                    .help("write `-> submit` or `-> rides.get`"),
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
        let members = self.names.members.get(&service);
        if let Some(handler) = members.and_then(|members| members.handlers.get(&name.text)) {
            return Some(ApiTarget::Handler(handler));
        }
        let first = name.text.split('.').next().unwrap_or_default();
        if members.is_some_and(|members| members.sagas.get(first).is_some()) {
            self.note(&constructs::API_SAGA, name.span);
            return None;
        }
        if let Some((store, operation)) = name.text.split_once('.') {
            let store_name = ast::Name {
                text: store.into(),
                span: name.span,
            };
            let store = self.find_store(service, &store_name)?;
            if operation == "get" {
                return Some(ApiTarget::Row(store));
            }
            if operation == "query" {
                self.note(&constructs::API_QUERY, name.span);
                return None;
            }
            let diagnostic = api_error(name.span, format!("a store has no `{operation}` behind an api"));
            self.out.push(
                diagnostic
                    .label("unknown operation")
                    .help(format!("write `-> {}.get`", store_name.text)),
            );
            return None;
        }
        let members = self.names.members.get(&service);
        let diagnostic = unresolved(
            "handler",
            name,
            members.into_iter().flat_map(|members| members.handlers.names()),
            "declare it in this service: `handler",
            "(…)`",
        );
        self.blame(name, diagnostic);
        None
    }

    /// The declared statuses: one of success, and perhaps 404.
    fn returns(&mut self, options: &Options<'_>, method: Method, target: ApiTarget) -> (u16, bool) {
        let fallback = match (method, target) {
            (Method::Post, ApiTarget::Handler(_)) => 201,
            (_, ApiTarget::Row(_) | ApiTarget::Handler(_)) => 200,
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
            ApiTarget::Handler(handler) => self.handler_fits(api, handler),
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

    fn handler_fits(&mut self, api: &Api, handler: Id<crate::model::Handler>) -> bool {
        let input = self.model.handlers[handler].input;
        let known: Vec<SmolStr> = input
            .map(|input| {
                self.model
                    .fields(input)
                    .iter()
                    .map(|field| field.label.name.clone())
                    .collect()
            })
            .unwrap_or_default();
        let handler_name = self.model.handlers[handler].label.name.clone();
        for parameter in api.path.parameters() {
            if known.contains(parameter) {
                continue;
            }
            let diagnostic = api_error(
                api.path.span,
                format!("`{handler_name}` has no input field `{parameter}`"),
            )
            .label(format!("`{{{parameter}}}` has nowhere to go"))
            .related(self.model.handlers[handler].label.span, "the handler");
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
