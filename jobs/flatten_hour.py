"""Glue job: converts one hour of raw rows to Parquet, table by table, and reports the result.

The flatten rules are pure functions, the same as in lake/hourly/flattenPlan.ts and local/flatten/. All pass the same
test vectors (test/fixtures/flatten/). The first pass reads every object completely and finds the shape of the rows. It
does not use Spark, whose inference fails on repeated fields, reads integers past 64 bits as decimals and drops objects
without fields. The second pass writes the rows, with Spark's JSON reader if that reads every column the same, else with
this file's code.

Arguments: --BUCKET --HOUR 2026-11-20T10 --TABLES records,orders --RAW_PREFIX raw/ --PARQUET_PREFIX parquet-output/
--LEDGER_PREFIX ledger/ [--COLUMNS '{"orders":[{"name":"total","type":"double"}]}']

Runs on Glue 5.0: Spark 3.5.4, Python 3.11. It overwrites its hour, so a second run writes the same rows.
"""

import gzip
import json
import math
import re
import sys
import zlib
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

# ---------------------------------------------------------------------------------------------------------------------
# Values: parsing JSON without loss, and converting it to strings.


class RepeatedFields(dict):
    """An object with repeated fields: the first value counts; shapes and JSON strings include every value."""

    def __init__(self, pairs):
        super().__init__(reversed(pairs))
        self.pairs = pairs


def row_decoder():
    """Creates a decoder of rows. It cannot be sent to Spark's workers, so each worker creates its own."""
    return json.JSONDecoder(object_pairs_hook=_read_object, parse_constant=_refuse_constant)


def read_row(line, decoder=None):
    """Parses one line of raw/; raises ValueError if it is not a row."""
    row = (decoder or row_decoder()).decode(line)
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
    """Converts a scalar to a string, an object or array to JSON; None stays None."""
    if value is None or isinstance(value, str):
        return value
    return json_text(value)


def json_text(value):
    """Compact JSON with exact integers; other numbers have the shortest form of their double."""
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
    """The shortest string that parses to this double, with `.0` if it would look like an integer."""
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
# The shape of an hour's rows: the kinds of values at each path.

LEAST_BIGINT = -(2**63)
MOST_BIGINT = 2**63 - 1


def _is_wide(text):
    return not text.isascii() and max(text) > "\uffff"


class Structure:
    """The structure of a value without its content; values of the same structure share one instance."""

    def __init__(self, kind, items=None, fields=None, is_respelled=False, is_wide=False, time=None):
        below = items if items is not None else [field for _, field in fields or ()]
        self.kind = kind
        self.items = items
        self.fields = fields
        # True for a string with characters past U+FFFF, which Spark escapes in the JSON of an object or array.
        self.is_wide = is_wide
        # The type, timestamp or date, to which Spark casts such a string as `cast` does.
        self.time = time
        # True if Spark converts a part of the value to another string than text_of does.
        has_wide_names = any(_is_wide(name) for name, _ in fields or ())
        self.is_respelled = is_respelled or has_wide_names or any(one.is_respelled or one.is_wide for one in below)
        self.repeats = any(one.repeats for one in below) or len(dict(fields or ())) != len(fields or ())


