"""Runs state machines in moto's interpreter of Amazon States Language, with functions that do as they are told.

usage: moto_machines.py plan.json report.json

plan:   {"machines": {name: definition}, "tables": [{"name", "key", "number"}], "topics": [name], "queues": [name],
         "vectors": [{"machine", "execution", "input", "script": {function: [outcome, …]}, "tables", "channels"}]}
        An outcome is {"ok": reply}, {"error": name, "message": text}; the last one repeats.
report: [{"status", "error", "cause", "calls": [[function, payload, outcome]], "rows": {table: [row]},
          "sent": {channel: [body]}}], in the order of the vectors.

Waits and the pauses between tries take no time.
"""

import copy
import functools
import json
import os
import sys
import time

os.environ.update(AWS_DEFAULT_REGION="us-east-1", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x")

import boto3  # noqa: E402
import moto.stepfunctions.parser.asl.component.common.retry.retrier_decl as retrier  # noqa: E402
import moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function as waiting  # noqa: E402
from boto3.dynamodb.types import TypeDeserializer  # noqa: E402
from moto import mock_aws  # noqa: E402
from moto.awslambda_simple.models import LambdaSimpleBackend  # noqa: E402
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser  # noqa: E402
from moto.stepfunctions.parser.asl.utils import json_path  # noqa: E402
from moto.stepfunctions.parser.models import stepfunctions_parser_backends as stepfunctions_backends  # noqa: E402

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/machine"
LONGEST = 30

script = {}
calls = []


def invoke(self, function_name, qualifier, body, headers, response_headers):
    name = function_name.split(":")[6] if function_name.startswith("arn:") else function_name
    payload = json.loads(body or b"{}")
    outcomes = script.get(name) or [{"ok": None}]
    outcome = outcomes.pop(0) if len(outcomes) > 1 else outcomes[0]
    calls.append([name, payload, outcome.get("error", "ok")])
    if "error" in outcome:
        response_headers["x-amz-function-error"] = "Unhandled"
        answer = {"errorType": outcome["error"], "errorMessage": outcome.get("message", "")}
    else:
        answer = outcome["ok"]
    return json.dumps(answer).encode()


def understand_jsonata():
    """moto carries the evaluator of another project without its Java part; this puts one in Python there."""
    import jsonata
    import moto.stepfunctions.parser.asl.jsonata.jsonata as glue

    def evaluate(expression):
        try:
            return jsonata.Jsonata(expression).evaluate(None)
        except Exception as error:
            raise glue.JSONataException("UNKNOWN", str(error))

    glue.eval_jsonata_expression = evaluate
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("moto.stepfunctions") and hasattr(
            module, "eval_jsonata_expression"
        ):
            module.eval_jsonata_expression = evaluate


def take_no_time():
    waiting.WaitFunction._wait_interval = lambda self, env, wait_seconds: None
    retrier.time = type("Clock", (), {"sleep": staticmethod(lambda seconds: None)})


def parse_once():
    """A machine is read anew for each execution, and a path for each use: that takes longer than all the rest."""
    parse, known = AmazonStateLanguageParser.parse, {}

    def remembered(definition):
        if definition not in known:
            known[definition] = parse(definition)
        program, tree = known[definition]
        return copy.deepcopy(program), tree

    AmazonStateLanguageParser.parse = staticmethod(remembered)
    json_path.parse = functools.cache(json_path.parse)


def plain(value):
    """Decimals as numbers."""
    return json.loads(json.dumps(value, default=lambda number: int(number) if number == int(number) else float(number)))


class Account:
    def __init__(self, plan):
        self.machines, self.tables, self.inboxes = {}, plan.get("tables", []), {}
        self.states, self.rows = boto3.client("stepfunctions"), boto3.client("dynamodb")
        self.queues, self.topics = boto3.client("sqs"), boto3.client("sns")
        for table in self.tables:
            self.rows.create_table(
                TableName=table["name"],
                AttributeDefinitions=[{"AttributeName": table["key"], "AttributeType": "N" if table["number"] else "S"}],
                KeySchema=[{"AttributeName": table["key"], "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
            )
        for name in plan.get("queues", []):
            self.inboxes[name] = self.queues.create_queue(QueueName=name)["QueueUrl"]
        for name in plan.get("topics", []):
            url = self.queues.create_queue(QueueName=f"heard-{name}")["QueueUrl"]
            arn = self.topics.create_topic(Name=name)["TopicArn"]
            heard = f"arn:aws:sqs:us-east-1:{ACCOUNT}:heard-{name}"
            raw = {"RawMessageDelivery": "true"}
            self.topics.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=heard, Attributes=raw)
            self.inboxes[name] = url
        self.backend = stepfunctions_backends[ACCOUNT]["us-east-1"]
        for name, definition in plan["machines"].items():
            made = self.states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
            self.machines[name] = made["stateMachineArn"]

    def run(self, vector):
        script.clear()
        script.update({name: list(outcomes) for name, outcomes in vector.get("script", {}).items()})
        calls.clear()
        for table, items in vector.get("rows", {}).items():
            for item in items:
                self.rows.put_item(TableName=table, Item=item)
        execution = self.states.start_execution(
            stateMachineArn=self.machines[vector["machine"]],
            name=vector["execution"],
            input=json.dumps(vector["input"]),
        )["executionArn"]
        # Asking over the API as often would take longer than the execution itself.
        running, until = self.backend.describe_execution(execution), time.time() + LONGEST
        while running.exec_status in (None, "RUNNING") and time.time() < until:
            time.sleep(0.002)
        ended = self.states.describe_execution(executionArn=execution)
        return {
            "status": ended["status"],
            "error": ended.get("error"),
            "cause": ended.get("cause"),
            "calls": list(calls),
            "rows": {table["name"]: self.emptied(table) for table in self.tables if table["name"] in vector["tables"]},
            "sent": {name: self.received(self.inboxes[name]) for name in vector["channels"]},
        }

    def emptied(self, table):
        items = self.rows.scan(TableName=table["name"])["Items"]
        for item in items:
            self.rows.delete_item(TableName=table["name"], Key={table["key"]: item[table["key"]]})
        read = TypeDeserializer().deserialize
        rows = [{name: read(value) for name, value in item.items() if not name.startswith("_")} for item in items]
        return plain(rows)

    def received(self, url):
        bodies = []
        while True:
            messages = self.queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            if not messages:
                return bodies
            for message in messages:
                bodies.append(json.loads(message["Body"]))
                self.queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def main():
    with open(sys.argv[1]) as file:
        plan = json.load(file)
    LambdaSimpleBackend.invoke = invoke
    config = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
    with mock_aws(config=config):
        understand_jsonata()
        take_no_time()
        parse_once()
        account = Account(plan)
        report = [account.run(vector) for vector in plan["vectors"]]
    with open(sys.argv[2], "w") as file:
        json.dump(report, file)


main()
