//! The handlers of {$ system $}. Yours: `aqueduct build` made this once and leaves it alone.
{% for (module, _) in services %}
mod {$ module $};
{%- endfor %}
{% for (module, name) in services %}
pub use {$ module $}::{$ name $};
{%- endfor %}

/// {$ system $} with these handlers.
pub fn program() -> aqueduct::Program {
    system::program(system::Services {
{%- for (module, name) in in_order %}
        {$ module $}: {$ name $},
{%- endfor %}
    })
}
