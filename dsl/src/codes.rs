//! The codes of the front end; each has a page in `compiler/rules`.

use crate::diagnostic::Code;

/// The text is not `.flow`: one finding for each entry that could not be read.
pub const UNREADABLE_ENTRY: Code = Code("SYN001");
/// A clause begins with a word that no clause begins with.
pub const UNKNOWN_CLAUSE: Code = Code("SYN002");
/// A clause's word is right and what follows it is not.
pub const CLAUSE_ARGUMENTS: Code = Code("SYN003");
/// A clause stands twice where it can hold only once.
pub const CLAUSE_TWICE: Code = Code("SYN004");
/// A clause stands in a construct that it says nothing about.
pub const CLAUSE_IN_THE_WRONG_PLACE: Code = Code("SYN005");

/// All codes of this crate with their names, in order.
pub const ALL: [(Code, &str); 5] = [
    (UNREADABLE_ENTRY, "unreadable-entry"),
    (UNKNOWN_CLAUSE, "unknown-clause"),
    (CLAUSE_ARGUMENTS, "clause-arguments"),
    (CLAUSE_TWICE, "clause-twice"),
    (CLAUSE_IN_THE_WRONG_PLACE, "clause-in-the-wrong-place"),
];
