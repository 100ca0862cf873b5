/** Aggregated records: each user record lands on its own, under an identity of its own. */

import { readUnformattedLine } from "../../../lake/envelope";
import { landingObjects } from "../../../lake/routing/landingObjects";
import { userRecords } from "../../../lake/routing/userRecords";
import { aggregate } from "../../formats/support/aggregate";
import { decodeLines, OPTIONS, record } from "../support/records";
import { routeBatch } from "../support/routeBatch";

const packed = (...payloads: (string | Uint8Array)[]) =>
  aggregate(payloads.map((payload, index) => ({ partitionKey: `k-${index % 2}`, payload: Buffer.from(payload) })));

test("the user records of one aggregated record are rows and unformatted records, each in one place", () => {
  const [raw, unformatted] = routeBatch(
    [record(7, packed('{"a":1}\n{"a":2}', "{", '{"a":3}')), record(8, '{"a":4}')],
    decodeLines,
    {},
    OPTIONS,
  );

  expect(raw?.range).toEqual({ shard: "shardId-000000000003", first: "7", last: "8", count: 4 });
  expect(
    raw?.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { _id: "shardId-000000000003/7/0.0", _key: "k-0", data: { a: 1 } },
    { _id: "shardId-000000000003/7/0.1", _key: "k-0", data: { a: 2 } },
    { _id: "shardId-000000000003/7/2.0", _key: "k-0", data: { a: 3 } },
    { _id: "shardId-000000000003/8/0.0", _key: "u-17", data: { a: 4 } },
  ]);
  expect(unformatted?.range).toEqual({ shard: "shardId-000000000003", first: "7", last: "7", count: 1 });
  expect(readUnformattedLine(unformatted?.text.trim() ?? "")).toMatchObject({
    id: "shardId-000000000003/7/1",
    key: "k-1",
    payload: Buffer.from("{"),
  });
});

test("an aggregated record with a wrong checksum is one record of ordinary bytes", () => {
  const payload = packed('{"a":1}');
  payload[payload.length - 1] = (payload.at(-1) as number) ^ 1;
  const [object] = routeBatch([record(7, payload)], decodeLines, {}, OPTIONS);

  expect(object?.kind).toBe("unformatted");
  expect(readUnformattedLine(object?.text.trim() ?? "")).toMatchObject({
    id: "shardId-000000000003/7/0",
    key: "u-17",
    payload,
  });
});

test("a user record is not unpacked again, though it looks aggregated", () => {
  const inner = packed('{"a":1}');
  const users = userRecords(record(7, packed(inner)));

  expect(users).toMatchObject([{ subSequence: 0, payload: inner, partitionKey: "k-0" }]);
  expect(userRecords(users[0] as (typeof users)[0])).toEqual(users);
});

test("all that an aggregated record becomes lies in one object of a table, however long, so that keys stay apart", async () => {
  const batch = [record(7, packed('{"a":1}', '{"a":2}', '{"a":3}')), record(8, '{"a":4}')];
  const options = { ...OPTIONS, maxGatheredCharacters: 10 };
  const ranges = [];
  for await (const { range } of landingObjects(batch, decodeLines, {}, options)) ranges.push(range.count);

  expect(ranges).toEqual([3, 1]);
  expect(routeBatch(batch, decodeLines, {}, options).map(({ range }) => range.count)).toEqual([3, 1]);
});

test("user records behind 32 Mi characters of their aggregated record are unformatted", () => {
  const long = `{"a":"${"x".repeat(1024)}"}`;
  const many = Array.from({ length: 17 }, () => "many");
  const decode = (payload: Uint8Array) => {
    const rows = Buffer.from(payload).toString() === "many" ? 2_000 : 1;
    return { format: "json", rows: Array.from({ length: rows }, () => ({ row: {}, json: long })) };
  };
  const objects = routeBatch([record(7, packed(...many, "one", "one"))], decode, {}, OPTIONS);
  const unformatted = objects.find(({ kind }) => kind === "unformatted");

  expect(unformatted?.refused).toEqual([
    {
      reason: "limits",
      format: "unknown",
      detail:
        "the user records before it, of the same aggregated record, become more than 33554432 characters or bytes",
      records: 4,
    },
  ]);
  expect(readUnformattedLine(unformatted?.text.split("\n")[0] ?? "")).toMatchObject({
    id: "shardId-000000000003/7/15",
    detail: "the user records before it, of the same aggregated record, become more than 33554432 characters or bytes",
  });
});
