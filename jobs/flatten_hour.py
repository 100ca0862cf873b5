"""Glue job: turns one hour of raw rows into Parquet, one table after the other, and reports what it wrote.

The flatten rules are pure functions, the same as in lake/flattenPlan.ts and local/engine/, held to the same vectors
(test/fixtures/flatten/). Spark only moves rows through them: its own JSON inference fails on fields named twice, reads
integers past 64 bits as decimals, spells numbers differently in texts, and drops objects without fields.

Arguments: --BUCKET --HOUR 2026-11-20T10 --TABLES records,orders --RAW_PREFIX raw/ --PARQUET_PREFIX parquet-output/
--LEDGER_PREFIX ledger/ [--COLUMNS '{"orders":[{"name":"total","type":"double"}]}']

Runs on Glue 5.0: Spark 3.5.4, Python 3.11. It overwrites its hour, so running it again gives the same rows.
"""

import json
import math
import re
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

# ---------------------------------------------------------------------------------------------------------------------
# Values: JSON as it was written, and texts of it.


class RepeatedFields(dict):
    """An object that names a field more than once: the first value counts, all of them are seen and kept in texts."""

    def __init__(self, pairs):
        super().__init__(reversed(pairs))
        self.pairs = pairs


def read_row(line):
    """Parses one line of raw/; raises ValueError where it is not one."""
    row = json.loads(line, object_pairs_hook=_read_object, parse_constant=_refuse_constant)
    if not isinstance(row, dict) or not isinstance(row.get("data"), dict):
        raise ValueError(f"a line of {len(line)} characters is not a row of raw/")
    return row


def _read_object(pairs):
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else RepeatedFields(pairs)


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def pairs_of(fields):
    return fields.pairs if isinstance(fields, RepeatedFields) else fields.items()


def text_of(value):
    """A scalar's own text, an object's or array's JSON; None stays None."""
    if value is None or isinstance(value, str):
        return value
    return json_text(value)


def json_text(value):
    """Compact JSON; integers exact, other numbers as the shortest text of their double."""
    if isinstance(value, str):
        return '"' + _ESCAPED.sub(_escape, value) + '"'
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    return "{" + ",".join(f"{json_text(name)}:{json_text(field)}" for name, field in pairs_of(value)) + "}"


