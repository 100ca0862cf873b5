"""Checks commands of the AWS CLI against botocore's models, and prints the findings as JSON.

Standard input: [["kinesis", "describe-stream-summary", "--stream-name", "NAME"], ...], the words after "aws".
Standard output: {"findings": [...], "checked": number}.
"""

import json
import sys

import botocore.session
import jmespath
from botocore import xform_name

# Commands and options that the CLI has beside the services' operations.
CUSTOM = {("s3", "ls"), ("logs", "tail")}
GLOBAL_OPTIONS = {"--query", "--output", "--region", "--profile"}
# Options that the CLI renames: awscli/customizations/argrename.py.
RENAMED = {("sns", "subscribe"): {"--notification-endpoint": "--endpoint"}}
# Services whose commands the AWS CLI names in another way.
COMMANDS = {"s3api": "s3"}
PAGING_OPTIONS = {"--max-items", "--page-size", "--starting-token"}


def sample(shape, depth=0):
    """A value of a shape with every member, so that a query that names a missing one finds nothing."""
    if depth > 8:
        return "..."
    if shape.type_name == "structure":
        return {name: sample(member, depth + 1) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [sample(shape.member, depth + 1)]
    if shape.type_name == "map":
        return {"key": sample(shape.value, depth + 1)}
    return "text" if shape.type_name in ("string", "timestamp", "blob") else 1


def findings(session, words):
    service, operation, *rest = words
    if (service, operation) in CUSTOM:
        return
    service = COMMANDS.get(service, service)
    if service not in session.get_available_services():
        yield f"{service} is no service"
        return
    model = session.get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        yield f"{service} has no operation {operation}"
        return
    declared = model.operation_model(names[operation])
    members = declared.input_shape.members if declared.input_shape else {}
    options = {f"--{xform_name(name, '-')}" for name in members}
    renamed = RENAMED.get((service, operation), {})
    given = [renamed.get(word, word) for word in rest if word.startswith("--")]
    for option in given:
        if option not in options | GLOBAL_OPTIONS | PAGING_OPTIONS:
            yield f"{service} {operation} has no option {option}"
    required = declared.input_shape.required_members if declared.input_shape else []
    for name in required:
        if f"--{xform_name(name, '-')}" not in given:
            yield f"{service} {operation} needs --{xform_name(name, '-')}"
    if "--query" in given:
        query = rest[rest.index("--query") + 1]
        yield from query_findings(query, sample(declared.output_shape))


def query_findings(query, output):
    """Every path of the query exists in the output; filters are left out, because no sample passes them."""
    try:
        tree = jmespath.compile(query).parsed
    except jmespath.exceptions.JMESPathError as error:
        yield f"--query {query}: {error}"
        return
    for missing in missing_fields(tree, output):
        yield f"--query {query}: the answer has no {missing}"


def missing_fields(node, value):
    kind, children = node["type"], node["children"]
    if kind == "field":
        if isinstance(value, dict) and node["value"] not in value:
            yield node["value"]
        return
    if kind in ("projection", "filter_projection", "subexpression", "index_expression", "pipe"):
        yield from missing_fields(children[0], value)
        base = reached(children[0], value)
        if kind in ("projection", "filter_projection"):
            base = base[0] if isinstance(base, list) and base else base
        for child in children[1:]:
            yield from missing_fields(child, base)
            base = reached(child, base)
        return
    for child in children:
        if isinstance(child, dict):
            yield from missing_fields(child, value)


def reached(node, value):
    if node["type"] == "field":
        return value.get(node["value"]) if isinstance(value, dict) else value
    if node["type"] == "flatten":
        return reached(node["children"][0], value)
    if node["type"] in ("subexpression", "index_expression"):
        for child in node["children"]:
            value = reached(child, value)
        return value
    if node["type"] == "index":
        return value[0] if isinstance(value, list) and value else value
    return value


def main():
    session = botocore.session.get_session()
    commands = json.load(sys.stdin)
    found = [f"aws {' '.join(words)}: {finding}" for words in commands for finding in findings(session, words)]
    print(json.dumps({"findings": found, "checked": len(commands)}))


main()
