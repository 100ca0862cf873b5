"""Runs the golden vectors through the Glue script's pure part and prints what came out, as JSON by case."""

import json
import pathlib
import sys
from datetime import date, datetime

root = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(root / "jobs"))
sys.dont_write_bytecode = True

import flatten_hour  # noqa: E402


def shown(value):
    """As DuckDB writes values to JSON: 64-bit integers as texts, times without their zone."""
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, datetime):
        text = value.strftime("%Y-%m-%d %H:%M:%S")
        return f"{text}.{value.microsecond:06d}".rstrip("0") if value.microsecond else text
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def plain_columns(columns):
    return [flatten_hour.plain_column(column) for column in columns]


def rows_case(folder):
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    declared = expected.get("declared")
    data = (folder / "rows.ndjson").read_text("utf-8").removesuffix("\n").split("\n")
    lines = [f'{{"_id":"s/{index}","data":{row}}}' for index, row in enumerate(data)]
    # In two parts, so that merging shapes is tried too.
    shape = flatten_hour.shape_of_lines(lines[1:]).merge(flatten_hour.shape_of_lines(lines[:1])).plain()
    if declared:
        columns, _ = flatten_hour.plan_declared(shape, declared)
    else:
        columns, _ = flatten_hour.plan_columns(shape)
        columns = flatten_hour.widen_columns(columns, expected.get("tableColumns", []))
    flat = [flatten_hour.flatten(flatten_hour.read_row(line), columns) for line in lines]
    return {
        "columns": plain_columns(columns),
        "rows": [[shown(value) for value in values] for values, _ in flat],
        "failedCasts": sum(failed for _, failed in flat),
    }


def plan_case(file):
    case = json.loads(file.read_text("utf-8"))
    if "declared" in case:
        columns, dropped = flatten_hour.plan_declared(case["shape"], case["declared"])
    else:
        columns, dropped = flatten_hour.plan_columns(case["shape"])
    planned = [{key: c[key] for key in ("name", "type", "path", "others") if key in c} for c in columns]
    return {"columns": planned, "dropped": dropped}


vectors = root / "test" / "fixtures" / "flatten"
print(
    json.dumps(
        {
            "rows": {folder.name: rows_case(folder) for folder in sorted((vectors / "rows").iterdir())},
            "plans": {file.stem: plan_case(file) for file in sorted((vectors / "plans").iterdir())},
        }
    )
)