_INTEGER_VALUE = Structure("integer")
_DOUBLE_VALUE = Structure("double")
_RESPELLED_DOUBLE = Structure("double", is_respelled=True)
_STRING = Structure("string")
_WIDE_STRING = Structure("string", is_wide=True)
_INSTANT = Structure("string", time="timestamp")
_DAY = Structure("string", time="date")
_SCALARS = {bool: Structure("boolean"), type(None): Structure("null")}
# Numbers that Spark and Python write the same: from 0.001 to ten million, with at most 15 digits.
_SPELLED_ALIKE = re.compile(r"-?(?:0\.0{0,2}[1-9][0-9]{0,11}|[1-9][0-9]{0,6}\.[0-9]{1,8}|0\.0)")
# Times that Spark casts as `cast` does: 1900 to 2099 without leap days, UTC, up to microseconds.
_PLAIN_DAY = (
    r"(?:19|20)[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_PLAIN_INSTANT = _PLAIN_DAY + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?Z"
_TIMES = [(re.compile(_PLAIN_INSTANT).fullmatch, _INSTANT), (re.compile(_PLAIN_DAY).fullmatch, _DAY)]
_SURELY_64_BITS = 18
_MOST_STRUCTURES = 20_000


def _integer_structure(text):
    if len(text) <= _SURELY_64_BITS:
        return _INTEGER_VALUE
    _check_double(text)
    return _INTEGER_VALUE if LEAST_BIGINT <= int(text) <= MOST_BIGINT else _DOUBLE_VALUE


def _double_structure(text):
    if _SPELLED_ALIKE.fullmatch(text):
        return _DOUBLE_VALUE
    _check_double(text)
    return _RESPELLED_DOUBLE


def _check_double(text):
    if math.isinf(float(text)):
        raise ValueError(f"a number of {len(text)} characters is beyond a double")


def _text_structure(text):
    if text.startswith(("19", "20")):
        for fits, structure in _TIMES:
            if fits(text):
                return structure
    return _WIDE_STRING if _is_wide(text) else _STRING


class Structures:
    """Parses lines to structures and caches them, so that many similar rows cost as much as one."""

    def __init__(self):
        self._known = {}
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=_integer_structure,
            parse_float=_double_structure,
            parse_constant=_refuse_constant,
        )

    def of(self, line):
        return self._structure(self._decoder.decode(line))

    def _structure(self, value):
        kind = value.__class__
        if kind is Structure:
            return value
        if kind is str:
            return _text_structure(value)
        return _SCALARS.get(kind) or self._array(value)

    def _object(self, pairs):
        fields = tuple([(name, self._structure(value)) for name, value in pairs])
        return self._known.get(fields) or self._add(fields, Structure("object", fields=fields))

    def _array(self, values):
        items = frozenset([self._structure(value) for value in values])
        return self._known.get(items) or self._add(items, Structure("array", items=items))

    def _add(self, key, structure):
        if len(self._known) >= _MOST_STRUCTURES:
            self._known.clear()
        self._known[key] = structure
        return structure


class Shape:
    """The shape at one path, to which rows are added; shapes of parts of the rows merge in any order."""

    def __init__(self):
        self.kinds = set()
        self.items = None
        self.fields = None
        self.is_respelled = False
        self.repeats = False
        # The types, "timestamp" or "date", that at least one string at this path is not.
        self.no_times = set()

    def add(self, structure):
        self.is_respelled |= structure.is_respelled
        self.repeats |= structure.repeats
        if structure.fields is not None:
            if self.fields is None:
                self.fields = {}
            for name, field in structure.fields:
                node = self.fields.get(name)
                if node is None:
                    node = self.fields[name] = Shape()
                node.add(field)
        elif structure.items is not None:
            if self.items is None:
                self.items = Shape()
            for item in structure.items:
                self.items.add(item)
        elif structure.kind != "null":
            self.kinds.add(structure.kind)
            if structure.kind == "string":
                self.no_times |= _NO_TIMES[structure.time]

    def merge(self, other):
        self.kinds |= other.kinds
        self.is_respelled |= other.is_respelled
        self.repeats |= other.repeats
        self.no_times |= other.no_times
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
        """The shape in the form of lake/hourly/flattenShape.ts."""
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


_NO_TIMES = {None: {"timestamp", "date"}, "timestamp": {"date"}, "date": {"timestamp"}}


class ShapeScanner:
    """Adds lines of raw/ to a shape. A pattern recognizes lines like earlier ones, much faster than parsing them."""

    def __init__(self):
        self.shape = Shape()
        self._structures = Structures()
        self._seen = {}
        self._patterns = []

    def add(self, line):
        for fits in self._patterns:
            if fits(line):
                return
        row = self._structures.of(line)
        times = self._seen.get(row, 0)
        if times == 0:
            self._add(row, line)
        elif times == _LIKE_MANY and len(self._patterns) < _MOST_PATTERNS:
            self._learn(row)
        self._seen[row] = times + 1

    def _add(self, row, line):
        data = next((field for name, field in row.fields or () if name == "data"), None)
        if data is None or data.kind != "object":
            raise ValueError(f"{len(line)} characters that are not a row of raw/")
        self.shape.add(data)
        if len(self._seen) >= _MOST_STRUCTURES:
            self._seen.clear()

    def _learn(self, row):
        pattern = row_pattern(row)
        if pattern is not None and len(pattern) <= _LONGEST_PATTERN:
            self._patterns.append(re.compile(pattern).fullmatch)


