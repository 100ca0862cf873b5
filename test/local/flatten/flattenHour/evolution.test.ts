/**
 * Tables over hours while their rows change, seeded: hours are flattened by the local job's engine, planned again by the workflow's
 * own step, and read back as one table. No run fails, every file has the table's types, and every value that was sent is there.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { updateColumns } from "../../../../functions/parts/tableColumns";
import { createPlanHours, type PlanResult } from "../../../../functions/planHours";
import type { Column } from "../../../../lake/columns";
import { addHours, type Hour, partitionPath } from "../../../../lake/hour";
import { jobReportKey } from "../../../../lake/hourly/ledger";
import { readTableColumns, tableColumnsKey } from "../../../../lake/hourly/widening";
import { openValidator } from "../../../../lake/schemas/check";
import { evolutions } from "../../../../lake/schemas/evolution";
import { recordedTable } from "../../../../lake/schemas/record";
import { defineSchema } from "../../../../lake/schemas/schema";
import { seededRandom } from "../../../../local/cloud/random";
import { type DuckDb, openDuckDb } from "../../../../local/duckdb/duckdb";
import { flattenHour } from "../../../../local/flatten/flattenHour";
import { type MemoryStore, memoryStore } from "../../../functions/support/memoryStore";

const SEQUENCES = 100;
const HOURS = 3;
const FIRST: Hour = "2026-11-20T08";
/** An hour that no test lands rows in. */
const NO_ROWS = "2099-12-31T23";
const PREFIXES = { raw: "raw/", ledger: "ledger/" };

type Row = Record<string, unknown>;

let dir: string;
let db: DuckDb;
beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "evolution-"));
  db = await openDuckDb();
});
afterAll(() => {
  db.close();
  rmSync(dir, { recursive: true });
});

/** An hour's raw object, by key and file, and its Parquet file. */
interface HourFiles {
  readonly key: string;
  readonly raw: string;
  readonly parquet: string;
}

/** One table's hours, with the parts of the workflow that decide what is flattened when. */
class Table {
  private readonly store: MemoryStore = memoryStore();
  private readonly files = new Map<Hour, HourFiles>();

  constructor(
    private readonly name: string,
    private declared?: readonly Column[],
  ) {
    mkdirSync(path.join(dir, name));
  }

  /** The hourly step: plans, flattens, and again while columns widen. */
  async hour(hour: Hour, rows: readonly Row[], declared?: readonly Column[]): Promise<void> {
    this.declared = declared;
    const raw = path.join(dir, this.name, `${hour}.ndjson.gz`);
    const line = (row: Row, index: number) =>
      `{"_id":"${hour}/${index}","_arrived":"${hour}:00:00Z","_format":"json","data":${JSON.stringify(row)}}\n`;
    writeFileSync(raw, gzipSync(rows.map(line).join("")));
    const key = `raw/t/${partitionPath(hour)}/s-1-1-${rows.length}.ndjson.gz`;
    this.files.set(hour, { key, raw, parquet: path.join(dir, this.name, `${hour}.parquet`) });
    this.store.objects.set(key, Buffer.from(""));
    const byTable: Readonly<Record<string, readonly Column[]>> = declared ? { t: declared } : {};
    const columns = { store: this.store, prefixes: PREFIXES, declared: byTable };
    let hours: readonly Hour[] = await this.planned(hour, columns.declared);
    for (let rounds = 0; hours.length > 0; rounds++) {
      if (rounds > 10) throw new Error(`${this.name}: hours are planned without end`);
      // As a Map state at once: each job sees the columns that were known before the round.
      const tableColumns = await this.columns();
      for (const planned of hours) await this.flatten(planned, tableColumns);
      const { hasChanged } = await updateColumns(columns, "t", hours);
      hours = hasChanged ? await this.planned(NO_ROWS, columns.declared) : [];
    }
  }

  /** What is planned for an hour: that one where it has rows, and those that are narrow. */
  private async planned(hour: Hour, declared: Readonly<Record<string, readonly Column[]>>): Promise<Hour[]> {
    const config = { prefixes: PREFIXES, workflow: "etl", lookbackHours: 1, hoursPerPass: 48, hasCrawler: true };
    const plan = createPlanHours({ ...config, declared }, { store: this.store });
    const execution = "arn:aws:states:us-east-1:123456789012:execution:etl:one";
    await plan({ step: "claim", execution, hour });
    const { hours, requests } = (await plan({ step: "plan", execution, skip: [] })) as PlanResult;
    await plan({ step: "release", execution, planned: requests });
    return hours.map((planned) => planned.hour);
  }

