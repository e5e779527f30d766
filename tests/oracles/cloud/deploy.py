"""Deploys a generated template into an emulated account and runs the real program there.

usage: deploy.py PLAN REPORT     both JSON

The plan names the template, the program and what to do, in order:
  {"do": "request", "method", "path", "headers", "body"}   an HTTP request to the function of that operation
  {"do": "invoke", "function", "event"}                    an event as it is, to the function of that handler
  {"do": "send", "channel", "body"}                        a message by hand, to a queue or topic of that logical id
  {"do": "pump"}                                           deliver until nothing moves
The driver of queues and streams is ours, over moto's queues: batches of the declared size, each once more after its
visibility ended, those that are not reported as failed deleted; dead letters by moto's own redrive.
"""
import json
import re
import sys
import time

import boto3
from account import Account, fit_for_moto
from machines import execute, executions
from sam import translated
from sandbox import Sandbox

# How long the pump waits for a message to become visible again.
PATIENCE = 60


class Stack:
    def __init__(self, plan):
        execute(self.called)
        self.account = Account()
        self.template = translated(plan["template"])
        self.client = lambda service: boto3.client(service, endpoint_url=self.account.endpoint)
        self.sqs, self.tables = self.client("sqs"), self.client("dynamodb")
        self.sns, self.streams = self.client("sns"), self.client("dynamodbstreams")
        self.create(plan)
        for function, action, resource in plan.get("revoked", []):
            del self.account.grants[function][action, resource]
        self.functions = {}
        for logical, resource in self.of_type("AWS::Lambda::Function"):
            self.functions[logical] = self.sandbox(logical, resource["Properties"], plan)
        self.seen, self.trace, self.deliveries = {}, [], {}

    def of_type(self, wanted):
        return [(name, one) for name, one in self.template["Resources"].items() if one["Type"] == wanted]

    def create(self, plan):
        s3 = self.client("s3")
        s3.create_bucket(Bucket="code")
        s3.put_object(Bucket="code", Key="program.zip", Body=b"the sandbox runs the real one")
        formation = self.client("cloudformation")
        parameters = [
            {"ParameterKey": name, "ParameterValue": given}
            for name, given in {
                "JwtIssuer": "https://issuer.example", "JwtAudience": "tests", **plan.get("parameters", {}),
            }.items()
            if name in self.template.get("Parameters", {})
        ]
        body = json.dumps(fit_for_moto(json.loads(json.dumps(self.template))))
        formation.create_stack(StackName="judged", TemplateBody=body, Parameters=parameters)
        status = formation.describe_stacks(StackName="judged")["Stacks"][0]["StackStatus"]
        assert status == "CREATE_COMPLETE", status
        made = formation.describe_stack_resources(StackName="judged")["StackResources"]
        self.physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in made}
        missing = set(json.loads(body)["Resources"]) - set(self.physical)
        assert not missing, f"not created: {missing}"
        self.account.physical = {physical: logical for logical, physical in self.physical.items()}
        for logical, role in self.of_type("AWS::IAM::Role"):
            function = logical.removesuffix("Role") + "Function"
            self.account.grants[function] = {
                (action, resource.get("Ref") or resource["Fn::GetAtt"][0]): leading_keys(statement)
                for policy in role["Properties"]["Policies"]
                for statement in policy["PolicyDocument"]["Statement"]
                for action in statement["Action"]
                for resource in [statement["Resource"]]
            }

    def sandbox(self, logical, properties, plan):
        lambda_ = self.client("lambda")
        made = lambda_.get_function_configuration(FunctionName=self.physical[logical])
        variables = {
            **made.get("Environment", {}).get("Variables", {}),
            "AWS_ENDPOINT_URL": self.account.endpoint,
            "AQUEDUCT_TRACE": "1",
            **plan.get("variables", {}),
        }
        return Sandbox(logical, plan["program"], properties["Handler"], variables, properties["Timeout"])

    def named(self, handler):
        return next(
            name
            for name, resource in self.of_type("AWS::Lambda::Function")
            if resource["Properties"]["Handler"] == handler
        )

    def invoke(self, logical, event):
        sandbox = self.functions[logical]
        answer = sandbox.invoke(event)
        self.deliveries[logical] = self.deliveries.get(logical, 0) + 1
        return answer

    def called(self, name, event):
        """A state machine invokes a function."""
        error, payload, _ = self.invoke(self.account.physical[name], event)
        return error, payload

    def request(self, step):
        """What HTTP API would do: find the operation, ask its function."""
        for logical, api in self.of_type("AWS::ApiGatewayV2::Api"):
            for path, methods in api["Properties"]["Body"]["paths"].items():
                pattern = re.sub(r"\{[^}]+\}", "[^/]+", path)
                operation = methods.get(step["method"].lower())
                if operation and re.fullmatch(pattern, step["path"]):
                    uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
                    function = re.search(r"\$\{(\w+Function)\.Arn\}", uri).group(1)
                    return self.invoke(function, http_event(step, path))
        raise LookupError(f"no operation for {step['method']} {step['path']}")

    def send(self, step):
        place = self.physical[step["channel"]]
        fifo = {"MessageGroupId": step["group"], "MessageDeduplicationId": str(time.time_ns())} if "group" in step else {}
        if place.startswith("arn:"):
            self.sns.publish(TopicArn=place, Message=step["body"], **fifo)
        else:
            self.sqs.send_message(QueueUrl=place, MessageBody=step["body"], **fifo)

    def pump(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            moved = [self.poll(mapping["Properties"]) for _, mapping in self.of_type("AWS::Lambda::EventSourceMapping")]
            running = any(one["status"] == "RUNNING" for one in executions())
            if not any(moved) and not running:
                # Twice: a message that becomes visible while moto counts is in neither of its counts.
                if not self.waiting() and not self.waiting():
                    return
                time.sleep(0.1)
        raise TimeoutError("messages still move: " + json.dumps(self.waiting()))

    def waiting(self):
        """Queues with a function behind them that aren't empty, and messages that the outbox keeps."""
        left = {}
        if "Outbox" in self.physical:
            kept = self.tables.scan(TableName=self.physical["Outbox"], Select="COUNT")["Count"]
            if kept:
                left["Outbox"] = kept
        for _, mapping in self.of_type("AWS::Lambda::EventSourceMapping"):
            source, attribute = mapping["Properties"]["EventSourceArn"]["Fn::GetAtt"]
            if attribute == "Arn":
                names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
                url = self.physical[source]
                there = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
                if count := sum(int(value) for value in there.values()):
                    left[source] = count
        return left

    def poll(self, mapping):
        source, attribute = mapping["EventSourceArn"]["Fn::GetAtt"]
        function = mapping["FunctionName"]["Ref"]
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], mapping
        if attribute == "Arn":
            return self.poll_queue(source, function, mapping["BatchSize"])
        return self.poll_stream(source, function, mapping["BatchSize"])

    def poll_queue(self, source, function, size):
        url = self.physical[source]
        got = self.sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(size, 10),
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        ).get("Messages", [])
        if not got:
            return False
        error, answer, _ = self.invoke(function, {"Records": [sqs_record(source, message) for message in got]})
        failed = {one["itemIdentifier"] for one in (answer or {}).get("batchItemFailures", [])}
        for message in got:
            if error is None and message["MessageId"] not in failed:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return True

    def poll_stream(self, source, function, size):
        table = self.physical[source]
        arn = self.tables.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        moved = False
        for shard in self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = self.streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            records = self.streams.get_records(ShardIterator=iterator)["Records"]
            wanted = ("INSERT", "MODIFY")
            fresh = [one for one in records if one["eventName"] in wanted][self.seen.get(arn, 0):][:size]
            if not fresh:
                continue
            event = {"Records": [stream_record(arn, record) for record in fresh]}
            error, answer, _ = self.invoke(function, event)
            assert error is None, (error, answer)
            failures = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
            numbers = [record["dynamodb"]["SequenceNumber"] for record in fresh]
            # The stream hands over again from the first that failed.
            done = numbers.index(failures[0]) if failures else len(fresh)
            self.seen[arn] = self.seen.get(arn, 0) + done
            moved = moved or done > 0
        return moved

    def report(self):
        time.sleep(0.1)
        lines = [line for sandbox in self.functions.values() for line in sandbox.lines]
        trace = [json.loads(line)["aqueduct.trace.v1"] for line in lines if "aqueduct.trace.v1" in line]
        rows, letters = {}, {}
        for logical, _ in self.of_type("AWS::DynamoDB::Table"):
            rows[logical] = self.tables.scan(TableName=self.physical[logical])["Items"]
        for logical, _ in self.of_type("AWS::SQS::Queue"):
            got = self.sqs.receive_message(
                QueueUrl=self.physical[logical], MaxNumberOfMessages=10, VisibilityTimeout=0
            ).get("Messages", [])
            letters[logical] = [message["Body"] for message in got]
        used = self.account.used
        return {
            "executions": executions(),
            "rows": rows,
            "left": letters,
            "trace": trace,
            "deliveries": self.deliveries,
            "denied": self.account.denied,
            "granted": {name: sorted(map(list, grants)) for name, grants in self.account.grants.items()},
            "used": {name: sorted(map(list, grants)) for name, grants in used.items()},
            "log": [line for line in lines if "aqueduct.trace.v1" not in line],
        }

    def close(self):
        for sandbox in self.functions.values():
            sandbox.close()