_ESCAPED = re.compile(r'["\\\x00-\x1f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(found):
    return _SHORT.get(found.group()) or f"\\u{ord(found.group()):04X}"


def number_text(number):
    """The shortest text that reads back as this double, with `.0` where it would look like an integer."""
    if number == 0:
        return "-0.0" if math.copysign(1, number) < 0 else "0.0"
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    shown = "".join(map(str, digits))
    point = len(shown) + exponent
    if len(shown) <= point <= 21:
        text = shown + "0" * exponent + ".0"
    elif 0 < point <= 21:
        text = f"{shown[:point]}.{shown[point:]}"
    elif -6 < point <= 0:
        text = "0." + "0" * -point + shown
    else:
        fraction = f".{shown[1:]}" if len(shown) > 1 else ""
        text = f"{shown[0]}{fraction}e{point - 1}"
    return f"-{text}" if sign else text


# ---------------------------------------------------------------------------------------------------------------------
# The shape of an hour's rows: what kinds of values were seen at each path.

LEAST_BIGINT = -(2**63)
MOST_BIGINT = 2**63 - 1


class Shape:
    """One path's shape while rows are added; shapes of parts of the rows merge in any order."""

    __slots__ = ("kinds", "items", "fields", "rows")

    def __init__(self):
        self.kinds = set()
        self.items = None
        self.fields = None
        self.rows = 0

    def add(self, value):
        if isinstance(value, dict):
            if self.fields is None:
                self.fields = {}
            for name, field in pairs_of(value):
                node = self.fields.get(name)
                if node is None:
                    node = self.fields[name] = Shape()
                node.add(field)
        elif isinstance(value, list):
            if self.items is None:
                self.items = Shape()
            for item in value:
                self.items.add(item)
        elif value is not None:
            self.kinds.add(_kind_of(value))

    def merge(self, other):
        self.rows += other.rows
        self.kinds |= other.kinds
        if other.items is not None:
            self.items = other.items if self.items is None else self.items.merge(other.items)
        if other.fields is not None:
            if self.fields is None:
                self.fields = {}
            for name, node in other.fields.items():
                mine = self.fields.get(name)
                self.fields[name] = node if mine is None else mine.merge(node)
        return self

    def plain(self):
        """As lake/flattenShape.ts has it."""
        fields = None if self.fields is None else {name: node.plain() for name, node in self.fields.items()}
        numbers = self.kinds & {"integer", "double"}
        others = self.kinds - numbers
        seen = len(others) + bool(numbers) + (self.items is not None) + (fields is not None)
        if seen > 1:
            return {"kind": "mixed"} if fields is None else {"kind": "mixed", "fields": fields}
        if fields is not None:
            return {"kind": "object", "fields": fields}
        if self.items is not None:
            return {"kind": "array", "items": self.items.plain()}
        if numbers:
            return {"kind": "double" if "double" in numbers else "integer"}
        return {"kind": next(iter(others), "null")}


def _kind_of(value):
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if LEAST_BIGINT <= value <= MOST_BIGINT else "double"
    return "double" if isinstance(value, float) else "string"


def shape_of_lines(lines):
    shape = Shape()
    for line in lines:
        shape.add(read_row(line)["data"])
        shape.rows += 1
    return shape


# ---------------------------------------------------------------------------------------------------------------------
# Column names and the plan of columns: lake/flattenName.ts and lake/flattenPlan.ts.

META_COLUMNS = [
    {"name": "_id", "type": "string"},
    {"name": "_arrived", "type": "timestamp"},
    {"name": "_format", "type": "string"},
]
RESERVED_NAMES = {"_id", "_arrived", "_format", "dt", "hour"}
MAX_COLUMN_NAME = 255
MAX_FIELDS = 1000
MAX_COLUMNS = 4000


def column_name(path):
    return "_".join(map(_plain_name, path))[:MAX_COLUMN_NAME]


def _plain_name(field):
    lower = re.sub("[A-Z]", lambda letter: letter.group().lower(), field)
    return re.sub("[^a-z0-9_]", "_", lower) or "_"


def unique_names(sorted_paths):
    taken = set(RESERVED_NAMES)
    following = {}
    names = []
    for path in sorted_paths:
        plain = name = column_name(path)
        count = following.get(plain, 2)
        while name in taken:
            suffix = f"_{count}"
            name = plain[: MAX_COLUMN_NAME - len(suffix)] + suffix
            count += 1
            following[plain] = count
        taken.add(name)
        names.append(name)
    return names


def plan_columns(shape):
    """Columns of a table without a declared schema: [{name, type, path, cast}] by name, and how many were left out."""
    every = list(_leaves(_row_fields(shape), ()))
    leaves = every[:MAX_COLUMNS]
    names = unique_names([path for path, _ in leaves])
    columns = [
        {"name": name, "type": _type_of(leaf), "path": list(path), "cast": False}
        for name, (path, leaf) in zip(names, leaves)
    ]
    return sorted(columns, key=lambda column: column["name"]), len(every) - len(leaves)


def plan_declared(shape, declared):
    """Exactly the declared columns, in the declared order, their values found by flattened name."""
    flattened = {column["name"]: column["path"] for column in plan_columns(shape)[0]}
    others = {}
    for path in _every_path(_row_fields(shape), ()):
        others.setdefault(column_name(path), list(path))
    columns = [
        {
            "name": column["name"],
            "type": column["type"],
            "path": flattened.get(column["name"]) or others.get(column["name"]),
            "cast": True,
        }
        for column in declared
    ]
    return columns, 0


def _row_fields(shape):
    return shape.get("fields") or {}


def _leaves(fields, above):
    for name in sorted(fields):
        path = (*above, name)
        shape = fields[name]
        below = shape.get("fields") if shape["kind"] == "object" else None
        if below and len(below) <= MAX_FIELDS:
            yield from _leaves(below, path)
        else:
            yield path, shape


def _every_path(fields, above):
    for name in sorted(fields):
        path = (*above, name)
        yield path
        yield from _every_path(fields[name].get("fields") or {}, path)


def _type_of(shape):
    if shape["kind"] != "array":
        return _scalar_type(shape)
    items = shape["items"]
    if items["kind"] == "array" or (items["kind"] == "object" and items["fields"]):
        return "string"
    return f"array<{_scalar_type(items)}>"


def _scalar_type(shape):
    return {"integer": "bigint", "boolean": "boolean", "double": "double"}.get(shape["kind"], "string")


# ---------------------------------------------------------------------------------------------------------------------
# Values of columns. The casts are those of local/engine/castSql.ts.

_INTEGER = re.compile(r"[+-]?[0-9]+(\.0*)?")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])(0[0-9]|1[0-5]):([0-5][0-9]))?)?)?"
)


