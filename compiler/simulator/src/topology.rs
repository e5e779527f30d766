//! The topology of a model, as generated `wiring.rs` builds it; a test compares the two.

use std::time::Duration;

use aqueduct::expr::{self, Expr, Function};
use aqueduct::topology::{ExternalHandler, Idempotent, RowAnswer, Undoes};
use aqueduct::{
    Api, ExternalSpec, HandlerSpec, Queue, Route, SagaSpec, Shape, Shapes, TableSpec, Topic, Topology,
};
use aqueduct_compiler::check::Checked;
use aqueduct_compiler::model::{
    self, ApiTarget, Auth, Channel, ChannelKind, Comparison, Constant, Handler, Id, Model, Operand,
    Predicate, PredicateKind, Repetition, Service, TypeDecl,
};
use smol_str::SmolStr;

use crate::shapes;

/// Channels, routes, tables, handlers, extern services, sagas and HTTP operations of a model.
pub fn topology(checked: Checked<'_>) -> Topology {
    let model = checked.model();
    let shapes = Shapes::default();
    let _ = shapes::all(model, &shapes);
    let builder = Builder { model, shapes };
    let mut made = Topology::new(&model.name);
    for channel in model.channels.values() {
        made = builder.channel(made, channel);
    }
    for route in model.routes.values() {
        made = made.route(builder.route(route));
    }
    for id in model.stores.ids() {
        made = made.table(TableSpec {
            name: model.store_name(id),
            row: builder.named(model.stores[id].row),
        });
    }
    for id in model.own_handlers() {
        made = made.handler(builder.handler(id));
    }
    for (_, service) in model.external_services() {
        made = made.external(builder.external(service));
    }
    for id in model.sagas.ids() {
        made = made.saga(SagaSpec::new(aqueduct_targets::saga::definition(model, id)));
    }
    for api in model.apis.values() {
        made = made.api(builder.api(api));
    }
    made
}

struct Builder<'a> {
    model: &'a Model,
    shapes: Shapes,
}

