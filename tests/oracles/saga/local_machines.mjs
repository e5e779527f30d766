// Runs state machines in aws-local-stepfunctions, an interpreter that shares nothing with moto's: same plan, same report
// as moto_machines.py, without rows. It knows no JSONata. Waits and the pauses between tries take no time.
// usage: node local_machines.mjs plan.json report.json
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// Of Node 22, and there may be 20.
Promise.withResolvers ??= () => {
  let resolve, reject;
  const promise = new Promise((yes, no) => { resolve = yes; reject = no; });
  return { promise, resolve, reject };
};
const modules = process.argv[4];
const { StateMachine } = createRequire(pathToFileURL(`${modules}/_.js`))("aws-local-stepfunctions");
const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** What a machine needs to run without AWS: a function for each task, no pauses. */
function overrides(definition, world) {
  const taskResourceLocalHandlers = {}, retryIntervalOverrides = {}, waitTimeOverrides = {};
  const visit = (machine) => {
    for (const [name, state] of Object.entries(machine.States)) {
      if (state.Type === "Task") {
        taskResourceLocalHandlers[name] = async (input) => task(state, input, world);
        if (state.Retry) retryIntervalOverrides[name] = state.Retry.map(() => 0);
      }
      if (state.Type === "Wait") waitTimeOverrides[name] = 0;
      for (const branch of state.Branches ?? []) visit(branch);
    }
  };
  visit(definition);
  return { taskResourceLocalHandlers, retryIntervalOverrides, waitTimeOverrides };
}

function task(state, input, { script, calls, sent }) {
  const service = state.Resource.split(":::").pop();
  if (service !== "lambda:invoke") {
    const channel = (input.TopicArn ?? input.QueueUrl ?? "").split(/[:/]/).pop();
    const body = input.Message ?? input.MessageBody;
    if (channel) (sent[channel] ??= []).push(typeof body === "string" ? JSON.parse(body) : body);
    return {};
  }
  const name = input.FunctionName.split(":").pop();
  const outcomes = script[name] ?? [{ ok: null }];
  const outcome = outcomes.length > 1 ? outcomes.shift() : outcomes[0];
  calls.push([name, input.Payload, outcome.error ?? "ok"]);
  if (outcome.error) {
    const error = new Error(outcome.message ?? "");
    error.name = outcome.error;
    throw error;
  }
  return { Payload: outcome.ok, StatusCode: 200 };
}

async function run(vector) {
  const definition = plan.machines[vector.machine];
  const world = { script: structuredClone(vector.script ?? {}), calls: [], sent: {} };
  const machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
  const execution = machine.run(vector.input, {
    overrides: overrides(definition, world),
    context: {
      Execution: { Name: vector.execution, Id: `execution:${vector.execution}` },
      State: { EnteredTime: "2027-01-01T00:00:00Z" },
    },
  });
  let failure;
  const events = (async () => {
    for await (const event of execution.eventLogs) if (event.type === "ExecutionFailed") failure = event;
  })();
  let status = "SUCCEEDED", error = null;
  try {
    await execution.result;
  } catch (thrown) {
    status = "FAILED";
    error = thrown.errorName ?? thrown.name;
  }
  await events;
  if (failure) { status = "FAILED"; error = failure.Error ?? error; }
  return { status, error, calls: world.calls, sent: world.sent };
}

const report = [];
for (const vector of plan.vectors) report.push(await run(vector));
writeFileSync(process.argv[3], JSON.stringify(report));
