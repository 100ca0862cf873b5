/** The example of alerts, run as a program in this process: records in, messages on the topic, each once. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { systemClock } from "../../../local/cloud/clock";
import type { SnsService } from "../../../local/services/sns/service";
import type { LocalCloud } from "../../../local/startLocal";
import { start, stopAll } from "../support/start";

afterAll(stopAll);

function program(): unknown {
  let outputs: unknown;
  jest.isolateModules(() => {
    outputs = require("../../../examples/alerts");
  });
  return outputs;
}

async function put(cloud: LocalCloud, payloads: readonly string[]): Promise<void> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new KinesisClient({ region: cloud.region, endpoint: cloud.endpoint, credentials });
  try {
    const Records = payloads.map((text, index) => ({ Data: Buffer.from(text), PartitionKey: `k${index}` }));
    const { FailedRecordCount } = await client.send(
      new PutRecordsCommand({ StreamName: String(cloud.outputs.streamName), Records }),
    );
    expect(FailedRecordCount).toBe(0);
  } finally {
    client.destroy();
  }
  await cloud.drain();
}

test("orders over the limit and sensors out of range are said once, by the package, with its own permissions", async () => {
  const cloud = await start(program, { clock: systemClock });
  const orders = Array.from({ length: 40 }, (_, n) =>
    JSON.stringify({ total: 20_000 + n, country: n % 2 ? "DE" : "FR" }),
  );
  await put(cloud, [
    ...orders,
    '{"total":9999,"country":"IT"}',
    "sensor_id,temperature\n7,85\n8,85.1\n8,90\n",
    '{"sensor_id":9,"temperature":-41}',
    "{broken",
  ]);
  await put(cloud, orders);

  const sns = cloud.service("sns") as SnsService;
  const topic = sns.topics().find(({ arn }) => arn === cloud.outputs.alertTopicArn);
  const said = (topic?.messages ?? []).map(({ subject, body }) => [subject, JSON.parse(body).text]);
  expect(said.sort()).toEqual([
    ["Alert: large-order", "an order over 10000 in DE"],
    ["Alert: large-order", "an order over 10000 in FR"],
    ["Alert: sensor-range", "sensor 8 is out of range"],
    ["Alert: sensor-range", "sensor 9 is out of range"],
  ]);
  expect(cloud.usage().denied).toEqual([]);
  const bucket = cloud.resources.find(({ name }) => name === "lake-lake");
  const windows = readdirSync(path.join(cloud.dataDir, "s3", String(bucket?.id), "alerts", "alerts"));
  expect(windows).toEqual([expect.stringMatching(/^\d{8}T\d\d00Z$/)]);
});
