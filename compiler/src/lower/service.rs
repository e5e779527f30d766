//! Lowers services and their stores.

use aqueduct_dsl::ast::{self, ExprKind, Literal};
use aqueduct_dsl::clauses::{Matched, Options, Owner};
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::api::auth;
use super::domain::Top;
use super::expression::decimal;
use super::names::ServiceNames;
use super::scope::Scope;
use super::{Lowering, label, owner_of, shape_name};
use crate::codes;
use crate::constructs;
use crate::model::{Auth, Control, Each, Handler, Id, Load, Member, Rate, Service, Setting, Store, TypeDecl};

/// A service between the two passes: its members are declared, and may speak of those of others now.
struct Opened<'a> {
    id: Id<Service>,
    handlers: Vec<(Id<Handler>, Options<'a>)>,
    sagas: Vec<(&'a ast::Operation, &'a ast::Entry)>,
    scatters: Vec<(&'a ast::Operation, &'a ast::Entry)>,
    tentatives: Vec<(&'a ast::Named, &'a ast::Entry)>,
    flows: Vec<(&'a ast::Flow, &'a ast::Entry)>,
    auth: Option<Auth>,
}

impl Lowering {
    pub(super) fn services(&mut self, entries: &[Top<'_>]) {
        let mut opened = Vec::new();
        for Top { entry, domain } in entries {
            let ast::Shape::Service(service) = &entry.shape else {
                continue;
            };
            self.enter(*domain);
            let in_full = self.names.in_full(&service.name.text);
            if Self::is_free_as(&mut self.out, &self.names.services, &service.name, &in_full) {
                opened.push(self.service(service, entry));
            }
        }
        self.origins();
        let mut sagas = Vec::new();
        for service in &opened {
            self.enter(self.model.services[service.id].domain);
            for (saga, entry) in &service.sagas {
                sagas.extend(self.declare_saga(service.id, saga, entry));
            }
        }
        for service in &opened {
            self.enter(self.model.services[service.id].domain);
            for (tentative, entry) in &service.tentatives {
                self.tentative(service.id, tentative, entry);
            }
            for (scatter, entry) in &service.scatters {
                self.scatter(service.id, scatter, entry);
            }
        }
        for service in &opened {
            self.enter(self.model.services[service.id].domain);
            for (handler, options) in &service.handlers {
                self.links(*handler, options);
            }
        }
        for saga in &sagas {
            let service = self.model.sagas[saga.id].service;
            self.enter(self.model.services[service].domain);
            self.saga(saga);
        }
        for service in &opened {
            self.enter(self.model.services[service.id].domain);
            for (handler, options) in &service.handlers {
                self.links(*handler, options);
            }
            for (flow, entry) in &service.flows {
                self.service_flow(service.id, service.auth.as_ref(), flow, entry);
            }
        }
    }

    fn service<'a>(&mut self, service: &'a ast::Service, entry: &ast::Entry) -> Opened<'a> {
        let external = service.external.as_ref().map(|word| word.span);
        let id = self.model.services.push(Service {
            label: label(&service.name, entry),
            domain: self.domain,
            owner: None,
            external,
            control: None,
            limit: None,
            load: None,
            each: None,
            config: Vec::new(),
            tap_api: None,
            stand_in: None,
            stores: Vec::new(),
            handlers: Vec::new(),
            apis: Vec::new(),
            sagas: Vec::new(),
            scatters: Vec::new(),
            tentatives: Vec::new(),
            schedules: Vec::new(),
        });
        let in_full = self.names.in_full(&service.name.text);
        self.names.services.add_as(in_full, service.name.span, id);
        let _ = self.names.members.insert(id, ServiceNames::default());
        let mut opened = Opened {
            id,
            handlers: Vec::new(),
            sagas: Vec::new(),
            scatters: Vec::new(),
            tentatives: Vec::new(),
            flows: Vec::new(),
            auth: None,
        };
        let owner = if external.is_some() {
            Owner::ExternService
        } else {
            Owner::Service
        };
        let options = self.options(owner, &service.block.entries);
        self.about(id, &options);
        if let Some(each) = &service.each {
            self.each(id, each);
        }
        if external.is_some() {
            self.extern_service(&mut opened, &options);
        } else {
            self.own_service(&mut opened, &options);
        }
        opened
    }

    /// What is said about a service as a whole.
    fn about(&mut self, id: Id<Service>, options: &Options<'_>) {
        let load = options.get("load").and_then(load);
        let limit = options.get("limit").and_then(rate);
        let tap_api = options.get("tap").and_then(|clause| {
            let name = clause.path("channel")?;
            Some((self.find_channel(&name)?, clause.span()))
        });
        let config = match options.get("config") {
            Some(clause) => {
                let inner = self.options(Owner::Config, clause.block());
                self.own_fields("config", &inner)
            }
            None => Vec::new(),
        };
        let declared = &mut self.model.services[id];
        declared.owner = owner_of(options);
        declared.control = control(options);
        declared.limit = limit;
        declared.load = load;
        declared.tap_api = tap_api;
        declared.config = config;
    }

    /// Somebody else's: what is known of it is what can be asked of it.
    fn extern_service<'a>(&mut self, opened: &mut Opened<'a>, options: &Options<'a>) {
        let declared = &mut self.model.services[opened.id];
        declared.stand_in = options
            .get("stand_in")
            .and_then(|clause| clause.text("folder"))
            .map(|(folder, span)| (folder.into(), span));
        for member in options.others.iter().copied() {
            let ast::Shape::Operation(handler) = &member.shape else {
                self.not_external(member);
                continue;
            };
            if handler.kind.text != "handler" {
                self.not_external(member);
                continue;
            }
            if let Some(found) = self.handler(opened.id, handler, member) {
                self.only_promises(handler, &found.1);
                opened.handlers.push(found);
            }
        }
    }

    fn not_external(&mut self, member: &ast::Entry) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                member.span,
                format!(
                    "{} has no meaning in an extern service",
                    shape_name(&member.shape)
                ),
            )
            .label("somebody else runs this service")
            .note("all that is known of it is what can be asked of it")
            .help("declare what can be called as `handler name(…) -> (…) { timeout 2s }`"),
        );
    }

    fn own_service<'a>(&mut self, opened: &mut Opened<'a>, options: &Options<'a>) {
        let id = opened.id;
        opened.auth = auth(options);
        for member in &options.others {
            if let ast::Shape::Store(store) = &member.shape {
                self.store(id, store, member);
            }
        }
        for member in options.others.iter().copied() {
            match &member.shape {
                ast::Shape::Store(_) => {}
                ast::Shape::Operation(operation) => match operation.kind.text.as_str() {
                    "handler" => opened.handlers.extend(self.handler(id, operation, member)),
                    "saga" => opened.sagas.push((operation, member)),
                    _ => opened.scatters.push((operation, member)),
                },
                ast::Shape::Flow(flow) => opened.flows.push((flow, member)),
                ast::Shape::Named(named) if named.kind.text == "tentative" => {
                    opened.tentatives.push((named, member));
                }
                ast::Shape::Named(_)
                | ast::Shape::Spread(_)
                | ast::Shape::Field(_)
                | ast::Shape::Step(_)
                | ast::Shape::Sample(_)
                | ast::Shape::Channel(_)
                | ast::Shape::Message(_)
                | ast::Shape::TypeDef(_)
                | ast::Shape::Service(_)
                | ast::Shape::Scenario(_)
                | ast::Shape::Branching(_) => self.misplaced("service", &[member]),
            }
        }
    }

    /// `each 1..10`, `each [Shadowfax(speed: 3), Rocinante(speed: 2)]`
    fn each(&mut self, id: Id<Service>, each: &ast::Expr) {
        self.note(&constructs::EACH, each.span);
        let members = match &each.kind {
            ExprKind::Literal(Literal::Range(from, to)) => numbered(from.as_deref(), to.as_deref(), each),
            ExprKind::List(items) => self.named_members(id, items),
            ExprKind::Literal(_)
            | ExprKind::Path(_)
            | ExprKind::Call(_)
            | ExprKind::Group(_)
            | ExprKind::Unary(..)
            | ExprKind::Binary(..) => Vec::new(),
        };
        if members.is_empty() {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    each.span,
                    "this doesn't say who the members are",
                )
                .label("no range and no list of names")
                .help("write `each 1..10`, or `each [Shadowfax(speed: 3), Rocinante(speed: 2)]`"),
            );
            return;
        }
        self.model.services[id].each = Some(Each {
            members,
            span: each.span,
        });
    }

    fn no_member(&mut self, span: SpanId) {
        self.out.push(
            Diagnostic::error(codes::OUT_OF_PLACE, span, "this doesn't say who the members are")
                .label("no range and no names")
                .help("write `each 1..10`, or `each [Shadowfax(speed: 3), Rocinante(speed: 2)]`"),
        );
    }

    fn named_members(&mut self, id: Id<Service>, items: &[ast::Expr]) -> Vec<Member> {
        let mut members: Vec<Member> = Vec::new();
        for item in items {
            let (name, args) = match &item.kind {
                ExprKind::Path(name) => (name.clone(), None),
                ExprKind::Call(call) => (call.callee.text.clone(), Some(call.args.as_slice())),
                ExprKind::Literal(_)
                | ExprKind::List(_)
                | ExprKind::Group(_)
                | ExprKind::Unary(..)
                | ExprKind::Binary(..) => {
                    self.no_member(item.span);
                    continue;
                }
            };
            if let Some(first) = members.iter().find(|other| other.name == name) {
                let first = first.span;
                self.out.push(
                    Diagnostic::error(
                        codes::NAME_TWICE,
                        item.span,
                        format!("member `{name}` is there twice"),
                    )
                    .label("again here")
                    .related(first, "first here")
                    .help("rename one of the two"),
                );
                continue;
            }
            let config = self.member_config(id, args, item);
            members.push(Member {
                name,
                config,
                span: item.span,
            });
        }
        members
    }

    /// What a member is configured with, held against the service's `config`.
    fn member_config(
        &mut self,
        id: Id<Service>,
        args: Option<&[ast::Arg]>,
        item: &ast::Expr,
    ) -> Option<crate::model::Mapping> {
        let service = &self.model.services[id];
        let (name, there) = (service.label.name.clone(), service.label.span);
        let fields = service.config.clone();
        if fields.is_empty() {
            if args.is_some() {
                self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        item.span,
                        format!("`{name}` has no `config`"),
                    )
                    .label("nothing that could differ")
                    .related(there, "the service")
                    .help("declare what differs: `config { speed: int(1..5) = 1 }`"),
                );
            }
            return None;
        }
        let config = self.inline_type(format!("{name}Config").into(), fields, there);
        let mapping = self.mapping(config, args.unwrap_or_default(), item.span, &Scope::default())?;
        self.complete(config, &mapping, &[]);
        Some(mapping)
    }

    fn store(&mut self, service: Id<Service>, store: &ast::Store, entry: &ast::Entry) {
        if self.is_taken(service, |members| &members.stores, &store.name) {
            return;
        }
        let options = self.options(Owner::Store, &store.block.entries);
        self.misplaced("store", &options.others);
        let expire = self.time(&options, "expire", "limit");
        let Some(row) = self.message_type(&store.ty, "the rows of a store are records") else {
            self.names.broken(&store.name.text);
            return;
        };
        let Some(key) = self.store_key(row, &store.by) else {
            self.names.broken(&store.name.text);
            return;
        };
        let sort = store.sort.as_ref().and_then(|sort| self.sort_field(row, sort));
        let id = self.model.stores.push(Store {
            label: label(&store.name, entry),
            service,
            row,
            key,
            sort,
            expire,
        });
        if let Some(members) = self.names.members.get_mut(&service) {
            members.stores.add(&store.name, id);
        }
        self.model.services[service].stores.push(id);
    }

    fn store_key(&mut self, row: Id<TypeDecl>, by: &ast::Expr) -> Option<Vec<(SmolStr, SpanId)>> {
        let paths = key_paths(by);
        if paths.is_empty() {
            self.out.push(
                Diagnostic::error(
                    codes::ILL_FORMED_TYPE,
                    by.span,
                    "a store's key is a field, or several in parentheses",
                )
                .label("not a field")
                .help("write `by ride_id`, or `by (rfq_id, responder)`"),
            );
            return None;
        }
        if paths.len() > 1 {
            self.note(&constructs::STORE_KEYS, by.span);
        }
        let mut key = Vec::new();
        for name in paths {
            self.key_field(row, &name)?;
            key.push((name.text, name.span));
        }
        Some(key)
    }

    /// `sort submitted_at`: one field of the row.
    fn sort_field(&mut self, row: Id<TypeDecl>, sort: &ast::Expr) -> Option<(SmolStr, SpanId)> {
        self.note(&constructs::STORE_SORT, sort.span);
        let [name] = key_paths(sort).try_into().ok()?;
        let name: ast::Name = name;
        self.key_field(row, &name)?;
        Some((name.text, name.span))
    }

    /// The fields of a message that make a key, as paths; what the envelope says begins with `meta`.
    pub(super) fn key_paths(&mut self, of: Id<TypeDecl>, names: &[ast::Name]) -> Option<Vec<Vec<SmolStr>>> {
        let mut paths = Vec::new();
        for name in names {
            if name.text.starts_with("meta.") {
                self.meta_field(name)?;
            } else {
                self.key_field(of, name)?;
            }
            paths.push(name.text.split('.').map(SmolStr::from).collect());
        }
        Some(paths)
    }

    /// `meta.id` and its like.
    pub(super) fn meta_field(&mut self, name: &ast::Name) -> Option<()> {
        self.note(&constructs::META, name.span);
        let field = name.text.strip_prefix("meta.").unwrap_or_default();
        if META.contains(&field) {
            return Some(());
        }
        let diagnostic = Diagnostic::error(
            codes::UNRESOLVED_NAME,
            name.span,
            format!("the envelope of a message has no `{field}`"),
        );
        self.out.push(match nearest(field, META) {
            Some(near) => diagnostic.label(format!("did you mean `{near}`?")).replace(
                format!("use `meta.{near}`"),
                name.span,
                format!("meta.{near}"),
            ),
            None => diagnostic
                .label("no such part")
                .help(format!("use one of its parts: {}", META.join(", "))),
        });
        None
    }

    /// A field of a key; whether it can tell things apart is rule SCH002's to say.
    pub(super) fn key_field(&mut self, of: Id<TypeDecl>, name: &ast::Name) -> Option<()> {
        let path: Vec<SmolStr> = name.text.split('.').map(SmolStr::from).collect();
        if self.model.at_path(of, &path).is_none() {
            let type_name = self.model.types[of].label.name.clone();
            let fields: Vec<SmolStr> = self
                .model
                .fields(of)
                .iter()
                .map(|field| field.label.name.clone())
                .collect();
            let diagnostic = Diagnostic::error(
                codes::UNRESOLVED_NAME,
                name.span,
                format!("`{type_name}` has no field `{}`", name.text),
            )
            .related(
                self.model.types[of].label.span,
                format!("`{type_name}` is declared here"),
            );
            let diagnostic = match nearest(&name.text, fields.iter().map(SmolStr::as_str)) {
                Some(near) => diagnostic.label(format!("did you mean `{near}`?")).replace(
                    format!("use `{near}`"),
                    name.span,
                    near,
                ),
                None => diagnostic
                    .label("no such field")
                    .help(format!("use one of its fields: {}", fields.join(", "))),
            };
            self.blame(
                &ast::Name {
                    text: type_name,
                    span: name.span,
                },
                diagnostic,
            );
            return None;
        }
        Some(())
    }
}

