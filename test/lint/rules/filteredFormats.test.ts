import { filteredFormats } from "../../../lint/rules/filteredFormats";
import { fn, foundBy, type Given, mapping, stream } from "../support/programOf";

const router = (formats: string[]): Given => ({
  type: "streamlake:index:FormatRouter",
  name: "router",
  inputs: { formats },
});
const filtered = (pattern: string) =>
  mapping("read", "in", "handler", { filterCriteria: { filters: [{ pattern: "{}" }, { pattern }] } });
const ON_DATA = '{"data":{"total":[{"numeric":[">",5]}]}}';

test.each([
  ["a filter on data before a router of JSON alone", router(["json"]), ON_DATA],
  ["a filter on the stream partition key", router(["json", "csv"]), '{"partitionKey":["a"]}'],
  ["a pattern that is no JSON", router(["csv"]), "{data"],
])("%s passes", (_, component, pattern) => {
  expect(foundBy(filteredFormats, [stream("in"), component, fn("handler", {}, "router"), filtered(pattern)])).toEqual(
    [],
  );
});

test("a function outside of a router is not judged", () => {
  expect(foundBy(filteredFormats, [stream("in"), router(["csv"]), fn("handler"), filtered(ON_DATA)])).toEqual([]);
});

test("a filter on data before a router of other formats fails", () => {
  const given = [stream("in"), router(["json", "csv", "avro"]), fn("handler", {}, "router"), filtered(ON_DATA)];
  expect(foundBy(filteredFormats, given)).toEqual([
    "read: filter 2 is on data, so Lambda drops each record that is not JSON, but the router reads csv, avro too. Use the router's hook accept instead of the filter, or set its formats to json alone.",
  ]);
});