impl Builder<'_> {
    fn named(&self, id: Id<TypeDecl>) -> Shape {
        shapes::named(self.model, &self.shapes, id)
    }

    fn name(&self, id: Id<Channel>) -> &str {
        &self.model.channels[id].label.name
    }

    fn channel(&self, made: Topology, channel: &Channel) -> Topology {
        let name = channel.label.name.as_str();
        let kind = self.model.types[channel.carries].label.name.to_string();
        let carries = Some((kind, self.named(channel.carries)));
        let fifo_by: Vec<Vec<String>> = channel
            .order
            .iter()
            .flat_map(|order| &order.by)
            .map(|path| strings(path))
            .collect();
        match &channel.kind {
            ChannelKind::Bus | ChannelKind::Stream => made,
            ChannelKind::Topic => made.topic(Topic {
                carries,
                fifo_by,
                ..Topic::new(name)
            }),
            ChannelKind::Queue {
                dead_letter,
                retain,
                visibility: _,
            } => {
                let mut queue = Queue::new(name).dead_letter_after(dead_letter.after.value);
                queue.carries = carries;
                queue.fifo_by = fifo_by;
                queue.dead_letter_to = dead_letter.to.map(|(to, _)| self.name(to).to_owned());
                queue.retain = retain.map(|retain| milliseconds(retain.value));
                made.queue(queue)
            }
        }
    }

    fn route(&self, route: &model::Route) -> Route {
        let made = Route::new(self.name(route.from), self.name(route.to));
        let message = self.model.channels[route.from].carries;
        let filters = route.filters().map(|filter| self.expr(message, filter.predicate));
        let mut filters: Vec<Expr> = filters.collect();
        match filters.len() {
            0 => made,
            1 => made.filter(filters.remove(0)),
            _ => made.filter(expr::all(filters)),
        }
    }

    fn handler(&self, id: Id<Handler>) -> HandlerSpec {
        let handler = &self.model.handlers[id];
        let made = HandlerSpec::new(&self.model.handler_name(id))
            .concurrency(handler.at_once())
            .timeout(milliseconds(handler.timeout.value));
        let mut made = match handler.on {
            Some((channel, _)) => made.on(self.name(channel)),
            None => made,
        };
        if let Some(Repetition::Idempotent { by, window, .. }) = &handler.repetition {
            made.idempotent = Some(Idempotent {
                by: dotted(by),
                window: window.map(milliseconds),
            });
        }
        made.undoes = handler.undoes.as_ref().map(|undoes| Undoes {
            handler: self.model.handler_name(undoes.handler),
            by: dotted(&undoes.by),
        });
        made.fence = handler
            .fence
            .as_ref()
            .map(|(by, _)| dotted(by))
            .unwrap_or_default();
        made.fails = self.faults(handler);
        made.calls_out = !handler.calls.is_empty();
        made
    }

    fn faults(&self, handler: &Handler) -> Vec<String> {
        let faults = handler.fails.iter();
        faults
            .map(|(fault, _)| self.model.types[*fault].label.name.to_string())
            .collect()
    }

    fn external(&self, service: &Service) -> ExternalSpec {
        let handlers = service.handlers.iter().map(|id| {
            let handler = &self.model.handlers[*id];
            ExternalHandler {
                name: handler.label.name.to_string(),
                fails: self.faults(handler),
                timeout: milliseconds(handler.timeout.value),
            }
        });
        let limit = service.limit.and_then(|limit| {
            let (count, within) = limit.value;
            Some((u32::try_from(count).ok()?, milliseconds(within)))
        });
        ExternalSpec {
            handlers: handlers.collect(),
            limit,
            ..ExternalSpec::new(&service.label.name)
        }
    }

    fn api(&self, api: &model::Api) -> Api {
        let new = match api.method {
            model::Method::Get => Api::get,
            model::Method::Post => Api::post,
            model::Method::Put => Api::put,
            model::Method::Patch => Api::patch,
            model::Method::Delete => Api::delete,
        };
        let mut made = new(&api.path.text).returns(api.success);
        match api.target {
            ApiTarget::Row(store) => {
                made.row = Some(RowAnswer {
                    table: crate::constant(&self.model.store_name(store)),
                    row: self.named(self.model.stores[store].row),
                });
            }
            ApiTarget::Handler(handler) => {
                made.handler = Some(self.model.handler_name(handler));
                made.accepts = self.model.handlers[handler].input.map(|input| self.named(input));
            }
            ApiTarget::Rows(_)
            | ApiTarget::Channel(_)
            | ApiTarget::Scatter(..)
            | ApiTarget::Saga(..)
            | ApiTarget::Complete(..) => {}
        }
        made.jwt = matches!(api.auth, Some(Auth::Jwt { .. }));
        made.location = aqueduct_targets::location(self.model, api);
        made
    }

    fn expr(&self, of: Id<TypeDecl>, predicate: &Predicate) -> Expr {
        let each = |parts: &[Predicate]| parts.iter().map(|part| self.expr(of, part)).collect::<Vec<_>>();
        match &predicate.kind {
            PredicateKind::All(parts) => expr::all(each(parts)),
            PredicateKind::Any(parts) => expr::any(each(parts)),
            PredicateKind::Not(inner) => self.expr(of, inner).negate(),
            PredicateKind::Compare(how, left, right) => {
                let (left, right) = (self.operand(of, left), self.operand(of, right));
                match how {
                    Comparison::Equal => left.eq(right),
                    Comparison::NotEqual => left.ne(right),
                    Comparison::Less => left.lt(right),
                    Comparison::AtMost => left.le(right),
                    Comparison::Greater => left.gt(right),
                    Comparison::AtLeast => left.ge(right),
                }
            }
            // Refused where nothing computes.
            PredicateKind::Computed(..) => expr::all(Vec::new()),
            PredicateKind::In(left, values) => {
                let values = values.iter().map(|value| self.operand(of, value));
                self.operand(of, left).is_in(expr::list(values))
            }
            PredicateKind::Text(test, left, right) => {
                let function = match test.as_str() {
                    "starts_with" => Function::StartsWith,
                    "ends_with" => Function::EndsWith,
                    _ => Function::Contains,
                };
                expr::call(function, [self.operand(of, left), self.operand(of, right)])
            }
            PredicateKind::Holds(inner) => self.operand(of, inner).eq(expr::boolean(true)),
        }
    }

    fn operand(&self, of: Id<TypeDecl>, operand: &Operand) -> Expr {
        let value = match &operand.value {
            Ok(path) if path.explicit || self.model.at_path(of, &path.segments).is_some() => {
                expr::field(&path.text())
            }
            // A word that is no field is a value of an enum.
            Ok(path) => expr::text(&path.text()),
            Err(constant) => of_constant(constant),
        };
        if operand.size {
            expr::call(Function::Size, [value])
        } else {
            value
        }
    }
}

fn of_constant(constant: &Constant) -> Expr {
    match constant {
        Constant::Number(number) => expr::number(&number.to_string()),
        Constant::Text(value) | Constant::Word(value) => expr::text(value),
        Constant::Bool(value) => expr::boolean(*value),
        Constant::Duration(milliseconds) => expr::number(&milliseconds.to_string()),
        Constant::None => expr::none(),
        Constant::List(items) => expr::list(items.iter().map(of_constant)),
    }
}

pub(crate) fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn strings(path: &[SmolStr]) -> Vec<String> {
    path.iter().map(ToString::to_string).collect()
}

fn dotted(paths: &[Vec<SmolStr>]) -> Vec<String> {
    paths.iter().map(|path| path.join(".")).collect()
}
