/** Athena's functions on DuckDB: each expression has the result that Trino documents for it. */
import { rmSync } from "node:fs";
import { MAPPED_FUNCTIONS, SAME_FUNCTIONS } from "../../../../local/services/athena/functions";
import { FUNCTION_CASES } from "../../support/athenaFunctions";
import { makeLake } from "../../support/athenaLake";

const lake = makeLake();
afterAll(() => rmSync(lake.dataDir, { recursive: true }));

test.each(FUNCTION_CASES)("%s is %s", async (expression, expected) => {
  expect(await lake.query(`SELECT ${expression}`)).toEqual([[expected]]);
});

test("every function that may be called has a case", () => {
  const text = FUNCTION_CASES.map(([expression]) => expression.toLowerCase()).join("\n");
  const names = [...SAME_FUNCTIONS, ...Object.keys(MAPPED_FUNCTIONS)].filter((name) => name !== "count_star");
  const missing = names.filter((name) => !new RegExp(`\\b${name}\\(`).test(text));
  expect(missing).toEqual([]);
});

test.each([
  "format_datetime(now(), 'yyyy')",
  "map(ARRAY[1], ARRAY[2])",
  "reduce(ARRAY[1], 0, (s, x) -> s + x, s -> s)",
  "getenv('HOME')",
  "current_setting('memory_limit')",
  "to_days(1)",
  "version()",
  "other.lower('A')",
])("%s is refused by its name", async (expression) => {
  const name = /(\w+)\(/.exec(expression)?.[1];
  await expect(lake.query(`SELECT ${expression}`)).rejects.toThrow(
    new RegExp(`FUNCTION_NOT_FOUND: local/athena: the function "${name}" is not simulated`),
  );
});
