//! What is declared under which name, and how a reference finds it.

use std::collections::{HashMap, HashSet};

use aqueduct_dsl::ast;
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Lowering;
use crate::codes;
use crate::model::{Channel, Handler, Id, Service, Store, TypeDecl};

/// All names of one system.
pub(super) struct Names {
    pub(super) types: Scope<TypeDecl>,
    pub(super) channels: Scope<Channel>,
    pub(super) services: Scope<Service>,
    /// The requests that have an answer: method and path, parameters unnamed.
    pub(super) requests: HashMap<String, SpanId>,
    /// Words of entries that could not be read or lowered: whoever refers to them is not to blame.
    broken: HashSet<SmolStr>,
}

impl Names {
    pub(super) fn new(broken: impl IntoIterator<Item = SmolStr>) -> Self {
        Self {
            types: Scope::new("type"),
            channels: Scope::new("channel"),
            services: Scope::new("service"),
            requests: HashMap::new(),
            broken: broken.into_iter().collect(),
        }
    }

    pub(super) fn broken(&mut self, name: &SmolStr) {
        let _ = self.broken.insert(name.clone());
    }
}

/// The names of one kind of thing.
pub(super) struct Scope<T> {
    what: &'static str,
    ids: HashMap<SmolStr, (Id<T>, SpanId)>,
    order: Vec<SmolStr>,
}

impl<T> Scope<T> {
    pub(super) fn new(what: &'static str) -> Self {
        Self {
            what,
            ids: HashMap::new(),
            order: Vec::new(),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<Id<T>> {
        self.ids.get(name).map(|(id, _)| *id)
    }

    /// The place of an earlier declaration of that name.
    pub(super) fn earlier(&self, name: &str) -> Option<SpanId> {
        self.ids.get(name).map(|(_, span)| *span)
    }

    pub(super) fn add(&mut self, name: &ast::Name, id: Id<T>) {
        self.order.push(name.text.clone());
        let _ = self.ids.insert(name.text.clone(), (id, name.span));
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(SmolStr::as_str)
    }
}

/// The names inside one service.
pub(super) struct ServiceNames {
    pub(super) stores: Scope<Store>,
    pub(super) handlers: Scope<Handler>,
}

impl Default for ServiceNames {
    fn default() -> Self {
        Self {
            stores: Scope::new("store"),
            handlers: Scope::new("handler"),
        }
    }
}

impl Lowering {
    /// Whether the name is still free; says so if it isn't.
    pub(super) fn is_free<T>(out: &mut Vec<Diagnostic>, scope: &Scope<T>, name: &ast::Name) -> bool {
        let Some(first) = scope.earlier(&name.text) else {
            return true;
        };
        out.push(
            Diagnostic::error(
                codes::NAME_TWICE,
                name.span,
                format!("{} `{}` is declared twice", scope.what, name.text),
            )
            .label("declared again here")
            .related(first, "first declared here")
            .help("rename one of the two, or delete it"),
        );
        false
    }

    pub(super) fn find_type(&mut self, name: &ast::Name) -> Option<Id<TypeDecl>> {
        let found = self.names.types.get(&name.text);
        if found.is_none() {
            let extra = super::types::SCALARS;
            let candidates = extra.iter().copied().chain(self.names.types.names());
            let diagnostic = unresolved("type", name, candidates, "declare it: `type", " = …`");
            self.blame(name, diagnostic);
        }
        found
    }

    pub(super) fn find_channel(&mut self, name: &ast::Name) -> Option<Id<Channel>> {
        let found = self.names.channels.get(&name.text);
        if found.is_none() {
            let diagnostic = unresolved(
                "channel",
                name,
                self.names.channels.names(),
                "declare it: `queue",
                ": …`",
            );
            self.blame(name, diagnostic);
        }
        found
    }

    pub(super) fn find_store(&mut self, names: &ServiceNames, name: &ast::Name) -> Option<Id<Store>> {
        let found = names.stores.get(&name.text);
        if found.is_none() {
            let mut diagnostic = unresolved(
                "store",
                name,
                names.stores.names(),
                "declare it in this service: `store",
                ": … by …`",
            );
            if let Some(theirs) = self
                .model
                .stores
                .values()
                .find(|store| store.label.name == name.text)
            {
                let owner = &self.model.services[theirs.service].label.name;
                diagnostic = diagnostic
                    .related(theirs.label.span, format!("this one belongs to `{owner}`"))
                    .note("a store has one owner; others ask it through its handlers or hear of it through events");
            }
            self.blame(name, diagnostic);
        }
        found
    }

    /// Reports a reference that leads nowhere, unless the thing it means is already reported.
    pub(super) fn blame(&mut self, name: &ast::Name, diagnostic: Diagnostic) {
        if !self.names.broken.contains(&name.text) {
            self.out.push(diagnostic);
        }
    }
}

/// "no channel is called …", with the nearest name as a fix.
pub(super) fn unresolved<'a>(
    what: &str,
    name: &ast::Name,
    candidates: impl Iterator<Item = &'a str>,
    declare_before: &str,
    declare_after: &str,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        codes::UNRESOLVED_NAME,
        name.span,
        format!("no {what} is called `{}`", name.text),
    );
    match nearest(&name.text, candidates) {
        Some(near) => diagnostic.label(format!("did you mean `{near}`?")).replace(
            format!("use `{near}`"),
            name.span,
            near,
        ),
        None => diagnostic
            .label(format!("this {what} isn't declared anywhere"))
            .help(format!("{declare_before} {}{declare_after}", name.text)),
    }
}
