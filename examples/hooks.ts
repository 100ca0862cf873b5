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
const salt = "2026";

new FormatRouter("router", {
  stream,
  lake,
  hooks: {
    transform: (row) => {
      if (typeof row.customer !== "string") return row;
      const { createHash } = require("node:crypto") as typeof import("node:crypto");
      const customer = createHash("sha256").update(`${salt}:${row.customer}`).digest("hex");
      return { ...row, customer };
    },
    accept: (row) => (typeof row.total === "number" && row.total < 0 ? "total is negative" : true),
    table: (row) => ("order_id" in row ? "orders" : "records"),
  },
});
new HourlyEtl("hourly", { lake });

export const streamName = stream.streamName;
