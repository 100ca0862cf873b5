/** A router with hooks: rows are changed, refused and sent to tables by inline callbacks that travel in its package. */
import { Secret, SecretVersion } from "@pulumi/aws/secretsmanager";
import { Config } from "@pulumi/pulumi";
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
const salt = new Secret("salt");
new SecretVersion("salt-value", { secretId: salt.id, secretString: new Config("shop").requireSecret("salt") });
const shownDigits = 16;

new FormatRouter("router", {
  stream,
  lake,
  secrets: { SALT: { secretArn: salt.arn } },
  hooks: {
    transform: (row, { secret }) => {
      const { createHmac } = require("node:crypto") as typeof import("node:crypto");
      const { email, ...rest } = row;
      if (typeof email !== "string") return rest;
      return {
        ...rest,
        customer: createHmac("sha256", secret("SALT")).update(email).digest("hex").slice(0, shownDigits),
      };
    },
    accept: (row) => (typeof row.total === "number" && row.total < 0 ? "total is negative" : true),
    table: (row) => ("order_id" in row ? "orders" : "records"),
  },
});
new HourlyEtl("hourly", { lake });

export const streamName = stream.streamName;
