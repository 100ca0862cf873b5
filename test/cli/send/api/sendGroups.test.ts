/** Sending through an HTTP API that refuses, takes parts, loses answers and throttles: each row is acknowledged once. */
import type { ApiAnswer, ApiPost } from "../../../../cli/send/api/apiClient";
import type { RowGroup } from "../../../../cli/send/api/rowGroups";
import { sendGroups } from "../../../../cli/send/api/sendGroups";
import type { Clock } from "../../../../local/cloud/clock";
import { seededRandom } from "../../../../local/cloud/random";

const API = "https://api.example.com";

const answer = (status: number, body: unknown = {}, more: Partial<ApiAnswer> = {}): ApiAnswer => ({
  status,
  body,
  retryAfterSeconds: 0,
  localProblem: undefined,
  localRun: undefined,
  ...more,
});
/** An answer with a result for each pair of rows; those whose index is listed have an error. */
const results = (rows: number, refused: number[] = []) =>
  Array.from({ length: Math.ceil(rows / 2) }, (_, index) => ({
    rows: Math.min(2, rows - 2 * index),
    ...(refused.includes(index) ? { error: "ProvisionedThroughputExceededException" } : { shardId: "s" }),
  }));
const group = (from: number, count: number): RowGroup => ({
  file: "/in/a.csv",
  form: "csv",
  header: Buffer.from("id\n"),
  rows: Array.from({ length: count }, (_, index) => ({
    number: from + index,
    place: `row ${from + index}`,
    bytes: Buffer.from(`${from + index}\n`),
  })),
});

function sending(post: (rows: number[], call: number) => ApiAnswer | Error) {
  const waits: number[] = [];
  const sent: number[][] = [];
  const acknowledged: number[] = [];
  const stop = new AbortController();
  const clock: Clock = {
    now: () => 0,
    sleep: async (millis, signal) => {
      waits.push(millis);
      signal?.throwIfAborted();
    },
  } as Clock;
  const client: ApiPost = async ({ body, contentType, path }) => {
    expect([path, contentType]).toEqual(["/batches", "text/csv"]);
    const [header, ...rows] = body.toString().trim().split("\n");
    expect(header).toBe("id");
    sent.push(rows.map(Number));
    const given = post(rows.map(Number), sent.length - 1);
    if (given instanceof Error) throw given;
    return given;
  };
  const send = (groups: RowGroup[], callsUnderWay = 1, maxAttempts = 4) =>
    sendGroups(
      (async function* () {
        yield* groups;
      })(),
      client,
      {
        clock,
        random: () => 0.5,
        signal: stop.signal,
        maxAttempts,
        callsUnderWay,
        api: API,
        titleOf: () => "a.csv",
        onAcknowledged: (_, from, to) => {
          for (let row = from; row <= to; row++) acknowledged.push(row);
        },
      },
    );
  return { send, sent, waits, acknowledged, stop };
}

test("rows that the API has taken are acknowledged, with their requests and records", async () => {
  const { send, acknowledged, waits } = sending((rows) => answer(202, { results: results(rows.length) }));
  expect(await send([group(1, 3), group(4, 1)])).toEqual({ rows: 4, records: 3, requests: 2, retries: 0 });
  expect(acknowledged).toEqual([1, 2, 3, 4]);
  expect(waits).toEqual([]);
});

test("an answer 202 for another number of rows is refused, and acknowledges none", async () => {
  const { send, acknowledged } = sending((rows) => answer(202, { results: results(rows.length - 1) }));
  await expect(send([group(1, 3)])).rejects.toThrow(
    `${API} answers for 2 of 3 rows; it is not an IngestApi, or an older one`,
  );
  expect(acknowledged).toEqual([]);
});

test("of a part that is taken, only the other rows are sent again, after Retry-After", async () => {
  const { send, sent, acknowledged, waits } = sending((rows, call) =>
    call === 0
      ? answer(207, { results: results(rows.length, [1]) }, { retryAfterSeconds: 2 })
      : answer(202, { results: results(rows.length) }),
  );
  expect(await send([group(1, 5)])).toEqual({ rows: 5, records: 3, requests: 2, retries: 1 });
  expect(sent).toEqual([
    [1, 2, 3, 4, 5],
    [3, 4],
  ]);
  expect(acknowledged).toEqual([1, 2, 5, 3, 4]);
  expect(waits).toEqual([2000]);
});

