/** Filter patterns: the examples of AWS's page on their syntax, and what is refused. */
import { filterPattern } from "../../../../local/services/logs/filterPattern";

const matching = (pattern: string, messages: readonly string[]) => messages.filter(filterPattern(pattern));

const TEXT = ["[ERROR 400] BAD REQUEST", "[ERROR 419] MISSING ARGUMENTS", "[WARN] INVALID ARGUMENTS", "[info] ready"];
test.each([
  ["", TEXT],
  ["ERROR", TEXT.slice(0, 2)],
  ["error", []],
  ["ERROR ARGUMENTS", [TEXT[1]]],
  ["?ERROR ?WARN", TEXT.slice(0, 3)],
  ["ERROR -ARGUMENTS", [TEXT[0]]],
  ["-ERROR", TEXT.slice(2)],
  ['"BAD REQUEST"', [TEXT[0]]],
  ['-"[WARN]" ARGUMENTS', [TEXT[1]]],
])("terms: %s", (pattern, expected) => {
  expect(matching(pattern, TEXT)).toEqual(expected);
});

const JSON_EVENT = JSON.stringify({
  level: "ERROR",
  message: "denied",
  Rows: 75,
  ok: false,
  none: null,
  user: { id: 1, email: "john@example.com" },
  users: [{ name: "mary" }, { name: "bob" }],
  "a b": 1,
  quoted: 'say "hi"',
});
test.each([
  ['{ $.level = "ERROR" }', true],
  ["{ $.level = ERROR }", true],
  ['{ $.level != "ERROR" }', false],
  ['{ $.absent != "ERROR" }', false],
  ['{ $.user.email = "*@example.com" }', true],
  ['{ $.user.email = "*@example" }', false],
  ['{ $.users[1].name = "bob" }', true],
  ["{ $.['a b'] = 1 }", true],
  ["{ $.Rows > 74 }", true],
  ["{ $.Rows >= 75 && $.Rows <= 75 }", true],
  ["{ $.Rows < 7.5e1 }", false],
  ["{ $.Rows != 75 }", false],
  ["{ $.level > 1 }", false],
  ["{ $.none IS NULL }", true],
  ["{ $.ok IS FALSE }", true],
  ["{ $.ok IS TRUE }", false],
  ["{ $.absent NOT EXISTS }", true],
  ["{ $.none NOT EXISTS }", false],
  ['{ ($.user.id = 2 || $.user.id = 1) && $.message = "denied" }', true],
  ['{ $.user.id = 1 && $.message = "x" || $.ok IS FALSE }', true],
  ['{ $.quoted = "say \\"hi\\"" }', true],
])("JSON: %s is %p", (pattern, expected) => {
  expect(filterPattern(pattern)(JSON_EVENT)).toBe(expected);
});

test("a JSON pattern matches no event that is not JSON", () => {
  expect(matching('{ $.level = "ERROR" }', ['level = "ERROR"', '{"level":"ERROR"', "[]"])).toEqual([]);
});

test.each([
  ["[ip, user]", "a space-delimited pattern"],
  ["%AUTHORIZED%", "a regular expression"],
  ["{ $.level = %ERR.*% }", "a regular expression"],
  ["{ $.users[*].name = 1 }", "a wildcard in a property selector"],
  ["?ERROR ?WARN -x", 'an optional term ("?") beside others'],
])("%s is refused by name", (pattern, part) => {
  expect(() => filterPattern(pattern)).toThrow(
    `local/logs: ${part} in a filter pattern is not simulated; use terms or a JSON pattern, see docs/fidelity.md`,
  );
});

test.each([
  "{ $.level }",
  "{ $.level = }",
  '{ $.level = "x"',
  "{ $.a > b }",
  "{ $.a = 1 && }",
  "{ ($.a = 1 }",
  "{ $.a IS 1 }",
  "{}",
])("%s is invalid", (pattern) => {
  expect(() => filterPattern(pattern)).toThrow(`Invalid filter pattern: ${pattern}`);
});

test("a term with other characters needs quotation marks", () => {
  expect(() => filterPattern("a.b")).toThrow(
    'Invalid filter pattern: a.b; a term with other characters than letters, digits and "_" needs quotation marks',
  );
});
