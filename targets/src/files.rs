//! A set of files as a value, in the order of their paths.

use std::collections::BTreeMap;

/// Whose a file is once it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// The compiler's: written anew each time, deleted when it is no longer made.
    Generated,
    /// The user's: written when it is not there, and never touched again.
    Once,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its text; LF, with a newline at the end.
    pub text: String,
    /// Whose it is.
    pub ownership: Ownership,
}

/// Files by their path, which is relative, with `/` between its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    files: BTreeMap<String, File>,
}

impl Files {
    /// Adds a file that the compiler owns.
    pub fn generated(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.add(path.into(), text.into(), Ownership::Generated);
    }

    /// Adds a file that is the user's as soon as it exists.
    pub fn once(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.add(path.into(), text.into(), Ownership::Once);
    }

    fn add(&mut self, path: String, mut text: String, ownership: Ownership) {
        let kept = text.trim_end().len();
        text.truncate(kept);
        text.push('\n');
        let _ = self.files.insert(path, File { text, ownership });
    }

    /// All files by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// A file by its path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// Adds all files of another set.
    pub fn extend(&mut self, other: Self) {
        self.files.extend(other.files);
    }
}
