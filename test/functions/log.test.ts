import { describe as describeError } from "../../functions/describe";
import { logToConsole } from "../../functions/effects/log";

test("an entry is one line of JSON on standard output", () => {
  const print = jest.spyOn(console, "log").mockImplementation(() => undefined);
  logToConsole({ message: "routed", records: 2, note: "a\nb" });
  expect(print.mock.calls).toEqual([['{"message":"routed","records":2,"note":"a\\nb"}']]);
  print.mockRestore();
});

test.each([
  [new TypeError("no such thing"), "TypeError: no such thing"],
  ["a text", "something of type string was thrown"],
  [undefined, "something of type undefined was thrown"],
])("the error %p is told in one line, without what was thrown if it is no error", (error, line) => {
  expect(describeError(error)).toBe(line);
});
