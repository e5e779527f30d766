//! What annotated Rust becomes, as text and as tokens.