_LIKE_MANY = 16
_MOST_PATTERNS = 4
_LONGEST_PATTERN = 10_000
_DEEPEST_PATTERN = 10

# No control characters, characters past U+FFFF or \u escapes: lines with these are parsed instead.
_PLAIN_CHARACTERS = r'[^"\\\x00-\x1f\U00010000-\U0010ffff]*'
_PLAIN_TEXT = rf'"{_PLAIN_CHARACTERS}(?:\\["\\/bfnrt]{_PLAIN_CHARACTERS})*"'
_PLAIN_NAME = re.compile(_PLAIN_CHARACTERS)
_SCALAR_PATTERNS = {
    _INTEGER_VALUE: r"-?(?:0|[1-9][0-9]{0,16})",
    _DOUBLE_VALUE: _SPELLED_ALIKE.pattern,
    _STRING: _PLAIN_TEXT,
    _INSTANT: f'"{_PLAIN_INSTANT}"',
    _DAY: f'"{_PLAIN_DAY}"',
    _SCALARS[bool]: "(?:true|false)",
    _SCALARS[type(None)]: "null",
}


def row_pattern(row):
    """A pattern for lines of raw/ that add nothing to a shape that includes this row; None if there is none.

    The lines have the same names in the same order, without white space. Lists can have any length, and values in `data`
    can be null.
    """
    return _object_pattern(row.fields, 0, may_be_null=lambda name: name != "data")


def _value_pattern(structure, depth):
    if structure in _SCALAR_PATTERNS:
        return _SCALAR_PATTERNS[structure]
    if depth > _DEEPEST_PATTERN:
        return None
    if structure.kind == "object":
        return _object_pattern(structure.fields, depth, may_be_null=lambda name: True)
    return _array_pattern(structure.items, depth) if structure.kind == "array" else None


def _object_pattern(fields, depth, may_be_null):
    below = [_value_pattern(field, depth + 1) for _, field in fields]
    if None in below or not all(_PLAIN_NAME.fullmatch(name) for name, _ in fields):
        return None
    members = [
        f'"{re.escape(name)}":' + (f"(?:{pattern}|null)" if may_be_null(name) else pattern)
        for (name, _), pattern in zip(fields, below)
    ]
    return r"\{" + ",".join(members) + r"\}"


def _array_pattern(items, depth):
    below = [_value_pattern(item, depth + 1) for item in items]
    if None in below:
        return None
    if not below:
        return r"\[\]"
    item = "(?:" + "|".join(sorted({*below, "null"})) + ")"
    return rf"\[(?:{item}(?:,{item})*)?\]"


def shape_of_lines(lines):
    scanner = ShapeScanner()
    for line in lines:
        scanner.add(line)
    return scanner.shape


# ---------------------------------------------------------------------------------------------------------------------
# Column names and the plan of columns: lake/hourly/flattenName.ts and lake/hourly/flattenPlan.ts.

META_COLUMNS = [
    {"name": "_id", "type": "string"},
    {"name": "_arrived", "type": "timestamp"},
    {"name": "_format", "type": "string"},
]
RESERVED_NAMES = {"_id", "_arrived", "_format", "dt", "hour"}
MAX_COLUMN_NAME = 255
MAX_FIELDS = 1000
MAX_COLUMNS = 4000
# A declared column is searched by at most one more path than this; the spellings of a long name are countless.
MAX_PATHS = 20


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
    """Columns of a table without a schema: [{name, type, path, cast, guessed}] by name, and the number left out."""
    every = list(_leaves(_row_fields(shape), ()))
    leaves = every[:MAX_COLUMNS]
    names = unique_names([path for path, _ in leaves])
    columns = [
        {"name": name, "type": _type_of(leaf), "path": list(path), "cast": False, "guessed": _is_guess(leaf)}
        for name, (path, leaf) in zip(names, leaves)
    ]
    return sorted(columns, key=lambda column: column["name"]), len(every) - len(leaves)


