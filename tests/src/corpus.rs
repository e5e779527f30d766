//! Every `.flow` text that there is.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::{blocks, read, root};

/// Every `.flow` text of the repository by its name: files, and the blocks of documents.
///
/// # Panics
/// When git isn't there, or a file that it lists can't be read.
pub fn texts() -> Vec<(String, String)> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git is there");
    let names = String::from_utf8_lossy(&output.stdout);
    let mut found = Vec::new();
    for name in names.lines().filter(|name| root().join(name).is_file()) {
        let extension = Path::new(name).extension().and_then(OsStr::to_str);
        if extension == Some("flow") {
            found.push((name.to_owned(), read(name)));
        } else if extension == Some("md") {
            let text = read(name);
            let headings = text.lines().filter_map(|line| line.strip_prefix("## "));
            let all = headings.flat_map(|heading| blocks(&text, heading, "flow"));
            found.extend(
                all.enumerate()
                    .map(|(index, text)| (format!("{name} block {index}"), text)),
            );
        }
    }
    found
}