/// `1..10`
fn numbered(from: Option<&Literal>, to: Option<&Literal>, each: &ast::Expr) -> Vec<Member> {
    const MOST: u32 = 1_000;
    let number = |end: Option<&Literal>| match end {
        Some(Literal::Number(text)) => text.parse::<u32>().ok(),
        _ => None,
    };
    let (Some(from), Some(to)) = (number(from), number(to)) else {
        return Vec::new();
    };
    (from..=to.min(from.saturating_add(MOST)))
        .map(|number| Member {
            name: number.to_string().into(),
            config: None,
            span: each.span,
        })
        .collect()
}

/// What the envelope of a message says.
pub(super) const META: [&str; 5] = ["id", "time", "source", "correlation_id", "idempotency_key"];

/// `control own|partner|vendor`
pub(super) fn control(options: &Options<'_>) -> Option<Control> {
    match options.get("control")?.word("party")?.text.as_str() {
        "own" => Some(Control::Own),
        "partner" => Some(Control::Partner),
        "vendor" => Some(Control::Vendor),
        _ => None,
    }
}

/// `limit 50/s`
pub(super) fn rate(clause: &Matched<'_>) -> Option<Setting<Rate>> {
    let (literal, span) = clause.literal("rate")?;
    Some(Setting {
        value: rate_of(literal)?,
        span,
    })
}

