//! Scenarios: `#[scenario("title")]` and a clause for each line, above an empty function.

use syn::ItemFn;

use super::{Reader, out_of_place};
use crate::attributes::Declaring;
use crate::clause::{plain, quoted};
use crate::complaint::Complaint;

impl Reader<'_> {
    /// The lines stand in the order of the attributes.
    pub(super) fn scenario(&mut self, item: &ItemFn) {
        let Some(mut declaring) = Declaring::find(&item.attrs, &["scenario"]) else {
            let what = format!("function `{}`", item.sig.ident);
            let help = "move it out of the module; scenarios are functions with `#[scenario(\"title\")]`";
            self.writer
                .out
                .complain(out_of_place(item.sig.ident.span(), &what, help));
            return;
        };
        if !item.block.stmts.is_empty() || !item.sig.inputs.is_empty() {
            self.writer.out.complain(Complaint::new(
                item.sig.ident.span(),
                format!("scenario `{}` has a body or parameters", item.sig.ident),
                "the lines of a scenario are its attributes",
                format!(
                    "write `fn {}() {{}}`, and each line as `#[when(…)]` or `#[then(…)]`",
                    item.sig.ident
                ),
            ));
        }
        self.refuse_generics(&item.sig.generics, "a scenario");
        let (title, span) = declaring
            .take_text()
            .unwrap_or_else(|| (plain(&item.sig.ident).replace('_', " "), item.sig.ident.span()));
        self.documentation(&item.attrs);
        self.writer.out.line();
        self.writer.out.word("scenario", declaring.span);
        self.writer.out.word(&quoted(&title), span);
        self.writer.out.word("{", declaring.span);
        self.writer.entries(declaring.entries());
        self.clauses(&item.attrs, &["scenario"]);
        self.writer.out.line();
        self.writer.out.glued("}", item.sig.ident.span());
        self.writer.out.line();
    }
}
