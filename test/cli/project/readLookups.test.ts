import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { lookupsFile, readLookups } from "../../../cli/project/readLookups";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "lookups-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("a project without the file has no answers; the file beside Pulumi.yaml is read, and a given one instead", () => {
  expect(lookupsFile(dir, undefined)).toBeUndefined();
  expect(readLookups(undefined)).toEqual({});
  const beside = path.join(dir, "streamlake.lookups.json");
  writeFileSync(beside, '{"stacks":{"acme/network/prod":{"vpcId":"vpc-1"}}}');
  expect(lookupsFile(dir, undefined)).toBe(beside);
  expect(readLookups(beside)).toEqual({ stacks: { "acme/network/prod": { vpcId: "vpc-1" } } });
  expect(lookupsFile(dir, "other.json")).toBe(path.join(dir, "other.json"));
});

test.each([
  ['{"function":{}}', '"function" is no section; use functions, existing, declared, stacks, config'],
  ["[]", "the file must be an object"],
  ['{"functions":{"a:b:c":{}}}', 'functions.a:b:c must be a list of { "args": {…}, "result": {…} }'],
  ['{"functions":{"a:b:c":[{"args":[]}]}}', "functions.a:b:c[0].args must be an object"],
  ['{"functions":{"a:b:c":[{}]}}', "functions.a:b:c[0].result must be an object"],
  ['{"existing":{"a:b:C":{"id":1}}}', "existing.a:b:C.id must be an object"],
  ['{"declared":{"a:b:C":7}}', "declared.a:b:C must be an object"],
  ['{"stacks":{"acme/a/b":"x"}}', "stacks.acme/a/b must be an object"],
  ['{"config":{"a:b":7}}', "config.a:b must be a string"],
])("%s is refused", (text, problem) => {
  const file = path.join(dir, "answers.json");
  writeFileSync(file, text);
  expect(() => readLookups(file)).toThrow(
    expect.objectContaining({ name: "UsageError", message: `streamlake: look-ups in ${file}: ${problem}` }),
  );
});

test("a file that is missing or is no JSON is refused", () => {
  const file = path.join(dir, "answers.json");
  expect(() => readLookups(file)).toThrow(
    expect.objectContaining({ message: `streamlake: look-ups in ${file}: the file does not exist` }),
  );
  writeFileSync(file, "{");
  expect(() => readLookups(file)).toThrow(`streamlake: look-ups in ${file}: Expected property name`);
});
