//! Lowers the signature of a saga: what it begins with, what tells its runs apart, what it answers and fails with.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use crate::codes;
use crate::constructs;
use crate::lower::service::key_paths;
use crate::lower::{Lowering, label};
use crate::model::{Id, Saga, Service, Style, TypeDecl};

impl Lowering {
    pub(super) fn signature<'a>(
        &mut self,
        service: Id<Service>,
        operation: &'a ast::Operation,
        entry: &ast::Entry,
    ) -> Option<(Saga, Options<'a>)> {
        if self.is_taken(service, |members| &members.sagas, &operation.name) {
            return None;
        }
        let (input, input_name, input_span) = self.saga_input(service, operation)?;
        let on = self.listens(&operation.listens);
        if operation.listens.is_empty() {
            self.note(&constructs::SAGA_UNHEARD, operation.name.span);
        }
        let (by, by_span) = self.saga_key(operation, input, &input_name)?;
        if let Some(fails) = &operation.fails {
            self.note(&constructs::SAGA_FAILS, fails.span);
        }
        let reply = self.saga_reply(service, operation);
        let faults = self.fails(operation.fails.as_ref());
        let options = self.options(Owner::Saga, &operation.block.entries);
        let concurrency = self.many_at_once(&options);
        let saga = Saga {
            label: label(&operation.name, entry),
            service,
            input,
            input_name,
            input_span,
            on,
            by,
            by_span,
            reply,
            answer: None,
            faults,
            style: Style::Coordinated,
            deadline: self.time(&options, "deadline", "limit"),
            concurrency,
            body: Vec::new(),
            on_fault: Vec::new(),
            again: Vec::new(),
            done: None,
            failed: None,
        };
        Some((saga, options))
    }

    fn saga_reply(
        &mut self,
        service: Id<Service>,
        operation: &ast::Operation,
    ) -> Option<(Id<TypeDecl>, SpanId)> {
        match operation.yields.as_ref()? {
            ast::Params::Message { ty, .. } => {
                self.note(&constructs::SAGA_REPLY, ty.span);
                Some((self.message_type(ty, "a saga answers with a message")?, ty.span))
            }
            ast::Params::Fields(fields) => {
                self.note(&constructs::SAGA_REPLY, operation.name.span);
                let reply = self.inline_record(service, operation, fields, "Reply");
                Some((reply, operation.name.span))
            }
            ast::Params::None => None,
        }
    }

    fn saga_input(
        &mut self,
        service: Id<Service>,
        operation: &ast::Operation,
    ) -> Option<(Id<TypeDecl>, SmolStr, SpanId)> {
        if let ast::Params::Fields(fields) = &operation.params {
            let input = self.inline_record(service, operation, fields, "Input");
            return Some((input, "it".into(), operation.name.span));
        }
        if let ast::Params::Message { ty, alias } = &operation.params {
            let input = self.message_type(ty, "a saga begins with a message")?;
            let name = alias.as_ref().map_or("it".into(), |name| name.text.clone());
            return Some((input, name, ty.span));
        }
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                operation.name.span,
                format!(
                    "saga `{}` doesn't say with which message it begins",
                    operation.name.text
                ),
            )
            .label("no message in its parentheses")
            .help(format!(
                "write `saga {}(SomeEvent as it) on a_queue by it.id`",
                operation.name.text
            )),
        );
        None
    }

    /// `by ride.ride_id`: what comes after the input's name.
    fn saga_key(
        &mut self,
        operation: &ast::Operation,
        input: Id<TypeDecl>,
        input_name: &SmolStr,
    ) -> Option<(Vec<Vec<SmolStr>>, SpanId)> {
        let Some(by) = &operation.by else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    operation.name.span,
                    format!("nothing tells two runs of saga `{}` apart", operation.name.text),
                )
                .label("no `by`")
                .note("the same message twice would be two runs: whatever it pays would be paid twice")
                .help(format!(
                    "say by which field: `saga {}(…) on … by {input_name}.id`",
                    operation.name.text
                )),
            );
            return None;
        };
        let mut names = Vec::new();
        for path in key_paths(by) {
            if matches!(operation.params, ast::Params::Fields(_)) && !path.text.starts_with("it.") {
                names.push(path);
                continue;
            }
            let Some(rest) = path.text.strip_prefix(&format!("{input_name}.")) else {
                let whole = format!("{input_name}.{}", path.text);
                self.out.push(
                    Diagnostic::error(
                        codes::UNRESOLVED_NAME,
                        path.span,
                        format!("the key of a saga is a field of `{input_name}`"),
                    )
                    .label(format!("did you mean `{whole}`?"))
                    .replace(format!("use `{whole}`"), path.span, whole),
                );
                return None;
            };
            names.push(ast::Name {
                text: rest.into(),
                span: path.span,
            });
        }
        if names.is_empty() {
            self.out.push(
                Diagnostic::error(
                    codes::ILL_FORMED_TYPE,
                    by.span,
                    "the key of a saga is a field, or several in parentheses",
                )
                .label("not a field")
                .help(format!("write `by {input_name}.id`")),
            );
            return None;
        }
        Some((self.key_paths(input, &names)?, by.span))
    }
}
