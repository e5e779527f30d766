//! Blank lines of a text that nobody laid out: around what takes several lines or is documented.

use super::print::{self, STEP};
use super::tree::{Item, List, What};
use crate::clauses::Owner;

/// Sets large entries apart, at the top level and in services; elsewhere lines stand close together.
pub(super) fn set_apart(list: &mut List<'_>, indent: usize) {
    let large: Vec<bool> = list.items.iter().map(|item| is_large(item, indent)).collect();
    let pairs = large.iter().zip(large.iter().skip(1));
    for ((before, this), item) in pairs.zip(list.items.iter_mut().skip(1)) {
        if *before || *this {
            let gap = item
                .before
                .first_mut()
                .map_or(&mut item.gap, |line| &mut line.gap);
            *gap = true;
        }
    }
    for part in list.items.iter_mut().flat_map(|item| &mut item.parts) {
        if let What::List(inner) = &mut part.what
            && matches!(inner.owner, Some(Owner::Service | Owner::ExternService))
        {
            set_apart(inner, indent + STEP);
        }
    }
}

fn is_large(item: &Item<'_>, indent: usize) -> bool {
    let documented = item.before.iter().any(|line| line.text.starts_with("///"));
    documented || print::item(item, indent).contains('\n')
}
