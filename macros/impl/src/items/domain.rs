//! Domains: `#[domain(owner = "team-pricing")] mod pricing { … }` is a file that begins with `domain pricing { … }`.

use syn::{Item, ItemMod};

use super::{Reader, is_domain};
use crate::attributes::{Declaring, called, unspeakable};
use crate::clause::Writer;
use crate::complaint::Complaint;

impl Reader<'_> {
    /// What a module holds, as a file of its own. Its imports are for whoever reads the system: all names are known
    /// without them.
    pub(super) fn domain(&mut self, module: &ItemMod) {
        let Some(mut declaring) = Declaring::find(&module.attrs, &["domain"]) else {
            return;
        };
        let _ = declaring.take("name");
        let name = called(&module.ident, &module.attrs);
        if let Some(complaint) = unspeakable(&module.attrs) {
            self.writer.out.complain(complaint);
        }
        self.writer.out.cut();
        for attribute in &module.attrs {
            self.writer.documentation_of(attribute, "//!");
        }
        self.writer.out.line();
        self.writer.out.word("domain", declaring.span);
        self.writer.out.word(&name, module.ident.span());
        let span = declaring.span;
        self.block(Some(declaring), &module.attrs, &["domain"], span);
        self.writer.out.line();
        let Some((_, items)) = &module.content else {
            self.writer.out.complain(
                Complaint::new(
                    module.ident.span(),
                    format!("module `{}` is in another file", module.ident),
                    "without a body",
                    "write the body here, in braces: `mod name { … }`",
                )
                .note("a macro sees one item, and the whole system is checked at once"),
            );
            return;
        };
        let names = self.writer.names.within(&module.ident);
        let mut reader = Reader {
            writer: Writer {
                out: self.writer.out,
                names: &names,
            },
            places: self.places,
            domain: Some(&module.ident),
        };
        reader.lines(&module.attrs);
        for item in items {
            match item {
                Item::Mod(inner) if is_domain(inner) => reader.writer.out.complain(Complaint::new(
                    inner.ident.span(),
                    format!("domain `{}` stands in domain `{name}`", inner.ident),
                    "within another",
                    "put it beside the other: domains are not nested",
                )),
                item => {
                    let _ = reader.item(item);
                }
            }
        }
    }
}
