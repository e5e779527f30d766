//! Reads a model, and knows the names by which its parts refer to each other.

use aqueduct_compiler::model::{
    Channel, Choose, Domain, Handler, Id, Model, Saga, Scatter, Service, StageKind, Store, TypeDecl,
};
use aqueduct_dsl::source::SourceMap;

/// A model, and the sources that it was read from.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) model: &'a Model,
    pub(crate) sources: &'a SourceMap,
}

/// Names in full: the domain in front where there is one, then the service, then the name.
impl Reader<'_> {
    pub(crate) fn domain_id(&self, id: Id<Domain>) -> String {
        self.model.domains[id].label.name.to_string()
    }

    pub(crate) fn type_id(&self, id: Id<TypeDecl>) -> String {
        let declared = &self.model.types[id];
        self.in_domain(declared.domain, &declared.label.name)
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
        let leads = |stage: &StageKind| matches!(stage, StageKind::Arm { choose, .. } if *choose == id);
        let mut routes = self.model.routes.values();
        routes
            .find(|route| route.stages.iter().any(|stage| leads(&stage.kind)))
            .map(|route| route.from)
    }

    /// Routers have no name of their own: they are counted among those of their channel.
    pub(crate) fn router_id(&self, id: Id<Choose>) -> String {
        let source = self.source_of(id);
        let before = self.model.chooses.ids().take_while(|other| *other != id);
        let number = before.filter(|other| self.source_of(*other) == source).count() + 1;
        match source {
            Some(channel) => format!("{} choose {number}", self.channel_id(channel)),
            None => format!("choose {number}"),
        }
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