def plan_declared(shape, declared):
    """The declared columns in their order; values are found by path or, without a path, by flattened name."""
    flattened = {column["name"]: column["path"] for column in plan_columns(shape)[0]}
    own = {column["name"]: column.get("path") or flattened.get(column["name"]) for column in declared}
    taken = {tuple(path) for path in own.values() if path}
    present = set()
    others = {}
    for path in _every_path(_row_fields(shape), ()):
        name = column_name(path)
        present.add(path)
        if name not in own or path in taken:
            continue
        named = others.setdefault(name, [])
        if len(named) < MAX_PATHS:
            named.append(list(path))

    def planned(column):
        path = own[column["name"]]
        paths = [path] if path and tuple(path) in present else []
        if "path" not in column:
            paths += others.get(column["name"], [])
        found = {"path": paths[0] if paths else None, **({"others": paths[1:]} if paths[1:] else {})}
        return {"name": column["name"], "type": column["type"], **found, "cast": True, "guessed": False}

    return [planned(column) for column in declared], 0


def widen_columns(columns, table_columns):
    """Widens columns to include the types of the table's other hours: lake/hourly/widening.ts."""
    known = {column["name"]: column for column in table_columns}
    return [_wider_column(column, known[column["name"]]) if column["name"] in known else column for column in columns]


def _wider_column(column, floor):
    is_guess = column["guessed"] and bool(floor.get("guessed"))
    return {**column, "type": _wider_type(column, floor), "guessed": is_guess}


def _wider_type(left, right):
    if left["type"] == right["type"]:
        return left["type"]
    left_item, right_item = _element_of(left["type"]), _element_of(right["type"])
    if left.get("guessed") and (left_item is None or right_item is not None):
        return right["type"]
    if right.get("guessed") and (right_item is None or left_item is not None):
        return left["type"]
    if left_item is None and right_item is None:
        return "double" if {left["type"], right["type"]} <= _NUMBERS else "string"
    if left_item is None or right_item is None:
        return "string"
    return "array<double>" if {left_item, right_item} <= _NUMBERS else "array<string>"


_NUMBERS = {"bigint", "double"}


def _element_of(column_type):
    return column_type[len("array<") : -1] if column_type.startswith("array<") else None


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


def _is_guess(shape):
    """True if no value was seen, so that the type of any other hour takes precedence."""
    return shape["kind"] == "null" or (shape["kind"] == "array" and shape["items"]["kind"] == "null")


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
# Values of columns. The casts are those of local/flatten/castSql.ts.

_INTEGER = re.compile(r"[+-]?[0-9]+(\.0*)?")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])(0[0-9]|1[0-5]):([0-5][0-9]))?)?)?"
)


def flatten(row, columns):
    """Converts a row of raw/ to the list of the columns' values, and counts the failed casts."""
    values = []
    failed = 0
    for column in columns:
        value = _value_at(row["data"], column["path"])
        for path in column.get("others", ()):
            if value is not None:
                break
            value = _value_at(row["data"], path)
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
    """Casts a value to the declared type; returns it and whether the cast failed. A failed value or element is None."""
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
        return row_decoder().decode(text)
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
    """Parses ISO 8601, in UTC without an offset, and truncates it to microseconds."""
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
# Keys: lake/objectKey.ts and lake/hourly/ledger.ts.

_HOUR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3])")
_RANGE = re.compile(r"([A-Za-z0-9_.-]+)-([0-9]+)-([0-9]+)-([0-9]+)(?:-[dr][0-9a-f]{16})?\.ndjson\.gz")


def partition_path(hour):
    found = _HOUR.fullmatch(hour)
    if not found:
        raise ValueError(f'--HOUR "{hour}" is not an hour; write it as 2026-11-20T10 (UTC)')
    return f"dt={found.group(1)}/hour={found.group(2)}"


