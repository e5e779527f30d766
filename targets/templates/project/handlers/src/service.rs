//! What `{$ name $}` does.

{%- if !uses.is_empty() %}

{$ uses.join("\n") $}
{%- endif %}

/// Implements the service `{$ name $}`.
#[derive(Debug, Clone)]
pub struct {$ name $};

impl system::services::{$ name $} for {$ name $} {% if stubs.is_empty() %}{}{% else %}{
{%- for stub in stubs %}
{%- if !loop.first %}
{% endif %}
{$ stub $}
{%- endfor %}
}
{%- endif %}