def flatten(row, columns):
    """A row of raw/ as a list of the columns' values, and how many of them could not be cast."""
    values = []
    failed = 0
    for column in columns:
        value = _value_at(row["data"], column["path"])
        if column["cast"]:
            value, has_failed = cast(value, column["type"])
            failed += has_failed
        else:
            value = _as_planned(value, column["type"])
        values.append(value)
    return values, failed


def _value_at(value, path):
    if path is None:
        return None
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _as_planned(value, column_type):
    if value is None:
        return None
    if column_type == "string":
        return text_of(value)
    if column_type.startswith("array<"):
        element = column_type[len("array<") : -1]
        return [_as_planned(item, element) for item in value]
    return float(value) if column_type == "double" else value


def cast(value, column_type):
    """The value as the declared type, and whether it (or an element of it) could not be: then it is None."""
    if column_type.startswith("array<"):
        return _cast_list(value, column_type[len("array<") : -1])
    text = text_of(value)
    if column_type == "string":
        return text, False
    text = None if text is None else text.strip(" \t")
    if not text:
        return None, False
    result = _CASTS[column_type](text)
    return result, result is None


def _cast_list(value, element):
    if value is None or (isinstance(value, str) and not value.strip(" \t")):
        return None, False
    items = _list_in(value) if isinstance(value, str) else value
    if not isinstance(items, list):
        return None, True
    cells = [cast(item, element) for item in items]
    return [cell for cell, _ in cells], any(has_failed for _, has_failed in cells)


def _list_in(text):
    try:
        return json.loads(text, object_pairs_hook=_read_object, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _boolean(text):
    return {"true": True, "false": False}.get(text.lower())


def _bigint(text):
    if not _INTEGER.fullmatch(text) or len(text) > 1000:
        return None
    value = int(text.split(".")[0])
    return value if LEAST_BIGINT <= value <= MOST_BIGINT else None


def _double(text):
    value = float(text) if _NUMBER.fullmatch(text) else math.inf
    return value if math.isfinite(value) else None


def _date(text):
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _timestamp(text):
    """ISO 8601, UTC where no offset is given, cut to microseconds."""
    found = _TIMESTAMP.fullmatch(text)
    day = found and _date(found.group(1))
    if not day:
        return None
    hours, minutes, seconds, fraction, sign, *offset = found.groups()[1:]
    micros = int(((fraction or "") + "000000")[:6])
    local = datetime(
        day.year, day.month, day.day, int(hours or 0), int(minutes or 0), int(seconds or 0), micros, timezone.utc
    )
    try:
        ahead = timedelta(hours=int(offset[0]), minutes=int(offset[1])) if sign else timedelta()
        return local + ahead if sign == "-" else local - ahead
    except OverflowError:
        return None


_CASTS = {"boolean": _boolean, "bigint": _bigint, "double": _double, "date": _date, "timestamp": _timestamp}


# ---------------------------------------------------------------------------------------------------------------------
# Keys: lake/objectKey.ts and lake/ledger.ts.

_HOUR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3])")
_COUNT = re.compile(r"-([0-9]+)-([0-9]+)-([0-9]+)\.ndjson\.gz$")


def partition_path(hour):
    found = _HOUR.fullmatch(hour)
    if not found:
        raise ValueError(f'--HOUR "{hour}" is not an hour; write it as 2026-11-20T10 (UTC)')
    return f"dt={found.group(1)}/hour={found.group(2)}"


def lines_expected(keys):
    """How many lines the keys say their objects have; None where a key does not say."""
    counts = [_COUNT.search(key) for key in keys]
    return sum(int(found.group(3)) for found in counts) if all(counts) else None


