/** Local runs of programs with dashboards: each visual is drawn from the run's rows, and one that fails, fails the run. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LocalReport } from "../../../../cli/run/report";

const ROOT = path.join(__dirname, "../../../..");
const BIN = path.join(ROOT, "bin/streamlake.js");
const work = mkdtempSync(path.join(tmpdir(), "dashboards-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly report: LocalReport;
}

/** Runs a program over four sales and one record that is no JSON. */
function localRun(name: string, program: string, config = ""): Promise<Run> {
  const cwd = path.join(work, name);
  mkdirSync(cwd);
  writeFileSync(path.join(cwd, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: program.ts\n`);
  writeFileSync(path.join(cwd, "Pulumi.dev.yaml"), `config:\n  aws:region: us-east-1\n${config}`);
  writeFileSync(path.join(cwd, "program.ts"), program);
  const sales = [
    { shop: "north", total: 10 },
    { shop: "north", total: 5 },
    { shop: "south", total: 20 },
    { shop: "west", total: 1 },
  ];
  writeFileSync(path.join(cwd, "sales.ndjson"), `${sales.map((sale) => JSON.stringify(sale)).join("\n")}\nno sale\n`);
  const argv = ["local", "--input", "sales.ndjson", "--report", "report.json"];
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...argv], { cwd }, (error, out, err) => {
      const report = JSON.parse(readFileSync(path.join(cwd, "report.json"), "utf8")) as LocalReport;
      resolve({ code: error ? Number(error.code) : 0, out, err, report });
    });
  });
}

const INDEX = JSON.stringify(path.join(ROOT, "index"));
const shop = (dashboard: string) => `
  import * as streamlake from ${INDEX};
  const { bar, count, heatMap, kpi, line, pie, scatter, sum, table, average } = streamlake;
  const stream = new streamlake.StreamIngest("sales");
  const columns = [{ name: "shop", type: "string" as const }, { name: "total", type: "double" as const }];
  const lake = new streamlake.DataLake("lake", { tables: { sales: { columns } } });
  const router = new streamlake.FormatRouter("router", { stream, lake, batchWindowSeconds: 1 });
  const hourly = new streamlake.HourlyEtl("hourly", { lake });
  const viewers = ["arn:aws:quicksight:us-east-1:000000000000:group/default/analysts"];
  const sales = { table: "sales" };
  ${dashboard}
`;

test("each visual is drawn from the rows of the run", async () => {
  const { code, out, err, report } = await localRun(
    "drawn",
    shop(`
      new streamlake.LakeDashboard("shop", {
        lake, viewers, title: "Shops",
        dataSets: {
          best: {
            sql: 'SELECT "shop", sum("total") AS "total" FROM "' + "drawn-dev-lake".replaceAll("-", "_") + '"."sales" GROUP BY "shop"',
            columns: [{ name: "shop", type: "string" }, { name: "total", type: "double" }],
          },
        },
        visuals: [
          kpi({ ...sales, title: "Sold", value: sum("total") }),
          bar({ ...sales, title: "Sold by shop", x: "shop", y: sum("total") }),
          line({ ...sales, title: "By hour", x: { column: "_arrived", by: "hour" }, y: count(), color: "_format" }),
          pie({ ...sales, title: "Two shops", slices: "shop", value: count(), limit: 2 }),
          table({ ...sales, title: "Shops", groupBy: ["shop"], values: [count(), average("total")] }),
          scatter({ ...sales, title: "Size", points: "shop", x: count(), y: sum("total") }),
          heatMap({ ...sales, title: "Formats", rows: "shop", columns: "_format", value: count() }),
          bar({ title: "Unformatted", table: "unformatted", x: "reason", y: count() }),
          bar({ title: "Best", dataSet: "best", x: "shop", y: sum("total") }),
        ],
      });
    `),
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(report.dashboards).toEqual([
    {
      name: "Shops",
      visuals: [
        { title: "Sold", kind: "kpi", rows: 1 },
        { title: "Sold by shop", kind: "bar", rows: 3 },
        { title: "By hour", kind: "line", rows: 1 },
        { title: "Two shops", kind: "pie", rows: 2 },
        { title: "Shops", kind: "table", rows: 3 },
        { title: "Size", kind: "scatter", rows: 3 },
        { title: "Formats", kind: "heatMap", rows: 3 },
        { title: "Unformatted", kind: "bar", rows: 1 },
        { title: "Best", kind: "bar", rows: 3 },
      ],
    },
  ]);
  expect(out).toContain("    Sold by shop (bar): 3 rows\n");
});

test("a visual whose query fails is a failure of the run", async () => {
  const { code, err, report } = await localRun(
    "failed",
    shop(`
      const best = { sql: 'SELECT "shops" FROM "failed_dev_lake"."sales"', columns: [{ name: "shops", type: "string" as const }] };
      new streamlake.LakeDashboard("shop", {
        lake, viewers, dataSets: { best },
        visuals: [bar({ title: "Best", dataSet: "best", x: "shops", y: count("shops") })],
      });
    `),
  );
  const error =
    "COLUMN_NOT_FOUND: line 1:105: Column 'shops' cannot be resolved or requester is not authorized to access requested resources";
  expect({ code, err }).toEqual({
    code: 1,
    err: `streamlake local: dashboard shop: the query of the visual "Best" failed: ${error}\n`,
  });
  expect(report.dashboards).toEqual([{ name: "shop", visuals: [{ title: "Best", kind: "bar", rows: 0, error }] }]);
});

test("the shipped program runs with streamlake:dashboard", async () => {
  const program = `export * from ${JSON.stringify(path.join(ROOT, "stacks/index"))};`;
  const config = "  streamlake:protect: false\n  streamlake:dashboard: true\n  streamlake:alarms: true\n";
  const { code, out, err, report } = await localRun("streamlake", program, config);
  expect({ code, err, declaredOnly: report.declaredOnly }).toEqual({ code: 0, err: "", declaredOnly: [] });
  expect(out).toMatch(/cloudwatch.*Dashboard/i);
});
