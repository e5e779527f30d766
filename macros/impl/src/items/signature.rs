//! What goes into an operation and what comes back: a message, or fields.

use heck::{ToSnakeCase, ToUpperCamelCase};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Pat, PatType, ReturnType, TraitItemFn, Type};

use super::field::fields_in;
use super::operation::Operation;
use super::{Reader, must_be};
use crate::attributes::{find, list};
use crate::clause::plain;
use crate::complaint::Complaint;
use crate::types::{argument_of, arguments_of, is_known};

impl Reader<'_> {
    /// What goes in: one declared message, or a field for each parameter.
    pub(super) fn params(&mut self, operation: &Operation<'_>) {
        let Operation {
            item,
            service,
            name,
            external,
            ..
        } = *operation;
        let ident = &item.sig.ident;
        let mut inputs: Vec<&PatType> = Vec::new();
        let mut receiver = false;
        for input in &item.sig.inputs {
            match input {
                FnArg::Receiver(own) => {
                    receiver = true;
                    if own.to_token_stream().to_string().replace(' ', "") != "&self" {
                        self.writer.out.complain(
                            Complaint::over(
                                own,
                                format!("handler `{ident}` doesn't take `&self`"),
                                "taken otherwise than it is implemented",
                                "write `&self`",
                            )
                            .note("several messages are handled at once, by one value"),
                        );
                    }
                }
                FnArg::Typed(input) => inputs.push(input),
            }
        }
        if operation.is_written() {
            let context = inputs.iter().position(|input| is_context(&input.ty));
            let wanted = format!("{}Context", name.to_upper_camel_case());
            match context.map(|at| inputs.remove(at)) {
                Some(input) if external => self.writer.out.complain(Complaint::over(
                    input,
                    format!("handler `{ident}` of `{service}` runs outside and has no context"),
                    "a context is what our own handlers act through",
                    "leave this parameter out",
                )),
                Some(input) => {
                    self.refuse_clauses(&input.attrs, &[], "a context");
                    let found = context_ident(&input.ty);
                    let complaint = found.and_then(|found| {
                        must_be(&found, &wanted, &format!("the context of handler `{ident}`"))
                    });
                    if let Some(complaint) = complaint {
                        self.writer.out.complain(complaint);
                    }
                }
                None if external => {}
                None => self.writer.out.complain(
                    Complaint::new(
                        ident.span(),
                        format!("handler `{ident}` has no context"),
                        "nothing to act through",
                        format!("let its last parameter be `cx: &mut {wanted}`"),
                    )
                    .note("a context has a method for each effect that the handler declares, and no other"),
                ),
            }
            let missing = match (receiver, item.sig.asyncness.is_some()) {
                (true, true) => None,
                (true, false) => Some("is not `async`"),
                (false, true) => Some("doesn't take `&self`"),
                (false, false) => Some("is not `async` and doesn't take `&self`"),
            };
            if let Some(missing) = missing {
                self.writer.out.complain(Complaint::new(
                    ident.span(),
                    format!("handler `{ident}` {missing}"),
                    "declared otherwise than it is implemented",
                    format!("write `async fn {ident}(&self, …) -> Result<…>;`"),
                ));
            }
        }
        self.writer.out.glued("(", item.sig.paren_token.span.open());
        match inputs.as_slice() {
            [one] if self.is_message(one) => {
                self.refuse_clauses(
                    &one.attrs,
                    &[],
                    "a whole message: its fields are declared with it",
                );
                let parameter = parameter(one);
                if parameter.is_none() {
                    self.taken_apart(one);
                }
                self.writer.ty(&one.ty, None);
                let short = self.message_name(&one.ty);
                if let Some(alias) = parameter.filter(|alias| plain(alias) != short) {
                    self.writer.out.word("as", alias.span());
                    self.writer.out.word(&plain(&alias), alias.span());
                }
            }
            fields => {
                for field in fields {
                    let Some(ident) = parameter(field) else {
                        self.taken_apart(field);
                        continue;
                    };
                    let _ = self.field(&field.attrs, &ident, &field.ty);
                }
            }
        }
        self.writer.out.glued(")", item.sig.paren_token.span.close());
    }

    /// What comes back: a declared message, or the fields that `#[reply]` names.
    pub(super) fn reply(&mut self, operation: &Operation<'_>) {
        let Operation {
            item, service, name, ..
        } = *operation;
        let written = operation.is_written();
        let ty = match &item.sig.output {
            ReturnType::Type(_, ty) => match argument_of(ty, "Result") {
                Some(inner) => {
                    self.own_failure(ty);
                    Some(inner)
                }
                None if !written => Some(ty.as_ref()),
                None => {
                    self.result_missing(item, ty.span());
                    None
                }
            },
            ReturnType::Default => {
                if written {
                    self.result_missing(item, item.sig.ident.span());
                }
                None
            }
        };
        let attribute = find(&item.attrs, "reply");
        let Some(ty) = ty else {
            // Nobody writes its body, so nobody needs the type.
            if let Some(attribute) = attribute.filter(|_| !written) {
                self.reply_fields(attribute);
            }
            return;
        };
        if let Some(attribute) = attribute {
            let wanted = format!("{service}{}Reply", name.to_upper_camel_case());
            self.reply_fields(attribute);
            let found = syn::parse2::<syn::Ident>(ty.to_token_stream()).ok();
            let complaint = match found {
                Some(found) => must_be(
                    &found,
                    &wanted,
                    &format!("the reply of handler `{}`", item.sig.ident),
                ),
                None => Some(Complaint::over(
                    ty,
                    format!("the reply of handler `{}` is called `{wanted}`", item.sig.ident),
                    "not the message that `#[reply]` makes",
                    format!("write `Result<{wanted}>`, or leave `#[reply]` out"),
                )),
            };
            if let Some(complaint) = complaint {
                self.writer.out.complain(complaint);
            }
            return;
        }
        if !matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty()) {
            self.writer.out.word("->", ty.span());
            self.writer.ty(ty, None);
        }
    }

    /// `#[reply(code: String)]` is `-> (code: string)`.
    fn reply_fields(&mut self, attribute: &Attribute) {
        let Ok(fields) = fields_in(list(attribute)) else {
            self.writer.out.complain(Complaint::over(
                &list(attribute),
                "`#[reply]` holds something that is no field",
                "the fields of the reply",
                "write fields as in a struct: `#[reply(code: String)]`",
            ));
            return;
        };
        let span = attribute.path().span();
        self.writer.out.word("->", span);
        self.writer.out.word("(", span);
        for field in fields {
            if let Some(ident) = &field.ident {
                let _ = self.field(&field.attrs, ident, &field.ty);
            }
        }
        self.writer.out.glued(")", span);
    }

    /// What a handler fails with is the runtime's, and says whether to try again.
    fn own_failure(&mut self, ty: &Type) {
        let Some(other) = arguments_of(ty).into_iter().nth(1) else {
            return;
        };
        let name = other.to_token_stream().to_string();
        if name.rsplit(' ').next() != Some("Failure") {
            self.writer.out.complain(Complaint::over(
                other,
                "handlers fail with `aqueduct::Failure`",
                "another type",
                "write `Result<Reply>`, and say which faults it says no with: `#[handler(fails = CardDeclined)]`",
            ));
        }
    }

    fn taken_apart(&mut self, parameter: &PatType) {
        self.writer.out.complain(Complaint::over(
            &parameter.pat,
            "a parameter is taken apart in a declaration",
            "a pattern",
            "give it a name; take it apart where the trait is implemented",
        ));
    }

    fn result_missing(&mut self, item: &TraitItemFn, span: proc_macro2::Span) {
        self.writer.out.complain(
            Complaint::new(
                span,
                format!("handler `{}` gives no `Result`", item.sig.ident),
                "couldn't say that it failed",
                "write `-> Result<Reply>`, or `-> Result<()>` when nothing comes back",
            )
            .note("a handler that fails is tried again, and what it did is undone"),
        );
    }

    /// Whether a parameter is the whole message and not one of its fields.
    fn is_message(&self, input: &PatType) -> bool {
        let Type::Path(path) = &*input.ty else {
            return false;
        };
        let names = self.writer.names;
        // A name that nobody knows is a message's misspelt.
        let unknown = |name: &str| !names.is_type(name) && (name == "Any" || !is_known(name));
        let message = names.is_record(&path.path)
            || argument_of(&input.ty, "OneOf").is_some()
            || path.path.get_ident().is_some_and(|ident| unknown(&plain(ident)));
        message && find(&input.attrs, "field").is_none()
    }

    /// What a message is called where nobody gives it a name: `PaidV2` is `paid_v2`, as is `Paid.v2`, and what has none
    /// is `it`.
    fn message_name(&self, ty: &Type) -> String {
        let rust = ty.to_token_stream().to_string();
        if argument_of(ty, "OneOf").is_some() || rust == "Any" && !self.writer.names.is_type(&rust) {
            return "it".to_owned();
        }
        let name = match ty {
            Type::Path(path) => self.writer.names.short_at(&path.path),
            _ => None,
        };
        name.unwrap_or(rust).to_snake_case()
    }
}

fn is_context(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if reference.mutability.is_some())
}

fn context_ident(ty: &Type) -> Option<syn::Ident> {
    let Type::Reference(reference) = ty else {
        return None;
    };
    let Type::Path(path) = &*reference.elem else {
        return None;
    };
    path.path.segments.last().map(|segment| segment.ident.clone())
}

fn parameter(input: &PatType) -> Option<syn::Ident> {
    let Pat::Ident(pattern) = &*input.pat else {
        return None;
    };
    Some(pattern.ident.clone())
}
