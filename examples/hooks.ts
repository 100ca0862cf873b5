/** A router with hooks: rows are changed, refused and sent to tables by inline callbacks that travel in its package. */
import { DataLake, FormatRouter, HourlyEtl, StreamIngest } from "streamlake";

const stream = new StreamIngest("shop", { capacity: "provisioned", shards: 2 });
const lake = new DataLake("lake", {
  tables: {
    records: {},
    orders: {
      columns: [
        { name: "order_id", type: "string" },
        { name: "customer", type: "string" },
        { name: "total", type: "double" },
      ],
    },
  },
});
const shownLetters = 1;

new FormatRouter("router", {
  stream,
  lake,
  hooks: {
    transform: (row) => {
      const { email, customer, ...rest } = row;
      return typeof customer === "string" ? { ...rest, customer: `${customer.slice(0, shownLetters)}***` } : rest;
    },
    accept: (row) => (typeof row.total === "number" && row.total < 0 ? "total is negative" : true),
    table: (row) => ("order_id" in row ? "orders" : "records"),
  },
});
new HourlyEtl("hourly", { lake });

export const streamName = stream.streamName;
