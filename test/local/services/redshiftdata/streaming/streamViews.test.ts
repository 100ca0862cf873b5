/** Streaming ingestion: an external schema on Kinesis, materialized views of its streams, and their refreshes. */
import { CALLER } from "../../../../../local/cloud/iam/principal";
import { COPY_ROLE, makeRedshift, type Redshift } from "../../../support/redshift";

let redshift: Redshift;

const STREAM = "arn:aws:kinesis:eu-central-1:123456789012:stream/clicks";
/** https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html */
const READS_STREAM = [
  {
    Effect: "Allow",
    Action: ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"].map(
      (action) => `kinesis:${action}`,
    ),
    Resource: STREAM,
  },
  { Effect: "Allow", Action: "kinesis:ListStreams", Resource: "*" },
];

async function open(statements: readonly object[] = READS_STREAM): Promise<void> {
  redshift = await makeRedshift(statements);
  await redshift.declare("aws:kinesis/stream:Stream", "clicks", { name: "clicks", shardCount: 2 });
}
afterEach(() => redshift.close());

async function send(...data: readonly (string | Buffer)[]): Promise<void> {
  for (const [index, each] of data.entries()) {
    const Data = Buffer.from(each).toString("base64");
    const input = { StreamName: "clicks", Data, PartitionKey: `key-${index}` };
    await redshift.cloud.call(CALLER, "kinesis", "PutRecord", input);
  }
}

const SCHEMA = "CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default";
const viewOf = (columns: string, more = "", refresh = "") =>
  `CREATE MATERIALIZED VIEW live ${refresh} AS SELECT ${columns} FROM kds."clicks" ${more}`;
const JSON_VIEW = viewOf("partition_key, JSON_PARSE(kinesis_data) AS data", "WHERE CAN_JSON_PARSE(kinesis_data)");

test("REFRESH appends the records that have come since the last one, from all shards, each once", async () => {
  await open();
  await redshift.run(SCHEMA);
  await redshift.run(JSON_VIEW);
  await send('{"n":1}', '{"n":2}', '{"n":3}', "no JSON", Buffer.from([0xff, 0xfe]));
  const numbers = () => redshift.rows("SELECT data.n FROM live ORDER BY 1");
  expect(await numbers()).toEqual([]);
  await redshift.run("REFRESH MATERIALIZED VIEW live");
  expect(await numbers()).toEqual([["1"], ["2"], ["3"]]);
  await send('{"n":4}', '{"n":5}');
  await redshift.run("REFRESH MATERIALIZED VIEW live");
  await redshift.run("REFRESH MATERIALIZED VIEW live");
  expect(await numbers()).toEqual([["1"], ["2"], ["3"], ["4"], ["5"]]);
});

test("with AUTO REFRESH a query sees every record that has come", async () => {
  await open();
  await redshift.run(SCHEMA);
  await redshift.run(
    viewOf(
      "approximate_arrival_timestamp, partition_key, shard_id, sequence_number, refresh_time, FROM_VARBYTE(kinesis_data, 'utf-8') AS line",
      "",
      "AUTO REFRESH YES",
    ),
  );
  await send("a,1\n", "é");
  redshift.advance(60_000);
  const rows = await redshift.rows("SELECT * FROM live ORDER BY partition_key");
  expect(rows).toEqual([
    [
      "2026-11-20 10:00:00",
      "key-0",
      expect.stringMatching(/^shardId-0{11}[01]$/),
      expect.stringMatching(/^\d{56}$/),
      "2026-11-20 10:01:00",
      "a,1\n",
    ],
    [
      "2026-11-20 10:00:00",
      "key-1",
      expect.stringMatching(/^shardId-0{11}[01]$/),
      expect.stringMatching(/^\d{56}$/),
      "2026-11-20 10:01:00",
      "é",
    ],
  ]);
  await send('{"n":4}');
  expect(await redshift.rows("SELECT count(*) FROM (SELECT line FROM live)")).toEqual([[3]]);
  expect(await redshift.rows("SELECT schema_name, name, autorefresh FROM svv_mv_info")).toEqual([
    ["public", "live", "t"],
  ]);
});

test("a refresh in a batch that fails is rolled back, and its records come with the next one", async () => {
  await open();
  await redshift.run(SCHEMA);
  await redshift.run(JSON_VIEW);
  await send('{"n":1}');
  const { Status } = await redshift.batch("REFRESH MATERIALIZED VIEW live", "SELECT * FROM nowhere");
  expect(Status).toBe("FAILED");
  expect(await redshift.rows("SELECT data.n FROM live")).toEqual([]);
  await redshift.run("REFRESH MATERIALIZED VIEW live");
  expect(await redshift.rows("SELECT data.n FROM live")).toEqual([["1"]]);
});

