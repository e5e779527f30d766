//! What was done, on disk before it is answered: a gateway that dies remembers what it has taken.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::ledger::{Ledger, Operation};

/// An append-only file, or nothing.
#[derive(Debug)]
pub(crate) struct Journal(Option<File>);

impl Journal {
    /// Opens that of a folder and does again what is in it.
    pub(crate) fn open(folder: Option<&Path>) -> io::Result<(Self, Ledger)> {
        let mut ledger = Ledger::default();
        let Some(folder) = folder else {
            return Ok((Self(None), ledger));
        };
        std::fs::create_dir_all(folder)?;
        let file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(folder.join("journal.jsonl"))?;
        for line in BufReader::new(&file).lines() {
            // The last line of a gateway that died may be torn: it was never answered.
            let Ok(entry) = serde_json::from_str::<Value>(&line?) else {
                continue;
            };
            if let Some(operation) = entry["operation"].as_str().and_then(Operation::named) {
                let key = entry["key"].as_str().unwrap_or_default();
                let _ = ledger.operate(operation, key, &entry["input"]);
            }
        }
        Ok((Self(Some(file)), ledger))
    }

    /// One that nobody can write to.
    #[cfg(test)]
    pub(crate) fn sealed() -> io::Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        Ok(Self(Some(File::open(path)?)))
    }

    /// Writes down what is to be done. A number that must not be kept stays out of it.
    pub(crate) fn note(
        &mut self,
        operation: Operation,
        key: &str,
        input: &Value,
    ) -> io::Result<()> {
        let Some(file) = &mut self.0 else {
            return Ok(());
        };
        let mut input = input.clone();
        if let Some(number) = input["card"]["number"].as_str() {
            let last: String = number
                .chars()
                .skip(number.chars().count().saturating_sub(4))
                .collect();
            input["card"] = json!({ "number": last });
        }
        let entry = json!({ "operation": operation.name(), "key": key, "input": input });
        file.write_all(format!("{entry}\n").as_bytes())?;
        file.sync_data()
    }
}
