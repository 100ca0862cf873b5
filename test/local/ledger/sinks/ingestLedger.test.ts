/** The ledger of an HTTP entry compares what its answers acknowledge with the stream. */
import { appendFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { IngestApi, StreamIngest } from "streamlake";
import { systemClock } from "../../../../local/cloud/clock";
import { keepAcknowledgements, readIngestLedger } from "../../../../local/ledger/sinks/ingestLedger";
import type { ApiGatewayService } from "../../../../local/services/apigatewayv2/service";
import type { KinesisService } from "../../../../local/services/kinesis/service";
import type { LocalCloud } from "../../../../local/startLocal";
import { start, stopAll } from "../../support/start";

afterAll(stopAll);

let cloud: LocalCloud;
let functionArn: string;
beforeAll(async () => {
  const program = () => {
    const stream = new StreamIngest("in", { capacity: "provisioned", shards: 2 });
    const api = new IngestApi("api", { stream, authorization: "NONE" });
    return { stream: stream.streamName, url: api.url };
  };
  cloud = await start(program, { clock: systemClock });
  functionArn = String(cloud.resources.find(({ type }) => type === "aws:lambda/function:Function")?.outputs.arn);
  keepAcknowledgements(cloud.service("apigateway") as ApiGatewayService, [functionArn], cloud.dataDir);
});

async function post(target: string, body: string): Promise<number> {
  const headers = { "content-type": "application/x-ndjson" };
  return (await fetch(`${cloud.outputs.url}${target}`, { method: "POST", headers, body })).status;
}

function ledger() {
  const stream = String(cloud.outputs.stream);
  const logs = (cloud.service("kinesis") as KinesisService).shardLogs(stream);
  return readIngestLedger({ api: "a", functionArn, stream, logs }, cloud.dataDir);
}

test("each acknowledged record is in the stream, a refused request acknowledges nothing, and lost or repeated numbers are found", async () => {
  expect(await ledger()).toMatchObject({ counts: { acknowledged: 0, refused: 0 }, balanced: true });

  const rows = Array.from({ length: 30 }, (_, id) => JSON.stringify({ id })).join("\n");
  expect([await post("/records", '{"id":1}'), await post("/batches", rows), await post("/batches", "")]).toEqual([
    202, 202, 400,
  ]);
  const { stream } = cloud.outputs;
  expect(await ledger()).toEqual({
    kind: "IngestApi",
    resource: "a",
    stream,
    counts: { acknowledged: 31, refused: 0 },
    balanced: true,
    findings: [],
    unchecked: [],
  });

  const folder = path.join(cloud.dataDir, "acknowledged");
  const [file = ""] = readdirSync(folder);
  appendFileSync(path.join(folder, file), "shardId-000000000001/7\nshardId-000000000001/7\n-\n");
  const unknown = `${stream}/shardId-000000000001/7`;
  expect(await ledger()).toMatchObject({
    counts: { acknowledged: 33, refused: 1 },
    balanced: false,
    findings: [
      { what: "acknowledged records are not in the stream", count: 2, examples: [unknown, unknown] },
      { what: "sequence numbers are acknowledged for more than one record", count: 1, examples: [unknown] },
    ],
  });
});