test("a view that is dropped and made again begins with the oldest record; a view is changed by REFRESH alone", async () => {
  await open();
  await redshift.run(SCHEMA);
  await redshift.run(JSON_VIEW);
  await send('{"n":1}');
  await redshift.run("REFRESH MATERIALIZED VIEW live");
  await expect(redshift.run(JSON_VIEW)).rejects.toThrow('ERROR: Relation "live" already exists');
  for (const sql of ["DELETE FROM live", "TRUNCATE live", "DROP TABLE live", "ALTER TABLE live RENAME TO other"]) {
    await expect(redshift.run(sql)).rejects.toThrow('ERROR: "live" is a materialized view');
  }
  await redshift.run("DROP MATERIALIZED VIEW live");
  await redshift.run("DROP MATERIALIZED VIEW IF EXISTS live");
  await expect(redshift.run("REFRESH MATERIALIZED VIEW live")).rejects.toThrow(
    'ERROR: materialized view "live" does not exist',
  );
  await redshift.run(JSON_VIEW);
  await redshift.run("REFRESH MATERIALIZED VIEW live");
  expect(await redshift.rows("SELECT data.n FROM live")).toEqual([["1"]]);
  await redshift.run("DROP SCHEMA kds");
  await expect(redshift.run("REFRESH MATERIALIZED VIEW live")).rejects.toThrow('"live" does not exist');
});

test.each(
  [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:ListShards",
    "kinesis:ListStreams",
    "kinesis:GetShardIterator",
    "kinesis:GetRecords",
  ].map((action) => [action]),
)("a role without %s cannot refresh", async (action) => {
  await open([...READS_STREAM, { Effect: "Deny", Action: action, Resource: "*" }]);
  await redshift.run(SCHEMA);
  await redshift.run(JSON_VIEW);
  await send('{"n":1}');
  await expect(redshift.run("REFRESH MATERIALIZED VIEW live")).rejects.toThrow(
    `arn:aws:sts::123456789012:assumed-role/copy/local is not authorized to perform: ${action}`,
  );
});

test("the role must be one of the namespace's, and the stream must be there", async () => {
  await open([{ ...READS_STREAM[0], Resource: "*" }, READS_STREAM[1] as object]);
  await expect(
    redshift.run("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE 'arn:aws:iam::123456789012:role/other'"),
  ).rejects.toThrow("is not authorized to assume IAM Role arn:aws:iam::123456789012:role/other");
  await redshift.run(`CREATE EXTERNAL SCHEMA IF NOT EXISTS kds FROM KINESIS IAM_ROLE '${COPY_ROLE}'`);
  await redshift.run(`CREATE EXTERNAL SCHEMA IF NOT EXISTS kds FROM KINESIS IAM_ROLE '${COPY_ROLE}'`);
  await expect(redshift.run(SCHEMA)).rejects.toThrow('ERROR: schema "kds" already exists');
  await redshift.run("CREATE MATERIALIZED VIEW gone AS SELECT shard_id FROM kds.nothing");
  await expect(redshift.run("REFRESH MATERIALIZED VIEW gone")).rejects.toThrow(
    "Stream nothing under account 123456789012 not found",
  );
});

const refused = (what: string, wayOut = "") =>
  `ERROR: local/redshift-data: ${what} is not simulated${wayOut && `; ${wayOut}`}; see docs/fidelity.md`;

test("other statements of streaming ingestion are refused by name", async () => {
  await open();
  await redshift.run(SCHEMA);
  const cases: [sql: string, error: string][] = [
    [
      "CREATE EXTERNAL SCHEMA m FROM MSK IAM_ROLE default",
      refused("CREATE EXTERNAL SCHEMA FROM MSK", "use FROM KINESIS"),
    ],
    [
      "CREATE MATERIALIZED VIEW v AS WITH a AS (SELECT 1) SELECT * FROM a",
      refused("a materialized view whose query does not begin with SELECT"),
    ],
    [
      "CREATE MATERIALIZED VIEW v AS SELECT 1 FROM t",
      refused("a materialized view of a table", "select from a stream of CREATE EXTERNAL SCHEMA … FROM KINESIS"),
    ],
    [
      "CREATE MATERIALIZED VIEW v BACKUP NO AS SELECT 1 FROM kds.clicks",
      refused("CREATE MATERIALIZED VIEW with BACKUP", "use AUTO REFRESH alone"),
    ],
    [viewOf("*"), refused("SELECT * of a stream", "name the columns")],
    [viewOf("DISTINCT shard_id"), refused("DISTINCT in a materialized view")],
    [
      viewOf("kinesis_data"),
      refused("kinesis_data by itself", "read it by JSON_PARSE, CAN_JSON_PARSE or FROM_VARBYTE(…, 'utf-8')"),
    ],
    [viewOf("FROM_VARBYTE(kinesis_data, 'hex') AS x"), refused("FROM_VARBYTE other than of 'utf-8'")],
    [viewOf("shard_id", "GROUP BY shard_id"), refused("GROUP after the stream of a materialized view")],
    [viewOf("shard_id", "WHERE true GROUP BY shard_id"), refused("GROUP in a materialized view")],
    [viewOf("shard_id", "JOIN t ON true"), refused("JOIN after the stream of a materialized view")],
    [
      "CREATE MATERIALIZED VIEW v AS SELECT shard_id FROM other.clicks",
      'ERROR: local/redshift-data: "other" is no schema of streams; create it by CREATE EXTERNAL SCHEMA … FROM KINESIS',
    ],
  ];
  const found: [string, string][] = [];
  for (const [sql] of cases) {
    const error = await redshift.run(sql).then(
      () => new Error("it does not fail"),
      (cause: Error) => cause,
    );
    found.push([sql, error.message]);
  }
  expect(found).toEqual(cases);
});
