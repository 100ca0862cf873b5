import type { LakePlace } from "../../../cli/target/lakePlace";
import type { TableHour } from "../../../cli/trace/inTables";
import type { Trace } from "../../../cli/trace/trace";
import { effortText, traceLines } from "../../../cli/trace/traceText";

const ID = "shardId-000000000000/4965/0";
const place = { bucket: "lake", prefix: "", store: {} } as LakePlace;
const object = {
  area: "raw" as const,
  key: "raw/orders/dt=2026-11-20/hour=10/a.ndjson.gz",
  table: "orders",
  hour: "2026-11-20T10",
  shard: "shardId-000000000000",
  first: "1",
  last: "9",
  count: 3,
  size: 1500,
  modifiedMillis: 0,
  place,
};
const found = { object, record: ID, arrived: "2026-11-20T10:04:09.123Z", stream: "clicks", partitionKey: "k" };
const table: TableHour = { bucket: "lake", table: "orders", hour: "2026-11-20T10", sql: "SELECT 1" };
const nothing: Trace = {
  subject: { kind: "text", text: "x" },
  findings: [],
  tables: [],
  views: [],
  hours: undefined,
  listed: 3,
  read: { objects: 2, bytes: 3000 },
  left: [],
  isCut: false,
};

test("a record has its stream, arrival, format and object; one that is unformatted its reason", () => {
  const raw = { ...found, area: "raw" as const, rowIds: [`${ID}.0`, `${ID}.1`], format: "csv" };
  const refused = {
    ...found,
    area: "unformatted" as const,
    rowIds: [],
    reason: "format",
    detail: "json: 9 bytes",
    bytes: 9,
  };
  expect(
    traceLines({ ...nothing, findings: [raw, { ...refused, object: { ...object, key: "unformatted/x" } }] }),
  ).toEqual([
    `record   ${ID}`,
    "  stream   clicks, stream partition key k",
    "  arrived  2026-11-20T10:04:09.123Z",
    "  format   csv",
    "  landed   2 rows (0 to 1) in s3://lake/raw/orders/dt=2026-11-20/hour=10/a.ndjson.gz",
    "",
    `record   ${ID}`,
    "  stream   clicks, stream partition key k",
    "  arrived  2026-11-20T10:04:09.123Z",
    "  reason   format: json: 9 bytes",
    "  landed   9 bytes in s3://lake/unformatted/x",
    `  bytes    streamlake inspect --record ${ID}`,
    "",
  ]);
});

test("a record that several objects have is one block", () => {
  const raw = { ...found, area: "raw" as const, rowIds: [`${ID}.0`], format: "csv" };
  const again = { ...raw, object: { ...object, key: "raw/copies/dt=2026-11-20/hour=10/b.ndjson.gz" } };
  const other = { ...raw, record: "shardId-000000000000/4966/0", rowIds: ["shardId-000000000000/4966/0.3"] };
  expect(traceLines({ ...nothing, findings: [raw, other, again] })).toEqual([
    `record   ${ID}`,
    "  stream   clicks, stream partition key k",
    "  arrived  2026-11-20T10:04:09.123Z",
    "  format   csv",
    "  landed   1 row (0) in s3://lake/raw/orders/dt=2026-11-20/hour=10/a.ndjson.gz",
    "  landed   1 row (0) in s3://lake/raw/copies/dt=2026-11-20/hour=10/b.ndjson.gz",
    "",
    "record   shardId-000000000000/4966/0",
    "  stream   clicks, stream partition key k",
    "  arrived  2026-11-20T10:04:09.123Z",
    "  format   csv",
    "  landed   1 row (3) in s3://lake/raw/orders/dt=2026-11-20/hour=10/a.ndjson.gz",
    "",
  ]);
});

test("a record that is in the stream alone has its position there", () => {
  const subject = { kind: "record", shard: "shardId-000000000000", sequenceNumber: "4965", id: ID } as const;
  const stream = { stream: "clicks", arrivedMillis: Date.UTC(2026, 10, 20, 10, 4), partitionKey: "k", bytes: 1 };
  expect(traceLines({ ...nothing, subject, stream })).toEqual([
    "record   shardId-000000000000/4965",
    "  stream   clicks, stream partition key k, 1 byte",
    "  arrived  2026-11-20T10:04:00.000Z",
    "",
  ]);
});

const LIVE = "the view orders_live has the rows now, if the table declares its columns";
test.each<[TableHour["state"], string]>([
  [{ stage: "sealed", sinceMillis: 1.5, isOver: true }, "sealed at 1970-01-01T00:00:00.001Z: the table has every row"],
  [{ stage: "pending", isOver: false }, `pending: the hour is not over; ${LIVE}`],
  [{ stage: "pending", isOver: true }, `pending: no run of the hourly step has begun with it; ${LIVE}`],
  [
    { stage: "late", sinceMillis: 0, isOver: true },
    `sealed at 1970-01-01T00:00:00.000Z, and objects have landed since; the next run of the hourly step takes them; ${LIVE}`,
  ],
  [
    { stage: "begun", sinceMillis: 0, isOver: true },
    `a job run began at 1970-01-01T00:00:00.000Z and has not ended: it is running, or it failed; ${LIVE}`,
  ],
  [
    { stage: "uncounted", sinceMillis: 0, isOver: true },
    "a job run ended at 1970-01-01T00:00:00.000Z, and its rows are not counted yet, or the counts differ: see the executions of the state machine",
  ],
  [undefined, "answers SQL at once"],
])("an hour that is %j", (state, text) => {
  const [title, line] = traceLines({ ...nothing, tables: [{ ...table, ...(state && { state }) }] });
  expect(title).toBe(`hour     2026-11-20T10 of ${state ? "orders" : "unformatted records"}`);
  expect(line).toBe(`  state    ${text}`);
});

test("a failed hour has its execution, step, error and cause", () => {
  const failure = { execution: "arn:x", atMillis: 0, step: "flatten", error: "States.TaskFailed", cause: "a\nb" };
  expect(traceLines({ ...nothing, tables: [{ ...table, failure }] })).toContain(
    "  failed   1970-01-01T00:00:00.000Z in arn:x: flatten: States.TaskFailed: a b",
  );
  const { step: _, cause: __, ...cut } = failure;
  expect(traceLines({ ...nothing, tables: [{ ...table, failure: cut }] })).toContain(
    "  failed   1970-01-01T00:00:00.000Z in arn:x: States.TaskFailed",
  );
});

test("rows, the error of a query, and a cut are lines of their own", () => {
  const counted = { ...table, state: { stage: "sealed", sinceMillis: 0, isOver: true } as const };
  expect(
    traceLines({
      ...nothing,
      isCut: true,
      tables: [
        { ...counted, rows: 2 },
        { ...counted, error: "NO" },
      ],
    }),
  ).toEqual(
    expect.arrayContaining([
      "  rows     2 rows in the table orders",
      "  error    NO",
      "  query    SELECT 1",
      "only the first 10 records are shown",
    ]),
  );
  expect(effortText(nothing)).toBe("listed 3 objects, read 2 (3.0 kB)");
});
