// {$ header $}

//! {$ system $}: its messages, a trait for each service, and the wiring.
{%- if !docs.is_empty() %}
//!
{$ docs $}
{%- endif %}

pub mod messages;
pub mod services;
mod wiring;

pub use wiring::{Services, program, topology};
