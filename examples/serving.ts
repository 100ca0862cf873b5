/** A view by key: one item for each customer, in milliseconds for applications, beside the lake that answers SQL. */
import { DataLake, FormatRouter, HourlyEtl, IngestApi, ServingTable, StreamIngest } from "streamlake";

const stream = new StreamIngest("orders");
const lake = new DataLake("lake");
new FormatRouter("router", { stream, lake });
new HourlyEtl("hourly", { lake });

const customers = new ServingTable("customers", {
  stream,
  lake,
  key: (row) => {
    const { id } = Object(row.customer);
    return typeof id === "string" && id;
  },
  fold: {
    orders: { count: true },
    spent: { sum: "total" },
    currency: { latest: "currency" },
    recent: { last: 3, of: "transaction_id" },
  },
  timeToLiveDays: 400,
});
/** Answers `GET /customers/<id>` with an item, and takes records. */
const api = new IngestApi("api", { stream, views: { customers } });

/** The permissions of an application that reads a customer's item. */
export const mayRead = customers.readAccess().map(({ actions, resources }) => ({ actions, resources }));
export const customersTable = customers.tableName;
export const apiUrl = api.url;
