/** `produce --api` against the HTTP API of a local cloud: rows arrive with their ids, also after a cut, and misuse is refused. */
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { IngestApi, StreamIngest } from "streamlake";
import { dispatch } from "../../../../cli/dispatch";
import { Interrupted } from "../../../../cli/errors";
import { contentDigest } from "../../../../cli/input/rowIds";
import { systemClock } from "../../../../local/cloud/clock";
import { bytesOf } from "../../../../local/cloud/endpoint/http";
import type { LocalCloud } from "../../../../local/startLocal";
import { start, stopAll } from "../../../local/support/start";
import { testIo } from "../../support/testIo";

jest.setTimeout(60_000);

let dir: string;
let cloud: LocalCloud;
let outputs: { signed: string; open: string; slow: string; clicks: string };
beforeAll(async () => {
  cloud = await start(
    () => {
      const stream = new StreamIngest("clicks", { capacity: "provisioned", shards: 2 });
      const signed = new IngestApi("signed", { stream, rowsPerRecord: 3 });
      const open = new IngestApi("open", { stream, authorization: "NONE" });
      const slow = new IngestApi("slow", { stream, requestsPerSecond: 20, burstRequests: 2 });
      return { signed: signed.url, open: open.url, slow: slow.url, clicks: stream.streamName };
    },
    { clock: systemClock },
  );
  outputs = cloud.outputs as typeof outputs;
});
afterAll(stopAll);
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "produce-api-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function produce(argv: string[], changes: Parameters<typeof testIo>[0] = {}) {
  const io = testIo({ cwd: dir, clock: systemClock, ...changes });
  const code = await dispatch(["produce", ...argv], io);
  return {
    code,
    out: io
      .out()
      .toString()
      .replace(/\d+\.\d s/, "N s"),
    err: io.err(),
  };
}

