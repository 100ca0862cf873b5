/** The example of the HTTP entry, from signed requests to rows in the lake. */
import { createHash, createHmac } from "node:crypto";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { SignatureV4 } from "@smithy/signature-v4";
import { NOW, start, stopAll } from "../support/start";

afterAll(stopAll);

class Sha256 {
  private readonly hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string);
  }
  update(data: string | ArrayBuffer | ArrayBufferView) {
    this.hash.update(data as string);
  }
  async digest() {
    return this.hash.digest();
  }
  reset() {}
}

function program(): unknown {
  let outputs: unknown;
  jest.isolateModules(() => {
    outputs = require(path.resolve(__dirname, "../../../examples/ingest"));
  });
  return outputs;
}

test("records and batches that are sent by HTTP are rows, and the roles lack nothing", async () => {
  const cloud = await start(program);
  const { apiUrl } = cloud.outputs as { apiUrl: string };
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const signer = new SignatureV4({ credentials, region: "us-east-1", service: "execute-api", sha256: Sha256 });
  const send = async (target: string, type: string, body: string) => {
    const { host, hostname, protocol } = new URL(apiUrl);
    const request = { method: "POST", protocol, hostname, path: target, headers: { host, "content-type": type }, body };
    const { host: _, ...headers } = (await signer.sign(request, { signingDate: new Date(NOW) })).headers;
    return (await fetch(`${apiUrl}${target}`, { method: "POST", headers, body })).status;
  };
  const csv = `order_id,customer_id,total\n${Array.from({ length: 120 }, (_, index) => `o-${index},c-${index % 3},${index}`).join("\n")}`;
  expect([
    await send("/records", "application/json", '{"order_id":"a","customer_id":"c-1","total":1}'),
    await send("/batches", "application/x-ndjson", '{"order_id":"b"}\n{"order_id":"c"}'),
    await send("/batches", "application/json", '[{"order_id":"d"}, {"order_id":"e"}]'),
    await send("/batches", "text/csv", csv),
  ]).toEqual([202, 202, 202, 202]);
  await cloud.drain();

  const bucket = cloud.resources.find(({ name }) => name === "lake-lake")?.id;
  const { Contents = [] } = (await cloud.call("s3", "ListObjectsV2", { Bucket: bucket })) as {
    Contents?: { Key: string }[];
  };
  const rows: string[] = [];
  for (const { Key } of Contents.filter((object) => object.Key.endsWith(".ndjson.gz"))) {
    expect(Key).toMatch(/^raw\/records\//);
    const { Body } = (await cloud.call("s3", "GetObject", { Bucket: bucket, Key })) as { Body: Uint8Array };
    const lines = gunzipSync(Body).toString().trim().split("\n");
    rows.push(...lines.map((line) => JSON.parse(line).data.order_id));
  }
  const orders = Array.from({ length: 120 }, (_, index) => `o-${index}`);
  expect(rows.sort()).toEqual(["a", "b", "c", "d", "e", ...orders].sort());
  const { denied, unused } = cloud.usage();
  expect(denied).toEqual([]);
  expect(unused.filter(({ role }) => role.includes("api-handler"))).toEqual([]);
}, 60_000);
