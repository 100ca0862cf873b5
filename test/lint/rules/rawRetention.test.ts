import { rawRetention } from "../../../lint/rules/rawRetention";
import { foundBy, type Given } from "../support/programOf";

const bucket: Given = { type: "aws:s3/bucket:Bucket", name: "data" };
const hourly: Given = { type: "streamlake:index:HourlyEtl", name: "etl", inputs: { lookbackHours: 168 } };
const job = (more: object = {}): Given => ({
  type: "aws:glue/job:Job",
  name: "job",
  inputs: { defaultArguments: { "--RAW_PREFIX": "clicks/raw/", ...more } },
  links: { defaultArguments: ["data"] },
  parent: "etl",
});
const lifecycle = (...rules: object[]): Given => ({
  type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  name: "lifecycle",
  inputs: { bucket: "data-1", rules },
  links: { bucket: ["data"] },
});
const rule = (days: unknown, more: object = {}) => ({
  id: "r",
  status: "Enabled",
  expiration: { days },
  filter: { prefix: "clicks/" },
  ...more,
});

test.each([
  ["eight days for a look-back of seven", rule(8)],
  ["a rule that is off", rule(1, { status: "Disabled" })],
  ["a rule of another prefix", rule(1, { filter: { prefix: "clicks/unformatted/" } })],
  ["a rule with tags", rule(1, { filter: { and: { prefix: "clicks/", tags: { a: "b" } } } })],
  ["a rule of large objects", rule(1, { filter: { prefix: "clicks/", objectSizeGreaterThan: 5 } })],
  ["an unknown number of days", rule(Symbol("unknown"))],
  ["old versions", { id: "r", status: "Enabled", noncurrentVersionExpiration: { noncurrentDays: 1 } }],
])("%s passes", (_, given) => {
  expect(foundBy(rawRetention, [bucket, hourly, job(), lifecycle(given)])).toEqual([]);
});

const FOUND = [
  "lifecycle: the rule r deletes raw rows after 7 days, but the hourly step looks 168 hours back, and a day for starts that are retried. Keep them for at least 8 days, or set a smaller lookbackHours.",
];

test("a rule that deletes rows which the hourly step looks for fails", () => {
  expect(foundBy(rawRetention, [bucket, hourly, job(), lifecycle(rule(30), rule(7))])).toEqual(FOUND);
  expect(foundBy(rawRetention, [bucket, hourly, job(), lifecycle(rule(7, { filter: {} }))])).toEqual(FOUND);
});

test("a bucket that exists is the same by its name; another bucket is not judged", () => {
  const named = (name: string) => ({ ...job({ "--BUCKET": name }), links: {} });
  expect(foundBy(rawRetention, [bucket, hourly, named("data-1"), lifecycle(rule(7))])).toEqual(FOUND);
  expect(foundBy(rawRetention, [bucket, hourly, named("other"), lifecycle(rule(7))])).toEqual([]);
});
