//! What is declared under which name, and how a reference finds it.

use std::collections::{HashMap, HashSet};

use aqueduct_dsl::ast;
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Lowering;
use crate::codes;
use crate::model::{
    Channel, Domain, Handler, Id, MessageKind, Saga, Sample, Scatter, Service, Store, Tentative, TypeDecl,
    TypeKind,
};

/// All names of one system.
pub(super) struct Names {
    pub(super) domains: Scope<Domain>,
    /// The domain that speaks: its own names need no prefix.
    home: Option<SmolStr>,
    pub(super) types: Scope<TypeDecl>,
    pub(super) channels: Scope<Channel>,
    pub(super) services: Scope<Service>,
    pub(super) samples: Scope<Sample>,
    /// What stands inside each service.
    pub(super) members: HashMap<Id<Service>, ServiceNames>,
    /// The requests that have an answer: method and path, parameters unnamed.
    pub(super) requests: HashMap<String, SpanId>,
    /// Words of entries that could not be read or lowered: whoever refers to them is not to blame.
    broken: HashSet<SmolStr>,
}

impl Names {
    pub(super) fn new(broken: impl IntoIterator<Item = SmolStr>) -> Self {
        Self {
            domains: Scope::new("domain"),
            home: None,
            types: Scope::new("type"),
            channels: Scope::new("channel"),
            services: Scope::new("service"),
            samples: Scope::new("sample"),
            members: HashMap::new(),
            requests: HashMap::new(),
            broken: broken.into_iter().collect(),
        }
    }

    pub(super) fn broken(&mut self, name: &SmolStr) {
        let _ = self.broken.insert(name.clone());
    }

    pub(super) fn is_broken(&self, name: &str) -> bool {
        self.broken.contains(name)
    }

    /// `Service.member` as two names; without a dot the service is the one that speaks.
    pub(super) fn owner_of(&self, home: Option<Id<Service>>, path: &str) -> Option<Id<Service>> {
        match path.rsplit_once('.') {
            Some((service, _)) => self.service(service),
            None => home,
        }
    }

    /// From here on this domain speaks.
    pub(super) fn speaks(&mut self, domain: Option<SmolStr>) {
        self.home = domain;
    }

    /// A name as everybody knows it: with its domain in front, if one speaks.
    pub(super) fn in_full(&self, name: &str) -> SmolStr {
        match &self.home {
            Some(home) => format!("{home}.{name}").into(),
            None => name.into(),
        }
    }

    /// What a name stands for where it is written: something of the domain that speaks, or what is named in full.
    fn here<T>(&self, scope: &Scope<T>, name: &str) -> Option<Id<T>> {
        let own = self.home.as_ref().and_then(|_| scope.get(&self.in_full(name)));
        own.or_else(|| scope.get(name))
    }

    pub(super) fn ty(&self, name: &str) -> Option<Id<TypeDecl>> {
        self.here(&self.types, name)
    }

    pub(super) fn channel(&self, name: &str) -> Option<Id<Channel>> {
        self.here(&self.channels, name)
    }

    pub(super) fn service(&self, name: &str) -> Option<Id<Service>> {
        self.here(&self.services, name)
    }

    /// The names of a scope as they are written here.
    fn written_here<'a, T>(&'a self, scope: &'a Scope<T>) -> impl Iterator<Item = &'a str> {
        scope.names().map(|name| {
            let own = self
                .home
                .as_ref()
                .and_then(|home| name.strip_prefix(home.as_str()));
            own.and_then(|rest| rest.strip_prefix('.')).unwrap_or(name)
        })
    }

    /// A name in full that ends so: what is meant when its domain was left out.
    fn elsewhere<T>(scope: &Scope<T>, name: &str) -> Option<String> {
        let ending = format!(".{name}");
        scope
            .names()
            .find(|known| known.ends_with(&ending))
            .map(str::to_owned)
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
        self.add_as(name.text.clone(), name.span, id);
    }

    /// The same under its name in full.
    pub(super) fn add_as(&mut self, name: SmolStr, span: SpanId, id: Id<T>) {
        self.order.push(name.clone());
        let _ = self.ids.insert(name, (id, span));
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(SmolStr::as_str)
    }
}

