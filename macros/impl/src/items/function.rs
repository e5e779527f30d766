//! Scenarios and choreographies: `#[scenario("title")]`, and a clause for each line, above an empty function.

use aqueduct_dsl::quoted;
use heck::ToUpperCamelCase;
use syn::{ItemFn, ReturnType};

use super::{Reader, out_of_place, unheard};
use crate::attributes::{Declaring, is, name_of, said};
use crate::clause::plain;
use crate::complaint::Complaint;

impl Reader<'_> {
    /// The lines stand in the order of the attributes.
    pub(super) fn function(&mut self, item: &ItemFn) {
        let Some(declaring) = Declaring::find(&item.attrs, &["scenario", "choreography"]) else {
            self.lines(&item.attrs);
            let what = format!("function `{}`", item.sig.ident);
            let help = "move it out of the module; scenarios are functions with `#[scenario(\"title\")]`";
            self.writer
                .out
                .complain(out_of_place(item.sig.ident.span(), &what, help));
            return;
        };
        self.refuse_body(item, &declaring.word);
        self.refuse_generics(&item.sig.generics, &format!("a {}", declaring.word));
        if declaring.word == "choreography" {
            self.choreography(item, declaring);
        } else {
            self.lines(&item.attrs);
            self.scenario(item, declaring);
        }
    }

    /// Nobody runs the function: all that it says stands above it.
    fn refuse_body(&mut self, item: &ItemFn, what: &str) {
        if !item.block.stmts.is_empty() || !item.sig.inputs.is_empty() {
            self.writer.out.complain(Complaint::new(
                item.sig.ident.span(),
                format!("{what} `{}` has a body or parameters", item.sig.ident),
                format!("the lines of a {what} are its attributes"),
                format!(
                    "write `fn {}() {{}}`, and each line as {}",
                    item.sig.ident,
                    if what == "scenario" {
                        "`#[when(…)]` or `#[then(…)]`"
                    } else {
                        "`#[route(A -> S::h -> B)]`"
                    },
                ),
            ));
        }
        for complaint in unheard(&item.sig) {
            self.writer.out.complain(complaint);
        }
        if let ReturnType::Type(_, ty) = &item.sig.output {
            self.writer.out.complain(Complaint::over(
                ty,
                format!("{what} `{}` gives something back", item.sig.ident),
                "nobody asks for it",
                format!("write `fn {}() {{}}`", item.sig.ident),
            ));
        }
    }

    fn scenario(&mut self, item: &ItemFn, mut declaring: Declaring) {
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

    /// `#[choreography(by order_id)] #[route(A -> S::h -> B)] fn fulfilment() {}` is `choreography Fulfilment by …`.
    fn choreography(&mut self, item: &ItemFn, mut declaring: Declaring) {
        let _ = declaring.take("name");
        for attribute in item.attrs.iter().filter(|attribute| !is(attribute, "route")) {
            self.lines(std::slice::from_ref(attribute));
        }
        self.documentation(&item.attrs);
        self.writer.out.line();
        self.writer.out.word("choreography", declaring.span);
        let rust = plain(&item.sig.ident).to_upper_camel_case();
        let name = name_of(&item.attrs).unwrap_or(rust);
        self.writer.out.word(&name, item.sig.ident.span());
        if let Some((span, key)) = said(&mut declaring, &item.attrs, "by") {
            self.writer.out.word("by", span);
            self.writer.tokens(key);
        }
        self.writer.out.word("{", declaring.span);
        self.writer.entries(declaring.entries());
        for attribute in &item.attrs {
            // Its routes are its own: they go from event to handler, and not from channel to channel.
            if is(attribute, "route") {
                self.lines(std::slice::from_ref(attribute));
            } else {
                self.clauses(std::slice::from_ref(attribute), &["choreography", "by"]);
            }
        }
        self.writer.out.line();
        self.writer.out.glued("}", item.sig.ident.span());
        self.writer.out.line();
    }
}
