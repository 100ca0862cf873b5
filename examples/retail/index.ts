/**
 * Transactions of a shop, from an HTTP API to every reader: SQL on all records in the lake, one customer by key, and sales
 * without cancellations in a Redshift warehouse, which Firehose delivers.
 */
import { NamedQuery } from "@pulumi/aws/athena";
import {
  DataLake,
  DeliveryStream,
  FormatRouter,
  HourlyEtl,
  IngestApi,
  ServingTable,
  StreamIngest,
  Warehouse,
} from "streamlake";
import { subnetIds, vpcId } from "./network";

const stream = new StreamIngest("transactions", { capacity: "provisioned", shards: 2 });

const lake = new DataLake("lake", {
  tables: {
    transactions: {
      columns: [
        { name: "invoiceno", type: "string" },
        { name: "stockcode", type: "string" },
        { name: "description", type: "string" },
        { name: "quantity", type: "bigint" },
        { name: "invoicedate", type: "string" },
        { name: "unitprice", type: "double" },
        { name: "customerid", type: "string" },
        { name: "country", type: "string" },
      ],
    },
    sales: {
      columns: [
        { name: "invoice", type: "string" },
        { name: "sold", type: "timestamp" },
        { name: "customer", type: "string" },
        { name: "country", type: "string" },
        { name: "item", type: "string" },
        { name: "quantity", type: "bigint" },
        { name: "cents", type: "bigint" },
      ],
    },
  },
});

new FormatRouter("router", { stream, lake, formats: { csv: {}, json: {}, ndjson: {} } });
new HourlyEtl("hourly", { lake });

const customers = new ServingTable("customers", {
  stream,
  lake,
  key: (row) => typeof row.CustomerID === "string" && row.CustomerID !== "" && row.CustomerID,
  // Requests of a client may overtake each other, so nothing here depends on their order.
  fold: (item, row) => ({
    country: String(row.Country),
    lines: Number(item?.lines ?? 0) + 1,
    cents: Number(item?.cents ?? 0) + Math.round(Number(row.UnitPrice) * Number(row.Quantity) * 100),
    lastInvoice: Math.max(Number(item?.lastInvoice ?? 0), Number(String(row.InvoiceNo).replace("C", ""))),
  }),
});

/** The stream partition key is the key of the view, so that the transactions of a customer stay in order. */
const api = new IngestApi("api", {
  stream,
  partitionKey: { column: "CustomerID", pointer: "/CustomerID" },
  views: { customers },
});

/**
 * The lake's timestamp of a date as in "12/1/10 8:26" or "12/1/2010 8:26".
 *
 * @throws for any other; the record is kept in `failed-deliveries/` then
 */
function timestamp(text: string): string {
  const [, month, day, century = "20", year, time] = /^(\d+)\/(\d+)\/(\d\d)??(\d\d) (\d+:\d\d)$/.exec(text) ?? [];
  if (!(month && day && time)) throw new Error("the date is not like 12/1/2010 8:26");
  return `${century}${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")} ${time.padStart(5, "0")}:00`;
}

new DeliveryStream("sales", {
  stream,
  lake,
  table: "sales",
  hooks: {
    transform: (row) => {
      // The invoice number of a cancellation begins with C.
      if (String(row.InvoiceNo).startsWith("C")) return undefined;
      return {
        invoice: String(row.InvoiceNo),
        sold: timestamp(String(row.InvoiceDate)),
        customer: String(row.CustomerID),
        country: String(row.Country),
        item: String(row.StockCode),
        quantity: Number(row.Quantity),
        cents: Math.round(Number(row.UnitPrice) * Number(row.Quantity) * 100),
      };
    },
  },
});

const warehouse = new Warehouse("warehouse", { lake, tables: ["sales"], vpcId, subnetIds });

const dashboard = {
  countries: `SELECT country, count(DISTINCT invoiceno) AS invoices, sum(quantity) AS items
FROM transactions
GROUP BY country
ORDER BY items DESC, country
LIMIT 10`,
  cancellations: `SELECT count(DISTINCT invoiceno) AS cancellations, sum(quantity) AS items
FROM transactions
WHERE invoiceno LIKE 'C%'`,
};
for (const [name, query] of Object.entries(dashboard)) {
  new NamedQuery(name, { name, database: lake.databaseName, workgroup: lake.workgroupName, query });
}

export const streamName = stream.streamName;
export const apiUrl = api.url;
export const databaseName = lake.databaseName;
export const workgroupName = lake.workgroupName;
export const warehouseWorkgroupName = warehouse.workgroupName;
export const warehouseDatabaseName = warehouse.databaseName;
