/** A QuickSight dashboard over a lake: what was sold, in which shops, in which formats it came, and what did not fit. */
import { Config } from "@pulumi/pulumi";
import {
  average,
  bar,
  count,
  DataLake,
  distinctCount,
  FormatRouter,
  HourlyEtl,
  heatMap,
  kpi,
  LakeDashboard,
  line,
  pie,
  StreamIngest,
  sum,
  table,
} from "streamlake";

const stream = new StreamIngest("sales");
const lake = new DataLake("lake", {
  tables: {
    sales: {
      columns: [
        { name: "transaction_id", type: "string" },
        { name: "shop", type: "string" },
        { name: "customer", type: "string", path: ["customer", "id"] },
        { name: "total", type: "double" },
      ],
    },
  },
});
new FormatRouter("router", { stream, lake });
new HourlyEtl("hourly", { lake });

/** The ARN of a group of the account's QuickSight subscription, which has been there before. */
const analysts = new Config("shop").require("analysts");
const sales = { table: "sales" };

const dashboard = new LakeDashboard("sales", {
  lake,
  title: "Sales",
  viewers: [analysts],
  visuals: [
    kpi({ ...sales, title: "Sales", value: count() }),
    kpi({ ...sales, title: "Sold", value: sum("total") }),
    kpi({ ...sales, title: "Customers", value: distinctCount("customer") }),
    line({ ...sales, title: "Sales by hour", x: { column: "_arrived", by: "hour" }, y: count(), color: "_format" }),
    bar({ ...sales, title: "Sold by shop", x: "shop", y: sum("total"), limit: 10 }),
    pie({ ...sales, title: "Formats", slices: "_format", value: count() }),
    heatMap({ ...sales, title: "Shops by hour of the day", rows: "shop", columns: "hour", value: count() }),
    table({ ...sales, title: "Shops", groupBy: ["shop"], values: [count(), sum("total"), average("total")] }),
    bar({ title: "Unformatted records", table: "unformatted", x: "reason", y: count() }),
  ],
});

export const streamName = stream.streamName;
export const dashboardUrl = dashboard.url;