def range_of(key):
    """(shard, first, last, lines) from a raw object's key; None if the key has another form."""
    found = _RANGE.fullmatch(key.rpartition("/")[2])
    if not found:
        return None
    shard, first, last, lines = found.groups()
    return shard, int(first), int(last), int(lines)


def are_apart(keys):
    """True if no two of the keys can contain the same record."""
    ranges = [range_of(key) for key in keys]
    if not all(ranges):
        return False
    ranges.sort()
    return all(left[0] != right[0] or left[2] < right[1] for left, right in zip(ranges, ranges[1:]))


def plain_column(column):
    return {"name": column["name"], "type": column["type"], **({"guessed": True} if column["guessed"] else {})}


def job_report(keys, rows, columns, failed_casts, dropped_columns):
    return {
        "objects": keys,
        "rows": rows,
        "columns": META_COLUMNS + [plain_column(column) for column in columns],
        "failedCasts": failed_casts,
        "droppedColumns": dropped_columns,
    }


# ---------------------------------------------------------------------------------------------------------------------
# The first pass: reads every object completely.


class CorruptObject(Exception):
    """A raw object is unreadable or does not match its key."""

    def __init__(self, key, detail):
        super().__init__(f'raw object "{key}" {detail}; nothing was written')


class Scan:
    """Scans objects: the shape of their rows, their number, and whether every row is certainly unique."""

    def __init__(self):
        self._scanner = ShapeScanner()
        self.rows = 0
        self.is_single = True

    def add(self, key, packed):
        lines = lines_of(key, packed)
        for number, line in enumerate(lines, 1):
            try:
                self._scanner.add(line)
            except (ValueError, RecursionError) as error:
                raise CorruptObject(key, f"has a broken line {number} ({error})") from error
        expected = range_of(key)
        if expected and expected[3] != len(lines):
            raise CorruptObject(key, f"has {len(lines)} lines, but its key declares {expected[3]}")
        self.rows += len(lines)
        self.is_single = self.is_single and expected is not None and _has_own_rows(expected, lines)

    def result(self):
        return self._scanner.shape, self.rows, self.is_single


def lines_of(key, packed):
    try:
        text = gzip.decompress(packed).decode()
    except UnicodeDecodeError as error:
        raise CorruptObject(key, f"is not UTF-8 (byte {error.start})") from error
    except (OSError, EOFError, zlib.error) as error:
        raise CorruptObject(key, f"does not decompress ({error})") from error
    return text.removesuffix("\n").split("\n") if text else []


_ID = '{"_id":"'


def _has_own_rows(expected, lines):
    """True if all ids differ and lie within the key's shard and sequence numbers."""
    shard, first, last, _ = expected
    ids = {line[len(_ID) : line.find('"', len(_ID))] for line in lines if line.startswith(_ID)}
    if len(ids) != len(lines):
        return False
    for one in {name.rpartition("/")[0] for name in ids}:
        of, _, sequence = one.rpartition("/")
        if of != shard or not (sequence.isdecimal() and first <= int(sequence) <= last):
            return False
    return True


# ---------------------------------------------------------------------------------------------------------------------
# The columns that Spark's JSON reader reads as `flatten` does.

_READ_ALIKE = {
    "boolean": {"boolean"},
    "bigint": {"integer"},
    "double": {"integer", "double"},
}
# Types that Spark reads as strings and then casts.
_CAST_BY_SPARK = {"timestamp", "date"}


def reader_fields(shape, columns):
    """The fields for Spark to read in `data`, {field: type or fields}; None if it would read a column differently."""
    if shape.repeats or any("others" in column for column in columns):
        return None
    root = {}
    for column in columns:
        path = column["path"]
        if path is None:
            continue
        node = shape
        fields = root
        for depth, name in enumerate(path):
            if not _is_object(node) or not isinstance(fields, dict):
                return None
            node = node.fields[name]
            is_last = depth == len(path) - 1
            fields = fields.setdefault(name, _read_type(column) if is_last else {})
        if fields != _read_type(column) or not _reads_alike(node, column["type"]):
            return None
    return root


def _read_type(column):
    return "string" if column["type"] in _CAST_BY_SPARK else column["type"]


def _is_object(shape):
    return shape.fields is not None and shape.items is None and not shape.kinds


