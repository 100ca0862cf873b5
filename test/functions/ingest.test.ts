/** The HTTP entry answers when the stream has taken the records: what it took, what it refuses, and what the client does. */
import { gzipSync } from "node:zlib";
import { createIngest, type IngestConfig } from "../../functions/ingest";
import { type Fault, faultyStream, kinesisError } from "./support/faultyStream";

const CONFIG: IngestConfig = { rowsPerRecord: 2, maxRecordBytes: 1_048_576, maxRecords: 100, partitionKey: {} };
const THROTTLED = "ProvisionedThroughputExceededException";
const NO_VIEWS = { views: {}, readItem: async () => undefined };

interface Sent {
  method?: string;
  path?: string;
  /** The variable `key` of the route. */
  pathKey?: string;
  query?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** An event as API Gateway sends it: text as a string, other content in base64. */
function eventOf({ method = "POST", path = "/records", pathKey, query = "", headers = {}, body }: Sent) {
  const isText = typeof body === "string";
  return {
    version: "2.0",
    routeKey: "POST /records",
    rawPath: path,
    rawQueryString: query,
    ...(pathKey !== undefined && { pathParameters: { key: pathKey } }),
    headers: { "content-length": String(Buffer.byteLength(body ?? "")), ...headers },
    requestContext: {
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1" },
      requestId: "r-1",
      stage: "$default",
    },
    ...(body !== undefined && { body: isText ? body : body.toString("base64") }),
    isBase64Encoded: body !== undefined && !isText,
  };
}

function ingest(fault: (call: number) => Fault = () => undefined, config: Partial<IngestConfig> = {}, millis = 0) {
  const stream = faultyStream(fault, millis);
  const logged: object[] = [];
  const handler = createIngest(
    { ...CONFIG, ...config },
    { ...stream, ...NO_VIEWS, log: (entry) => logged.push(entry) },
  );
  const send = async (sent: Sent, remaining = 29_000) => {
    const { statusCode, headers, body } = await handler(eventOf(sent), { getRemainingTimeInMillis: () => remaining });
    return { status: statusCode, headers, body: JSON.parse(body) };
  };
  return { send, stream, logged };
}

const JSON_ANSWER = { "content-type": "application/json" };
const PROBLEM = { "content-type": "application/problem+json" };
const at = (sequenceNumber: string) => ({ rows: 1, shardId: "shardId-000000000000", sequenceNumber });

test("one record is answered with its place, and its bytes are in the stream", async () => {
  const packed = gzipSync("a,b\n1,2\n");
  const { send, stream, logged } = ingest();
  expect(await send({ body: '{"id":1}', headers: { "content-type": "application/json" } })).toEqual({
    status: 202,
    headers: JSON_ANSWER,
    body: { records: 1, results: [at("1")] },
  });
  expect((await send({ body: packed })).status).toBe(202);
  expect(stream.taken).toEqual(['{"id":1}', packed.toString()]);
  expect(logged).toEqual([]);
});

test("a batch is answered with the place and the rows of each record", async () => {
  const { send } = ingest();
  const answer = await send({
    path: "/batches",
    headers: { "content-type": "text/csv" },
    body: "a,b\n1,2\n3,4\n5,6\n",
  });
  expect(answer).toEqual({
    status: 202,
    headers: JSON_ANSWER,
    body: { records: 2, results: [{ ...at("1"), rows: 2 }, at("2")] },
  });
});

test("records that are refused in passing are sent again before the answer", async () => {
  const { send, stream } = ingest((call) => (call === 0 ? { 1: THROTTLED } : undefined));
  const answer = await send({ path: "/batches", headers: { "content-type": "application/json" }, body: "[1,2,3]" });
  expect(answer).toMatchObject({ status: 202, body: { results: [at("1"), at("3"), at("2")] } });
  expect(stream.calls).toEqual([["1", "2", "3"], ["2"]]);
});

test("207 where some were taken in time: a result for each", async () => {
  const { send, logged } = ingest(() => ({ 0: THROTTLED }), {}, 8000);
  const answer = await send({ path: "/batches", headers: { "content-type": "application/json" }, body: "[1,2]" });
  expect(answer).toEqual({
    status: 207,
    headers: { ...JSON_ANSWER, "retry-after": "2" },
    body: {
      records: 2,
      taken: 1,
      detail: "Send those again whose result has an error; the others are in the stream.",
      results: [{ rows: 1, error: THROTTLED }, at("1")],
    },
  });
  expect(logged).toEqual([{ message: "not taken", level: "error", records: 2, taken: 1, error: THROTTLED }]);
});

test("503 where none was taken in time, and the answer comes before the function's time ends", async () => {
  const { send, stream } = ingest(() => kinesisError("TimeoutError"), {}, 4000);
  expect(await send({ body: "x" }, 10_000)).toEqual({
    status: 503,
    headers: { ...PROBLEM, "retry-after": "2" },
    body: {
      type: "about:blank",
      title: "Service Unavailable",
      status: 503,
      detail: "The stream has taken none of 1 records (TimeoutError): send the request again after 2 seconds.",
    },
  });
  expect(stream.timeouts.at(-1)).toBeLessThan(4000);
});

test("500 where the stream refuses for good: the owner must act, not the client", async () => {
  const { send, logged } = ingest(() => kinesisError("AccessDeniedException", 400));
  expect(await send({ body: "x" })).toEqual({
    status: 500,
    headers: PROBLEM,
    body: {
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
      detail:
        "The stream refuses the records of this API (AccessDeniedException): its owner must correct the API's function, its role or its stream.",
    },
  });
  expect(logged).toEqual([
    { message: "not taken", level: "error", records: 1, taken: 0, error: "AccessDeniedException" },
  ]);
});

test.each<[string, Sent, number, string, Record<string, string>]>([
  [
    "an unknown path",
    { path: "/nothing" },
    404,
    "Nothing is here: POST one record to /records, or several to /batches.",
    {},
  ],
  [
    "a member of every object",
    { path: "/constructor" },
    404,
    "Nothing is here: POST one record to /records, or several to /batches.",
    {},
  ],
  ["another method", { method: "GET" }, 405, "/records takes POST only.", { allow: "POST" }],
  [
    "another method of batches",
    { method: "DELETE", path: "/batches" },
    405,
    "/batches takes POST only.",
    { allow: "POST" },
  ],
  ["no body", {}, 400, "The body is empty: send one record.", {}],
  [
    "an unknown type of batch",
    { path: "/batches", body: "x" },
    415,
    "The content type is not that of a batch: send application/x-ndjson, application/json (an array) or text/csv, or send any other format to /records.",
    { accept: "application/x-ndjson, application/json, text/csv" },
  ],
  [
    "a record that is too large",
    { body: "x".repeat(1_048_576) },
    413,
    "The record has 1048608 bytes with its stream partition key, and the stream takes at most 1048576: send a smaller one.",
    {},
  ],
  [
    "too many records",
    { path: "/batches", headers: { "content-type": "application/x-ndjson" }, body: Buffer.from("1\n".repeat(101)) },
    413,
    "The batch has more than 100 records: send it in several requests.",
    {},
  ],
  [
    "a string whose bytes were replaced on the way",
    { body: "a\ufffdb", headers: { "content-length": "3" } },
    400,
    "The body of 3 bytes is not UTF-8, which its content type promises: send it as application/octet-stream to /records.",
    {},
  ],
])("%s is refused with a problem, and nothing is sent", async (_name, sent, status, detail, headers) => {
  const { send, stream } = ingest();
  const answer = await send(sent);
  expect(answer).toEqual({
    status,
    headers: { ...PROBLEM, ...headers },
    body: { type: "about:blank", title: expect.any(String), status, detail },
  });
  expect(stream.calls).toEqual([]);
});

test("the stream partition key comes from the header that the API names, in any case", async () => {
  const { send, stream } = ingest(undefined, { partitionKey: { header: "X-Customer" } });
  const put = jest.spyOn(stream.stream, "put");
  await send({ body: "x", headers: { "x-customer": "c-1" } });
  expect(put.mock.calls[0]?.[0]).toEqual([{ payload: Buffer.from("x"), partitionKey: "c-1", rows: 1 }]);
});

test.each([[{}], [{ Records: [] }], [null], [{ version: "1.0", httpMethod: "POST" }]])(
  "the event %j of another source fails the invocation",
  async (event) => {
    const handler = createIngest(CONFIG, {
      ...faultyStream(() => undefined),
      ...NO_VIEWS,
      log: () => undefined,
    });
    await expect(handler(event, { getRemainingTimeInMillis: () => 1000 })).rejects.toThrow(
      "the event is not one of an HTTP API with payload format 2.0",
    );
  },
);
