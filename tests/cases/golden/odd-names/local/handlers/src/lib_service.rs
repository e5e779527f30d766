//! What `Lib` does.

/// Implements the service `Lib`.
#[derive(Debug, Clone)]
pub struct Lib;

impl system::services::Lib for Lib {}
