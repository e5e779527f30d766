//! How a text differs from what would be written instead.

use similar::{ChangeTag, TextDiff};

/// A unified diff; color vanishes where nobody sees it. `becomes` says what the new text is: `formatted`.
pub(crate) fn difference(name: &str, becomes: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut out = format!("--- {name}\n+++ {name} ({becomes})\n");
    for hunk in diff.unified_diff().iter_hunks() {
        out.push_str(&format!("{}\n", hunk.header()));
        for change in hunk.iter_changes() {
            let (sign, color) = match change.tag() {
                ChangeTag::Equal => (' ', ""),
                ChangeTag::Delete => ('-', "\u{1b}[31m"),
                ChangeTag::Insert => ('+', "\u{1b}[32m"),
            };
            let reset = if color.is_empty() { "" } else { "\u{1b}[0m" };
            let line = change.value().trim_end_matches(['\n', '\r']);
            out.push_str(&format!("{color}{sign}{line}{reset}\n"));
        }
    }
    out
}
