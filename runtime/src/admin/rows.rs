//! Counts the rows of tables in a snapshot, for a running program and for a store at rest alike.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::store::keys::{Key, Space};
use crate::store::{Error, Read};
use crate::topology::OWN;

/// How many rows each table has that has any.
///
/// Counting takes time with the number of rows, but only when somebody asks; keeping counts would cost every commit.
pub(super) fn count(snapshot: &(impl Read + ?Sized)) -> Result<BTreeMap<String, u64>, Error> {
    let mut tables = BTreeMap::new();
    // All rows of a table stand together, so a name is looked up once for each table.
    let mut current: Option<(Vec<u8>, u64)> = None;
    let (from, to) = Key::new(Space::Row).range();
    snapshot.scan(&from, &to, &mut |key, _| {
        let rest = key.get(2..).unwrap_or_default();
        let name = rest.split(|byte| *byte == 0).next().unwrap_or_default();
        match &mut current {
            Some((known, count)) if known == name => *count += 1,
            _ => note(&mut tables, current.replace((name.to_vec(), 1))),
        }
        ControlFlow::Continue(())
    })?;
    note(&mut tables, current);
    Ok(tables)
}

fn note(tables: &mut BTreeMap<String, u64>, counted: Option<(Vec<u8>, u64)>) {
    if let Some((name, count)) = counted
        && !name.starts_with(OWN.as_bytes())
    {
        tables.insert(String::from_utf8_lossy(&name).into_owned(), count);
    }
}
