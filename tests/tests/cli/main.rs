//! The command line from outside: what it prints where, what it writes, and its exit codes.

mod begin;
mod build;
mod check;
mod draw;
mod emit;
mod fix;

use std::fs;
use std::path::Path;

use aqueduct_tests::read;

const BROKEN: &str = "event OrderPlaced { x: int }\nqueue q: Bill\n";

fn folder_with(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("system.flow"), text).unwrap();
    folder
}

fn wild_rydes() -> tempfile::TempDir {
    folder_with(&read("examples/wild-rydes/wild_rydes.flow"))
}

fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push((path.strip_prefix(folder).unwrap().display().to_string(), text));
            }
        }
    }
    found.sort();
    found
}
