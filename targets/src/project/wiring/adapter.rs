//! What stands between a handler of the user's and the engine: decodes its input, makes its context, encodes its reply.

use aqueduct_compiler::model::{Handler, Id, Model};

use crate::project::Inputs;
use crate::project::service::is_spread;
use crate::rust::layout::{call, text};
use crate::rust::names::{camel, ident, literal, service_name, snake, type_name};

/// One handler behind the engine's seam.
pub(super) struct AdapterView {
    pub(super) name: String,
    pub(super) service: String,
    pub(super) handler: String,
    pub(super) context: String,
    pub(super) takes_input: bool,
    /// Of the input, where nothing else says it.
    pub(super) input_type: Option<String>,
    pub(super) arguments: String,
    pub(super) replies: bool,
}

impl AdapterView {
    pub(super) fn of(model: &Model, id: Id<Handler>, inputs: Inputs) -> Self {
        let handler = &model.handlers[id];
        let service = &model.services[handler.service].label.name;
        let handler_name = camel(&handler.label.name);
        let spread = handler.input.filter(|input| is_spread(model, *input, inputs));
        let arguments = match (handler.input, spread) {
            (_, Some(input)) => {
                let fields = model.fields(input).iter();
                fields
                    .map(|field| format!("input.{}, ", ident(&field.label.name)))
                    .collect()
            }
            (Some(_), None) => "input, ".to_owned(),
            (None, None) => String::new(),
        };
        Self {
            input_type: spread.map(|input| format!("crate::messages::{}", type_name(model, input))),
            arguments,
            name: format!("{}{handler_name}", camel(service)),
            context: format!("services::{}::{handler_name}Context", snake(service)),
            handler: ident(&handler.label.name),
            service: service_name(model, handler.service),
            takes_input: handler.input.is_some(),
            replies: handler.reply.is_some(),
        }
    }
}

/// The line that gives a handler to the program.
pub(super) fn registration(model: &Model, id: Id<Handler>) -> String {
    let handler = &model.handlers[id];
    let service = &model.services[handler.service].label.name;
    let adapter = format!("{}{}", camel(service), camel(&handler.label.name));
    let arc = call("Arc::clone", [text(format!("&{}", snake(service)))]);
    let code = call(
        "handler",
        [text(literal(&model.handler_name(id))), call(adapter, [arc])],
    );
    format!("        .{}", code.lay(9, 0).replace("\n         ", "\n        "))
}
