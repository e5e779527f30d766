//! One of several records: `enum Payment { CardPayment(CardPayment), Cash(Cash) }` is `type Payment = CardPayment | Cash`.

use syn::spanned::Spanned;
use syn::{ItemEnum, Type};

use super::{Reader, must_be};

impl Reader<'_> {
    /// Each variant holds a record and is called like it, since that name is what tells them apart in a message.
    pub(super) fn union(&mut self, item: &ItemEnum) {
        self.refuse_generics(&item.generics, "a type");
        self.documentation(&item.attrs);
        self.writer.out.line();
        let _ = self.type_name("type", item.enum_token.span, &item.ident, &item.attrs);
        self.writer.out.word("=", item.ident.span());
        for (at, variant) in item.variants.iter().enumerate() {
            self.refuse_clauses(&variant.attrs, &[], "one of several types");
            if at > 0 {
                self.writer.out.word("|", variant.span());
            }
            for field in &variant.fields {
                self.refuse_clauses(&field.attrs, &[], "one of several types");
                self.writer.ty(&field.ty, None);
                let record = match &field.ty {
                    Type::Path(path) => path.path.segments.last(),
                    _ => None,
                };
                let complaint = record.and_then(|record| {
                    let why = format!("what holds `{}` in `{}`", record.ident, item.ident);
                    must_be(&variant.ident, &record.ident.to_string(), &why)
                });
                if let Some(complaint) = complaint {
                    self.writer.out.complain(complaint);
                }
            }
        }
        self.writer.out.line();
        self.refuse_clauses(&item.attrs, &[], "one of several types");
    }
}
