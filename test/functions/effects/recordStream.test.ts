/** Kinesis as its wire has it: one record and several, partial failures, and connections that died. */
import { once } from "node:events";
import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { kinesisStream, statusOf } from "../../../functions/effects/recordStream";

interface Answer {
  readonly status: number;
  readonly body: object;
  /** Resolves when the answer is sent. @default at once */
  readonly when?: Promise<void>;
}

/** Undefined: no answer at all. */
let answers: (Answer | undefined)[];
let requests: { target: string; body: Record<string, unknown> }[];
let sessions: number;
let server: http2.Http2Server;
const open = new Set<http2.ServerHttp2Session>();

beforeEach(async () => {
  [answers, requests, sessions] = [[], [], 0];
  server = http2.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    requests.push({ target: String(request.headers["x-amz-target"]), body });
    const answer = answers.shift();
    if (!answer) return;
    await answer.when;
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(answer.body));
  });
  server.on("session", (session) => {
    sessions++;
    open.add(session);
    session.on("close", () => open.delete(session));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  for (const session of open) session.destroy();
  await new Promise((resolve) => server.close(resolve));
});

function stream() {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  return kinesisStream("clicks", { endpoint, region: "eu-west-1", credentials });
}

const record = (text: string) => ({ payload: Buffer.from(text), partitionKey: `key-${text}` });
const place = (SequenceNumber: string) => ({ ShardId: "shardId-000000000000", SequenceNumber });

test("one record is put by PutRecord, several by PutRecords", async () => {
  const clicks = stream();
  answers = [
    { status: 200, body: place("1") },
    { status: 200, body: { FailedRecordCount: 0, Records: [place("2"), place("3")] } },
  ];
  expect(await clicks.put([record("a")], 1000)).toEqual([{ shardId: "shardId-000000000000", sequenceNumber: "1" }]);
  expect(await clicks.put([record("b"), record("c")], 1000)).toEqual([
    { shardId: "shardId-000000000000", sequenceNumber: "2" },
    { shardId: "shardId-000000000000", sequenceNumber: "3" },
  ]);
  expect(requests).toEqual([
    {
      target: "Kinesis_20131202.PutRecord",
      body: { StreamName: "clicks", Data: "YQ==", PartitionKey: "key-a" },
    },
    {
      target: "Kinesis_20131202.PutRecords",
      body: {
        StreamName: "clicks",
        Records: [
          { Data: "Yg==", PartitionKey: "key-b" },
          { Data: "Yw==", PartitionKey: "key-c" },
        ],
      },
    },
  ]);
});

test("a record that is refused has its code, and the others their places", async () => {
  const refused = { ErrorCode: "ProvisionedThroughputExceededException", ErrorMessage: "Rate exceeded" };
  answers = [{ status: 200, body: { FailedRecordCount: 1, Records: [refused, place("1")] } }];
  expect(await stream().put([record("a"), record("b")], 1000)).toEqual([
    { refusal: "ProvisionedThroughputExceededException" },
    { shardId: "shardId-000000000000", sequenceNumber: "1" },
  ]);
});

test("an error of the call is thrown at once, with its code and status", async () => {
  answers = [{ status: 400, body: { __type: "AccessDeniedException", message: "no" } }];
  const error = await stream()
    .put([record("a")], 1000)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "AccessDeniedException" });
  expect(statusOf(error)).toBe(400);
  expect(requests).toHaveLength(1);
});

test("answers without places, or for other records, are errors and not successes", async () => {
  const clicks = stream();
  answers = [
    { status: 200, body: {} },
    { status: 200, body: { Records: [place("1")] } },
  ];
  await expect(clicks.put([record("a")], 1000)).rejects.toThrow("Kinesis answered without a place");
  await expect(clicks.put([record("a"), record("b")], 1000)).rejects.toThrow("Kinesis answered for 1 of 2 records");
});

test("calls share a connection, also at once", async () => {
  const clicks = stream();
  answers = ["1", "2", "3"].map((number) => ({ status: 200, body: place(number) }));
  await clicks.put([record("a")], 1000);
  await Promise.all([clicks.put([record("b")], 1000), clicks.put([record("c")], 1000)]);
  expect(requests.map(({ body }) => body.PartitionKey).sort()).toEqual(["key-a", "key-b", "key-c"]);
  expect(sessions).toBe(1);
});

test("a connection that Kinesis closed is replaced", async () => {
  const clicks = stream();
  answers = ["1", "2"].map((number) => ({ status: 200, body: place(number) }));
  await clicks.put([record("a")], 1000);
  const [session] = open;
  const closed = once(session as http2.ServerHttp2Session, "close");
  session?.close();
  await closed;
  expect(await clicks.put([record("b")], 1000)).toEqual([{ shardId: "shardId-000000000000", sequenceNumber: "2" }]);
  expect(sessions).toBe(2);
});

test("a call without an answer ends by its time, and the next one has a connection of its own", async () => {
  const clicks = stream();
  answers = [undefined, { status: 200, body: place("1") }];
  const error = await clicks.put([record("a")], 100).catch((thrown: unknown) => thrown);
  expect(statusOf(error)).toBeUndefined();
  expect(await clicks.put([record("a")], 5000)).toEqual([{ shardId: "shardId-000000000000", sequenceNumber: "1" }]);
  expect(sessions).toBe(2);
});

test("a call without an answer ends no other one, and its connection closes after the last of them", async () => {
  const clicks = stream();
  let send: () => void = () => undefined;
  const when = new Promise<void>((resolve) => {
    send = resolve;
  });
  answers = [undefined, { status: 200, body: place("1"), when }, { status: 200, body: place("2") }];
  const unanswered = clicks.put([record("a")], 300);
  const slow = clicks.put([record("b")], 10_000);
  await expect(unanswered).rejects.toThrow();
  expect(await clicks.put([record("c")], 5000)).toEqual([{ shardId: "shardId-000000000000", sequenceNumber: "2" }]);
  const [first] = open;
  const closed = once(first as http2.ServerHttp2Session, "close");
  send();
  expect(await slow).toEqual([{ shardId: "shardId-000000000000", sequenceNumber: "1" }]);
  await closed;
  expect([requests.length, sessions, open.size]).toEqual([3, 2, 1]);
});
