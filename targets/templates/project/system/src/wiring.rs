// {$ header $}

//! How {$ system $} is put together: the topology as data, and the program over it.

use std::sync::Arc;
{%- if duration %}
use std::time::Duration;
{%- endif %}

{$ uses.join("\n") $}

/// Channels, routes, tables, handlers and HTTP operations, as declared.
pub fn topology() -> Topology {
{$ topology $}
}

/// One implementation of each service.
#[derive(Debug, Clone)]
{$ services_head $}
{%- for service in services %}
    /// Does the work of `{$ service.name $}`.
    pub {$ service.field $}: {$ service.name $},
{%- endfor %}
}

/// The topology joined with the handlers.
{$ program $}
where
{%- for bound in bounds %}
    {$ bound $}
{%- endfor %}
{
{%- for service in services %}
{%- if service.works %}
    let {$ service.field $} = Arc::new(services.{$ service.field $});
{%- endif %}
{%- endfor %}
    Program::new(topology())
{%- for line in registrations %}
{$ line $}
{%- endfor %}
}
{%- for adapter in adapters %}

struct {$ adapter.name $}<S>(Arc<S>);

impl<S: services::{$ adapter.service $}> Handler for {$ adapter.name $}<S> {
    async fn handle(&self, {% if !adapter.takes_input %}_{% endif %}input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let mut cx = {$ adapter.context $}::new(activation);
{%- if adapter.takes_input %}
        let input{% if let Some(ty) = adapter.input_type %}: {$ ty $}{% endif %} = input.decode()?;
{%- endif %}
{%- if adapter.replies %}
        let reply = self.0.{$ adapter.handler $}({$ adapter.arguments $}&mut cx).await?;
        Reply::with(&reply)
{%- else %}
        self.0.{$ adapter.handler $}({$ adapter.arguments $}&mut cx).await?;
        Ok(Reply::none())
{%- endif %}
    }
}
{%- endfor %}
