//! Goes through the statements of a saga, those inside of others too.

use crate::definition::{Statement, Step};

/// Shows every statement in the order of the text, an outer one before those in it.
pub fn statements<'a>(body: &'a [Statement], see: &mut dyn FnMut(&'a Statement)) {
    for statement in body {
        see(statement);
        match statement {
            Statement::Step(step) => {
                for on in &step.on {
                    statements(&on.body, see);
                }
            }
            Statement::Choice { arms, otherwise, .. } => {
                for (_, body) in arms {
                    statements(body, see);
                }
                statements(otherwise, see);
            }
            Statement::Parallel { branches, .. } => {
                for (_, body) in branches {
                    statements(body, see);
                }
            }
            Statement::Wait { .. } | Statement::Fail { .. } => {}
        }
    }
}

/// Shows every step in the order of the text.
pub fn steps<'a>(body: &'a [Statement], see: &mut dyn FnMut(&'a Step)) {
    statements(body, &mut |statement| {
        if let Statement::Step(step) = statement {
            see(step);
        }
    });
}
