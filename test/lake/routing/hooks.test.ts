import type { Row } from "../../../formats/row";
import type { HookReports, RouterHooks } from "../../../lake/routing/hooks";
import { decodeLines, OPTIONS, record } from "../support/records";
import { routeBatch } from "../support/routeBatch";

/** What becomes of one record: table and data of each row, or reason and detail. */
function outcome(hooks: RouterHooks, payload = '{"a": 1}'): unknown[] {
  return routeBatch([record(1, payload)], decodeLines, hooks, OPTIONS).flatMap(({ kind, table, text }) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => {
        const { data, reason, detail } = JSON.parse(line) as { data?: Row; reason?: string; detail?: string };
        return kind === "raw" ? [table, data] : [table, reason, detail];
      }),
  );
}

/** A hook as JavaScript may write it, whatever its types say. */
function broken(hooks: Record<string, (row: Row) => unknown>): RouterHooks {
  return hooks as RouterHooks;
}

test("transform replaces the row", () => {
  expect(outcome({ transform: (row) => ({ ...row, b: 2n ** 60n }) })).toEqual([["records", { a: 1, b: 2 ** 60 }]]);
});

test("without transform the payload's own text is kept, even when another hook changes the row it sees", () => {
  const meddle = (row: Row) => {
    row.a = "changed";
    return true as const;
  };
  const [object] = routeBatch([record(1, '{"a": 1.10}')], decodeLines, { accept: meddle }, OPTIONS);
  expect(object?.text).toContain('"data":{"a": 1.10}}\n');
});

test("accept and table see what transform returned", () => {
  const hooks: RouterHooks = {
    transform: () => ({ kind: "order" }),
    accept: (row) => row.kind === "order" || "no order",
    table: (row) => `${row.kind}s`,
  };
  expect(outcome(hooks)).toEqual([["orders", { kind: "order" }]]);
});

test("table sends the rows of one record to several tables", () => {
  const hooks: RouterHooks = { table: (row) => (Number(row.a) > 1 ? "large" : "small") };
  expect(outcome(hooks, '{"a":1}\n{"a":2}\n{"a":3}\n{"a":0}')).toEqual([
    ["small", { a: 1 }],
    ["small", { a: 0 }],
    ["large", { a: 2 }],
    ["large", { a: 3 }],
  ]);
});

test("the reason of accept is kept as it is", () => {
  expect(outcome({ accept: () => "amount is negative" })).toEqual([["records", "rejected", "amount is negative"]]);
});

test("one row that is not accepted sends the whole record to unformatted/, under the default table", () => {
  const hooks: RouterHooks = { accept: (row) => row.a !== 2 || "two", table: () => "numbers" };
  expect(outcome(hooks, '{"a":1}\n{"a":2}\n{"a":3}')).toEqual([["records", "rejected", "two"]]);
});

test.each([
  ["undefined", undefined, "accept returned undefined, not true or a string"],
  ["false", false, "accept returned boolean, not true or a string"],
  ["1", 1, "accept returned number, not true or a string"],
])("accept that returns %s is a failure of the hook", (_name, value, detail) => {
  expect(outcome(broken({ accept: () => value }))).toEqual([["records", "hook", detail]]);
});

const circular: Record<string, unknown> = {};
circular.self = circular;

test.each([
  ["undefined", undefined, "transform returned undefined, not a row"],
  ["null", null, "transform returned null, not a row"],
  ["an array", [{}], "transform returned an array, not a row"],
  ["a text", "{}", "transform returned a string of 2 characters, not a row"],
  ["a Date", new Date(0), "transform returned object, not a row"],
  ["a row that contains itself", circular, "transform threw RangeError"],
  [
    "a row that writes itself as a number",
    { toJSON: () => 5 },
    "transform returned a row whose toJSON is not an object",
  ],
])("transform that returns %s is a failure of the hook", (_name, value, detail) => {
  expect(outcome(broken({ transform: () => value }))).toEqual([["records", "hook", detail]]);
});

