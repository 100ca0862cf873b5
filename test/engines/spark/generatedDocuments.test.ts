/** Generated documents through the shipped script on real Spark and through its DuckDB twin: the same rows, the same types. */
import type { Column, ScalarType } from "../../../lake/columns";
import { documents, seeded } from "./documents";
import { makeSparkLake, type SparkLake } from "./sparkLake";

const HOURS = 50;
const DOCUMENTS = 50;
const SEED = Number(process.env.SEED ?? 4);
const TYPES: ScalarType[] = ["boolean", "bigint", "double", "string", "timestamp", "date"];

const seeds = Array.from({ length: HOURS }, (_, index) => SEED * 1000 + index);
const tableOf = (seed: number) => `t${seed}`;
let lake: SparkLake;

beforeAll(async () => {
  lake = await makeSparkLake();
  for (const seed of seeds) {
    const rows = documents(seed, DOCUMENTS);
    lake.putRows(tableOf(seed), rows.slice(0, DOCUMENTS / 2), 1);
    lake.putRows(tableOf(seed), rows.slice(DOCUMENTS / 2), 1 + DOCUMENTS / 2);
  }
  await lake.runSpark(seeds.map(tableOf));
});
afterAll(() => lake?.close());

/** The same columns by other types, at random: what a declared schema may ask for. */
function declaredOf(seed: number, columns: readonly Column[]): Column[] {
  const random = seeded(seed);
  return columns.slice(3).map(({ name, type }) => {
    if (random() < 0.3) return { name, type };
    const scalar = TYPES[Math.floor(random() * TYPES.length)] as ScalarType;
    return { name, type: random() < 0.2 ? `array<${scalar}>` : scalar };
  });
}

test.each(seeds)(`${DOCUMENTS} documents of seed %i`, async (seed) => {
  const spark = await lake.bySpark(tableOf(seed));
  const twin = await lake.byDuckDb(tableOf(seed));
  expect(spark.columns).toEqual(twin.columns);
  expect(spark.rows).toEqual(twin.rows);
  expect(spark.report).toEqual(twin.report);
  expect(spark.rows).toHaveLength(DOCUMENTS);
});

test("the same documents as declared schemas of other types", async () => {
  const declared: Record<string, Column[]> = {};
  for (const seed of seeds) declared[tableOf(seed)] = declaredOf(seed, (await lake.byDuckDb(tableOf(seed))).columns);
  const tables = seeds.map(tableOf).filter((table) => declared[table]?.length);
  await lake.runSpark(tables, declared);
  for (const table of tables) {
    const spark = await lake.bySpark(table);
    const twin = await lake.byDuckDb(table, declared[table]);
    expect([table, spark.columns]).toEqual([table, twin.columns]);
    expect([table, spark.rows]).toEqual([table, twin.rows]);
    expect([table, spark.report]).toEqual([table, twin.report]);
  }
  expect(tables.length).toBeGreaterThan(HOURS / 2);
});
