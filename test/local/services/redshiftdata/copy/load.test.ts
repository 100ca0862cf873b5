/** COPY: sources, conversions, refused rows, permissions of the role, and a large load. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { openDuckDb } from "../../../../../local/duckdb/duckdb";
import { COPY_ROLE, makeRedshift, type Redshift } from "../../../support/redshift";

let redshift: Redshift;

beforeEach(async () => {
  redshift = await makeRedshift();
});
afterEach(() => redshift.close());

const lines = (...rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const copy = (what: string) => `COPY ${what} IAM_ROLE default`;
const messageOf = (running: Promise<unknown>) =>
  running.then(
    () => "it does not fail",
    (error: Error) => error.message,
  );
const LOAD_FAILED = "ERROR: Load into table 't' failed.  Check 'sys_load_error_detail' system table for details.";

test("JSON 'auto' takes the keys that are spelled like the columns, from every object with the prefix", async () => {
  await redshift.run("CREATE TABLE t (id INT, name VARCHAR(10), extra SUPER)");
  await redshift.put("in/a.json", lines({ id: 1, name: "a", extra: { x: [1] }, other: 1 }, { id: 2, Name: "no" }));
  // COPY reads objects one after the other, with or without line breaks.
  await redshift.put("in/b.json", '{"id": 3, "name": null}{"id":"4",\n"name": "d", "extra": null}');
  await redshift.put("elsewhere/c.json", lines({ id: 5 }));
  expect(await redshift.run(copy("t FROM 's3://lake/in/' FORMAT AS JSON 'auto'"))).toBe(4);
  expect(await redshift.rows("SELECT * FROM t ORDER BY id")).toEqual([
    [1, "a", '{"x":[1]}'],
    [2, null, null],
    [3, null, null],
    [4, "d", null],
  ]);
});

test("JSON 'auto ignorecase' takes keys in any case", async () => {
  await redshift.run("CREATE TABLE t (id INT, customername VARCHAR(10))");
  await redshift.put("in/a.json", lines({ ID: 1, CustomerName: "a" }, { id: 2, customername: "b" }));
  await redshift.run(copy("t FROM 's3://lake/in/' JSON 'auto ignorecase'"));
  expect(await redshift.rows("SELECT * FROM t ORDER BY id")).toEqual([
    [1, "a"],
    [2, "b"],
  ]);
});

test("a JSONPaths file names the value of each column", async () => {
  await redshift.run("CREATE TABLE t (id INT, name VARCHAR(10), first VARCHAR(10), rest SUPER)");
  const jsonpaths = ["$.key.id", "$['na.me']", "$.tags[0]", "$['key']"];
  await redshift.put("paths.json", JSON.stringify({ jsonpaths }));
  await redshift.put("in/a.json", lines({ key: { id: 1 }, "na.me": "n", tags: ["x", "y"] }));
  await redshift.run(copy("t FROM 's3://lake/in/' JSON 's3://lake/paths.json'"));
  expect(await redshift.rows("SELECT * FROM t")).toEqual([[1, "n", "x", '{"id":1}']]);
  expect(await messageOf(redshift.run(copy("t (id, name) FROM 's3://lake/in/' JSON 's3://lake/paths.json'")))).toBe(
    "ERROR: Number of jsonpaths and the number of columns should match. JSONPath size: 4, Number of columns in table or column list: 2",
  );
});

test("a list of columns leaves the others to their defaults", async () => {
  await redshift.run("CREATE TABLE t (id INT, name VARCHAR(10) DEFAULT 'none', at TIMESTAMP DEFAULT SYSDATE)");
  await redshift.put("in/a.json", lines({ id: 1, name: "ignored" }));
  await redshift.run(copy("t (id) FROM 's3://lake/in/a.json' JSON 'auto'"));
  expect(await redshift.rows("SELECT * FROM t")).toEqual([[1, "none", "2026-11-20 10:00:00"]]);
});

describe("a manifest", () => {
  beforeEach(async () => {
    await redshift.run("CREATE TABLE t (id INT)");
    await redshift.put("in/a.gz", gzipSync(lines({ id: 1 })));
    await redshift.put("in/b.gz", gzipSync(lines({ id: 2 }, { id: 3 })));
  });

  const load = async (entries: unknown) => {
    await redshift.put("m", JSON.stringify({ entries }));
    return redshift.run(copy("t FROM 's3://lake/m' MANIFEST GZIP JSON 'auto'"));
  };

  test("names each object, compressed by GZIP", async () => {
    expect(await load([{ url: "s3://lake/in/a.gz", mandatory: true }, { url: "s3://lake/in/b.gz" }])).toBe(3);
  });

  test("fails without a mandatory object, and skips another one", async () => {
    expect(await load([{ url: "s3://lake/in/gone" }, { url: "s3://lake/in/b.gz" }])).toBe(2);
    expect(await messageOf(load([{ url: "s3://lake/in/gone", mandatory: true }]))).toBe(
      "ERROR: S3ServiceException:The specified key does not exist.,Status 404,Error NoSuchKey, key in/gone of bucket lake",
    );
  });

  test("without entries is refused", async () => {
    expect(await messageOf(load([]))).toBe(
      'ERROR: Problem reading manifest file - s3://lake/m needs "entries", each with a "url"',
    );
    await redshift.put("m", "{");
    expect(await messageOf(redshift.run(copy("t FROM 's3://lake/m' MANIFEST JSON 'auto'")))).toBe(
      "ERROR: Problem reading manifest file - s3://lake/m does not parse as JSON",
    );
  });
});

test("values are converted as COPY converts them", async () => {
  await redshift.run(
    `CREATE TABLE t (id INT, price DECIMAL(6,2), ratio FLOAT8, paid BOOL, day DATE, at TIMESTAMP, zoned TIMESTAMPTZ)`,
  );
  await redshift.put(
    "in/a.json",
    lines(
      {
        id: "7",
        price: 1.999,
        ratio: "1e3",
        paid: "Y",
        day: "2026-01-31",
        at: "2026-01-31T10:00:00.5Z",
        zoned: "2026-01-31T10:00:00+02:00",
      },
      { id: "", price: -3, ratio: "", paid: 0, day: "", at: "2026-01-31", zoned: "2026-01-31 10:00:00" },
      { id: 9, price: "12", ratio: 0.5, paid: true, at: "2026-01-31 10:00:00+00" },
    ),
  );
  await redshift.run(copy("t FROM 's3://lake/in/' JSON 'auto' TIMEFORMAT 'auto' DATEFORMAT 'auto'"));
  expect(await redshift.rows("SELECT * FROM t ORDER BY price")).toEqual([
    [null, "-3.00", null, false, null, "2026-01-31 00:00:00", "2026-01-31 10:00:00+00"],
    [7, "1.99", 1000, true, "2026-01-31", "2026-01-31 10:00:00.5", "2026-01-31 08:00:00+00"],
    [9, "12.00", 0.5, true, null, "2026-01-31 10:00:00", null],
  ]);
});

test.each([
  ["epochsecs", 1769853600],
  ["epochmillisecs", 1769853600000],
])("TIMEFORMAT '%s' reads numbers", async (format, at) => {
  await redshift.run("CREATE TABLE t (at TIMESTAMP)");
  await redshift.put("in/a.json", lines({ at }));
  await redshift.run(copy(`t FROM 's3://lake/in/' JSON 'auto' TIMEFORMAT AS '${format}'`));
  expect(await redshift.rows("SELECT at FROM t")).toEqual([["2026-01-31 10:00:00"]]);
});

test.each<[name: string, column: string, value: unknown, code: number, reason: string]>([
  [
    "a string with too many bytes",
    "v VARCHAR(3)",
    "äö",
    1204,
    "String length exceeds DDL length, Type: character varying(3)",
  ],
  ["a number with a fraction for an integer", "v INT", 1.5, 1207, "Invalid digit or overflow, Type: int4, Value '1.5'"],
  ["a number beyond the type", "v SMALLINT", 40000, 1207, "Invalid digit or overflow, Type: int2, Value '40000'"],
  ["letters for a decimal", "v DECIMAL(5,2)", "x", 1207, "Invalid digit or overflow, Type: numeric(5,2), Value 'x'"],
  ["another word for a boolean", "v BOOL", "maybe", 1208, "Unknown boolean format, Type: bool, Value 'maybe'"],
  [
    "another form of a date",
    "v DATE",
    "31.01.2026",
    1205,
    "Invalid date format or value [YYYY-MM-DD], Type: date, Value '31.01.2026'",
  ],
  [
    "a day that does not exist",
    "v DATE",
    "2026-02-30",
    1205,
    "Invalid date format or value [YYYY-MM-DD], Type: date, Value '2026-02-30'",
  ],
  [
    "ISO 8601 without TIMEFORMAT 'auto'",
    "v TIMESTAMP",
    "2026-01-31T10:00:00Z",
    1206,
    "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS], Type: timestamp, Value '2026-01-31T10:00:00Z'",
  ],
  ["null for NOT NULL", "v INT NOT NULL", null, 1213, "Missing data for not-null field"],
  ["null for SUPER NOT NULL", "v SUPER NOT NULL", null, 1213, "Missing data for not-null field"],
])("%s fails the load, and is reported", async (_name, column, value, code, reason) => {
  await redshift.run(`CREATE TABLE t (id INT, ${column})`);
  const good = { v: { "v INT NOT NULL": 1, "v SUPER NOT NULL": 1 }[column] ?? null };
  await redshift.put("in/a.json", lines({ id: 1, ...good }, { id: 2, v: value }));
  expect(await messageOf(redshift.run(copy("t FROM 's3://lake/in/' JSON 'auto'")))).toBe(LOAD_FAILED);
  expect(
    await redshift.rows(
      "SELECT table_name, file_name, line_number, column_name, error_code, error_message FROM sys_load_error_detail",
    ),
  ).toEqual([["t", "s3://lake/in/a.json", 2, "v", code, reason]]);
  expect(await redshift.rows("SELECT COUNT(*) FROM t")).toEqual([[0]]);
});

test("MAXERROR loads the other rows, up to that number of errors", async () => {
  await redshift.run("CREATE TABLE t (id INT)");
  await redshift.put("in/a.json", lines({ id: 1 }, { id: "x" }, { id: "y" }, { id: 4 }));
  expect(await messageOf(redshift.run(copy("t FROM 's3://lake/in/' JSON 'auto' MAXERROR 1")))).toBe(LOAD_FAILED);
  expect(await redshift.run(copy("t FROM 's3://lake/in/' JSON 'auto' MAXERROR AS 2"))).toBe(2);
  expect(await redshift.rows("SELECT query_id, COUNT(*) FROM sys_load_error_detail GROUP BY 1 ORDER BY 1")).toEqual([
    [2, 2],
    [3, 2],
  ]);
});

test("TRUNCATECOLUMNS, EMPTYASNULL and BLANKSASNULL change strings", async () => {
  await redshift.run("CREATE TABLE t (a VARCHAR(2), b VARCHAR(2), c VARCHAR(2))");
  await redshift.put("in/a.json", lines({ a: "abc", b: "", c: "  " }));
  await redshift.run(copy("t FROM 's3://lake/in/' JSON 'auto' TRUNCATECOLUMNS EMPTYASNULL BLANKSASNULL"));
  expect(await redshift.rows("SELECT * FROM t")).toEqual([["ab", null, null]]);
});

test("an option without effect is accepted", async () => {
  await redshift.run("CREATE TABLE t (id INT)");
  await redshift.put("in/a.json", lines({ id: 1 }));
  expect(
    await redshift.run(copy("t FROM 's3://lake/in/' JSON 'auto' ACCEPTINVCHARS AS '^' COMPUPDATE ON STATUPDATE")),
  ).toBe(1);
});

test("a file that is not JSON fails the load, with its line", async () => {
  await redshift.run("CREATE TABLE t (id INT)");
  await redshift.put("in/a.json", '{"id": 1}\n{"id": 2\n');
  expect(await messageOf(redshift.run(copy("t FROM 's3://lake/in/' JSON 'auto'")))).toBe(LOAD_FAILED);
  expect(await redshift.rows("SELECT file_name, error_code, error_message FROM sys_load_error_detail")).toEqual([
    ["s3://lake/in/a.json", 1216, "Invalid JSON"],
  ]);
});

describe("PARQUET", () => {
  async function parquet(key: string, select: string): Promise<void> {
    const db = await openDuckDb();
    const file = `${redshift.dataDir}/made.parquet`;
    await db.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`);
    db.close();
    await redshift.put(key, readFileSync(file));
  }

  test("fills the columns in their order, whatever they are called", async () => {
    await redshift.run("CREATE TABLE t (id BIGINT, name VARCHAR(5), at TIMESTAMP, price DECIMAL(5,2))");
    await parquet(
      "in/a.parquet",
      "SELECT 1::BIGINT AS x, 'é' AS y, TIMESTAMP '2026-01-31 10:00:00.25' AS z, 1.5::DECIMAL(4,1) AS w",
    );
    expect(await redshift.run(copy("t FROM 's3://lake/in/' FORMAT AS PARQUET"))).toBe(1);
    expect(await redshift.rows("SELECT * FROM t")).toEqual([[1, "é", "2026-01-31 10:00:00.25", "1.50"]]);
  });

  test("needs as many columns as the load has", async () => {
    await redshift.run("CREATE TABLE t (id BIGINT, name VARCHAR(5))");
    await parquet("in/a.parquet", "SELECT 1::BIGINT AS id");
    expect(await messageOf(redshift.run(copy("t FROM 's3://lake/in/' PARQUET")))).toBe(
      "ERROR: Spectrum Scan Error: the file has 1 columns, and the load has 2",
    );
  });

  test("takes nested values into SUPER with SERIALIZETOJSON", async () => {
    await redshift.run("CREATE TABLE t (id BIGINT, p SUPER)");
    await parquet("in/a.parquet", "SELECT 1::BIGINT AS id, {'a': [1, 2]} AS p");
    expect(await messageOf(redshift.run(copy("t FROM 's3://lake/in/' PARQUET")))).toBe(
      'ERROR: column "p" is nested and needs SERIALIZETOJSON',
    );
    await redshift.run(copy("t FROM 's3://lake/in/' PARQUET SERIALIZETOJSON"));
    expect(await redshift.rows("SELECT id, p.a[1] FROM t")).toEqual([[1, "2"]]);
  });

  test("in a manifest needs the objects' lengths", async () => {
    await redshift.run("CREATE TABLE t (id BIGINT)");
    await redshift.put("m", JSON.stringify({ entries: [{ url: "s3://lake/in/a.parquet" }] }));
    expect(await messageOf(redshift.run(copy("t FROM 's3://lake/m' PARQUET MANIFEST")))).toBe(
      "ERROR: Manifest file is missing the meta content_length of s3://lake/in/a.parquet, which PARQUET needs",
    );
  });
});

describe("the role", () => {
  const denied = (role: string) =>
    expect.stringMatching(
      new RegExp(
        `^ERROR: User arn:aws:redshift:eu-central-1:123456789012:dbuser:serverless-.* is not authorized to assume IAM Role ${role}$`,
      ),
    );

  test("must be one of the namespace's", async () => {
    await redshift.run("CREATE TABLE t (id INT)");
    await redshift.role("other", [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }]);
    const role = COPY_ROLE.replace("copy", "other");
    expect(await messageOf(redshift.run(`COPY t FROM 's3://lake/in/' IAM_ROLE '${role}' JSON 'auto'`))).toEqual(
      denied(role),
    );
  });

  test.each<[name: string, statements: object[], action: string]>([
    ["the prefix", [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/*" }], "s3:ListBucket"],
    [
      "an object",
      [
        { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::lake" },
        { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/in/a*" },
      ],
      "s3:GetObject",
    ],
  ])("needs to read %s", async (_name, statements, action) => {
    await redshift.close();
    redshift = await makeRedshift(statements);
    await redshift.run("CREATE TABLE t (id INT)");
    await redshift.put("in/a.json", lines({ id: 1 }));
    await redshift.put("in/b.json", lines({ id: 2 }));
    expect(await messageOf(redshift.run(copy("t FROM 's3://lake/in/' JSON 'auto'")))).toMatch(
      new RegExp(
        `^ERROR: S3ServiceException:Access Denied,Status 403,Error AccessDenied: User: arn:aws:sts::123456789012:assumed-role/copy/local is not authorized to perform: ${action}`,
      ),
    );
  });

  test("needs to read the manifest and the JSONPaths file", async () => {
    await redshift.close();
    redshift = await makeRedshift([{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/in/*" }]);
    await redshift.run("CREATE TABLE t (id INT)");
    await redshift.put("m", JSON.stringify({ entries: [{ url: "s3://lake/in/a.json" }] }));
    await redshift.put("in/m", JSON.stringify({ entries: [{ url: "s3://lake/in/a.json" }] }));
    await redshift.put("in/a.json", lines({ id: 1 }));
    await redshift.put("paths.json", '{"jsonpaths":["$.id"]}');
    expect(await messageOf(redshift.run(copy("t FROM 's3://lake/m' MANIFEST JSON 'auto'")))).toContain(
      "resource: arn:aws:s3:::lake/m",
    );
    expect(
      await messageOf(redshift.run(copy("t FROM 's3://lake/in/m' MANIFEST JSON 's3://lake/paths.json'"))),
    ).toContain("resource: arn:aws:s3:::lake/paths.json");
    expect(await redshift.run(copy("t FROM 's3://lake/in/m' MANIFEST JSON 'auto'"))).toBe(1);
  });

  test("needs the key of encrypted objects", async () => {
    const key = await redshift.declare("aws:kms/key:Key", "key", {});
    await redshift.declare(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "sse",
      {
        bucket: "lake",
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.outputs.arn } }],
      },
    );
    await redshift.run("CREATE TABLE t (id INT)");
    await redshift.put("in/a.json", lines({ id: 1 }));
    expect(await messageOf(redshift.run(copy("t FROM 's3://lake/in/a.json' JSON 'auto'")))).toContain("kms:Decrypt");
  });
});

test.each<[sql: string, error: string]>([
  ["COPY t FROM 's3://lake/a' JSON 'auto'", "ERROR: COPY needs IAM_ROLE"],
  [
    "COPY t FROM 's3://lake/a' IAM_ROLE default",
    "ERROR: local/redshift-data: COPY of delimited text is not simulated; use JSON or PARQUET; see docs/fidelity.md",
  ],
  [
    "COPY t FROM 's3://lake/a' IAM_ROLE default CSV",
    "ERROR: local/redshift-data: COPY's option CSV is not simulated; see docs/fidelity.md",
  ],
  [
    "COPY t FROM 's3://lake/a' IAM_ROLE default FORMAT AS AVRO 'auto'",
    "ERROR: local/redshift-data: COPY's format AVRO is not simulated; use JSON or PARQUET; see docs/fidelity.md",
  ],
  [
    "COPY t FROM 's3://lake/a' CREDENTIALS 'x' JSON 'auto'",
    "ERROR: local/redshift-data: COPY's option CREDENTIALS is not simulated; see docs/fidelity.md",
  ],
  [
    "COPY t FROM 'dynamodb://x' IAM_ROLE default",
    "ERROR: local/redshift-data: COPY from other than s3:// is not simulated; see docs/fidelity.md",
  ],
  [
    "COPY t FROM 's3://lake/a' IAM_ROLE default JSON 'noshred'",
    "ERROR: local/redshift-data: COPY's JSON 'noshred' is not simulated; use 'auto', 'auto ignorecase' or the S3 URL of a JSONPaths file; see docs/fidelity.md",
  ],
  [
    "COPY t FROM 's3://lake/a' IAM_ROLE default JSON 'auto' TIMEFORMAT 'DD.MM.YYYY'",
    "ERROR: local/redshift-data: TIMEFORMAT 'DD.MM.YYYY' is not simulated; use 'auto', 'epochsecs' or 'epochmillisecs'; see docs/fidelity.md",
  ],
  [
    "COPY t FROM 's3://lake/a' IAM_ROLE default JSON 'auto' DATEFORMAT 'MM'",
    "ERROR: local/redshift-data: DATEFORMAT 'MM' is not simulated; use 'auto'; see docs/fidelity.md",
  ],
  [
    "COPY t FROM 's3://lake/a' IAM_ROLE default JSON 'auto' MAXERROR 100001",
    "ERROR: MAXERROR 100001 is more than 100000",
  ],
  [
    "COPY t FROM 's3://lake/a' IAM_ROLE default JSON 'auto' REGION 'us-east-1'",
    "ERROR: local/redshift-data: COPY from the Region us-east-1 is not simulated; see docs/fidelity.md",
  ],
  [
    "COPY t FROM 's3://lake/a' IAM_ROLE default PARQUET GZIP",
    "ERROR: GZIP option is not supported with FORMAT PARQUET",
  ],
  [
    "COPY t FROM 's3://lake/none/' IAM_ROLE default JSON 'auto'",
    "ERROR: The specified S3 prefix 'none/' does not exist",
  ],
  [
    "COPY t (b) FROM 's3://lake/none/' IAM_ROLE default JSON 'auto'",
    'ERROR: column "b" of relation "t" does not exist',
  ],
  ["COPY nowhere FROM 's3://lake/none/' IAM_ROLE default JSON 'auto'", 'ERROR: relation "nowhere" does not exist'],
])("%s fails", async (sql, error) => {
  await redshift.run("CREATE TABLE t (a INT)");
  expect(await messageOf(redshift.run(sql))).toBe(error);
});

test("100,000 rows that are loaded and merged twice are 100,000 rows, and the second load changes nothing", async () => {
  await redshift.run("CREATE TABLE t (_id VARCHAR(40) NOT NULL, n INT, at TIMESTAMP, tags SUPER)");
  const entries: object[] = [];
  for (let file = 0; file < 4; file++) {
    const rows = Array.from({ length: 25_000 }, (_, index) => {
      const n = file * 25_000 + index;
      return { _id: `row-${n}`, n, at: "2026-01-31T10:00:00Z", tags: ["a", n % 7] };
    });
    await redshift.put(`in/${file}.gz`, gzipSync(lines(...rows), { level: 1 }));
    entries.push({ url: `s3://lake/in/${file}.gz`, mandatory: true });
  }
  await redshift.put("m", JSON.stringify({ entries }));
  const state = "SELECT COUNT(*), COUNT(DISTINCT _id), SUM(n), SUM(tags[1]::int) FROM t";
  for (const load of [1, 2]) {
    const { Status, SubStatements } = await redshift.batch(
      "CREATE TEMP TABLE staging (LIKE t)",
      `COPY staging FROM 's3://lake/m' IAM_ROLE '${COPY_ROLE}' MANIFEST GZIP JSON 'auto' TIMEFORMAT 'auto'`,
      `MERGE INTO t USING staging s ON t._id = s._id WHEN MATCHED THEN UPDATE SET n = s.n
       WHEN NOT MATCHED THEN INSERT VALUES (s._id, s.n, s.at, s.tags)`,
    );
    expect({ load, Status, rows: SubStatements?.map(({ ResultRows }) => ResultRows) }).toEqual({
      load,
      Status: "FINISHED",
      rows: [0, 100_000, 100_000],
    });
    expect(await redshift.rows(state)).toEqual([[100_000, 100_000, 4_999_950_000, 299_995]]);
  }
}, 60_000);