def _reads_alike(shape, column_type):
    if column_type == "string":
        return not shape.is_respelled
    if column_type.startswith("array<"):
        if shape.items is None:
            return shape.fields is None and not shape.kinds
        is_array = shape.fields is None and not shape.kinds
        element = column_type[len("array<") : -1]
        return is_array and element not in _CAST_BY_SPARK and _reads_alike(shape.items, element)
    if shape.fields is not None or shape.items is not None:
        return False
    if column_type in _CAST_BY_SPARK:
        return shape.kinds <= {"string"} and column_type not in shape.no_times
    return shape.kinds <= _READ_ALIKE[column_type]


# ---------------------------------------------------------------------------------------------------------------------
# Effects: Glue, Spark and S3.

_FAILED = "__failed_casts"
_NAMES = ["BUCKET", "HOUR", "TABLES", "RAW_PREFIX", "PARQUET_PREFIX", "LEDGER_PREFIX"]

_SPARK_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    # The type that Athena reads unambiguously; Spark's default is INT96.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Writes old dates unchanged; Spark's default fails the run on days before 1582.
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
}


def flatten_lines(lines, columns):
    """Converts lines of raw/ to tuples of the table's columns, followed by the number of failed casts."""
    decoder = row_decoder()
    for line in lines:
        row = read_row(line, decoder)
        values, failed = flatten(row, columns)
        yield (row["_id"], _timestamp(row["_arrived"]), row["_format"], *values, failed)


def spark_type(column_type):
    from pyspark.sql import types

    if isinstance(column_type, dict):
        return types.StructType([types.StructField(name, spark_type(below)) for name, below in column_type.items()])
    if column_type.startswith("array<"):
        return types.ArrayType(spark_type(column_type[len("array<") : -1]))
    return {
        "boolean": types.BooleanType(),
        "bigint": types.LongType(),
        "double": types.DoubleType(),
        "string": types.StringType(),
        "timestamp": types.TimestampType(),
        "date": types.DateType(),
    }[column_type]


def flatten_table(spark, options, table, declared):
    """Flattens one table's hour; changes nothing if there are no raw objects."""
    store = s3()
    bucket = options["BUCKET"]
    partition = f"{table}/{partition_path(options['HOUR'])}/"
    keys = list_keys(store, bucket, options["RAW_PREFIX"] + partition)
    if not keys:
        return
    shape, raw_rows, is_single = scan(spark, bucket, keys)
    is_single = is_single and are_apart(keys)
    columns, dropped = plan_columns(shape.plain()) if declared is None else plan_declared(shape.plain(), declared)
    if declared is None:
        columns = widen_columns(columns, read_table_columns(store, bucket, options["LEDGER_PREFIX"], table))

    fields = reader_fields(shape, columns)
    if fields is None:
        rows = rows_by_python(spark, bucket, keys, columns)
    else:
        rows = rows_by_spark(spark, bucket, keys, columns, fields)
    target = f"s3://{bucket}/{options['PARQUET_PREFIX']}{partition}"
    # Invalidates an earlier seal of the hour, even if this run fails.
    put_report(store, options, partition, {"started": True})
    written, failed_casts = write_rows(rows, target, raw_rows if is_single else None)
    put_report(store, options, partition, job_report(keys, written, columns, failed_casts, dropped))


def scan(spark, bucket, keys):
    """The shape of all rows, their number, and whether all are unique; raises for the first corrupt object."""

    def scan_part(part):
        store = s3()
        found = Scan()
        try:
            for key in part:
                found.add(key, get_object(store, bucket, key))
        except CorruptObject as error:
            return [(str(error), None)]
        return [(None, found.result())]

    parts = in_parts(spark, keys).mapPartitions(scan_part).collect()
    for problem, _ in parts:
        if problem:
            raise RuntimeError(problem)
    shape = Shape()
    for _, (part, _, _) in parts:
        shape.merge(part)
    return shape, sum(rows for _, (_, rows, _) in parts), all(is_single for _, (_, _, is_single) in parts)


def in_parts(spark, keys):
    return spark.sparkContext.parallelize(keys, min(len(keys), 4 * spark.sparkContext.defaultParallelism))