def leading_keys(statement):
    condition = statement.get("Condition", {}).get("ForAllValues:StringLike", {})
    return condition.get("dynamodb:LeadingKeys", [])


def http_event(step, route):
    """Payload format 2.0 of HTTP APIs."""
    path, _, query = step["path"].partition("?")
    return {
        "version": "2.0",
        "routeKey": f"{step['method']} {route}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": step.get("headers", {}),
        "requestContext": {
            "stage": "$default",
            "timeEpoch": int(time.time() * 1000),
            "http": {"method": step["method"], "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
        },
        "body": step.get("body", ""),
        "isBase64Encoded": False,
    }


def sqs_record(queue, message):
    attributes = {
        name: {"stringValue": value.get("StringValue"), "dataType": value["DataType"]}
        for name, value in message.get("MessageAttributes", {}).items()
    }
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {name: str(value) for name, value in message["Attributes"].items()},
        "messageAttributes": attributes,
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:" + queue,
        "awsRegion": "us-east-1",
    }


def stream_record(arn, record):
    return {
        **record,
        "eventSource": "aws:dynamodb",
        "eventSourceARN": arn,
        "dynamodb": {**record["dynamodb"], "ApproximateCreationDateTime": int(time.time())},
    }


def filled(path, answers):
    """`{ride-3}` in a path is the id in the fourth answer that has one."""

    def known(match):
        bodies = [json.loads(one["payload"]["body"]) for one in answers if (one["payload"] or {}).get("body")]
        rides = [body["ride_id"] for body in bodies if isinstance(body, dict) and "ride_id" in body]
        return rides[int(match.group(1))]

    return re.sub(r"\{ride-(\d+)\}", known, path)


def main(plan_path, report_path):
    with open(plan_path, encoding="utf-8") as file:
        plan = json.load(file)
    stack = Stack(plan)
    answers = []
    try:
        for step in plan["steps"]:
            if step["do"] == "pump":
                stack.pump()
            elif step["do"] == "send":
                stack.send(step)
            else:
                if step["do"] == "request":
                    error, payload, seconds = stack.request({**step, "path": filled(step["path"], answers)})
                else:
                    error, payload, seconds = stack.invoke(stack.named(step["function"]), step["event"])
                answers.append({"error": error, "payload": payload, "seconds": seconds})
        report = {"answers": answers, **stack.report()}
    finally:
        stack.close()
    with open(report_path, "w", encoding="utf-8") as out:
        json.dump(report, out, indent=1, default=str)


if __name__ == "__main__":
    main(*sys.argv[1:])
