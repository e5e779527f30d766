//! Lowers the way through a saga: one after the other, one of several, all at once.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Matched, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;

use super::{Around, Entry, in_order, names_of_steps};
use crate::codes;
use crate::constructs;
use crate::facts::fields::type_text;
use crate::lower::scope::{Holds, Known, Scope};
use crate::lower::{Lowering, shape_name};
use crate::model::{Branch, Fail, Join, Mapping, Scalar, Shape, Statement, Until};

impl Lowering {
    pub(super) fn statements(
        &mut self,
        around: &Around<'_>,
        lines: Vec<Entry<'_, '_>>,
        scope: &mut Scope,
    ) -> Vec<Statement> {
        let mut statements = Vec::new();
        for line in lines {
            statements.extend(match line {
                Entry::Clause(matched) => self.clause_statement(around, matched, scope),
                Entry::Other(entry) => self.statement(around, entry, scope),
                Entry::Lost(entry) => {
                    lose(entry, scope);
                    None
                }
            });
        }
        statements
    }

    /// A block of its own, such as an arm or a branch.
    pub(super) fn block(
        &mut self,
        around: &Around<'_>,
        entries: &[ast::Entry],
        scope: &mut Scope,
    ) -> Vec<Statement> {
        let options = self.options(Owner::Statements, entries);
        let lines = in_order(entries, &options);
        self.statements(around, lines, scope)
    }

    pub(super) fn statement(
        &mut self,
        around: &Around<'_>,
        entry: &ast::Entry,
        scope: &mut Scope,
    ) -> Option<Statement> {
        match &entry.shape {
            ast::Shape::Step(step) => self.step(around, step, entry, scope),
            ast::Shape::Branching(branching) => self.branching(around, branching, entry.span, scope),
            ast::Shape::Spread(_)
            | ast::Shape::Field(_)
            | ast::Shape::Operation(_)
            | ast::Shape::Sample(_)
            | ast::Shape::Store(_)
            | ast::Shape::Channel(_)
            | ast::Shape::Message(_)
            | ast::Shape::TypeDef(_)
            | ast::Shape::Service(_)
            | ast::Shape::Scenario(_)
            | ast::Shape::Named(_)
            | ast::Shape::Flow(_) => {
                let what = shape_name(&entry.shape);
                self.out.push(
                    Diagnostic::error(codes::OUT_OF_PLACE, entry.span, format!("{what} has no meaning in a saga"))
                        .label("inside a saga")
                        .help("a saga does things: `step`, `pivot`, `retriable`, `readonly`, `if`, `parallel`, `map`, `wait`, `start`, `fail`"),
                );
                None
            }
        }
    }

