"""An AWS account that isn't one: moto's server, with the gaps filled that our templates meet, and roles enforced.

moto's own event source mappings deliver once and know no partial batches, so they are left out: `deploy.py` drives
queues and streams as AWS documents it.
"""
import fnmatch
import json
import os
import threading
import urllib.parse

os.environ.update(AWS_DEFAULT_REGION="us-east-1", AWS_ACCESS_KEY_ID="driver", AWS_SECRET_ACCESS_KEY="secret")

from machines import TYPE as MACHINE
from machines import Machine
from moto.core.common_models import CloudFormationModel
from moto.core.config import default_user_config
from moto.server import DomainDispatcherApplication, create_backend_app
from moto.sns.models import sns_backends
from werkzeug.serving import WSGIRequestHandler, make_server

default_user_config["lambda"]["use_docker"] = False

# What moto has no model for, or a wrong one, and what our own driver does instead.
LEFT_OUT = (
    "AWS::ApiGatewayV2::",
    "AWS::CloudWatch::Alarm",
    "AWS::Events::Rule",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::SQS::QueuePolicy",
)


class Subscription(CloudFormationModel):
    """AWS::SNS::Subscription, which moto's CloudFormation doesn't make."""

    __module__ = "moto.sns.models"  # moto finds the service of a resource by the module of its class

    def __init__(self, arn):
        self.physical_resource_id = arn

    physical_resource_id = None

    @staticmethod
    def cloudformation_name_type():
        return ""

    @staticmethod
    def cloudformation_type():
        return "AWS::SNS::Subscription"

    @classmethod
    def has_cfn_attr(cls, attr):
        return False

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        wanted = cloudformation_json["Properties"]
        backend = sns_backends[account_id][region_name]
        made = backend.subscribe(wanted["TopicArn"], wanted["Endpoint"], wanted["Protocol"])
        # The scope comes first: it says how the policy is read.
        for name in ("FilterPolicyScope", "RawMessageDelivery", "FilterPolicy"):
            if name in wanted:
                value = wanted[name]
                if isinstance(value, bool):
                    value = str(value).lower()
                elif not isinstance(value, str):
                    value = json.dumps(value)
                backend.set_subscription_attributes(made.arn, name, value)
                made.attributes[name] = value
        return cls(made.arn)

    @classmethod
    def delete_from_cloudformation_json(cls, *_, **__):
        pass


def fit_for_moto(template):
    """The template without what moto can't make, and the conditions and outputs that spoke of it."""
    kept = {
        name: resource
        for name, resource in template["Resources"].items()
        if not resource["Type"].startswith(LEFT_OUT)
    }
    for name, resource in kept.items():
        depends = resource.get("DependsOn")
        if depends is not None:
            depends = [depends] if isinstance(depends, str) else depends
            resource["DependsOn"] = [one for one in depends if one in kept]
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            resource["Type"] = MACHINE
        if resource["Type"] == "AWS::SQS::Queue" and properties.get("FifoQueue"):
            # CloudFormation makes a name that ends like this by itself.
            properties.setdefault("QueueName", name + ".fifo")
    return {**{k: v for k, v in template.items() if k != "Outputs"}, "Resources": kept}


class Account:
    """The server. Whose access key is the name of a function may do what the role of that function allows."""

    def __init__(self):
        self.grants, self.physical = {}, {}
        self.used, self.denied = {}, []
        self.app = DomainDispatcherApplication(create_backend_app)
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        self.endpoint = "http://127.0.0.1:%d" % self.server.server_port
        # Where machines send what they do themselves.
        os.environ["MOTO_PORT"] = str(self.server.server_port)
        Machine.endpoint = self.endpoint
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __call__(self, environ, start_response):
        caller = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition("/")[0]
        if caller in self.grants:
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = Replayed(body)
            for action, resource, key in asked(environ.get("HTTP_X_AMZ_TARGET", ""), body.decode()):
                logical = self.physical.get(resource, resource)
                keys = self.grants[caller].get((action, logical))
                # `ForAllValues` lets a request pass that names no key, as a scan.
                if keys is None or keys and key and not any(fnmatch.fnmatchcase(key, one) for one in keys):
                    logical = logical if keys is None else f"{logical} {key}"
                    self.denied.append([caller, action, logical])
                    start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.0")])
                    message = f"{caller} is not authorized to perform {action} on {logical}"
                    return [json.dumps({"__type": "AccessDeniedException", "message": message}).encode()]
                self.used.setdefault(caller, set()).add((action, logical))
        return self.app(environ, start_response)


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_):
        pass


class Replayed:
    """A body that was read once and is read again."""

    def __init__(self, body):
        self.body = body

    def read(self, size=-1):
        size = len(self.body) if size is None or size < 0 else size
        part, self.body = self.body[:size], self.body[size:]
        return part

    def readline(self, size=-1):
        end = self.body.find(b"\n") + 1
        return self.read(end or len(self.body))


# Items of a transaction, and the permission that each needs (DynamoDB Developer Guide, "IAM and transactions").
TRANSACTION = {
    "Put": "dynamodb:PutItem",
    "Delete": "dynamodb:DeleteItem",
    "Update": "dynamodb:UpdateItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}


def asked(target, body):
    """The actions that a request needs, each with the physical name of its resource and a key under which it is."""
    service, _, operation = target.partition(".")
    if service.startswith("DynamoDB"):
        wanted = json.loads(body)
        if operation == "TransactWriteItems":
            return [
                (TRANSACTION[kind], item["TableName"], leading(item))
                for entry in wanted["TransactItems"]
                for kind, item in entry.items()
            ]
        return [("dynamodb:" + operation, wanted["TableName"], leading(wanted))]
    if service.startswith("AWSStepFunctions"):
        return [("states:" + operation, json.loads(body)["stateMachineArn"], None)]
    if service.startswith("AmazonSQS"):
        return [("sqs:" + operation, json.loads(body)["QueueUrl"], None)]
    form = {name: values[0] for name, values in urllib.parse.parse_qs(body).items()}
    if form.get("Action") == "Publish":
        return [("sns:Publish", form["TopicArn"], None)]
    return [(f"unknown:{target}{form.get('Action', '')}", "", None)]


def leading(wanted):
    """The partition key of an item on a table that functions share: there it is called `id` and is a text."""
    return wanted.get("Key", wanted.get("Item", {})).get("id", {}).get("S")
