"""A SAM template as CloudFormation sees it: AWS's own translator, without credentials.

usage: sam.py TEMPLATE OUT     exit 1 with the translator's words when it refuses
"""
import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """The translator would ask IAM for the ARNs of managed policies; our templates name none."""

    def load(self):
        return {}


def translated(path, with_machines=False):
    """With state machines inside, as an emulator wants them, or where `sam deploy` uploads them."""
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    # What `sam deploy` does before: local code is uploaded, and its place written here.
    # Anchors of YAML are one object in several places; the translator writes into them.
    template = json.loads(json.dumps(template, default=str))
    template["Globals"]["Function"]["CodeUri"] = "s3://code/program.zip"
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::StateMachine":
            if not with_machines:
                resource["Properties"]["DefinitionUri"] = "s3://code/machine.asl.json"
                continue
            definition = resource["Properties"].pop("DefinitionUri")
            with open(os.path.join(os.path.dirname(path), definition), encoding="utf-8") as file:
                resource["Properties"]["Definition"] = json.load(file)
    parameters = {"AWS::Region": "us-east-1", "AWS::StackName": "judged"}
    return transform(template, parameters, NoManagedPolicies())


if __name__ == "__main__":
    try:
        result = translated(sys.argv[1])
    except InvalidDocumentException as error:
        sys.exit("\n".join([error.message, *(cause.message for cause in error.causes)]))
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        json.dump(result, out, indent=1, default=str)
