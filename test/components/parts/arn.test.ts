/** Components in AWS's other partitions: no ARN of theirs names the partition `aws`. */
import { Topic } from "@pulumi/aws/sns";
import { ContentAlerts, DataLake, FormatRouter, HourlyEtl, Replay, SchemaRegistry, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";

function everything() {
  const stream = new StreamIngest("clicks");
  const lake = new DataLake("lake", {
    firstDay: "2026-11-01",
    accessLogs: true,
    tables: { records: {}, orders: { columns: [{ name: "total", type: "double" }] } },
  });
  const schemaRegistry = new SchemaRegistry("shop", { schemas: { orders: { format: "avro", definition: '"long"' } } });
  const alarms = { topicArn: new Topic("alarms").arn };
  const router = new FormatRouter("router", { stream, lake, schemaRegistry, alarms, formats: { json: {}, avro: {} } });
  new HourlyEtl("hourly", { lake, alarms });
  new Replay("replay", { router, alarms });
  new ContentAlerts("alerts", {
    stream,
    lake,
    rules: { big: (row) => (Number(row.total) > 1000 ? "big" : false) },
  });
}

test.each([
  ["aws-cn", "cn-north-1"],
  ["aws-us-gov", "us-gov-west-1"],
])("in %s every ARN is of that partition", async (partition, region) => {
  const { resources } = await declare(everything, { config: { "aws:region": region } });
  const arnsOf = (inputs: unknown) => JSON.stringify(inputs).match(/arn:aws[a-z-]*:/g) ?? [];
  const strange = resources
    .filter(({ type }) => type !== "aws:lambda/function:Function")
    .flatMap(({ name, inputs }) =>
      arnsOf(inputs).flatMap((arn) => (arn === `arn:${partition}:` ? [] : [`${name}: ${arn}`])),
    );
  expect(strange).toEqual([]);
  expect(resources.flatMap(({ inputs }) => arnsOf(inputs)).length).toBeGreaterThan(50);
});

test("the hourly step of a name that is too long for its functions is refused with the longest that fits", async () => {
  const name = "a".repeat(40);
  const program = () => new HourlyEtl(name, { lake: new DataLake("lake") });
  await expect(declare(program)).rejects.toThrow(/Lambda function.*at most \d+|at most \d+.*Lambda function/s);
});
