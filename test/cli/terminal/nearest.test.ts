import { nearest, suggestion } from "../../../cli/terminal/nearest";

const COMMANDS = ["local", "produce", "query", "schemas", "inspect", "replay", "runs", "smoke"];

test.each([
  ["queyr", "query"],
  ["Query", "query"],
  ["quer", "query"],
  ["lcoal", "local"],
  ["run", "runs"],
  ["inspct", "inspect"],
  ["reply", "replay"],
  ["launch", undefined],
  ["x", undefined],
  ["", undefined],
])("%j is near to %j", (given, name) => {
  expect(nearest(given, COMMANDS)).toBe(name);
});

test("a suggestion is the end of an error, and nothing without a near name", () => {
  expect(suggestion("recods", ["records", "report"], "--")).toBe("; did you mean --records?");
  expect(suggestion("xyz", ["records"])).toBe("");
});
