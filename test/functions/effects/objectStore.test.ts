import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { s3ObjectStore } from "../../../functions/effects/objectStore";

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}
interface Answer {
  readonly status: number;
  readonly body?: string;
}

/** S3 as a script: each request is kept, and answered by the function, or not at all. */
let answer: (request: Request) => Answer | undefined;
let requests: Request[];
let server: Server;
let client: S3Client;

beforeEach(async () => {
  requests = [];
  server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      const request = { method, url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      const reply = answer(request);
      if (reply) response.writeHead(reply.status).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function store(waits: number[] = []) {
  return s3ObjectStore("lake", {
    client,
    sleep: async (millis) => {
      waits.push(millis);
    },
  });
}

function s3Error(status: number, code: string): Answer {
  return { status, body: `<Error><Code>${code}</Code><Message>as S3 words it</Message></Error>` };
}

function queryOf({ url }: Request): Record<string, string> {
  return Object.fromEntries(new URL(url, "http://s3").searchParams);
}

function listing(...content: string[]): Answer {
  return { status: 200, body: `<ListBucketResult>${content.join("")}</ListBucketResult>` };
}

test("an object is created only where there is none", async () => {
  answer = () => ({ status: 200 });
  expect(await store().putIfAbsent("raw/a b", Buffer.from("body"))).toBe("created");
  expect(requests).toMatchObject([
    { method: "PUT", url: "/lake/raw/a%20b?x-id=PutObject", headers: { "if-none-match": "*" }, body: "body" },
  ]);
});

test("412 means that it is there already", async () => {
  answer = () => s3Error(412, "PreconditionFailed");
  expect(await store().putIfAbsent("raw/a", Buffer.from("body"))).toBe("present");
  expect(requests).toHaveLength(1);
});

test("409 means that another write of the key is under way: tried again, a little later each time", async () => {
  const waits: number[] = [];
  const answers = [s3Error(409, "ConditionalRequestConflict"), s3Error(409, "ConditionalRequestConflict")];
  answer = () => answers.shift() ?? s3Error(412, "PreconditionFailed");
  expect(await store(waits).putIfAbsent("raw/a", Buffer.from("body"))).toBe("present");
  expect(waits).toEqual([100, 200]);
});

test("a conflict that does not end is an error after four tries", async () => {
  answer = () => s3Error(409, "ConditionalRequestConflict");
  await expect(store().putIfAbsent("raw/a", Buffer.from("body"))).rejects.toMatchObject({
    name: "ConditionalRequestConflict",
  });
  expect(requests).toHaveLength(4);
});

test("a write that is refused is an error, and is not tried again", async () => {
  answer = () => s3Error(403, "AccessDenied");
  await expect(store().putIfAbsent("raw/a", Buffer.from("body"))).rejects.toMatchObject({ name: "AccessDenied" });
  await expect(store().put("raw/a", Buffer.from("body"))).rejects.toMatchObject({ name: "AccessDenied" });
  expect(requests).toHaveLength(2);
});

test("a version that was read is replaced on its condition, and a new object is created on that there is none", async () => {
  answer = () => ({ status: 200 });
  expect(await store().putIfUnchanged("ledger/a", Buffer.from("body"), '"v1"')).toBe(true);
  expect(await store().putIfUnchanged("ledger/a", Buffer.from("body"), undefined)).toBe(true);
  expect(requests.map(({ headers }) => [headers["if-match"], headers["if-none-match"]])).toEqual([
    ['"v1"', undefined],
    [undefined, "*"],
  ]);
});

test.each([
  [412, "PreconditionFailed"],
  [409, "ConditionalRequestConflict"],
  [404, "NoSuchKey"],
])("%i %s means that another write came first: false, and not tried again", async (status, code) => {
  answer = () => s3Error(status, code);
  expect(await store().putIfUnchanged("ledger/a", Buffer.from("body"), '"v1"')).toBe(false);
  expect(requests).toHaveLength(1);
});

test.each([
  [403, "AccessDenied"],
  [500, "InternalError"],
])("%i %s says nothing of other writes: an error", async (status, code) => {
  answer = () => s3Error(status, code);
  await expect(store().putIfUnchanged("ledger/a", Buffer.from("body"), '"v1"')).rejects.toMatchObject({ name: code });
});

test("put replaces what is there", async () => {
  answer = () => ({ status: 200 });
  await store().put("ledger/a", Buffer.from("body"));
  expect(requests[0]?.headers["if-none-match"]).toBeUndefined();
  expect(requests).toMatchObject([{ method: "PUT", url: "/lake/ledger/a?x-id=PutObject", body: "body" }]);
});

test("an object is read whole, and one that is not there is undefined", async () => {
  answer = () => ({ status: 200, body: "body" });
  expect(String(Buffer.from((await store().get("raw/a")) ?? ""))).toBe("body");
  answer = () => s3Error(404, "NoSuchKey");
  expect(await store().get("raw/a")).toBeUndefined();
});

test.each([
  [404, "NoSuchBucket"],
  [403, "AccessDenied"],
])("a read that is answered with %i %s is an error", async (status, code) => {
  answer = () => s3Error(status, code);
  await expect(store().get("raw/a")).rejects.toMatchObject({ name: code });
});

test("a part of an object is asked for as HTTP counts, its end included; an empty part is not asked for", async () => {
  answer = () => ({ status: 206, body: "par" });
  expect(String(Buffer.from(await store().getRange("raw/a", 4, 7)))).toBe("par");
  expect(requests[0]?.headers.range).toBe("bytes=4-6");
  expect(await store().getRange("raw/a", 4, 4)).toHaveLength(0);
  expect(requests).toHaveLength(1);
});

test("a listing goes on to its last page", async () => {
  answer = ({ url }) =>
    url.includes("continuation-token=next")
      ? listing(
          "<Contents><Key>raw/c</Key><Size>3</Size><LastModified>2026-11-20T10:00:00.000Z</LastModified></Contents>",
        )
      : listing(
          "<IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>",
          "<Contents><Key>raw/a</Key><Size>1</Size></Contents><Contents><Key>raw/b</Key><Size>2</Size></Contents>",
        );
  const found = [];
  for await (const object of store().list("raw/")) found.push(object);
  expect(found).toEqual([
    { key: "raw/a", size: 1, modifiedMillis: 0 },
    { key: "raw/b", size: 2, modifiedMillis: 0 },
    { key: "raw/c", size: 3, modifiedMillis: Date.UTC(2026, 10, 20, 10) },
  ]);
  expect(requests.map(queryOf)).toEqual([
    { "list-type": "2", prefix: "raw/" },
    { "list-type": "2", prefix: "raw/", "continuation-token": "next" },
  ]);
});

test("folders are listed without what lies in them", async () => {
  answer = () =>
    listing(
      "<CommonPrefixes><Prefix>raw/orders/</Prefix></CommonPrefixes>",
      "<CommonPrefixes><Prefix>raw/records/</Prefix></CommonPrefixes>",
      "<Contents><Key>raw/notes.txt</Key><Size>1</Size></Contents>",
    );
  const found = [];
  for await (const folder of store().listFolders("raw/")) found.push(folder);
  expect(found).toEqual(["raw/orders/", "raw/records/"]);
  expect(requests.map(queryOf)).toEqual([{ "list-type": "2", prefix: "raw/", delimiter: "/" }]);
});

test("an empty listing lists nothing", async () => {
  answer = () => listing();
  const found = [];
  for await (const object of store().list("raw/")) found.push(object);
  for await (const folder of store().listFolders("raw/")) found.push(folder);
  expect(found).toEqual([]);
});

describe("the client of a function", () => {
  const environment = { ...process.env };
  beforeEach(() => {
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "session",
    });
  });
  afterEach(() => {
    process.env = { ...environment };
  });

  test("comes from its environment", async () => {
    answer = () => ({ status: 200 });
    expect(await s3ObjectStore("lake").putIfAbsent("raw/a", Buffer.from("body"))).toBe("created");
    expect(requests[0]?.headers["x-amz-security-token"]).toBe("session");
  });

  test("tries a throttled request again", async () => {
    const answers = [s3Error(503, "SlowDown"), s3Error(503, "SlowDown")];
    answer = () => answers.shift() ?? { status: 200 };
    expect(await s3ObjectStore("lake").putIfAbsent("raw/a", Buffer.from("body"))).toBe("created");
    expect(requests).toHaveLength(3);
  });

  test("gives up a try that S3 does not answer, and tries again", async () => {
    answer = () => (requests.length === 1 ? undefined : s3Error(412, "PreconditionFailed"));
    const impatient = s3ObjectStore("lake", { requestTimeoutMillis: 100 });
    expect(await impatient.putIfAbsent("raw/a", Buffer.from("body"))).toBe("present");
    expect(requests).toHaveLength(2);
  });
});
