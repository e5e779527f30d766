//! Plays one scenario, line by line.

use std::collections::BTreeMap;
use std::time::Duration;

use aqueduct_saga::definition::Value;
use serde_json::Value as Json;
use tokio::time::{Instant, sleep};

use super::fault::Fault;
use super::judge::{Difference, Judge};
use super::value::Names;
use super::world::{Tools, World};
use super::{Given, Line, Miss, Played, Scenario, Script, Then, What, When};
use crate::Program;
use crate::simulate;
use crate::topology::Topology;

/// How long a line is waited for that doesn't say how long.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// How long is waited at the end for what still goes on.
const LAST: Duration = Duration::from_secs(24 * 60 * 60);

/// Long enough for everything that happens at once.
const MOMENT: Duration = Duration::from_millis(1);

pub(super) fn play(
    program: &Program,
    script: &Script,
    scenario: &Scenario,
) -> Result<Played, simulate::Error> {
    let tools = Tools::default();
    let topology = program.topology();
    let program = tools.under(program.clone(), scenario);
    simulate::simulate(program, tools.plan(script), async |simulation| {
        let begun = Instant::now();
        let _kept = tools.log.keep();
        let mut miss = None;
        if let Some(world) = World::of(simulation, &tools) {
            let mut stage = Stage {
                since: world.now(),
                world,
                topology,
                names: Names::default(),
                lost: BTreeMap::new(),
                open: Vec::new(),
                nevers: Vec::new(),
            };
            miss = stage.all(scenario).await.err();
        }
        Played {
            title: scenario.title.clone(),
            line: scenario.line,
            time: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            miss,
            trace: simulation.events(),
        }
    })
}

struct Stage<'a> {
    world: World<'a>,
    topology: &'a Topology,
    names: Names,
    /// When something last happened from outside.
    since: u64,
    /// Answers of handlers that get lost on their way to a client.
    lost: BTreeMap<String, u32>,
    /// Counts since the last `when`, which must still be so at the next.
    open: Vec<(&'a Line, &'a Then)>,
    /// What must be so at the end.
    nevers: Vec<(&'a Line, &'a Then)>,
}

impl<'a> Stage<'a> {
    async fn all(&mut self, scenario: &'a Scenario) -> Result<(), Miss> {
        for line in &scenario.lines {
            match &line.what {
                What::Given(given) => self.given(given),
                What::When(when) => {
                    self.close()?;
                    self.since = self.world.now();
                    self.when(when).await.map_err(|difference| difference.at(line))?;
                    sleep(MOMENT).await;
                }
                What::Then(then) => self.then(line, then).await?,
            }
        }
        self.rest().await;
        self.close()?;
        for (line, never) in std::mem::take(&mut self.nevers) {
            self.judge(never).map_err(|difference| difference.at(line))?;
        }
        Ok(())
    }

    fn given(&mut self, given: &Given) {
        let time = |milliseconds| Duration::from_millis(milliseconds);
        let faults = &self.world.tools.faults;
        match given {
            Given::Fails {
                handler,
                fault,
                fields,
                times,
            } => faults.arm(handler, Fault::Fail(fault.clone(), fields.clone()), *times),
            Given::Delays {
                handler,
                time: delay,
                times,
            } => faults.arm(handler, Fault::Delay(time(*delay)), *times),
            Given::Silent { handler, times } => faults.arm(handler, Fault::Silent, *times),
            // That is so from the start.
            Given::Stops { .. } => {}
            Given::Crashes { handler, times } => self.crashes(handler, *times),
            Given::Answers { handler, reply } => {
                let reply = self.value(reply);
                self.world.tools.faults.arm(handler, Fault::Answer(reply), None);
            }
            Given::Duplicates { channel, count } => self.world.tools.witness.copy(channel, *count, None),
        }
    }

    /// Whoever waited for the answer asks again: a queue by another delivery, a client by the same request.
    fn crashes(&mut self, handler: &str, times: u32) {
        let spec = self.topology.handlers.iter().find(|spec| spec.name == handler);
        let queue = spec.and_then(|spec| spec.queue.as_deref());
        let asked = |api: &crate::Api| api.handler.as_deref() == Some(handler);
        if let Some(queue) = queue {
            self.world.tools.witness.copy(queue, 2, Some(times));
        } else if self.topology.apis.iter().any(asked) {
            let _ = self.lost.insert(handler.to_owned(), times);
        } else {
            self.world.tools.faults.arm(handler, Fault::Crash, Some(times));
        }
    }

