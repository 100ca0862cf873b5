/** The plan of columns against the golden vectors: a case is a file with a shape and the columns it becomes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Column } from "../../../lake/columns";
import { MAX_COLUMNS, MAX_FIELDS, planColumns, planDeclared } from "../../../lake/hourly/flattenPlan";
import type { Shape } from "../../../lake/hourly/flattenShape";

const VECTORS = join(__dirname, "../../fixtures/flatten/plans");

test.each(readdirSync(VECTORS))("the flatten plan of %s", (file) => {
  const { shape, declared, columns, dropped } = JSON.parse(readFileSync(join(VECTORS, file), "utf8")) as {
    shape: Shape;
    declared?: Column[];
    columns: object[];
    dropped: number;
  };
  const plan = declared ? planDeclared(shape, declared) : planColumns(shape);
  expect(plan.columns.map(({ name, type, path, others }) => ({ name, type, path, ...(others && { others }) }))).toEqual(
    columns,
  );
  expect(plan.dropped).toBe(dropped);
});

function objectOf(count: number): Shape {
  return {
    kind: "object",
    fields: Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, { kind: "string" }])),
  };
}

test("an object with more fields than a struct should have is one column of JSON text", () => {
  const shape: Shape = { kind: "object", fields: { byUser: objectOf(MAX_FIELDS + 1), few: objectOf(1) } };
  expect(planColumns(shape).columns.map(({ name, type }) => [name, type])).toEqual([
    ["byuser", "string"],
    ["few_k0", "string"],
  ]);
});

test("a table keeps its first columns by path and says how many it left out", () => {
  const plan = planColumns(objectOf(MAX_COLUMNS + 3));
  expect(plan.columns).toHaveLength(MAX_COLUMNS);
  expect(plan.dropped).toBe(3);
});

test("rows that are not objects have no plan", () => {
  expect(() => planColumns({ kind: "string" })).toThrow("rows are objects, got string");
});
