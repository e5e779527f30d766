//! Two branches that run at the same time change the same rows, and their undos come in no order.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::model::{Branch, Id, Model, Saga, Statement, Step, Store};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG009"),
    name: "compensation-order",
    level: Severity::Warn,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for saga in cx.model.sagas.values() {
        for branches in parallels(saga) {
            for (at, branch) in branches.iter().enumerate() {
                for other in branches.iter().skip(at + 1) {
                    judge(cx, out, branch, other);
                }
            }
        }
    }
}

fn judge(cx: &Context<'_>, out: &mut Sink<'_>, one: &Branch, other: &Branch) {
    let (mine, theirs) = (changes(cx.model, one), changes(cx.model, other));
    let both = mine.iter().find_map(|(store, step)| {
        let (_, beside) = theirs.iter().find(|(other, _)| other == store)?;
        Some((*store, *step, *beside))
    });
    let Some((store, step, beside)) = both else { return };
    let (first, second) = (&step.label.name, &beside.label.name);
    let store = cx.model.store_name(store);
    out.report(
        beside.label.span,
        format!("`{first}` and `{second}` change `{store}` at the same time"),
        |finding| {
            finding
                .label("overtakes the other, or is overtaken")
                .related(step.label.span, "runs at the same time")
                .note("going back they are undone in one order, whichever was first: that may not be what they found")
                .help("do them one after the other, outside of `parallel`")
        },
    );
}

/// What a branch changes, and by which step.
fn changes<'a>(model: &Model, branch: &'a Branch) -> Vec<(Id<Store>, &'a Step)> {
    let mut found = Vec::new();
    steps(&branch.body, &mut |step: &'a Step| {
        for action in [Some(&step.action), step.undo.as_ref()].into_iter().flatten() {
            found.extend(action.store().map(|store| (store, step)));
            let writes = action.called().map(|handler| &model.handlers[handler].writes);
            found.extend(writes.into_iter().flatten().map(|write| (write.store, step)));
        }
    });
    found
}

fn parallels(saga: &Saga) -> Vec<&[Branch]> {
    fn below<'a>(body: &'a [Statement], found: &mut Vec<&'a [Branch]>) {
        for statement in body {
            if let Statement::Parallel { branches, .. } = statement {
                found.push(branches);
            }
            for block in statement.blocks() {
                below(block, found);
            }
        }
    }
    let mut found = Vec::new();
    below(&saga.body, &mut found);
    found
}

fn steps<'a>(body: &'a [Statement], see: &mut impl FnMut(&'a Step)) {
    for statement in body {
        if let Statement::Step(step) = statement {
            see(step);
        }
        for block in statement.blocks() {
            steps(block, see);
        }
    }
}