    async fn when(&mut self, when: &When) -> Result<(), Difference> {
        match when {
            When::Request {
                method,
                path,
                body,
                returns,
                name,
            } => {
                let body = body.as_ref().map(|body| self.value(body));
                self.request(
                    (method.as_str(), path.as_str()),
                    body.as_ref(),
                    *returns,
                    name.as_deref(),
                )
                .await
            }
            When::Publish {
                channel,
                message,
                times,
                name,
            } => {
                for _ in 0..*times {
                    let message = self.value(message);
                    let published = self.world.publish(channel, &message).await;
                    published.map_err(|seen| Difference {
                        expected: format!("{channel} takes it"),
                        seen,
                    })?;
                    if let Some(name) = name {
                        self.names.know(name, message);
                    }
                }
                Ok(())
            }
            When::Advance(milliseconds) => {
                sleep(Duration::from_millis(*milliseconds)).await;
                Ok(())
            }
        }
    }

    async fn request(
        &mut self,
        (method, path): (&str, &str),
        body: Option<&Json>,
        returns: Option<u16>,
        name: Option<&str>,
    ) -> Result<(), Difference> {
        let expected = returns.map_or("an answer below 400".to_owned(), |status| status.to_string());
        let wrong = |seen: String| Difference {
            expected: expected.clone(),
            seen,
        };
        let again = self.loses(method, path);
        let key = again.then_some("asked-again");
        let mut response = self.world.ask(method, path, key, body).await.map_err(&wrong)?;
        if again {
            response = self.world.ask(method, path, key, body).await.map_err(&wrong)?;
        }
        let status = response.status().as_u16();
        let text = String::from_utf8_lossy(response.body()).into_owned();
        if returns.map_or(status < 400, |wanted| wanted == status) {
            if let Some(name) = name {
                self.names
                    .know(name, serde_json::from_str(&text).unwrap_or_default());
            }
            return Ok(());
        }
        Err(wrong(format!("{status} {text}").trim_end().to_owned()))
    }

    /// Whether the answer to a request gets lost.
    fn loses(&mut self, method: &str, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or_default();
        let api = self
            .topology
            .apis
            .iter()
            .find(|api| api.method.name() == method && fits(&api.path, path));
        let left = api
            .and_then(|api| api.handler.as_ref())
            .and_then(|handler| self.lost.get_mut(handler))
            .filter(|left| **left > 0);
        left.is_some_and(|left| {
            *left -= 1;
            true
        })
    }

    async fn then(&mut self, line: &'a Line, then: &'a Then) -> Result<(), Miss> {
        match then {
            Then::NeverReceives { .. } | Then::NeverCarries { .. } => {
                self.nevers.push((line, then));
                return Ok(());
            }
            Then::Receives { .. } | Then::Applied { .. } => self.open.push((line, then)),
            Then::Done { .. } | Then::Failed { .. } | Then::Has { .. } | Then::Lacks { .. } => {}
        }
        let passed = Duration::from_micros(self.world.now().saturating_sub(self.since));
        let limit = match then {
            Then::Done {
                within: Some(within), ..
            }
            | Then::Failed {
                within: Some(within), ..
            } => Duration::from_millis(*within).saturating_sub(passed),
            _ => PATIENCE,
        };
        let until = Instant::now() + limit;
        let mut step = Duration::from_millis(10);
        loop {
            match self.judge(then) {
                Ok(()) => return Ok(()),
                Err(difference) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() || !self.world.is_busy() {
                        return Err(difference.at(line));
                    }
                    sleep(step.min(left)).await;
                    step = (step * 2).min(Duration::from_secs(5));
                }
            }
        }
    }

    /// What was counted since the last `when` must still be so.
    fn close(&mut self) -> Result<(), Miss> {
        for (line, then) in std::mem::take(&mut self.open) {
            self.judge(then).map_err(|difference| difference.at(line))?;
        }
        Ok(())
    }

    /// Waits for the end of all that goes on by itself.
    async fn rest(&self) {
        let until = Instant::now() + LAST;
        let mut step = MOMENT;
        while self.world.is_busy() && Instant::now() < until {
            sleep(step).await;
            step = (step * 2).min(Duration::from_secs(60));
        }
        sleep(MOMENT).await;
    }

    fn judge(&self, then: &Then) -> Result<(), Difference> {
        let judge = Judge {
            world: &self.world,
            names: &self.names,
            since: self.since,
        };
        judge.judge(then)
    }

    fn value(&self, value: &Value) -> Json {
        let site = &self.world.engine.site;
        let made = self.names.value(value, site.ids.as_ref(), site.clock.as_ref());
        made.unwrap_or_default()
    }
}

impl Difference {
    fn at(self, line: &Line) -> Miss {
        Miss {
            line: line.line,
            text: line.text.clone(),
            expected: self.expected,
            seen: self.seen,
        }
    }
}

/// Whether a path is one of a template: `/rides/{ride_id}`.
fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given || wanted.starts_with('{') => {}
            _ => return false,
        }
    }
}
