/** GET of views: the item of a key as readers see it, and what is refused without a read. */
import { CallError } from "../../../functions/effects/signedCalls";
import { dynamoItem } from "../../../functions/effects/viewItem";
import { createIngest } from "../../../functions/ingest";
import type { Attributes } from "../../../lake/serving/attributes";
import { faultyStream, START } from "../support/faultyStream";

const SECONDS = START / 1000;
const ITEMS: Readonly<Record<string, Attributes>> = {
  ann: {
    _key: { S: "ann" },
    _last: { S: "shardId-000000000000/1" },
    _shards: { M: { "shardId-000000000000": { L: [{ S: "1" }, { N: "1" }] } } },
    orders: { N: "2" },
    total: { N: "12345678901234567890" },
  },
  "a/b c": { _key: { S: "a/b c" } },
  "?#%2F": { _key: { S: "?#%2F" } },
  "..": { _key: { S: ".." } },
  gone: { _key: { S: "gone" }, _expires: { N: String(SECONDS) } },
  going: { _key: { S: "going" }, _expires: { N: String(SECONDS + 1) } },
  __proto__: { _key: { S: "never" } },
};
const ITEM_MAP = new Map(Object.entries(ITEMS));

interface Asked {
  method?: string;
  path: string;
  key?: string;
  query?: string;
}

function api(failure?: Error) {
  const reads: object[] = [];
  const logged: object[] = [];
  const call = async (operation: string, input: object) => {
    reads.push({ operation, ...input });
    if (failure) throw failure;
    const { Key } = input as { Key: { _key: { S: string } } };
    return { Item: ITEM_MAP.get(Key._key.S) };
  };
  const handler = createIngest(
    { rowsPerRecord: 1, maxRecordBytes: 1000, maxRecords: 10, partitionKey: {} },
    {
      ...faultyStream(() => undefined),
      views: { customers: "customers-table", carts: "carts-table" },
      readItem: dynamoItem(call),
      log: (entry) => logged.push(entry),
    },
  );
  const ask = async ({ method = "GET", path, key, query = "" }: Asked) => {
    const event = {
      version: "2.0",
      rawPath: path,
      rawQueryString: query,
      ...(key !== undefined && { pathParameters: { key } }),
      headers: {},
      requestContext: { http: { method } },
      isBase64Encoded: false,
    };
    const { statusCode, headers, body } = await handler(event, { getRemainingTimeInMillis: () => 29_000 });
    return { status: statusCode, headers, body };
  };
  return { ask, reads, logged };
}

const JSON_HEADERS = { "content-type": "application/json", "cache-control": "no-store" };
const problem = (status: number, title: string, detail: string) =>
  JSON.stringify({ type: "about:blank", title, status, detail });

test("the item of a key is answered as it is now, without what the view keeps for itself", async () => {
  const { ask, reads, logged } = api();
  expect(await ask({ path: "/customers/ann", key: "ann" })).toEqual({
    status: 200,
    headers: JSON_HEADERS,
    body: '{"_key":"ann","orders":2,"total":12345678901234567890}',
  });
  expect(reads).toEqual([
    { operation: "GetItem", TableName: "customers-table", Key: { _key: { S: "ann" } }, ConsistentRead: true },
  ]);
  expect(logged).toEqual([]);
});

test.each<[Asked, string]>([
  [{ path: "/customers/a/b c", key: "a/b c" }, "a/b c"],
  [{ path: "/customers", query: "key=a%2Fb+c" }, "a/b c"],
  [{ path: "/customers", query: "key=%3F%23%252F" }, "?#%2F"],
  [{ path: "/customers", query: "key=.." }, ".."],
  [{ path: "/customers/going", key: "going" }, "going"],
])("%j names the key %s", async (asked, key) => {
  const { status, body } = await api().ask(asked);
  expect([status, JSON.parse(body)._key]).toEqual([200, key]);
});

test.each(["nobody", "gone", "__proto__", "constructor", "a\0b", "\ud800", "%zz", "'; --", "😀".repeat(512)])(
  "nothing is known of the key %j: 404",
  async (key) => {
    expect(await api().ask({ path: `/customers/${key}`, key })).toEqual({
      status: 404,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
      body: problem(404, "Not Found", "The view customers has no item with this key."),
    });
  },
);

test.each<[Asked, string]>([
  [{ path: "/customers" }, "The request names 0 keys: send one, as /customers/KEY or /customers?key=KEY."],
  [
    { path: "/customers", query: "key=a&key=b" },
    "The request names 2 keys: send one, as /customers/KEY or /customers?key=KEY.",
  ],
  [{ path: "/customers", query: "key=" }, "The key has 0 bytes: send one of 1 to 2048."],
  [{ path: "/carts/x", key: "😀".repeat(513) }, "The key has 2052 bytes: send one of 1 to 2048."],
])("the bad key of %j is refused before a read", async (asked, detail) => {
  const { ask, reads } = api();
  expect(await ask(asked)).toEqual({
    status: 400,
    headers: { "content-type": "application/problem+json" },
    body: problem(400, "Bad Request", detail),
  });
  expect(reads).toEqual([]);
});

test("a view takes GET only, and an unknown path is answered with the views", async () => {
  const { ask, reads } = api();
  expect(await ask({ method: "POST", path: "/customers/ann" })).toEqual({
    status: 405,
    headers: { "content-type": "application/problem+json", allow: "GET" },
    body: problem(405, "Method Not Allowed", "/customers takes GET only."),
  });
  for (const path of ["/customer/ann", "/constructor", "//customers/ann"]) {
    expect((await ask({ path })).body).toBe(
      problem(
        404,
        "Not Found",
        "Nothing is here: POST one record to /records, or several to /batches, or GET an item from /customers/KEY, or GET an item from /carts/KEY.",
      ),
    );
  }
  expect(reads).toEqual([]);
});

test.each([
  new CallError("ThrottlingException", 400, "slow"),
  new CallError("InternalServerError", 500, "no"),
  Object.assign(new Error("late"), { name: "TimeoutError" }),
])("while the table cannot be read (%s), clients come back: 503", async (failure) => {
  const { ask, logged } = api(failure);
  expect(await ask({ path: "/customers/ann", key: "ann" })).toEqual({
    status: 503,
    headers: { "content-type": "application/problem+json", "retry-after": "2" },
    body: problem(
      503,
      "Service Unavailable",
      `The view customers cannot be read now (${failure.name}): send the request again after 2 seconds.`,
    ),
  });
  expect(logged).toEqual([
    { message: "not read", level: "error", view: "customers", error: `${failure.name}: ${failure.message}` },
  ]);
});

test("a table that refuses is the owner's to correct: 500", async () => {
  const { ask } = api(new CallError("AccessDeniedException", 400, "no"));
  expect(await ask({ path: "/customers/ann", key: "ann" })).toMatchObject({
    status: 500,
    body: problem(
      500,
      "Internal Server Error",
      "The view customers refuses to be read by this API (AccessDeniedException): its owner must correct the API's role or the table.",
    ),
  });
});