  async columns(): Promise<readonly Column[]> {
    const key = tableColumnsKey(PREFIXES.ledger, "t");
    const body = this.store.objects.get(key);
    return body ? readTableColumns(key, body).columns : [];
  }

  private async flatten(hour: Hour, tableColumns: readonly Column[]): Promise<void> {
    const { key, raw, parquet } = this.files.get(hour) as HourFiles;
    const workDir = mkdtempSync(path.join(dir, "work-"));
    const report = await flattenHour({
      objects: [{ key, path: raw }],
      columns: this.declared,
      tableColumns,
      outputPath: parquet,
      workDir,
    });
    rmSync(workDir, { recursive: true });
    expect(report.failedCasts).toBe(0);
    this.store.objects.set(jobReportKey(PREFIXES.ledger, "t", hour), Buffer.from(JSON.stringify(report)));
  }

  /** Rows of all hours by `_id`. Throws where a file's type is not the table's, as Athena does. */
  async read(): Promise<Map<string, Row>> {
    const types = new Map((await this.columns()).map(({ name, type }) => [name, type]));
    const files = [...this.files.values()].map(({ parquet }) => `'${parquet}'`);
    for (const file of files) {
      for (const { column_name, column_type } of await db.rows(`DESCRIBE SELECT * FROM ${file}`)) {
        const type = types.get(String(column_name));
        if (type === undefined || DUCK[type] === column_type) continue;
        throw new Error(`${this.name}: "${column_name}" is ${column_type} in ${file}, the table has ${type}`);
      }
    }
    const rows = await db.rows(
      `SELECT * EXCLUDE (_arrived, _format) FROM read_parquet([${files}], union_by_name = true)`,
    );
    return new Map(rows.map((row) => [String(row._id), row as Row]));
  }
}

const DUCK: Readonly<Record<string, string>> = {
  boolean: "BOOLEAN",
  bigint: "BIGINT",
  double: "DOUBLE",
  string: "VARCHAR",
  timestamp: "TIMESTAMP",
  date: "DATE",
  "array<bigint>": "BIGINT[]",
  "array<double>": "DOUBLE[]",
  "array<string>": "VARCHAR[]",
  "array<boolean>": "BOOLEAN[]",
};

/** A value as any wider type still shows it: numbers by value, the rest as text. */
function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return `[${value.map(shown).join(",")}]`;
  if (typeof value === "object") return JSON.stringify(value);
  const text = String(value);
  if (text.startsWith("[")) return shown(JSON.parse(text));
  return text !== "" && Number.isFinite(Number(text)) ? String(Number(text)) : text;
}

type Random = () => number;
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

const VALUES: readonly ((random: Random) => unknown)[] = [
  () => null,
  (random) => Math.floor(random() * 1000),
  (random) => Math.floor(random() * 1000) + 0.5,
  (random) => `text ${Math.floor(random() * 100)}`,
  (random) => random() < 0.5,
  () => [],
  () => [1, 2],
  () => [0.5],
  () => ["a", "b"],
];

test(`${SEQUENCES} tables without a schema: types widen over hours, and no value is lost`, async () => {
  for (let seed = 1; seed <= SEQUENCES; seed++) {
    const random = seededRandom(seed);
    const table = new Table(`inferred-${seed}`);
    const sent = new Map<string, Row>();
    const fields = ["a", "b", "c", "d"];
    for (let index = 0; index < HOURS; index++) {
      const hour = addHours(FIRST, index);
      const makers = fields.filter(() => random() < 0.8).map((field) => [field, pick(random, VALUES)] as const);
      const rows = [0, 1].map(() => Object.fromEntries(makers.map(([field, make]) => [field, make(random)])));
      for (const [at, row] of rows.entries()) sent.set(`${hour}/${at}`, row);
      await table.hour(hour, rows);
    }
    const found = await table.read();
    expect([seed, found.size]).toEqual([seed, sent.size]);
    for (const [id, row] of sent) {
      for (const [field, value] of Object.entries(row)) {
        expect([seed, id, field, shown(found.get(id)?.[field])]).toEqual([seed, id, field, shown(value)]);
      }
    }
  }
}, 300_000);

