//! The macros of Aqueduct: a door to `aqueduct-macros-impl`, where everything is written and tested.

use proc_macro::TokenStream;

/// An architecture as annotated Rust: one inline module that declares messages, channels, services and scenarios.
///
/// It becomes the messages, a trait for each service, a context for each handler and the wiring; what `aqueduct check`
/// finds wrong with the architecture is an error here, at the words that say it.
#[proc_macro_attribute]
pub fn system(settings: TokenStream, module: TokenStream) -> TokenStream {
    aqueduct_macros_impl::system(settings.into(), module.into()).into()
}

/// The items that `aqueduct build` makes of a `.flow` file, at this place: `include_flow!("shop.flow")`.
///
/// The path is relative to the folder of the package's `Cargo.toml`; a change of the file compiles the package anew.
#[proc_macro]
pub fn include_flow(path: TokenStream) -> TokenStream {
    aqueduct_macros_impl::include_flow(path.into()).into()
}
