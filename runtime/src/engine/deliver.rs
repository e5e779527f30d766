//! Deliveries: one task for each started handler, all of them awaited.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::Engine;
use crate::core::command::{Command, Started};
use crate::seam::{Ended, Job, Refused};
use crate::step::fail::Fault;
use crate::{Body, Delivery};

/// Runs what the core has started, until the program stops and everything has ended or is given back.
pub(super) async fn all(
    engine: Arc<Engine>,
    mut started: mpsc::Receiver<Started>,
    drained: CancellationToken,
    give_back: CancellationToken,
) {
    let mut tasks = JoinSet::new();
    let mut stopping = false;
    loop {
        tokio::select! {
            // In this order, so that a simulation is the same in every run.
            biased;
            Some(_) = tasks.join_next(), if !tasks.is_empty() => {}
            // What has come before the core had drained is still taken.
            () = drained.cancelled(), if !stopping => {
                stopping = true;
                started.close();
            }
            next = started.recv() => match next {
                Some(started) => drop(tasks.spawn(one(Arc::clone(&engine), started))),
                None => break,
            },
        }
    }
    tokio::select! {
        () = async { while tasks.join_next().await.is_some() {} } => {}
        // What is given back stays in its queue with its attempt counted, and starts again next time.
        () = give_back.cancelled() => tasks.shutdown().await,
    }
}

async fn one(engine: Arc<Engine>, started: Started) {
    let Started {
        lease,
        handler,
        attempt,
        envelope,
    } = started;
    let name = engine.site.handler_name(handler);
    let span = tracing::info_span!(
        "delivery",
        handler = name,
        message = %envelope.id,
        correlation = %envelope.correlation,
        attempt
    );
    let queue = engine
        .site
        .topology
        .queues
        .get(lease.queue)
        .map(|queue| queue.name.clone());
    let job = Job {
        handler,
        body: Body::from_text(envelope.body().clone()),
        delivery: Delivery {
            message_id: envelope.id.clone(),
            attempt,
            correlation_id: envelope.correlation.clone(),
            time: envelope.time,
            channel: queue,
            idempotency_key: None,
        },
        lease: Some(lease),
    };
    async {
        match engine.site.activate(engine.as_ref(), &job, |_| Ok(None)).await {
            Ended::Committed(_) => tracing::debug!("succeeded"),
            Ended::Handled(_) | Ended::Answered(_) => tracing::debug!("handled before"),
            Ended::Trouble(trouble) => {
                let fault = Fault {
                    error: trouble.to_string(),
                    again: trouble.may_pass(),
                };
                tracing::warn!(error = %fault.error, "failed");
                if engine.send(Command::Fail { lease, fault }).await.is_err() {
                    tracing::warn!("the program is stopping; the message is given back");
                }
            }
            Ended::Refused(Refused::Stopped) => {
                tracing::warn!("the program is stopping; the message is given back");
            }
            Ended::Refused(refused) => tracing::error!(%refused, "not committed"),
        }
    }
    .instrument(span)
    .await;
}
