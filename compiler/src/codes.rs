//! The codes that lowering raises itself; those of the rules stand in the rules' table.

use aqueduct_dsl::diagnostic::Code;

/// A name that nothing declares.
pub const UNRESOLVED_NAME: Code = Code("NAM001");
/// Two things of one name.
pub const NAME_TWICE: Code = Code("NAM002");
/// Limits, parameters or tags that a type does not have.
pub const ILL_FORMED_TYPE: Code = Code("TYP001");
/// A value that does not fit the type it is given to.
pub const VALUE_DOES_NOT_FIT: Code = Code("TYP002");
/// An HTTP operation whose path, method or target do not go together.
pub const API_DOES_NOT_FIT: Code = Code("API001");
/// Something in a place where it has no meaning.
pub const OUT_OF_PLACE: Code = Code("NAM003");
/// Rust in an annotated module that says nothing in the language.
pub const RUST_OUT_OF_PLACE: Code = Code("RST001");
