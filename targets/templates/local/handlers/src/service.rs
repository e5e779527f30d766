//! What `{$ name $}` does.

{$ uses.join("\n") $}

/// Implements the service `{$ name $}`.
#[derive(Debug, Clone)]
pub struct {$ name $};

impl system::services::{$ name $} for {$ name $} {
{%- for stub in stubs %}
{%- if !loop.first %}
{% endif %}
{$ stub $}
{%- endfor %}
}
