//! The rest of a file after a syntax error.

use crate::ast::File;
use crate::codes::UNREADABLE_ENTRY;
use crate::diagnostic::Diagnostic;
use crate::parse::Builder;

/// Reads what can be read of a file that is not `.flow` as a whole.
pub(crate) fn file(builder: &mut Builder<'_>, text: &str) -> File {
    let span = builder.sources.span(builder.file, 0, text.len());
    builder.out.push(Diagnostic::error(
        UNREADABLE_ENTRY,
        span,
        "the file cannot be read",
    ));
    File::default()
}