    fn clause_statement(
        &mut self,
        around: &Around<'_>,
        matched: &Matched<'_>,
        scope: &mut Scope,
    ) -> Option<Statement> {
        match matched.row.word {
            "wait" => self.wait(matched, scope),
            "start" => Some(Statement::Alone(self.beginning(around, matched, scope)?)),
            "emit" => {
                self.note(&constructs::EMIT_ALONE, matched.span());
                Some(Statement::Alone(self.done_by_the_engine(around, matched, scope)?))
            }
            "fail" => Some(Statement::Fail(self.fail(matched, scope)?)),
            "parallel" => self.parallel(around, matched, scope),
            word => {
                self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        matched.span(),
                        format!("`{word}` stands here without a name"),
                    )
                    .label("not a step")
                    .note("the log of a running saga knows its steps by name")
                    .help(format!("make it a step: `step name = {word} …`")),
                );
                None
            }
        }
    }

    /// `wait 10m`, `wait until trip.leaves_at`, `wait 3d else TooLate`
    fn wait(&mut self, matched: &Matched<'_>, scope: &Scope) -> Option<Statement> {
        let until = if matched.has("until") {
            let time = matched.expr("time")?;
            let value = self.computed(time, scope)?;
            if let Some(ty) = self.type_in(&value, scope)
                && !matches!(
                    self.model.resolve(&ty).shape,
                    Shape::Scalar(Scalar::Instant) | Shape::Unresolved
                )
            {
                let given = type_text(&self.model, &ty);
                self.out.push(
                    Diagnostic::error(
                        codes::VALUE_DOES_NOT_FIT,
                        value.span,
                        format!("`wait until` wants an `instant`, and this is `{given}`"),
                    )
                    .label("no point in time")
                    .help("for a span of time write `wait 10m`; `now() + …` makes a point in time of one"),
                );
                return None;
            }
            self.note_computed(&value);
            Until::At(value)
        } else {
            Until::Passed(self.some_time(matched.duration("time")?)?.value)
        };
        let otherwise = match matched.path("fault") {
            Some(name) => Some(self.find_fault(&name)?),
            None => None,
        };
        Some(Statement::Wait {
            until,
            otherwise,
            span: matched.span(),
        })
    }

    /// `fail NotApproved(by: …)`, `fail NotApproved`
    fn fail(&mut self, matched: &Matched<'_>, scope: &Scope) -> Option<Fail> {
        let expr = matched.expr("fault")?;
        let (name, args) = match &expr.kind {
            ast::ExprKind::Call(call) => (call.callee.clone(), call.args.as_slice()),
            ast::ExprKind::Path(path) => {
                let text = path.clone();
                (
                    ast::Name {
                        text,
                        span: expr.span,
                    },
                    &[][..],
                )
            }
            ast::ExprKind::Literal(_)
            | ast::ExprKind::List(_)
            | ast::ExprKind::Group(_)
            | ast::ExprKind::Unary(..)
            | ast::ExprKind::Binary(..) => {
                self.out.push(
                    Diagnostic::error(codes::OUT_OF_PLACE, expr.span, "a saga fails with a fault")
                        .label("not a fault")
                        .help("write `fail SomeFault(…)`"),
                );
                return None;
            }
        };
        let fault = self.find_fault(&name)?;
        let fields: Mapping = self.mapping(fault, args, expr.span, scope)?;
        Some(Fail {
            fault,
            fields,
            span: matched.span(),
        })
    }

    fn branching(
        &mut self,
        around: &Around<'_>,
        branching: &ast::Branching,
        span: SpanId,
        scope: &mut Scope,
    ) -> Option<Statement> {
        let then = scope.now();
        let mut ways: Vec<(Vec<Known>, bool)> = Vec::new();
        let mut arms = Vec::new();
        let mut sound = true;
        let mut before = scope.clone();
        for (condition, block) in &branching.arms {
            let condition = self.condition(condition, scope);
            let statements = self.way(around, &block.entries, &mut before, &mut ways, then);
            match condition {
                Some(condition) => arms.push((condition, statements)),
                None => sound = false,
            }
        }
        let no_entries = Vec::new();
        let otherwise = branching
            .otherwise
            .as_ref()
            .map_or(&no_entries, |block| &block.entries);
        let otherwise = self.way(around, otherwise, &mut before, &mut ways, then);
        let goes_on = ways.iter().filter(|(_, goes_on)| *goes_on).count();
        for (learned, this_goes_on) in ways {
            let at = scope.now();
            scope.learn(&learned);
            // Behind an `if` of which one way alone goes on, that way was taken.
            if !this_goes_on || goes_on > 1 {
                scope.doubt(at, "it stands in an `if`");
            }
        }
        sound.then_some(Statement::If {
            arms,
            otherwise,
            span,
        })
    }

    /// One way out of several; those after it know its steps, and that they weren't taken.
    fn way(
        &mut self,
        around: &Around<'_>,
        entries: &[ast::Entry],
        before: &mut Scope,
        ways: &mut Vec<(Vec<Known>, bool)>,
        then: usize,
    ) -> Vec<Statement> {
        let mut scope = before.clone();
        let start = scope.now();
        let statements = self.block(around, entries, &mut scope);
        ways.push((scope.since(start).to_vec(), !ends(&statements)));
        let at = before.now().max(then);
        before.learn(scope.since(start));
        before.doubt(at, "it stands in another arm of the `if`");
        statements
    }

    fn parallel(
        &mut self,
        around: &Around<'_>,
        matched: &Matched<'_>,
        scope: &mut Scope,
    ) -> Option<Statement> {
        let until = if matched.has("first") {
            Join::First
        } else {
            Join::All
        };
        let options = self.options(Owner::Parallel, matched.block());
        let lines = in_order(matched.block(), &options);
        let count = lines.len();
        let mut branches = Vec::new();
        let mut learned = Vec::new();
        for line in &lines {
            let mut inside = scope.clone();
            for sibling in steps_beside(&lines, line) {
                let why = "it runs at the same time".to_owned();
                inside.add(&sibling.text, sibling.span, Holds::Unsure(why));
            }
            let start = inside.now();
            if let Some(branch) = self.branch(around, line, &mut inside) {
                branches.push(branch);
            }
            learned.extend_from_slice(inside.since(start));
        }
        let at = scope.now();
        scope.learn(&learned);
        if until == Join::First {
            scope.doubt(at, "another branch may have been first");
        }
        self.same_branch_twice(&branches);
        if count < 2 {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    matched.span(),
                    format!("`parallel {}` needs two things to do at once", until.word()),
                )
                .label("fewer than two")
                .help("add another `step` or `branch`, or take this one out of `parallel`"),
            );
            return None;
        }
        Some(Statement::Parallel {
            until,
            branches,
            span: matched.span(),
        })
    }

    fn same_branch_twice(&mut self, branches: &[Branch]) {
        for (at, branch) in branches.iter().enumerate() {
            let Some(first) = branches.iter().take(at).find(|other| other.name == branch.name) else {
                continue;
            };
            self.out.push(
                Diagnostic::error(
                    codes::NAME_TWICE,
                    branch.span,
                    format!("branch `{}` is declared twice", branch.name),
                )
                .label("again here")
                .related(first.span, "first here")
                .help("rename one of the two"),
            );
        }
    }

    fn branch(&mut self, around: &Around<'_>, line: &Entry<'_, '_>, scope: &mut Scope) -> Option<Branch> {
        match line {
            Entry::Clause(matched) => {
                let name = matched.word("name")?;
                let body = self.block(around, matched.block(), scope);
                Some(Branch {
                    name: name.text,
                    body,
                    span: matched.span(),
                })
            }
            Entry::Lost(entry) => {
                lose(entry, scope);
                None
            }
            Entry::Other(entry) => {
                let statement = self.statement(around, entry, scope)?;
                let Statement::Step(step) = statement else {
                    self.out.push(
                        Diagnostic::error(codes::OUT_OF_PLACE, entry.span, "this is no branch of its own")
                            .label("without a name")
                            .help("put it into `branch name { … }`"),
                    );
                    return None;
                };
                Some(Branch {
                    name: step.label.name.clone(),
                    span: entry.span,
                    body: vec![Statement::Step(step)],
                })
            }
        }
    }
}

