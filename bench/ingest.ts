/**
 * Compares a batch of 500 records through the HTTP entry's handler with a bare PutRecords call of the same records: by
 * the SDK's default client, which opens a connection for each call, and by one that keeps its connection, as the handler's does.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { kinesisStream } from "../functions/effects/recordStream";
import { createIngest } from "../functions/ingest";
import { digestKey } from "../lake/ingest/partitionKey";
import { compare } from "./support/compare";
import { transaction } from "./support/transaction";

const RECORDS = 500;

/** Kinesis in a process of its own, so that its time is not measured: each call is answered with 500 places. */
const SERVER = `
const place = { ShardId: "shardId-000000000000", SequenceNumber: "4".repeat(56) };
const body = JSON.stringify({ FailedRecordCount: 0, Records: Array.from({ length: ${RECORDS} }, () => place) });
const server = require("node:http2").createServer({ settings: { initialWindowSize: 16777216 } }, (request, response) => {
  request.resume().on("end", () => response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(body));
});
server.on("session", (session) => session.setLocalWindowSize(16777216));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

async function run(): Promise<void> {
  const server = spawn(process.execPath, ["-e", SERVER], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [port] = (await once(server.stdout, "data")) as [Buffer];
    await measure(`http://127.0.0.1:${port.toString().trim()}`);
  } finally {
    server.kill();
  }
}

async function measure(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const config = { endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  const keeping = new KinesisClient({ ...config, requestHandler: { disableConcurrentStreams: false } });
  const standard = new KinesisClient(config);

  const lines = Array.from({ length: RECORDS }, (_, index) =>
    JSON.stringify({ ...transaction, transactionId: `t-${index}` }),
  );
  const body = Buffer.from(lines.join("\n"));
  const cut = { rowsPerRecord: 50, maxRecordBytes: 1_048_576, maxRecords: 20_000, partitionKey: {} };
  const effects = {
    stream: kinesisStream("clicks", config),
    now: Date.now,
    sleep: async () => undefined,
    random: Math.random,
    log: () => undefined,
    views: {},
    readItem: async () => undefined,
  };
  const handler = createIngest(cut, effects);
  const event = {
    version: "2.0",
    rawPath: "/batches",
    headers: { "content-type": "application/x-ndjson" },
    requestContext: { http: { method: "POST" } },
    body: body.toString("base64"),
    isBase64Encoded: true,
  };
  const records = lines.map((line) => ({ Data: Buffer.from(line), PartitionKey: digestKey(Buffer.from(line)) }));
  const ours = async () => {
    const { statusCode } = await handler(event, { getRemainingTimeInMillis: () => 29_000 });
    if (statusCode !== 202) throw new Error(`the handler answered ${statusCode}`);
  };
  const put = (client: KinesisClient) => () =>
    client.send(new PutRecordsCommand({ StreamName: "clicks", Records: records }));
  const floors = [
    [" (at most 1.30)", "PutRecords alone", standard],
    ["", "PutRecords alone on one connection", keeping],
  ] as const;
  await compare(
    "ingest",
    floors.map(([limit, floorName, client]) => ({
      name: `${RECORDS} records${limit}`,
      payload: body,
      ours,
      floorName,
      floor: put(client),
    })),
  );
  for (const client of [keeping, standard]) client.destroy();
}

void run();
