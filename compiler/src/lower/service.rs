//! Lowers services and their stores.

use aqueduct_dsl::ast::{self, ExprKind};
use aqueduct_dsl::clauses::{Matched, Options, Owner};
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::api::auth;
use super::expression::decimal;
use super::names::ServiceNames;
use super::{Lowering, label, owner_of, shape_name};
use crate::codes;
use crate::constructs;
use crate::model::{Auth, Control, Handler, Id, Service, Setting, Store, TypeDecl};

/// A service between the two passes: its members are declared, and may speak of those of others now.
struct Opened<'a> {
    id: Id<Service>,
    handlers: Vec<(Id<Handler>, Options<'a>)>,
    sagas: Vec<(&'a ast::Operation, &'a ast::Entry)>,
    flows: Vec<(&'a ast::Flow, &'a ast::Entry)>,
    auth: Option<Auth>,
}

impl Lowering {
    pub(super) fn services(&mut self, entries: &[&ast::Entry]) {
        let mut opened = Vec::new();
        for entry in entries {
            let ast::Shape::Service(service) = &entry.shape else {
                continue;
            };
            if Self::is_free(&mut self.out, &self.names.services, &service.name) {
                opened.push(self.service(service, entry));
            }
        }
        for service in &opened {
            for (handler, options) in &service.handlers {
                self.links(*handler, options);
            }
        }
        for service in &opened {
            for (saga, entry) in &service.sagas {
                self.saga(service.id, saga, entry);
            }
        }
        for service in &opened {
            for (flow, entry) in &service.flows {
                self.service_flow(service.id, service.auth.as_ref(), flow, entry);
            }
        }
    }

    fn service<'a>(&mut self, service: &'a ast::Service, entry: &ast::Entry) -> Opened<'a> {
        if let Some(each) = &service.each {
            self.note(&constructs::EACH, each.span);
        }
        let external = service.external.as_ref().map(|word| word.span);
        let id = self.model.services.push(Service {
            label: label(&service.name, entry),
            owner: None,
            external,
            control: None,
            limit: None,
            stand_in: None,
            stores: Vec::new(),
            handlers: Vec::new(),
            apis: Vec::new(),
            sagas: Vec::new(),
        });
        self.names.services.add(&service.name, id);
        let _ = self.names.members.insert(id, ServiceNames::default());
        let mut opened = Opened {
            id,
            handlers: Vec::new(),
            sagas: Vec::new(),
            flows: Vec::new(),
            auth: None,
        };
        if external.is_some() {
            self.extern_service(&mut opened, service);
        } else {
            self.own_service(&mut opened, service);
        }
        opened
    }

    /// Somebody else's: what is known of it is what can be asked of it.
    fn extern_service<'a>(&mut self, opened: &mut Opened<'a>, service: &'a ast::Service) {
        let options = self.options(Owner::ExternService, &service.block.entries);
        let declared = &mut self.model.services[opened.id];
        declared.owner = owner_of(&options);
        declared.control = options
            .get("control")
            .and_then(|clause| control(&clause.word("party")?.text));
        declared.stand_in = options
            .get("stand_in")
            .and_then(|clause| clause.text("folder"))
            .map(|(folder, span)| (folder.into(), span));
        declared.limit = options.get("limit").and_then(rate);
        for member in options.others {
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

    fn own_service<'a>(&mut self, opened: &mut Opened<'a>, service: &'a ast::Service) {
        let id = opened.id;
        let options = self.options(Owner::Service, &service.block.entries);
        self.model.services[id].owner = owner_of(&options);
        opened.auth = auth(&options);
        for member in &options.others {
            if let ast::Shape::Store(store) = &member.shape {
                self.store(id, store, member);
            }
        }
        for member in &options.others {
            let ast::Shape::Operation(operation) = &member.shape else {
                continue;
            };
            match operation.kind.text.as_str() {
                "handler" => opened.handlers.extend(self.handler(id, operation, member)),
                "saga" => opened.sagas.push((operation, member)),
                other => {
                    self.names.broken(&operation.name.text);
                    let _ = other;
                    self.note(&constructs::SCATTER, operation.kind.span);
                }
            }
        }
        for member in &options.others {
            match &member.shape {
                ast::Shape::Store(_) | ast::Shape::Operation(_) => {}
                ast::Shape::Flow(flow) => opened.flows.push((flow, member)),
                ast::Shape::Named(named) => self.note(&constructs::TENTATIVE, named.kind.span),
                ast::Shape::Spread(_)
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

    fn store(&mut self, service: Id<Service>, store: &ast::Store, entry: &ast::Entry) {
        if self.is_taken(service, |members| &members.stores, &store.name) {
            return;
        }
        let options = self.options(Owner::Store, &store.block.entries);
        self.misplaced("store", &options.others);
        if let Some(sort) = &store.sort {
            self.note(&constructs::STORE_SORT, sort.span);
        }
        let Some(row) = self.message_type(&store.ty, "the rows of a store are records") else {
            self.names.broken(&store.name.text);
            return;
        };
        let Some(key) = self.store_key(row, &store.by) else {
            self.names.broken(&store.name.text);
            return;
        };
        let id = self.model.stores.push(Store {
            label: label(&store.name, entry),
            service,
            row,
            key,
        });
        if let Some(members) = self.names.members.get_mut(&service) {
            members.stores.add(&store.name, id);
        }
        self.model.services[service].stores.push(id);
    }

    fn store_key(
        &mut self,
        row: Id<TypeDecl>,
        by: &ast::Expr,
    ) -> Option<Vec<(SmolStr, aqueduct_dsl::source::SpanId)>> {
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
            return None;
        }
        let mut key = Vec::new();
        for name in paths {
            self.key_field(row, &name)?;
            key.push((name.text, name.span));
        }
        Some(key)
    }

    /// The fields of a message that make a key, as paths.
    pub(super) fn key_paths(&mut self, of: Id<TypeDecl>, names: &[ast::Name]) -> Option<Vec<Vec<SmolStr>>> {
        let mut paths = Vec::new();
        for name in names {
            if let Some(rest) = name.text.strip_prefix("meta.") {
                let _ = rest;
                self.note(&constructs::META, name.span);
                return None;
            }
            self.key_field(of, name)?;
            paths.push(name.text.split('.').map(SmolStr::from).collect());
        }
        Some(paths)
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

fn control(word: &str) -> Option<Control> {
    match word {
        "own" => Some(Control::Own),
        "partner" => Some(Control::Partner),
        "vendor" => Some(Control::Vendor),
        _ => None,
    }
}

fn rate(clause: &Matched<'_>) -> Option<Setting<(Decimal, u64)>> {
    let (ast::Literal::Rate(count, per), span) = clause.literal("rate")? else {
        return None;
    };
    Some(Setting {
        value: (decimal(count)?, *per),
        span,
    })
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