const SCALARS = {
  bigint: (random: Random) => Math.floor(random() * 1000),
  double: (random: Random) => Math.floor(random() * 1000) + 0.25,
  string: (random: Random) => `text ${Math.floor(random() * 100)}`,
  boolean: (random: Random) => random() < 0.5,
  date: (random: Random) => `2026-11-${10 + Math.floor(random() * 20)}`,
  timestamp: (random: Random) => `2026-11-20 10:00:${10 + Math.floor(random() * 50)}`,
} as const;
type Scalar = keyof typeof SCALARS;
type Fields = Record<string, Scalar>;

/** One change that the record lets through without `--breaking`. */
function evolve(fields: Fields, random: Random, count: number): Fields {
  const changes: (() => Fields)[] = [
    () => ({ ...fields, [`new_${count}?`]: pick(random, Object.keys(SCALARS) as Scalar[]) }),
    () =>
      mapFields(fields, (name, type) => [name, type === "bigint" ? "double" : type === "date" ? "timestamp" : type]),
    () => mapFields(fields, (name, type) => [name.endsWith("?") ? name : `${name}?`, type]),
    () => fields,
  ];
  return pick(random, changes)();
}

function mapFields(fields: Fields, change: (name: string, type: Scalar) => [string, Scalar]): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, type]) => change(name, type)));
}

test(`${SEQUENCES} tables with a schema that evolves: what the check lets through loses nothing`, async () => {
  for (let seed = 1; seed <= SEQUENCES; seed++) {
    const random = seededRandom(1000 + seed);
    const table = new Table(`declared-${seed}`);
    const sent = new Map<string, Row>();
    let fields: Fields = {
      id: "string",
      n: "bigint",
      "day?": "date",
      x: pick(random, Object.keys(SCALARS) as Scalar[]),
    };
    let before = recordedTable(defineSchema({ name: "t", fields }), "2024-01-01");
    for (let index = 0; index < HOURS; index++) {
      const hour = addHours(FIRST, index);
      if (index > 0) fields = evolve(fields, random, index);
      const schema = defineSchema({ name: "t", fields });
      const now = recordedTable(schema, "2024-01-01");
      expect([seed, evolutions({ t: before }, { t: now }).flatMap(({ breaks }) => breaks)]).toEqual([seed, []]);
      before = now;
      const rows = [0, 1].map(() => rowOf(fields, random));
      const check = openValidator(schema.validator);
      expect(rows.map((row) => check(row as never, "json"))).toEqual([undefined, undefined]);
      for (const [at, row] of rows.entries()) sent.set(`${hour}/${at}`, row);
      await table.hour(hour, rows, schema.columns);
    }
    const found = await table.read();
    expect([seed, found.size]).toEqual([seed, sent.size]);
    for (const [id, row] of sent) {
      for (const [field, value] of Object.entries(row)) {
        const cell = shown(found.get(id)?.[field]);
        // A day that became a time is its first instant.
        expect([seed, id, field, cell?.replace(/ 00:00:00$/, "")]).toEqual([
          seed,
          id,
          field,
          shown(value)?.replace(/ 00:00:00$/, ""),
        ]);
      }
    }
  }
}, 300_000);

function rowOf(fields: Fields, random: Random): Row {
  const values = Object.entries(fields).flatMap(([key, type]): [string, unknown][] => {
    const name = key.replace("?", "");
    if (key.endsWith("?") && random() < 0.3) return random() < 0.5 ? [] : [[name, null]];
    return [[name, SCALARS[type](random)]];
  });
  return Object.fromEntries(values);
}

test("the check of the types would see a file that was left narrow", async () => {
  const table = new Table("narrow");
  await table.hour(FIRST, [{ a: 1 }]);
  const key = tableColumnsKey(PREFIXES.ledger, "t");
  const { store } = table as unknown as { store: MemoryStore };
  store.objects.set(key, Buffer.from(JSON.stringify({ columns: [{ name: "a", type: "string" }], narrow: [] })));
  await expect(table.read()).rejects.toThrow('"a" is BIGINT in');
});
