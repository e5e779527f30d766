//! Reads a model, and knows the names by which its parts refer to each other.

use std::collections::{BTreeMap, BTreeSet};

use aqueduct_compiler::model::{
    Channel, Choose, Domain, Handler, Id, Model, Saga, Scatter, Service, StageKind, Store, TypeDecl, TypeKind,
};
use aqueduct_dsl::source::SourceMap;

/// A model, the sources that it was read from, and the names that its parts don't have by themselves.
pub(crate) struct Reader<'a> {
    pub(crate) model: &'a Model,
    pub(crate) sources: &'a SourceMap,
    types: BTreeMap<Id<TypeDecl>, String>,
    repeated: BTreeSet<Id<TypeDecl>>,
    read_by: BTreeMap<Id<Choose>, Id<Channel>>,
    routers: BTreeMap<Id<Choose>, String>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(model: &'a Model, sources: &'a SourceMap) -> Self {
        let mut reader = Self {
            model,
            sources,
            types: BTreeMap::new(),
            repeated: BTreeSet::new(),
            read_by: BTreeMap::new(),
            routers: BTreeMap::new(),
        };
        reader.name_types();
        reader.name_routers();
        reader
    }

    /// What the author hasn't named may be there twice: if it is the same it is told once, otherwise it is counted.
    fn name_types(&mut self) {
        let unnamed = |id: &Id<TypeDecl>| self.model.types[*id].is_unnamed();
        let (unnamed, named): (Vec<_>, Vec<_>) = self.model.types.ids().partition(unnamed);
        let mut alike: BTreeMap<String, Vec<&TypeKind>> = BTreeMap::new();
        for id in named.into_iter().chain(unnamed) {
            let declared = &self.model.types[id];
            let name = self.in_domain(declared.domain, &declared.label.name);
            let kinds = alike.entry(name.clone()).or_default();
            let before = kinds.iter().position(|kind| **kind == declared.kind);
            let at = before.unwrap_or(kinds.len());
            if before.is_some() {
                let _ = self.repeated.insert(id);
            } else {
                kinds.push(&declared.kind);
            }
            let name = if at == 0 {
                name
            } else {
                format!("{name} {}", at + 1)
            };
            let _ = self.types.insert(id, name);
        }
    }

    /// Routers have no name of their own: they are counted among those of the channel that they read.
    fn name_routers(&mut self) {
        for route in self.model.routes.values() {
            for stage in &route.stages {
                if let StageKind::Arm { choose, .. } = stage.kind {
                    let _ = self.read_by.entry(choose).or_insert(route.from);
                }
            }
        }
        let mut counts: BTreeMap<Option<Id<Channel>>, usize> = BTreeMap::new();
        for id in self.model.chooses.ids() {
            let source = self.source_of(id);
            let count = counts.entry(source).or_default();
            *count += 1;
            let number = *count;
            let name = match source {
                Some(channel) => format!("{} choose {number}", self.channel_id(channel)),
                None => format!("choose {number}"),
            };
            let _ = self.routers.insert(id, name);
        }
    }
}

/// Names in full: the domain in front where there is one, then the service, then the name.
impl Reader<'_> {
    pub(crate) fn domain_id(&self, id: Id<Domain>) -> String {
        self.model.domains[id].label.name.to_string()
    }

    pub(crate) fn type_id(&self, id: Id<TypeDecl>) -> String {
        self.types
            .get(&id)
            .cloned()
            .expect("each type was named at the beginning")
    }

    /// Whether a type says what another has said already.
    pub(crate) fn is_repeated(&self, id: Id<TypeDecl>) -> bool {
        self.repeated.contains(&id)
    }

    pub(crate) fn channel_id(&self, id: Id<Channel>) -> String {
        let channel = &self.model.channels[id];
        self.in_domain(channel.domain, &channel.label.name)
    }

    pub(crate) fn service_id(&self, id: Id<Service>) -> String {
        let service = &self.model.services[id];
        self.in_domain(service.domain, &service.label.name)
    }

    pub(crate) fn store_id(&self, id: Id<Store>) -> String {
        let store = &self.model.stores[id];
        self.in_service(store.service, &store.label.name)
    }

    pub(crate) fn handler_id(&self, id: Id<Handler>) -> String {
        let handler = &self.model.handlers[id];
        self.in_service(handler.service, &handler.label.name)
    }

    pub(crate) fn saga_id(&self, id: Id<Saga>) -> String {
        let saga = &self.model.sagas[id];
        self.in_service(saga.service, &saga.label.name)
    }

    pub(crate) fn scatter_id(&self, id: Id<Scatter>) -> String {
        let scatter = &self.model.scatters[id];
        self.in_service(scatter.service, &scatter.label.name)
    }

    /// A name inside a service.
    pub(crate) fn in_service(&self, service: Id<Service>, name: &str) -> String {
        format!("{}.{name}", self.service_id(service))
    }

    /// The channel that a router reads, if anything leads on from it.
    pub(crate) fn source_of(&self, id: Id<Choose>) -> Option<Id<Channel>> {
        self.read_by.get(&id).copied()
    }

    pub(crate) fn router_id(&self, id: Id<Choose>) -> String {
        self.routers
            .get(&id)
            .cloned()
            .expect("each router was named at the beginning")
    }

    pub(crate) fn type_ids<'a, T>(&self, of: impl IntoIterator<Item = &'a (Id<TypeDecl>, T)>) -> Vec<String>
    where
        T: 'a,
    {
        of.into_iter().map(|(id, _)| self.type_id(*id)).collect()
    }

    fn in_domain(&self, domain: Option<Id<Domain>>, name: &str) -> String {
        match domain {
            Some(domain) => format!("{}.{name}", self.domain_id(domain)),
            None => name.to_owned(),
        }
    }
}