def rows_by_spark(spark, bucket, keys, columns, fields):
    from pyspark.sql import functions

    envelope = {"_id": "string", "_arrived": "string", "_format": "string", "data": fields}
    # An unreadable value is an error and not null; the first pass has excluded such values.
    reader = spark.read.schema(spark_type(envelope)).option("mode", "FAILFAST").option("lineSep", "\n")
    paths = [f"s3://{bucket}/{key}" for key in keys]

    def value_of(column):
        if column["path"] is None:
            return functions.lit(None).cast(spark_type(column["type"]))
        value = functions.col("data")
        for name in column["path"]:
            value = value.getField(name)
        return value.cast(column["type"]) if column["type"] in _CAST_BY_SPARK else value

    return reader.json(paths).select(
        functions.col("_id"),
        functions.col("_arrived").cast("timestamp").alias("_arrived"),
        functions.col("_format"),
        *[value_of(column).alias(column["name"]) for column in columns],
    )


def rows_by_python(spark, bucket, keys, columns):
    fields = {column["name"]: column["type"] for column in META_COLUMNS + columns}
    if any(column["cast"] for column in columns):
        fields[_FAILED] = "bigint"
    width = len(fields)

    def flatten_part(part):
        store = s3()
        for key in part:
            for row in flatten_lines(lines_of(key, get_object(store, bucket, key)), columns):
                yield row[:width]

    rows = in_parts(spark, keys).mapPartitions(flatten_part)
    return spark.createDataFrame(rows, spark_type(fields), verifySchema=False)


def write_rows(rows, target, known_rows):
    """Overwrites the partition; returns the number of rows written and of failed casts.

    With `known_rows`, the rows are known to be unique and are written directly; otherwise one row per id is written.
    """
    from pyspark import StorageLevel
    from pyspark.sql import functions

    counts_casts = _FAILED in rows.columns
    if known_rows is not None and not counts_casts:
        _write(rows, target)
        return known_rows, 0
    if known_rows is None:
        rows = rows.dropDuplicates(["_id"])
    rows = rows.persist(StorageLevel.MEMORY_AND_DISK)
    try:
        failed = functions.sum(_FAILED) if counts_casts else functions.lit(0)
        counted = rows.agg(functions.count("*"), failed).first()
        _write(rows.drop(_FAILED), target)
    finally:
        rows.unpersist()
    return counted[0], counted[1] or 0


def _write(rows, target):
    rows.write.mode("overwrite").option("compression", "zstd").parquet(target)


def put_report(store, options, partition, report):
    store.put_object(
        Bucket=options["BUCKET"],
        Key=f"{options['LEDGER_PREFIX']}{partition}job.json",
        Body=json.dumps(report).encode(),
        ContentType="application/json",
    )


def s3():
    import boto3

    return boto3.client("s3")


def get_object(store, bucket, key):
    return store.get_object(Bucket=bucket, Key=key)["Body"].read()


def read_table_columns(store, bucket, ledger_prefix, table):
    """The columns that the table has from its other hours, empty if none; the workflow's plan stores them."""
    key = f"{ledger_prefix}{table}/columns.json"
    if key not in list_keys(store, bucket, key):
        return []
    return json.loads(get_object(store, bucket, key))["columns"]


def list_keys(store, bucket, prefix):
    pages = store.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return sorted(found["Key"] for page in pages for found in page.get("Contents", []))


def main():
    from awsglue.utils import getResolvedOptions
    from pyspark.sql import SparkSession

    names = [*_NAMES, "COLUMNS"] if "--COLUMNS" in sys.argv else _NAMES
    options = getResolvedOptions(sys.argv, names)
    declared = json.loads(options.get("COLUMNS", "{}"))
    spark = SparkSession.builder.getOrCreate()
    for name, value in _SPARK_SETTINGS.items():
        spark.conf.set(name, value)
    # Writes no _SUCCESS object beside a table's Parquet objects.
    spark.sparkContext._jsc.hadoopConfiguration().set("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
    for table in options["TABLES"].split(","):
        flatten_table(spark, options, table, declared.get(table))


if __name__ == "__main__":
    main()