/// The names inside one service.
pub(super) struct ServiceNames {
    pub(super) stores: Scope<Store>,
    pub(super) handlers: Scope<Handler>,
    pub(super) sagas: Scope<Saga>,
    pub(super) scatters: Scope<Scatter>,
    pub(super) tentatives: Scope<Tentative>,
}

impl Default for ServiceNames {
    fn default() -> Self {
        Self {
            stores: Scope::new("store"),
            handlers: Scope::new("handler"),
            sagas: Scope::new("saga"),
            scatters: Scope::new("scatter"),
            tentatives: Scope::new("tentative"),
        }
    }
}

impl Lowering {
    /// Whether the name is still free; says so if it isn't.
    pub(super) fn is_free<T>(out: &mut Vec<Diagnostic>, scope: &Scope<T>, name: &ast::Name) -> bool {
        Self::is_free_as(out, scope, name, &name.text)
    }

    /// The same for a name in full.
    pub(super) fn is_free_as<T>(
        out: &mut Vec<Diagnostic>,
        scope: &Scope<T>,
        name: &ast::Name,
        in_full: &str,
    ) -> bool {
        let Some(first) = scope.earlier(in_full) else {
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

    /// Whether a name of a service's member is taken; says so if it is.
    pub(super) fn is_taken<T>(
        &mut self,
        service: Id<Service>,
        scope: impl Fn(&ServiceNames) -> &Scope<T>,
        name: &ast::Name,
    ) -> bool {
        let members = self.names.members.get(&service);
        members.is_some_and(|members| !Self::is_free(&mut self.out, scope(members), name))
    }

    pub(super) fn find_type(&mut self, name: &ast::Name) -> Option<Id<TypeDecl>> {
        let found = self.names.ty(&name.text);
        if found.is_none() {
            let elsewhere = Names::elsewhere(&self.names.types, &name.text);
            let extra = super::types::SCALARS;
            let candidates = extra
                .iter()
                .copied()
                .chain(self.names.written_here(&self.names.types));
            let diagnostic = of_another_domain("type", name, elsewhere)
                .unwrap_or_else(|| unresolved("type", name, candidates, "declare it: `type", " = …`"));
            self.blame(name, diagnostic);
        }
        found
    }

    pub(super) fn find_channel(&mut self, name: &ast::Name) -> Option<Id<Channel>> {
        let found = self.names.channel(&name.text);
        if found.is_none() {
            let elsewhere = Names::elsewhere(&self.names.channels, &name.text);
            let diagnostic = of_another_domain("channel", name, elsewhere).unwrap_or_else(|| {
                let known = self.names.written_here(&self.names.channels);
                unresolved("channel", name, known, "declare it: `queue", ": …`")
            });
            self.blame(name, diagnostic);
        }
        found
    }

    /// A handler by `Service.handler`, or by its name alone in its own service.
    pub(super) fn find_handler(
        &mut self,
        home: Option<Id<Service>>,
        name: &ast::Name,
    ) -> Option<Id<Handler>> {
        let last = name.text.rsplit('.').next().unwrap_or_default();
        let members = self
            .names
            .owner_of(home, &name.text)
            .and_then(|service| self.names.members.get(&service));
        if let Some(found) = members.and_then(|members| members.handlers.get(last)) {
            return Some(found);
        }
        if name.text.split('.').any(|part| self.names.is_broken(part)) {
            return None;
        }
        let own = |id: &Id<Handler>| Some(self.model.handlers[*id].service) == home;
        let (near, far): (Vec<_>, Vec<_>) = self.model.handlers.ids().partition(own);
        let near = near
            .into_iter()
            .map(|id| self.model.handlers[id].label.name.to_string());
        let known: Vec<String> = near
            .chain(far.into_iter().map(|id| self.model.handler_name(id)))
            .collect();
        // The right handler under the wrong service is meant more often than a name that looks alike.
        let elsewhere = known
            .iter()
            .find(|known| known.rsplit('.').next() == Some(last))
            .cloned();
        let candidates = elsewhere.as_ref().map_or(known.as_slice(), std::slice::from_ref);
        let diagnostic = match elsewhere.as_ref() {
            Some(other) => Diagnostic::error(
                codes::UNRESOLVED_NAME,
                name.span,
                format!("no handler is called `{}`", name.text),
            )
            .label(format!("did you mean `{other}`?"))
            .replace(format!("use `{other}`"), name.span, other.clone()),
            None => unresolved(
                "handler",
                name,
                candidates.iter().map(String::as_str),
                "declare it in its service: `handler",
                "(…)`",
            ),
        };
        self.out.push(diagnostic);
        None
    }

    /// Whether a name is one of a saga.
    pub(super) fn is_saga(&self, home: Option<Id<Service>>, path: &str) -> bool {
        !self.sagas_named(home, path).is_empty()
    }

    /// The one of this service, or else every one of that name.
    fn sagas_named(&self, home: Option<Id<Service>>, path: &str) -> Vec<Id<Saga>> {
        let own = home.and_then(|service| self.names.members.get(&service));
        if let Some(found) = own.and_then(|members| members.sagas.get(path)) {
            return vec![found];
        }
        let named =
            |id: &Id<Saga>| self.model.sagas[*id].label.name == path || self.model.saga_name(*id) == path;
        self.model.sagas.ids().filter(named).collect()
    }

    /// A saga by its name, or by `Service.Saga` where two services have one of that name.
    pub(super) fn find_saga(&mut self, home: Option<Id<Service>>, name: &ast::Name) -> Option<Id<Saga>> {
        let found = self.sagas_named(home, &name.text);
        match found.as_slice() {
            [one] => return Some(*one),
            [] if name.text.split('.').any(|part| self.names.is_broken(part)) => {}
            [] => {
                let known = self.model.sagas.values().map(|saga| saga.label.name.as_str());
                let diagnostic = unresolved("saga", name, known, "declare it: `saga", "(…) { … }`");
                self.out.push(diagnostic);
            }
            several => {
                let known: Vec<String> = several.iter().map(|id| self.model.saga_name(*id)).collect();
                self.out.push(
                    Diagnostic::error(
                        codes::UNRESOLVED_NAME,
                        name.span,
                        format!("several sagas are called `{}`", name.text),
                    )
                    .label("which one?")
                    .help(format!("write one of {}", known.join(", "))),
                );
            }
        }
        None
    }

    /// A fault by its name.
    pub(super) fn find_fault(&mut self, name: &ast::Name) -> Option<Id<TypeDecl>> {
        let Some(id) = self.names.ty(&name.text) else {
            let faults = self.model.types.values().filter(|declared| {
                matches!(
                    declared.kind,
                    TypeKind::Message {
                        kind: MessageKind::Fault,
                        ..
                    }
                )
            });
            let known = faults.map(|declared| declared.label.name.as_str());
            let diagnostic = unresolved("fault", name, known, "declare it: `fault", "`");
            self.blame(name, diagnostic);
            return None;
        };
        let declared = &self.model.types[id];
        if matches!(
            declared.kind,
            TypeKind::Message {
                kind: MessageKind::Fault,
                ..
            }
        ) {
            return Some(id);
        }
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                name.span,
                format!("`{}` is no fault", name.text),
            )
            .label("only a `fault` says no")
            .related(declared.label.span, "declared here")
            .help(format!("declare it as `fault {} {{ … }}`", name.text)),
        );
        None
    }

    pub(super) fn find_store(&mut self, service: Id<Service>, name: &ast::Name) -> Option<Id<Store>> {
        let members = self.names.members.get(&service);
        let found = members.and_then(|members| members.stores.get(&name.text));
        if found.is_none() {
            let stores = members.into_iter().flat_map(|members| members.stores.names());
            let mut diagnostic = unresolved(
                "store",
                name,
                stores,
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

/// A name that stands in another domain, and was written without it.
fn of_another_domain(what: &str, name: &ast::Name, elsewhere: Option<String>) -> Option<Diagnostic> {
    let full = elsewhere?;
    let diagnostic = Diagnostic::error(
        codes::UNRESOLVED_NAME,
        name.span,
        format!("no {what} of this domain is called `{}`", name.text),
    );
    Some(
        diagnostic
            .label(format!("did you mean `{full}`?"))
            .note("a domain is a namespace: what belongs to another is named with it")
            .replace(format!("use `{full}`"), name.span, full),
    )
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
