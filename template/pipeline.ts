/** The pipeline of a shop: sales as JSON and CSV, and readings of its cold chain, become two tables. */
import { DataLake, FormatRouter, HourlyEtl, type Row, StreamIngest } from "streamlake";

export function pipeline() {
  const stream = new StreamIngest("shop");
  // All columns are declared, so the lake needs no crawler.
  const lake = new DataLake("lake", {
    tables: {
      sales: {
        columns: [
          { name: "sale_id", type: "string" },
          { name: "sold_at", type: "timestamp" },
          { name: "shop", type: "string" },
          { name: "total", type: "double" },
        ],
      },
      readings: {
        columns: [
          { name: "sensor_id", type: "bigint" },
          { name: "measured_at", type: "timestamp" },
          { name: "temperature", type: "double" },
        ],
      },
    },
  });
  const router = new FormatRouter("router", {
    stream,
    lake,
    hooks: {
      // JSON has a whole sale in a record, CSV a line of it.
      transform: (row) => {
        const { at: sold_at = null, shop = null, total = null } = row;
        if ("transaction_id" in row) {
          const { id = null } = row.store as Row;
          return { sale_id: row.transaction_id, sold_at, shop: id, total };
        }
        if ("order_id" in row) {
          return { sale_id: row.order_id, sold_at, shop, total: Number(row.quantity) * Number(row.unit_price) };
        }
        return row;
      },
      accept: (row) => !("total" in row) || Number(row.total) >= 0 || "total is negative",
      table: (row) => ("sensor_id" in row ? "readings" : "sales"),
    },
  });
  const hourly = new HourlyEtl("hourly", { lake });
  return { stream, lake, router, hourly };
}
