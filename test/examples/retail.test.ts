/** The project retail, run by the command from a generated file, with and without redelivery. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { seededRandom } from "../../local/cloud/random";
import { resultsOf, run } from "./support/runProject";

const work = mkdtempSync(path.join(tmpdir(), "retail-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Line {
  readonly invoice: string;
  readonly customer: string;
  readonly country: string;
  readonly quantity: number;
  readonly cents: number;
}

const COUNTRIES = ["United Kingdom", "France", "Australia"];

/** As the UCI data set: CRLF, quoted fields, customers without an id, and cancellations whose invoice begins with C. */
function retailLines(count: number): Line[] {
  const random = seededRandom(12);
  const among = (most: number) => Math.floor(random() * most);
  return Array.from({ length: count }, (_, index) => {
    const customer = random() < 0.1 ? "" : String(17_000 + among(40));
    const isCancelled = random() < 0.05;
    return {
      invoice: `${isCancelled ? "C" : ""}${536_000 + Math.floor(index / 7)}`,
      customer,
      country: COUNTRIES[Number(customer) % COUNTRIES.length] ?? "",
      quantity: isCancelled ? -1 - among(5) : 1 + among(20),
      cents: 5 + among(2_000),
    };
  });
}

function retailFile(lines: readonly Line[]): string {
  const rows = lines.map(
    ({ invoice, customer, country, quantity, cents }, index) =>
      `${invoice},${20_000 + (index % 300)},"HANGING HEART, ""WHITE""",${quantity},12/${1 + (index % 28)}/${index % 2 ? 10 : 2010} 8:26,${cents / 100},${customer},${country}`,
  );
  const file = path.join(work, "retail.csv");
  const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
  writeFileSync(file, `${[header, ...rows].join("\r\n")}\r\n`);
  return file;
}

const REVENUE =
  "SELECT country, count(sold) AS items, sum(cents) AS cents FROM lake.sales GROUP BY country ORDER BY country";

test("retail: a file through the API into the lake, a customer's item and the warehouse, each counted by its ledger", async () => {
  const lines = retailLines(1_500);
  const [{ customer: known = "" } = {}] = lines.filter(({ customer }) => customer !== "");
  const argv = ["--api", "--warehouse-query", REVENUE, "--get", `/customers/${known}`];
  const file = retailFile(lines);
  const once = await run(work, "retail", file, ...argv);

  const sales = lines.filter(({ invoice }) => !invoice.startsWith("C"));
  const centsOf = (some: readonly Line[]) => some.reduce((sum, { quantity, cents }) => sum + quantity * cents, 0);
  expect(once.tables.transactions?.rows).toBe(1_500);
  expect(once.tables.sales?.rows).toBe(sales.length);
  expect(once.warehouseQueries[0]?.rows).toEqual(
    [...COUNTRIES].sort().map((country) => {
      const own = sales.filter((line) => line.country === country);
      return [country, own.length, centsOf(own)];
    }),
  );
  const own = lines.filter(({ customer }) => customer === known);
  expect(once.answers.map(({ status, body }) => [status, JSON.parse(body)])).toEqual([
    [
      200,
      {
        _key: known,
        country: own[0]?.country,
        lines: own.length,
        cents: centsOf(own),
        lastInvoice: Math.max(...own.map(({ invoice }) => Number(invoice.replace("C", "")))),
      },
    ],
  ]);
  const withCustomer = lines.filter(({ customer }) => customer !== "").length;
  const { acknowledged } = once.sinks.api?.counts ?? {};
  expect(acknowledged).toBe(once.sent.records);
  expect(once.sinks.customers?.counts).toMatchObject({ rows: withCustomer, leftOut: 1_500 - withCustomer });
  expect(once.sinks.warehouse?.counts).toEqual({
    raw: sales.length,
    rows: sales.length,
    tables: 1,
    repeated: 0,
  });
  expect(Object.values(once.sinks).map(({ kind, balanced }) => [kind, balanced])).toEqual([
    ["IngestApi", true],
    ["ServingTable", true],
    ["DeliveryStream", true],
    ["Warehouse", true],
  ]);
  expect(once.iam.denied).toEqual([]);

  const twice = await run(work, "retail", file, ...argv, "--redeliver");
  expect(resultsOf(twice)).toEqual(resultsOf(once));
  expect(twice.sinks.sales?.counts.repeated).toBe(sales.length);
  expect(twice.sinks.warehouse?.counts.repeated).toBe(sales.length);
}, 240_000);
