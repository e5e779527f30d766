"""State machines of an emulated account: moto's interpreter, with the substitutions that moto's CloudFormation forgets.

Waits and the pauses between tries take no time.
"""
import json

import boto3
import moto.stepfunctions.parser.asl.component.common.retry.retrier_decl as retrier
import moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function as waiting
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.common_models import CloudFormationModel
from moto.core.config import default_user_config
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

# What a machine is called in the template that moto is given, so that it doesn't take it for its own.
TYPE = "AWS::StepFunctions::ExecutedStateMachine"

ACCOUNT, REGION = "123456789012", "us-east-1"


class Machine(CloudFormationModel):
    """AWS::StepFunctions::StateMachine as it is deployed: executed, and with what its substitutions stand for."""

    __module__ = "moto.stepfunctions.models"  # moto finds the service of a resource by the module of its class
    endpoint = None

    def __init__(self, arn):
        self.physical_resource_id = arn

    physical_resource_id = None

    @staticmethod
    def cloudformation_name_type():
        return ""

    @staticmethod
    def cloudformation_type():
        return TYPE

    @classmethod
    def has_cfn_attr(cls, attr):
        return attr == "Arn"

    def get_cfn_attribute(self, attr):
        return self.physical_resource_id

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        wanted = cloudformation_json["Properties"]
        definition = wanted["DefinitionString"]
        for name, value in wanted.get("DefinitionSubstitutions", {}).items():
            definition = definition.replace("${%s}" % name, value)
        client = boto3.client("stepfunctions", endpoint_url=cls.endpoint)
        json.loads(definition)
        made = client.create_state_machine(name=resource_name, definition=definition, roleArn=wanted["RoleArn"])
        return cls(made["stateMachineArn"])

    @classmethod
    def delete_from_cloudformation_json(cls, *_, **__):
        pass


def execute(invoke):
    """Has machines executed; `invoke(name, event)` runs a function and gives its error and its answer."""

    def called(self, function_name, qualifier, body, headers, response_headers):
        name = function_name.split(":")[6] if function_name.startswith("arn:") else function_name
        error, payload = invoke(name, json.loads(body or b"null"))
        if error is not None:
            response_headers["x-amz-function-error"] = "Unhandled"
            payload = {"errorMessage": "", **(payload or {}), "errorType": error}
        return json.dumps(payload).encode()

    default_user_config["stepfunctions"]["execute_state_machine"] = True
    LambdaSimpleBackend.invoke = called
    waiting.WaitFunction._wait_interval = lambda self, env, wait_seconds: None
    retrier.time = type("Clock", (), {"sleep": staticmethod(lambda seconds: None)})


def executions():
    """All executions: name, machine, status and error."""
    backend = stepfunctions_parser_backends[ACCOUNT][REGION]
    return [
        {
            "machine": machine.name,
            "name": execution.name,
            "status": str(execution.exec_status or "RUNNING").rpartition(".")[2],
            "error": execution.error,
        }
        for machine in list(backend.state_machines)
        for execution in list(machine.executions)
    ]
