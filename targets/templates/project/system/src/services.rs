// {$ header $}

//! The services of {$ system $}: one trait each, to be implemented.
{% for (module, _) in services %}
pub mod {$ module $};
{%- endfor %}
{% for (module, name) in services %}
pub use {$ module $}::{$ name $};
{%- endfor %}
