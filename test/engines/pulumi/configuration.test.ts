/** Wrong configuration on the engine: the CLI names the key, the value and what would be right, and nothing else. */
import { openStack, type StackOnLocalAws } from "./shippedStack";

let stack: StackOnLocalAws;
beforeAll(async () => {
  stack = await openStack({ stack: "dev" });
});
afterAll(() => stack?.close());

const wrong: [string, Record<string, unknown>, string][] = [
  ["a wrong value", { "streamlake:protect": "yes" }, 'config: streamlake:protect is "yes"; use true or false.'],
  [
    "an unknown key",
    { "streamlake:batchWindow": 5 },
    'config: "streamlake:batchWindow" is not an option; use one of streamlake:protect, streamlake:allowDataDeletion, ',
  ],
  [
    "a value out of bounds",
    { "streamlake:batchWindowSeconds": 301 },
    'FormatRouter "router": batchWindowSeconds is 301; use a whole number from 0 to 300 seconds.',
  ],
  [
    "what is required missing",
    { "streamlake:tables": { orders: { columns: [{ name: "total" }] } } },
    'DataLake "lake": table "orders": column "total" has type "undefined"; use boolean, bigint, double, string, ',
  ],
];

test.each(wrong)("%s", async (_case, config, message) => {
  stack.engine.configure(config);
  const { code, errors, stdout, stderr } = await stack.engine.preview();
  expect({ code, errors, stderr }).toEqual({ code: 1, errors: [expect.stringContaining(message)], stderr: "" });
  expect(errors[0]).toMatch(/^[^\n]+\n$/);
  expect(stdout).toContain(`error: ${message}`);
});
