/** Requests need one HTTP entry, and a program with none or several is told so. */
import { entryOf } from "../../../cli/run/entryRequests";
import type { Sink } from "../../../cli/run/sinks";

const entry = (name: string): Sink => ({
  kind: "entry",
  name,
  api: name,
  url: "http://127.0.0.1:4567",
  functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
  stream: "in",
});

test("the only entry is chosen, and none or several are refused by the option's name", () => {
  expect(entryOf([entry("api")], "--api")).toEqual(entry("api"));
  expect(() => entryOf([], "--get")).toThrow(
    "streamlake local: --get needs one IngestApi, and the program declares none",
  );
  expect(() => entryOf([entry("a"), entry("b")], "--api")).toThrow(
    "streamlake local: --api needs one IngestApi, and the program declares 2",
  );
});
