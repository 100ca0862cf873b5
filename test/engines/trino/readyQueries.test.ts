/** The ready queries of a lake, on crawled and projected tables: Trino gives the rows that local's Athena gives. */
import { DataLake } from "../../../components/dataLake";
import { defineSchema } from "../../../lake/schemas/schema";
import { queryLake } from "../../../local/queryLake";
import { declare } from "../../../local/testing";
import { HOUR, makeWorld, NOW, type World } from "../../local/support/glueWorld";
import { declareTables } from "../../local/support/lakeTables";
import { startTrino, type Trino } from "./trino";

const orders = defineSchema({ name: "orders", fields: { order_id: "string", total: "double", at: "timestamp" } });
const program = () =>
  new DataLake("data", { tables: { records: {}, orders: { schema: orders } }, databaseName: "lake" });

let world: World;
let trino: Trino;
beforeAll(async () => {
  // The program has no record of its schemas.
  jest.spyOn(console, "warn").mockImplementation();
  world = await makeWorld();
  await declareTables(world, program);
  await world.putRaw("records", ['{"a":1,"b":"x"}', '{"a":2,"c":[1,2]}']);
  await world.putRaw("orders", [
    '{"order_id":"1","total":1.5,"at":"2026-11-20T10:00:00Z"}',
    '{"order_id":"2","total":2}',
  ]);
  const columns = JSON.stringify({ orders: orders.columns });
  await world.runJob({ "--HOUR": HOUR, "--TABLES": "records,orders", "--COLUMNS": columns });
  await world.crawl();
  trino = await startTrino(await world.cloud.listen(0), "lake", NOW);
});
afterAll(async () => {
  await trino.close();
  await world.close();
});

test("each ready query has the same columns and rows", async () => {
  const queries = (await declare(program)).all("aws:athena/namedQuery:NamedQuery");
  expect(queries.map(({ name }) => name)).toEqual([
    "data-query-count-orders",
    "data-query-count-records",
    "data-query-latest-orders",
    "data-query-latest-records",
    "data-query-summary-orders",
    "data-query-unformatted",
  ]);
  for (const { name, inputs } of queries) {
    const { columns, rows } = await queryLake({ dataDir: world.cloud.dataDir, sql: inputs.query, nowMillis: NOW });
    const local = { name, columns: columns.map(({ Name }) => Name), rows };
    const result = await trino.query(inputs.query);
    expect({ name, columns: result.columns, rows: result.rows }).toEqual(local);
  }
});