def job_report(keys, rows, columns, failed_casts, dropped_columns):
    return {
        "objects": keys,
        "rows": rows,
        "columns": META_COLUMNS + [{"name": column["name"], "type": column["type"]} for column in columns],
        "failedCasts": failed_casts,
        "droppedColumns": dropped_columns,
    }


# ---------------------------------------------------------------------------------------------------------------------
# The shell: Glue, Spark and S3.

_FAILED = "__failed_casts"
_NAMES = ["BUCKET", "HOUR", "TABLES", "RAW_PREFIX", "PARQUET_PREFIX", "LEDGER_PREFIX"]

_SPARK_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    # What Athena reads without guessing; Spark's own default is INT96.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Old dates are written as they are; Spark's default fails the run on days before 1582.
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
}


def flatten_lines(lines, columns):
    """Lines of raw/ as tuples of the table's columns, the number of failed casts last."""
    for line in lines:
        row = read_row(line)
        values, failed = flatten(row, columns)
        yield (row["_id"], _timestamp(row["_arrived"]), row["_format"], *values, failed)


def spark_schema(columns):
    from pyspark.sql import types

    scalars = {
        "boolean": types.BooleanType(),
        "bigint": types.LongType(),
        "double": types.DoubleType(),
        "string": types.StringType(),
        "timestamp": types.TimestampType(),
        "date": types.DateType(),
    }

    def type_of(name):
        if name.startswith("array<"):
            return types.ArrayType(scalars[name[len("array<") : -1]])
        return scalars[name]

    fields = [types.StructField(column["name"], type_of(column["type"])) for column in META_COLUMNS + columns]
    return types.StructType([*fields, types.StructField(_FAILED, types.LongType())])


def flatten_table(spark, store, options, table, declared):
    """Flattens one table's hour; leaves it as it is where there are no raw objects."""
    from pyspark import StorageLevel
    from pyspark.sql import functions

    bucket = options["BUCKET"]
    partition = f"{table}/{partition_path(options['HOUR'])}/"
    keys = list_keys(store, bucket, options["RAW_PREFIX"] + partition)
    if not keys:
        return
    paths = [f"s3://{bucket}/{key}" for key in keys]
    lines = spark.read.option("lineSep", "\n").text(paths).rdd.map(lambda row: row[0])

    shape = lines.mapPartitions(lambda part: [shape_of_lines(part)]).treeReduce(lambda left, right: left.merge(right))
    expected = lines_expected(keys)
    if expected is not None and expected != shape.rows:
        raise ValueError(f'table "{table}": raw objects have {shape.rows} lines, their keys say {expected}')
    columns, dropped = plan_columns(shape.plain()) if declared is None else plan_declared(shape.plain(), declared)

    flattened = spark.createDataFrame(
        lines.mapPartitions(lambda part: flatten_lines(part, columns)), spark_schema(columns), verifySchema=False
    )
    rows = flattened.dropDuplicates(["_id"]).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        counted = rows.agg(functions.count("*"), functions.sum(_FAILED)).first()
        target = f"s3://{bucket}/{options['PARQUET_PREFIX']}{partition}"
        rows.drop(_FAILED).write.mode("overwrite").option("compression", "zstd").parquet(target)
    finally:
        rows.unpersist()
    store.put_object(
        Bucket=bucket,
        Key=f"{options['LEDGER_PREFIX']}{partition}job.json",
        Body=json.dumps(job_report(keys, counted[0], columns, counted[1] or 0, dropped)).encode(),
        ContentType="application/json",
    )


def list_keys(store, bucket, prefix):
    pages = store.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return sorted(found["Key"] for page in pages for found in page.get("Contents", []))


def main():
    import boto3
    from awsglue.utils import getResolvedOptions
    from pyspark.sql import SparkSession

    names = [*_NAMES, "COLUMNS"] if "--COLUMNS" in sys.argv else _NAMES
    options = getResolvedOptions(sys.argv, names)
    declared = json.loads(options.get("COLUMNS", "{}"))
    spark = SparkSession.builder.getOrCreate()
    for name, value in _SPARK_SETTINGS.items():
        spark.conf.set(name, value)
    # No _SUCCESS object among a table's Parquet.
    spark.sparkContext._jsc.hadoopConfiguration().set("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
    store = boto3.client("s3")
    for table in options["TABLES"].split(","):
        flatten_table(spark, store, options, table, declared.get(table))


if __name__ == "__main__":
    main()
