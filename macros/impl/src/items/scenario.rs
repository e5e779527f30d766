//! Scenarios: `#[scenario("title")]` and a clause for each line, above an empty function.

use aqueduct_dsl::quoted;
use syn::{ItemFn, ReturnType};

use super::{Reader, out_of_place, unheard};
use crate::attributes::Declaring;
use crate::clause::plain;
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
        for complaint in unheard(&item.sig) {
            self.writer.out.complain(complaint);
        }
        if let ReturnType::Type(_, ty) = &item.sig.output {
            self.writer.out.complain(Complaint::over(
                ty,
                format!("scenario `{}` gives something back", item.sig.ident),
                "nobody asks for it",
                format!("write `fn {}() {{}}`", item.sig.ident),
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
