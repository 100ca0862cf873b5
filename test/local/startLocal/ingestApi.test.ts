/** The example of the HTTP entry, from signed requests to rows in the lake. */
import { createHash, createHmac } from "node:crypto";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { SignatureV4 } from "@smithy/signature-v4";
import type { LocalCloud } from "../../../local/startLocal";
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

type Send = (
  target: string,
  type: string,
  body: string | Uint8Array,
  more?: Record<string, string>,
) => Promise<Response>;

/** Sends signed requests. */
function sender(cloud: LocalCloud): Send {
  const { apiUrl } = cloud.outputs as { apiUrl: string };
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const signer = new SignatureV4({ credentials, region: "us-east-1", service: "execute-api", sha256: Sha256 });
  return async (target, type, body, more = {}) => {
    const { host, hostname, protocol } = new URL(apiUrl);
    const given = { host, "content-type": type, ...more };
    const request = { method: "POST", protocol, hostname, path: target, headers: given, body };
    const { host: _, ...headers } = (await signer.sign(request, { signingDate: new Date(NOW) })).headers;
    return fetch(`${apiUrl}${target}`, { method: "POST", headers, body });
  };
}

interface LakeLine {
  readonly data?: { readonly order_id?: unknown };
  readonly reason?: string;
}

/** The lines of the lake's objects below a prefix. */
async function linesOf(cloud: LocalCloud, prefix: string): Promise<LakeLine[]> {
  const bucket = cloud.resources.find(({ name }) => name === "lake-lake")?.id;
  const { Contents = [] } = (await cloud.call("s3", "ListObjectsV2", { Bucket: bucket, Prefix: prefix })) as {
    Contents?: { Key: string }[];
  };
  const lines: LakeLine[] = [];
  for (const { Key } of Contents) {
    const { Body } = (await cloud.call("s3", "GetObject", { Bucket: bucket, Key })) as { Body: Uint8Array };
    for (const line of gunzipSync(Body).toString().trimEnd().split("\n")) lines.push(JSON.parse(line) as LakeLine);
  }
  return lines;
}

test("records and batches that are sent by HTTP are rows, and the roles lack nothing", async () => {
  const cloud = await start(program);
  const sending = sender(cloud);
  const send = async (...request: Parameters<Send>) => (await sending(...request)).status;
  const csv = `order_id,customer_id,total\n${Array.from({ length: 120 }, (_, index) => `o-${index},c-${index % 3},${index}`).join("\n")}`;
  expect([
    await send("/records", "application/json", '{"order_id":"a","customer_id":"c-1","total":1}'),
    await send("/batches", "application/x-ndjson", '{"order_id":"b"}\n{"order_id":"c"}'),
    await send("/batches", "application/json", '[{"order_id":"d"}, {"order_id":"e"}]'),
    await send("/batches", "text/csv", csv),
  ]).toEqual([202, 202, 202, 202]);
  await cloud.drain();

  const landed = await linesOf(cloud, "raw/records/");
  expect(await linesOf(cloud, "unformatted/")).toEqual([]);
  const rows = landed.map(({ data }) => data?.order_id);
  const orders = Array.from({ length: 120 }, (_, index) => `o-${index}`);
  expect(rows.sort()).toEqual(["a", "b", "c", "d", "e", ...orders].sort());
  const { denied, unused } = cloud.usage();
  expect(denied).toEqual([]);
  expect(unused.filter(({ role }) => role.includes("api-handler"))).toEqual([]);
}, 60_000);

const MEBI = 1024 * 1024;
const BOMB = gzipSync(Buffer.alloc(256 * MEBI, "0"));
const TOO_LARGE = "with its stream partition key, and the stream takes at most 1048576: send a smaller one.";

const TOO_MANY = "The batch has more than 20000 records: send it in several requests.";
const NO_UTF8 = "is not UTF-8, which its content type promises: send it as application/octet-stream to /records.";

interface Hostile {
  readonly request: Parameters<Send>;
  readonly status: number;
  /** The end of the answer's detail or message; without one, the records are taken. */
  readonly says?: string;
}

const HOSTILE: readonly Hostile[] = [
  {
    request: ["/batches", "application/octet-stream", BOMB, { "content-encoding": "gzip" }],
    status: 415,
    says: "send it uncompressed, or send each compressed record to /records.",
  },
  { request: ["/records", "application/octet-stream", BOMB], status: 202 },
  { request: ["/batches", "application/x-ndjson", Buffer.alloc(10 * MEBI + 1, "x")], status: 413, says: "Too Large" },
  { request: ["/batches", "application/x-ndjson", Buffer.alloc(4 * MEBI, "x")], status: 413, says: TOO_LARGE },
  { request: ["/batches", "text/csv", Buffer.alloc(4 * MEBI, "x,")], status: 413, says: TOO_LARGE },
  { request: ["/batches", "text/csv", Buffer.from([0x61, 0x0a, 0xff, 0xc3, 0x28])], status: 400, says: NO_UTF8 },
  {
    request: ["/batches", "application/json", Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])],
    status: 400,
    says: NO_UTF8,
  },
  { request: ["/records", "application/octet-stream", Buffer.from([0xff, 0xc3, 0x28])], status: 202 },
  { request: ["/batches", "text/csv", `n,m\n${"1,2\n".repeat(100_000)}`], status: 202 },
  { request: ["/batches", "application/x-ndjson", "1\n".repeat(100_000)], status: 413, says: TOO_MANY },
  { request: ["/batches", "application/json", `[${"1,".repeat(100_000)}1]`], status: 413, says: TOO_MANY },
  { request: ["/batches", "application/json", "[".repeat(1_000_000)], status: 400, says: "send one whole array." },
  { request: ["/batches", "application/json", `[${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}]`], status: 202 },
  {
    request: ["/batches", "application/x-ndjson", "\n".repeat(4 * MEBI)],
    status: 400,
    says: "has no record: send at least one.",
  },
];

test("a hostile body is answered, and so is the next request; what is taken never stops the router", async () => {
  const cloud = await start(program);
  const send = sender(cloud);
  for (const [index, { request, status, says }] of HOSTILE.entries()) {
    const answer = await send(...request);
    const { detail, message } = (await answer.json()) as { detail?: string; message?: string };
    const end = says === undefined ? undefined : (detail ?? message)?.slice(-says.length);
    expect({ index, status: answer.status, says: end }).toEqual({ index, status, says });
    const next = await send("/records", "application/json", `{"order_id":"after-${index}"}`);
    expect({ index, next: next.status }).toEqual({ index, next: 202 });
  }
  await cloud.drain();
  const landed = await linesOf(cloud, "raw/");
  const after = landed.map(({ data }) => String(data?.order_id)).filter((id) => id.startsWith("after-"));
  expect(after.sort()).toEqual(HOSTILE.map((_, index) => `after-${index}`).sort());
  const reasons = (await linesOf(cloud, "unformatted/")).map(({ reason }) => reason);
  expect(reasons.sort()).toEqual(["format", "limits", "too-large"]);
}, 120_000);