/// Whether nothing that follows is ever reached.
pub(super) fn ends(statements: &[Statement]) -> bool {
    statements.iter().any(|statement| match statement {
        Statement::Fail(_) => true,
        Statement::If { arms, otherwise, .. } => arms.iter().all(|(_, body)| ends(body)) && ends(otherwise),
        Statement::Step(_)
        | Statement::Parallel { .. }
        | Statement::Map(_)
        | Statement::Wait { .. }
        | Statement::Alone(_) => false,
    })
}

/// The steps of all other branches.
fn steps_beside<'a>(lines: &[Entry<'a, '_>], this: &Entry<'a, '_>) -> Vec<&'a ast::Name> {
    let mut found = Vec::new();
    for line in lines {
        match (line, this) {
            (Entry::Clause(one), Entry::Clause(other)) if std::ptr::eq(one.clause, other.clause) => {}
            (Entry::Other(one), Entry::Other(other)) if std::ptr::eq(*one, *other) => {}
            (Entry::Clause(matched), _) => names_of_steps(matched.block(), &mut found),
            (Entry::Other(entry) | Entry::Lost(entry), _) => {
                names_of_steps(std::slice::from_ref(*entry), &mut found);
            }
        }
    }
    found
}

/// Whoever speaks of a step in there is not to blame.
pub(super) fn lose(entry: &ast::Entry, scope: &mut Scope) {
    let mut names = Vec::new();
    names_of_steps(std::slice::from_ref(entry), &mut names);
    for name in names {
        scope.add(&name.text, name.span, Holds::Broken);
    }
}
