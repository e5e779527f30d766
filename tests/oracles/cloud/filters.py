"""What SNS would let through, as moto reads filter policies.

usage: filters.py     JSON lines {"policy", "messages"} in, for each a line of {"passes": [bool]}, {"unknown"}
or {"refused"} out
"""
import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from moto.sns.models import sns_backends
from moto.sns.utils import FilterPolicyMatcher

# Known to be wrong in moto 5.2.5, which answers no: these are left to others.
UNKNOWN = '"anything-but": {"suffix"'

backend = sns_backends["123456789012"]["us-east-1"]


def alternatives(policy):
    """moto reads `$or` in attributes only. AWS documents it as one of its parts, so each part is asked by itself."""
    return policy["$or"] if set(policy) == {"$or"} else [policy]


def judged(case):
    if UNKNOWN in json.dumps(case["policy"]):
        return {"unknown": UNKNOWN}
    matchers = []
    for policy in alternatives(case["policy"]):
        backend._validate_filter_policy(policy, scope="MessageBody")
        matchers.append(FilterPolicyMatcher(policy, "MessageBody"))
    messages = case["messages"]
    return {"passes": [any(one.matches(None, message) for one in matchers) for message in messages]}


for line in sys.stdin:
    try:
        answer = judged(json.loads(line))
    except Exception as refused:  # moto's errors have no common kind
        answer = {"refused": str(refused)}
    print(json.dumps(answer))