/// `load 20/s peak 200/s`
pub(super) fn load(clause: &Matched<'_>) -> Option<Load> {
    Some(Load {
        usual: rate_of(clause.literal("rate")?.0)?,
        peak: clause.literal("peak").and_then(|(peak, _)| rate_of(peak)),
        span: clause.span(),
    })
}

fn rate_of(literal: &Literal) -> Option<Rate> {
    let Literal::Rate(count, per) = literal else {
        return None;
    };
    Some((decimal(count)?, *per))
}

/// One path, or a tuple of paths.
pub(super) fn key_paths(expr: &ast::Expr) -> Vec<ast::Name> {
    match &expr.kind {
        ExprKind::Path(path) => vec![ast::Name {
            text: path.clone(),
            span: expr.span,
        }],
        ExprKind::Group(args) => {
            let paths: Option<Vec<ast::Name>> = args
                .iter()
                .map(|arg| match arg {
                    ast::Arg::Plain(ast::Expr {
                        kind: ExprKind::Path(path),
                        span,
                    }) => Some(ast::Name {
                        text: path.clone(),
                        span: *span,
                    }),
                    ast::Arg::Plain(_) | ast::Arg::Named(..) | ast::Arg::Spread(_) => None,
                })
                .collect();
            paths.unwrap_or_default()
        }
        ExprKind::Literal(_)
        | ExprKind::Call(_)
        | ExprKind::List(_)
        | ExprKind::Unary(..)
        | ExprKind::Binary(..) => Vec::new(),
    }
}