/** The lines of the stream's logs. */
function logged(of = cloud): string[] {
  const logs = path.join(of.dataDir, "kinesis");
  return readdirSync(logs, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ndjson"))
    .flatMap((file) => readFileSync(path.join(logs, file), "utf8").split("\n"))
    .filter((line) => line !== "");
}

/** The payloads that were not in the stream before, in no order. */
function added(before: readonly string[], of = cloud): string[] {
  const known = new Set(before);
  const lines = logged(of).filter((line) => !known.has(line));
  return lines.map((line) => Buffer.from((JSON.parse(line) as { Data: string }).Data, "base64").toString());
}

const retail = (rows: number) =>
  `InvoiceNo,Description\n${Array.from({ length: rows }, (_, row) => `${536365 + row},"LANTERN, ${row}"\n`).join("")}`;

test("rows of CSV are records of the stream with their ids, signed by the credentials of a local cloud", async () => {
  const before = logged();
  writeFileSync(path.join(dir, "a.csv"), retail(7));
  const { out, code, err } = await produce(["--api", `${outputs.signed}/`, "--input", "a.csv", "--row-id", "row_id"]);
  expect([err, out]).toEqual(["", `sent 7 rows to ${outputs.signed} in N s, as 3 records and 1 request\n`]);
  expect(code).toBe(0);
  const digest = (await contentDigest(path.join(dir, "a.csv"))).slice(0, 16);
  const rows = Array.from({ length: 7 }, (_, row) => `${digest}-${row + 1},${536365 + row},"LANTERN, ${row}"\n`);
  const header = "row_id,InvoiceNo,Description\n";
  const records = [rows.slice(0, 3), rows.slice(3, 6), rows.slice(6)].map((part) => header + part.join(""));
  expect(added(before).sort()).toEqual(records.sort());
  expect(readdirSync(path.join(dir, ".streamlake/produce"))).toEqual([]);
});

test("files of other formats arrive byte for byte, unsigned at an open API, also from standard input", async () => {
  const before = logged();
  const binary = Buffer.from([0x53, 0x4c, 0, 2, 3]);
  writeFileSync(path.join(dir, "a.bin"), binary);
  writeFileSync(path.join(dir, "b.json"), '[{"id":1},{"id":2}]');
  async function* stdin() {
    yield Buffer.from('{"id":3}\n');
  }
  const argv = ["--api", outputs.open, "--unsigned", "--input", "a.bin", "b.json", "-"];
  const { out, code, err } = await produce(argv, { stdin: stdin() });
  expect(err).toBe("");
  expect(out).toBe(`sent 4 rows to ${outputs.open} in N s, as 4 records and 3 requests\n`);
  expect(code).toBe(0);
  expect(added(before).sort()).toEqual([binary.toString(), '{"id":1}', '{"id":2}', '{"id":3}'].sort());
});

test("beyond the rate of the stage, requests are sent again until all are taken", async () => {
  const before = logged();
  writeFileSync(path.join(dir, "a.ndjson"), '{"id":1}\n'.repeat(6));
  const { out, code } = await produce(["--api", outputs.slow, "--input", "a.ndjson", "--batch", "1"]);
  // A slow machine stays below the rate, and nothing is refused.
  expect(out).toMatch(/\bsent 6 rows to .* in N s, as 6 records and \d+ requests(, \d+ of them retries)?\n$/);
  expect(code).toBe(0);
  expect(added(before)).toHaveLength(6);
});

test("after Ctrl-C, the same command sends the other rows, and a run that has ended all of them", async () => {
  const before = logged();
  writeFileSync(path.join(dir, "a.csv"), retail(40));
  const argv = ["--api", outputs.signed, "--input", "a.csv", "--batch", "3"];
  const stop = new AbortController();
  const clock = {
    ...systemClock,
    sleep: async (millis: number, signal?: AbortSignal) => {
      // The pause between two requests.
      if (millis < 5000) stop.abort(new Interrupted());
      return systemClock.sleep(1, signal);
    },
  };
  expect(await produce([...argv, "--delay", "1"], { clock, signal: stop.signal })).toEqual({
    code: 130,
    out: "",
    err: "streamlake produce: stopped after 3 rows; the same command goes on there\n",
  });
  expect(added(before)).toEqual([retail(3)]);

  const { out } = await produce(argv);
  expect(out).toBe(
    `goes on after 3 rows that a run before has sent\nsent 37 rows to ${outputs.signed} in N s, as 13 records and 13 requests\n`,
  );
  const rows = added(before).flatMap((record) => record.trim().split("\n").slice(1));
  expect(rows.sort()).toEqual(retail(40).trim().split("\n").slice(1).sort());
  expect((await produce(argv)).out).toMatch(/\bsent 40 rows/);
});

/** An address that leads to the open API of one cloud after another, as the port of `streamlake local --serve` does. */
async function oneAddress(pathOf: (request: number) => string, isLost: (request: number) => boolean = () => false) {
  let requests = 0;
  const server = createServer(async (request, response) => {
    const { method = "GET", headers } = request;
    const body = method === "POST" ? await bytesOf(request) : undefined;
    const base = pathOf(method === "POST" ? ++requests : requests + 1);
    const target = new URL(isLost(requests) ? "/elsewhere" : (request.url ?? "/"), base);
    const type = { "content-type": String(headers["content-type"]) };
    const answer = await fetch(target, { method, ...(body && { headers: type, body }) });
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

const openApi = () => {
  const stream = new StreamIngest("clicks", { capacity: "provisioned", shards: 1 });
  return { open: new IngestApi("open", { stream, authorization: "NONE" }).url };
};

test("a local cloud that was restarted at its address gets all rows, after one line about those of its run before", async () => {
  writeFileSync(path.join(dir, "a.csv"), retail(10));
  const next = await start(openApi, { clock: systemClock });
  let current = outputs.open;
  const address = await oneAddress(() => current);
  try {
    const argv = ["--api", address.url, "--unsigned", "--input", "a.csv", "--batch", "3"];
    const stop = new AbortController();
    const clock = {
      ...systemClock,
      sleep: async (millis: number, signal?: AbortSignal) => {
        if (millis < 5000) stop.abort(new Interrupted());
        return systemClock.sleep(1, signal);
      },
    };
    const cut = await produce([...argv, "--delay", "1"], { clock, signal: stop.signal });
    expect(cut.err).toBe("streamlake produce: stopped after 3 rows; the same command goes on there\n");

    current = String(next.outputs.open);
    expect(await produce(argv)).toEqual({
      code: 0,
      out: `sent 10 rows to ${address.url} in N s, as 4 records and 4 requests\n`,
      err: `streamlake produce: the local cloud at ${address.url} is another run than the one that has 3 rows of a run before; sends all rows\n`,
    });
  } finally {
    address.close();
  }
});

test.each([
  ["one after the other", ["--delay", "0.001"], 1],
  ["at once", [], 4],
])(
  "a local cloud that is restarted while rows are sent, requests %s, ends the command, which then sends the other rows",
  async (_, more, most) => {
    writeFileSync(path.join(dir, "a.csv"), retail(30));
    const next = await start(openApi, { clock: systemClock });
    const address = await oneAddress((request) => (request < 3 ? outputs.open : String(next.outputs.open)));
    try {
      const argv = ["--api", address.url, "--unsigned", "--input", "a.csv", "--batch", "3"];
      const cut = await produce([...argv, ...more]);
      const kept = added([], next).flatMap((record) => record.trim().split("\n").slice(1)).length;
      expect(kept).toBeGreaterThan(0);
      expect(kept).toBeLessThanOrEqual(3 * most);
      expect(cut).toEqual({
        code: 1,
        out: "",
        err: `streamlake produce: the local cloud at ${address.url} was restarted, and its new run has only ${kept} rows of those sent; the same command sends the others\n`,
      });
      const rest = 30 - kept;
      expect((await produce(argv)).out).toBe(
        `goes on after ${kept} rows that a run before has sent\nsent ${rest} rows to ${address.url} in N s, as ${rest / 3} records and ${rest / 3} requests\n`,
      );
      const rows = added([], next).flatMap((record) => record.trim().split("\n").slice(1));
      expect(rows.sort()).toEqual(retail(30).trim().split("\n").slice(1).sort());
    } finally {
      address.close();
    }
  },
);

test("a local cloud that is restarted without the API gets nothing, and the same command sends all rows", async () => {
  writeFileSync(path.join(dir, "a.csv"), retail(10));
  const next = await start(openApi, { clock: systemClock });
  const address = await oneAddress(
    (request) => (request < 3 ? outputs.open : String(next.outputs.open)),
    (request) => request >= 3,
  );
  try {
    const argv = ["--api", address.url, "--unsigned", "--input", "a.csv", "--batch", "3"];
    expect(await produce([...argv, "--delay", "0.001"])).toEqual({
      code: 1,
      out: "",
      err: `streamlake produce: the local cloud at ${address.url} was restarted, and the rows sent before are not in its new run; the same command sends all rows again\n`,
    });
    expect(added([], next)).toEqual([]);
    expect(readdirSync(path.join(dir, ".streamlake/produce"))).toEqual([]);
  } finally {
    address.close();
  }
});

test("a refusal of the API is named with the way out, and leaves nothing behind", async () => {
  writeFileSync(path.join(dir, "a.csv"), retail(4));
  const wrong = { AWS_ACCESS_KEY_ID: "mine", AWS_SECRET_ACCESS_KEY: "wrong" };
  const former = { ...process.env };
  Object.assign(process.env, wrong);
  try {
    expect(await produce(["--api", outputs.signed, "--input", "a.csv"], { env: wrong })).toEqual({
      code: 1,
      out: "",
      err: `streamlake produce: ${outputs.signed} refuses the request (403: the signature does not match; local takes credentials whose secret is the access key id, as local and local); the credentials need invokeAccess() of the IngestApi, or its tokens a scope\n`,
    });
  } finally {
    process.env = former;
  }
  expect(await produce(["--api", outputs.signed, "--input", "a.csv", "--unsigned"])).toEqual({
    code: 1,
    out: "",
    err: `streamlake produce: ${outputs.signed} refuses requests without a signature or a token (403: the request is not signed with Signature Version 4); leave out --unsigned, or give --token\n`,
  });
  expect(readdirSync(path.join(dir, ".streamlake/produce"))).toEqual([]);
});

test.each<[string[], string, number]>([
  [["--input", "a.csv"], "streamlake produce: --stream is missing, or --api; see --help", 2],
  [["--api", "https://a.example.com"], "streamlake produce: --api sends files; give --input", 2],
  [
    ["--api", "https://a.example.com", "--stream", "s", "--input", "a.csv"],
    "streamlake produce: --api and --stream name two targets; give only one of them",
    2,
  ],
  [
    ["--api", "https://a.example.com", "--endpoint-url", "http://127.0.0.1:1", "--input", "a.csv"],
    "streamlake produce: --api and --endpoint-url name two targets; give only one of them",
    2,
  ],
  [
    ["--api", "https://a.example.com", "--token", "t", "--unsigned", "--input", "a.csv"],
    "streamlake produce: --token and --unsigned are two authorizations; give only one of them",
    2,
  ],
  [["--stream", "s", "--token", "t"], "streamlake produce: --token is for --api", 2],
  [["--stream", "s", "--restart"], "streamlake produce: --restart is for --api", 2],
  [
    ["--stream", "s", "--input", "a.csv", "--batch", "501"],
    'streamlake produce: --batch must be a whole number from 1 to 500 with --stream, not "501"',
    2,
  ],
  [["--stream", "s", "--row-id", "id"], "streamlake produce: --row-id is for the rows of files; give --input", 2],
  [
    ["--stream", "s", "--input", "a.csv", "--rows-only", "--row-id", "id"],
    "streamlake produce: --row-id needs the header, which --rows-only leaves out; give only one of them",
    2,
  ],
  [
    ["--stream", "s", "--input", "a.csv", "--row-id", "1d"],
    'streamlake produce: --row-id must have at most 64 letters, digits and "_", and begin with none of the digits, not "1d"',
    2,
  ],
  [
    ["--stream", "s", "--input", "a.xml", "--row-id", "id"],
    "streamlake produce: --row-id: DIR/a.xml is XML, whose document is one record without columns; leave out --row-id, or send it alone",
    1,
  ],
  [
    ["--stream", "s", "--input", "-", "--row-id", "id"],
    "streamlake produce: --row-id: standard input can be read once, and ids need its digest first; leave out --row-id, or send it alone",
    1,
  ],
  [
    ["--api", "http://127.0.0.1:1", "--input", "a.csv"],
    "streamlake produce: nothing listens at http://127.0.0.1:1; run streamlake local --serve, and take the URL of an API that it prints",
    1,
  ],
])("%j is refused before anything is sent", async (argv, message, code) => {
  writeFileSync(path.join(dir, "a.csv"), retail(1));
  writeFileSync(path.join(dir, "a.xml"), "<a/>");
  expect(await produce(argv)).toEqual({ code, out: "", err: `${message.replace("DIR", dir)}\n` });
  expect(existsSync(path.join(dir, ".streamlake"))).toBe(false);
});
