//! What `aqueduct-aws` keeps in an item besides a row's fields; no field of the language begins with an underscore.

/// The attribute that changes with every write.
pub(super) const REVISION: &str = "_revision";

/// The execution that has put a row there.
pub(super) const BY: &str = "_by";
