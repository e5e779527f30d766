"""Judges SAM templates: AWS's translator, cfn-lint on both forms, checkov on what CloudFormation sees.

usage: judge.py NAME=TEMPLATE...     writes NAME.cfn.json beside each template; one JSON line for each finding
"""
import json
import os
import subprocess
import sys

from sam import translated

HERE = os.path.dirname(sys.executable)

# Checks of checkov that say something about systems of functions, queues and tables. The others want a private
# network, customer-managed keys or a concurrency reserved for each function: decisions of an account, not of a system.
CHECKOV = ",".join([
    "CKV_AWS_18",  # logging
    "CKV_AWS_26",  # topics are encrypted
    "CKV_AWS_27",  # queues are encrypted
    "CKV_AWS_28",  # tables can be brought back to any moment
    "CKV_AWS_45",  # no secrets in the environment of functions
    "CKV_AWS_60",  # nobody may take on a role but its service
    "CKV_AWS_61",
    "CKV_AWS_62",  # no administrators
    "CKV_AWS_63",  # no wildcards
    "CKV_AWS_66",  # logs end
    "CKV_AWS_76",  # calls are logged
    "CKV_AWS_107",  # no credentials, secrets or keys for everyone
    "CKV_AWS_108",
    "CKV_AWS_109",
    "CKV_AWS_110",
    "CKV_AWS_111",
    "CKV_AWS_168",  # queues aren't open to everyone
    "CKV_AWS_169",  # nor topics
])


def run(*command):
    """What a judge prints. Judges answer with findings by their exit code; only silence is a failure."""
    done = subprocess.run(command, capture_output=True, text=True)
    if not done.stdout.strip():
        assert done.returncode == 0, done.stderr
        return None
    return json.loads(done.stdout)


def cfn_lint(path):
    for found in run(HERE + "/cfn-lint", "--format", "json", path) or []:
        place = found["Location"]["Path"] or []
        resource = place[1] if len(place) > 1 and place[0] == "Resources" else ""
        yield found["Rule"]["Id"], resource, found["Message"]


def checkov(path):
    report = run(
        HERE + "/checkov", "--file", path, "--framework", "cloudformation", "--output", "json",
        "--quiet", "--compact", "--skip-download", "--check", CHECKOV,
    )
    for found in report["results"]["failed_checks"] if "results" in report else []:
        yield found["check_id"], found["resource"].split(".")[-1], found["check_name"]
    print(f"checkov: {report.get('summary', report)}", file=sys.stderr)


def main():
    for argument in sys.argv[1:]:
        name, _, path = argument.partition("=")
        cloudformation = os.path.splitext(path)[0] + ".cfn.json"
        with open(cloudformation, "w", encoding="utf-8") as out:
            json.dump(translated(path), out, indent=1, default=str)
        judged = [
            ("cfn-lint", cfn_lint(path)),
            ("cfn-lint", cfn_lint(cloudformation)),
            ("checkov", checkov(cloudformation)),
        ]
        for judge, findings in judged:
            for rule, resource, message in findings:
                print(json.dumps({"name": name, "judge": judge, "rule": rule, "resource": resource, "message": message}))


main()