test.each<[string, ApiAnswer | Error]>([
  ["429 of the stage", answer(429, { message: "Too Many Requests" })],
  ["503 of the function", answer(503, { detail: "later" })],
  ["503 of API Gateway", answer(503, { message: "Service Unavailable" })],
  ["500 of a function that failed", answer(500, { message: "Internal Server Error" })],
  ["502", answer(502)],
  ["504", answer(504)],
  ["a lost answer", new TypeError("fetch failed")],
])("%s is tried again, with longer waits", async (_name, refusal) => {
  const { send, sent, waits } = sending((rows, call) =>
    call < 3 ? refusal : answer(202, { results: results(rows.length) }),
  );
  expect(await send([group(1, 2)])).toEqual({ rows: 2, records: 1, requests: 4, retries: 3 });
  expect(sent).toEqual(Array(4).fill([1, 2]));
  expect(waits).toEqual([50, 100, 200]);
});

test("the wait is at least Retry-After", async () => {
  const { send, waits } = sending((rows, call) =>
    call < 2 ? answer(503, {}, { retryAfterSeconds: 3 }) : answer(202, { results: results(rows.length) }),
  );
  await send([group(1, 2)]);
  expect(waits).toEqual([3000, 3000]);
});

test("a request that is too large is sent in halves, until they fit", async () => {
  const { send, sent, acknowledged } = sending((rows) =>
    rows.length > 2 ? answer(413, { detail: "too many" }) : answer(202, { results: results(rows.length) }),
  );
  expect(await send([group(1, 5)])).toEqual({ rows: 5, records: 3, requests: 5, retries: 0 });
  expect(sent).toEqual([[1, 2, 3, 4, 5], [1, 2, 3], [1, 2], [3], [4, 5]]);
  expect(acknowledged).toEqual([1, 2, 3, 4, 5]);
});

test.each<[ApiAnswer | Error, string]>([
  [
    answer(400, { detail: "The quote that opens in row 2 is never closed." }),
    `a.csv: row 1 to row 2 (2) are refused by ${API} (400: The quote that opens in row 2 is never closed.)`,
  ],
  [
    answer(401, { message: "Unauthorized" }),
    `${API} does not accept the token (401: Unauthorized); give a valid one with --token`,
  ],
  [
    answer(403, { message: "Forbidden" }, { localProblem: "the signature does not match" }),
    `${API} refuses the request (403: the signature does not match); the credentials need invokeAccess() of the IngestApi, or its tokens a scope`,
  ],
  [
    answer(404, { message: "Not Found" }),
    `${API} is not the address of an IngestApi (404: Not Found); use its output url`,
  ],
  [answer(405), `${API} is not the address of an IngestApi (405); use its output url`],
  [answer(301), `${API} is not the address of an IngestApi (301); use its output url`],
  [answer(202, "accepted"), `${API} is not the address of an IngestApi (202); use its output url`],
  [
    answer(500, { detail: "The stream refuses the records of this API (AccessDeniedException)." }),
    `a.csv: row 1 to row 2 (2) are refused by ${API} (500: The stream refuses the records of this API (AccessDeniedException).)`,
  ],
  [answer(207, { results: [{ rows: 1 }] }), `${API} answers for 1 of 2 rows; it is not an IngestApi, or an older one`],
  [answer(503, { detail: "no" }), "a.csv: row 1 to row 2 (2) are not taken in 4 attempts, the last time with 503: no"],
  [
    new TypeError("fetch failed"),
    "a.csv: row 1 to row 2 (2) are not taken in 4 attempts, the last time with fetch failed",
  ],
])("%j ends the sending, and nothing is acknowledged", async (refusal, message) => {
  const { send, acknowledged } = sending(() => refusal);
  await expect(send([group(1, 2), group(3, 2)])).rejects.toThrow(new Error(message));
  expect(acknowledged).toEqual([]);
});

test("one row that is too large ends the sending, and the rows of its request before it are acknowledged", async () => {
  const { send, acknowledged } = sending((rows) =>
    rows.includes(3) ? answer(413, { detail: "too large" }) : answer(202, { results: results(rows.length) }),
  );
  await expect(send([group(1, 4)])).rejects.toThrow(`a.csv: row 3 is refused by ${API} (413: too large)`);
  expect(acknowledged).toEqual([1, 2]);
});

