//! The Lambda program of a system: the runtime's seam over DynamoDB, SNS and SQS.
//!
//! One program serves all functions of a system; `_HANDLER` says which one it is. What it may touch is in its role,
//! where things are is in its environment: both come from the template that `aqueduct build --target aws` writes.
//!
//! Where to start reading: [`main`] for what an event becomes, `engine` for how a unit of work is committed,
//! `outbox` for how messages leave after the commit.
//!
//! - Rows, the inbox key and the outbox's messages of an activation are one DynamoDB transaction.
//! - A message leaves its queue after that commit, so it may come again: hence the declared keys.
//! - A message that could not be handled is given back alone, not with its batch.

mod cloud;
mod engine;
mod event;
mod item;
mod log;
mod outbox;
mod publish;
mod queue;
mod request;
mod saga;
mod transaction;

use std::process::ExitCode;
use std::sync::Arc;

use aqueduct::Program;

/// Where each thing of a system is in the cloud: for each, the environment variable that tells.
///
/// A function's environment has the variables of what it may use and no others.
#[derive(Debug, Clone, Copy)]
pub struct Resources {
    /// Tables of services.
    pub tables: &'static [Table],
    /// Topics, as `(name, variable)`; the variable holds an ARN.
    pub topics: &'static [(&'static str, &'static str)],
    /// Queues, as `(name, variable)`; the variable holds a URL.
    pub queues: &'static [(&'static str, &'static str)],
    /// State machines of sagas, as `(Service.Saga, variable)`; the variable holds an ARN.
    pub machines: &'static [(&'static str, &'static str)],
}

/// A table of a service.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// `Service.table`.
    pub name: &'static str,
    /// The environment variable that holds the name in DynamoDB.
    pub variable: &'static str,
    /// The field by which rows are told apart: the partition key.
    pub key: &'static str,
    /// Whether that is a number in DynamoDB; otherwise it is a text.
    pub number: bool,
}

/// Serves events until Lambda ends the process.
///
/// The exit code is 2 when the program's parts don't fit or the runtime ends, with the reason in the log.
pub fn main(program: Program, resources: &'static Resources) -> ExitCode {
    log::start();
    let outcome = event::check(&program).and_then(|()| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let cloud = cloud::Cloud::from_environment(resources)?;
        let function = Arc::new(event::Function::new(program, cloud)?);
        runtime.block_on(event::serve(function))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function can't serve");
            ExitCode::from(2)
        }
    }
}
