/** The conventions of a platform team: tags, physical names, protection, and a rename that replaces nothing. */
import { DataLake, FormatRouter, HourlyEtl, StreamIngest } from "streamlake";

const tags = { team: "shop", "cost-center": "4711" };

const stream = new StreamIngest(
  "orders",
  {
    tags,
    transform: {
      stream: (args) => {
        args.name = "shop-orders";
      },
    },
  },
  { protect: true },
);
const lake = new DataLake("lake", { tags, databaseName: "shop" }, { protect: true, aliases: [{ name: "data" }] });
new FormatRouter("router", { stream, lake, tags });
new HourlyEtl("hourly", { lake, tags });

export const streamName = stream.streamName;
export const databaseName = lake.databaseName;