test("after Ctrl-C nothing more is sent, and what was under way is acknowledged", async () => {
  const { send, sent, acknowledged, stop } = sending((rows, call) => {
    if (call === 1) stop.abort(new Error("interrupted"));
    return answer(202, { results: results(rows.length) });
  });
  await expect(send([group(1, 2), group(3, 2), group(5, 2)])).rejects.toThrow("interrupted");
  expect(sent).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(acknowledged).toEqual([1, 2, 3, 4]);
});

test("whatever an API refuses, each row is acknowledged once, and taken at least once", async () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededRandom(seed);
    const taken: number[] = [];
    let refusals = 0;
    const { send, acknowledged } = sending((rows) => {
      const chance = refusals < 3 ? random() : 1;
      refusals = chance < 0.6 ? refusals + 1 : 0;
      if (chance < 0.1) return answer(429);
      if (chance < 0.2) return answer(503);
      if (chance < 0.3 && rows.length > 1) return answer(413);
      const kept = results(rows.length, chance < 0.5 ? [0] : []);
      if (chance < 0.4) taken.push(...rows);
      if (chance < 0.4) return new TypeError("fetch failed");
      let at = 0;
      for (const result of kept) {
        if (!("error" in result)) taken.push(...rows.slice(at, at + result.rows));
        at += result.rows;
      }
      return answer(chance < 0.5 ? 207 : 202, { results: kept });
    });
    const groups = Array.from({ length: 8 }, (_, index) => group(index * 7 + 1, 7));
    const { rows } = await send(groups, 3, 1000);
    const all = Array.from({ length: 56 }, (_, index) => index + 1);
    expect([seed, rows, [...acknowledged].sort((one, other) => one - other)]).toEqual([seed, 56, all]);
    expect([seed, [...new Set(taken)].sort((one, other) => one - other)]).toEqual([seed, all]);
  }
});

test("a file that cannot be read on ends no request: they are waited for, and acknowledged", async () => {
  const ends: (() => void)[] = [];
  const acknowledged: number[] = [];
  let posts = 0;
  const post: ApiPost = (_, signal) =>
    new Promise((resolve, reject) => {
      posts += 1;
      signal.addEventListener("abort", () => reject(signal.reason));
      ends.push(() => resolve(answer(202, { results: results(1) })));
    });
  const sent = sendGroups(
    (async function* () {
      yield group(1, 1);
      yield group(2, 1);
      throw new Error("the file ends within a row");
    })(),
    post,
    {
      clock: { now: () => 0, sleep: async () => undefined } as unknown as Clock,
      random: () => 0.5,
      signal: new AbortController().signal,
      maxAttempts: 4,
      callsUnderWay: 4,
      api: API,
      titleOf: () => "a.csv",
      onAcknowledged: (_, from) => acknowledged.push(from),
    },
  );
  const settled = sent.catch((error: Error) => error.message);
  await new Promise((resolve) => setImmediate(resolve));
  for (const end of ends) end();
  expect(await settled).toBe("the file ends within a row");
  expect(acknowledged).toEqual([1, 2]);
  expect(posts).toBe(2);
});

test("a request that is cut off after Ctrl-C is not sent again", async () => {
  const stop = new AbortController();
  let posts = 0;
  const post: ApiPost = (_, signal) =>
    new Promise((_resolve, reject) => {
      posts += 1;
      signal.addEventListener("abort", () => reject(signal.reason));
      setImmediate(() => stop.abort(new Error("Ctrl-C")));
    });
  const waits: number[] = [];
  const sent = sendGroups(
    (async function* () {
      yield group(1, 1);
    })(),
    post,
    {
      clock: { now: () => 0, sleep: async (millis: number) => void waits.push(millis) } as unknown as Clock,
      random: () => 0.5,
      signal: stop.signal,
      maxAttempts: 4,
      callsUnderWay: 1,
      api: API,
      titleOf: () => "a.csv",
      onAcknowledged: () => undefined,
    },
  );
  await expect(sent).rejects.toThrow("Ctrl-C");
  expect(posts).toBe(1);
  expect(waits).toEqual([5000]);
});
