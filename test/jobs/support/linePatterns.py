"""Seeded lines through the Glue script's scanner, with its patterns and without: the shapes and the errors must be the same.

Prints JSON: {"lines", "parsed", "differences"}, the seeds where they are not. Usage: linePatterns.py FIRST_SEED SEEDS
"""

import json
import pathlib
import random
import sys

root = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(root / "jobs"))
sys.dont_write_bytecode = True

import flatten_hour  # noqa: E402

LINES = 300
NAMES = ["id", "name", "a.b", "a b", "a|b", "größe", "名前", "😀", 'a"b', "a\\b", "(a)", "[0]", "*", "", "data", "null"]
TEXTS = ["", "a", "a\\\"b", "\\\\", "\\/\\b\\f\\n\\r\\t", "null", "},{", '\\",\\"', "é", "\u2028", "\x7f"]
TIMES = ["2026-11-20T10:04:09.123Z", "1999-12-31T23:59:59Z", "2026-11-30", "2026-02-28", "2000-01-31T00:00:00.000001Z"]
ODD_TIMES = ["2026-02-29", "2026-11-31", "1899-01-01", "2026-11-20T24:00:00Z", "2026-11-20T10:04:09", "2026-11-20 10:04:09Z", "20"]
ODD_TEXTS = ["\\u00e9", "😀", "\\ud83d\\ude00", "\x01", "\t", '"', "\\x", "\\"]
INTEGERS = ["0", "-0", "7", "-12", "12345678901234567", "-12345678901234567"]
ODD_INTEGERS = ["123456789012345678", "9223372036854775808", "01", "-", "+1", "1" * 400, "１"]
DOUBLES = ["0.5", "-12.25", "0.0", "-0.0", "1234567.12345678", "0.001", "1.50"]
ODD_DOUBLES = ["1e5", "0.0001", "12345678.5", "1.123456789", "1.", ".5", "1e400", "0.00", "NaN", "1E-7"]


class Maker:
    """Lines of one kind: mostly alike, at times with a value of another kind or one that is not JSON."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.same_times = self.random.random() < 0.5
        self.odd = self.random.choice([0, 0.001, 0.003, 0.02])

    def pick(self, usual, odd):
        return self.random.choice(odd if self.random.random() < self.odd else usual)

    def template(self, depth):
        kinds = ["text", "time", "integer", "double", "boolean", "null"] + (["object", "list"] * 2 if depth < 4 else [])
        kind = self.random.choice(kinds)
        if kind == "object":
            return kind, self.fields(depth + 1)
        return kind, [self.template(depth + 1) for _ in range(self.random.randint(1, 2))] if kind == "list" else None

    def fields(self, depth):
        names = self.random.sample(NAMES, self.random.randint(0 if depth else 1, 4))
        if names and self.random.random() < 0.05:
            names.append(names[0])
        return [(name, self.template(depth)) for name in names]

    def value(self, template):
        kind, below = template
        if self.random.random() < 0.05:
            return "null"
        if self.random.random() < self.odd:
            return self.value(self.template(3))
        if kind == "object":
            return self.object(below)
        if kind == "list":
            return "[" + ",".join(self.value(self.random.choice(below)) for _ in range(self.random.randint(0, 3))) + "]"
        if kind == "text":
            return '"' + self.pick(TEXTS, ODD_TEXTS) + '"'
        if kind == "time":
            return '"' + self.pick(TIMES[:2] if self.same_times else TIMES, ODD_TIMES) + '"'
        if kind == "integer":
            return self.pick(INTEGERS, ODD_INTEGERS)
        if kind == "double":
            return self.pick(DOUBLES, ODD_DOUBLES)
        return self.pick(["true", "false"], ["True", "tru"]) if kind == "boolean" else "null"

    def object(self, fields):
        shown = [f"{json.dumps(name, ensure_ascii=False)}:{self.value(field)}" for name, field in fields]
        if self.random.random() < self.odd:
            self.random.shuffle(shown)
        return "{" + self.pick([","], [", ", ",,", ""]).join(shown) + self.pick(["}"], [" }", "", "}}"])

    def lines(self):
        fields = self.fields(0)
        for index in range(LINES):
            data = self.pick([None], ["null", "[]", "1"]) or self.object(fields)
            yield self.pick([f'{{"_id":"s/{index}","_format":"json","data":{data}}}'], ["null", "[]", '{"_id":"s"}', ""])


def seen(shape):
    """All that a shape holds."""
    fields = shape.fields and {name: seen(node) for name, node in sorted(shape.fields.items())}
    items = shape.items and seen(shape.items)
    return [sorted(shape.kinds), sorted(shape.no_times), shape.is_respelled, shape.repeats, items, fields]


def scanned(lines, most_patterns):
    """The shape of each run of lines up to one that is broken, and what is said of that."""
    flatten_hour._MOST_PATTERNS = most_patterns
    scanner = flatten_hour.ShapeScanner()
    parsed = 0
    read = scanner._structures.of

    def counted(line):
        nonlocal parsed
        parsed += 1
        return read(line)

    scanner._structures.of = counted
    errors = []
    for number, line in enumerate(lines):
        try:
            scanner.add(line)
        except (ValueError, RecursionError) as error:
            errors.append([number, str(error)])
    return [seen(scanner.shape), errors], parsed


def main(first, seeds):
    most = flatten_hour._MOST_PATTERNS
    differences = []
    parsed = 0
    for seed in range(first, first + seeds):
        lines = list(Maker(seed).lines())
        by_patterns, read = scanned(lines, most)
        parsed += read
        if by_patterns != scanned(lines, 0)[0]:
            differences.append(seed)
    print(json.dumps({"lines": seeds * LINES, "parsed": parsed, "differences": differences}))


main(int(sys.argv[1]), int(sys.argv[2]))