/** A row of this many levels, itself included. */
function deep(levels: number, inner: unknown = 1): Row {
  let row: unknown = inner;
  for (let level = 0; level < levels; level++) row = level % 2 === 0 ? { d: row } : [row, "x"];
  return (Array.isArray(row) ? { row } : row) as Row;
}

test("transform that returns a row of more levels than the flatten job reads is a failure of the hook", () => {
  expect(outcome({ transform: () => deep(999) })).toEqual([["records", deep(999)]]);
  const brackets = { a: `${"[{".repeat(2_000)}\\"`, b: '"[' };
  expect(outcome({ transform: () => deep(997, brackets) })).toEqual([["records", deep(997, brackets)]]);
  expect(outcome({ transform: () => deep(1_001) })).toEqual([
    ["records", "hook", "transform returned a row of more than 1000 levels of objects and arrays"],
  ]);
});

test("a row without a prototype is a row", () => {
  const bare = (row: Row) => Object.assign(Object.create(null), row) as Row;
  expect(outcome({ transform: bare })).toEqual([["records", { a: 1 }]]);
});

test.each([
  ["Click Events", "table returned a string of 12 characters"],
  ["", "table returned a string of 0 characters"],
  ["../../etc", "table returned a string of 9 characters"],
  [undefined, "table returned undefined"],
])("table that returns %p is a failure of the hook", (value, start) => {
  const detail = `${start}, not a Glue name (lower-case letters, digits and "_")`;
  expect(outcome(broken({ table: () => value }))).toEqual([["records", "hook", detail]]);
});

test("table that returns the lake's own table of what could not be used is a failure of the hook", () => {
  const detail = 'table returned "unformatted", the lake\'s own table';
  expect(outcome({ table: () => "unformatted" })).toEqual([["records", "hook", detail]]);
});

test.each(["transform", "accept", "table"])(
  "%s that throws says so by the error's name, not by its message",
  (name) => {
    const hook = () => {
      throw new TypeError("the card number is 4929");
    };
    expect(outcome(broken({ [name]: hook }))).toEqual([["records", "hook", `${name} threw TypeError`]]);
  },
);

test.each<[string, HookReports, string]>([
  ["its place", { hookPlaces: { transform: "hooks.ts:17" } }, "transform threw TypeError (hooks.ts:17)"],
  ["its message, if asked for", { exposesHookErrors: true }, "transform threw TypeError: the name is missing"],
  [
    "both",
    { hookPlaces: { transform: "hooks.ts:17" }, exposesHookErrors: true },
    "transform threw TypeError (hooks.ts:17): the name is missing",
  ],
])("the detail of a hook that throws has %s", (_name, reports, detail) => {
  const transform = () => {
    throw new TypeError("the name is missing");
  };
  const [object] = routeBatch(
    [record(1, "{}"), record(2, "{}")],
    decodeLines,
    { transform },
    { ...OPTIONS, ...reports },
  );
  expect(object?.refused).toEqual([{ reason: "hook", format: "json", detail, records: 2 }]);
});

test("a hook that throws what is not an error says what it was", () => {
  const hook = () => {
    throw "a secret";
  };
  expect(outcome({ transform: hook })).toEqual([["records", "hook", "transform threw a string of 8 characters"]]);
});

test.each([
  ["transform", "hook", "transform returned a promise (hooks are synchronous), not a row"],
  ["accept", "hook", "accept returned a promise (hooks are synchronous), not true or a string"],
])("an asynchronous %s is refused, and its rejection does not end the process", async (name, reason, detail) => {
  const unhandled = jest.fn();
  process.on("unhandledRejection", unhandled);
  const hook = () => Promise.reject(new Error("later"));
  expect(outcome(broken({ [name]: hook }))).toEqual([["records", reason, detail]]);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
