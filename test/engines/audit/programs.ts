/** The programs that are audited: the shipped stacks, and everything that components can declare. */
import * as fs from "node:fs";
import * as path from "node:path";
import {
  ContentAlerts,
  DataLake,
  defineSchema,
  FormatRouter,
  HourlyEtl,
  Replay,
  SchemaRegistry,
  StreamIngest,
} from "streamlake";
import { type Declared, declare } from "streamlake/testing";
import { parse } from "yaml";

const ROOT = path.resolve(__dirname, "../../..");

/** @param changes configuration of the stack, `{ "streamlake:replay": "true" }` */
export function shipped(stack: string, changes: Readonly<Record<string, string>> = {}): Promise<Declared> {
  const { config } = parse(fs.readFileSync(path.join(ROOT, `Pulumi.${stack}.yaml`), "utf8"));
  const texts = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)]));
  return declare(program, { project: "streamlake", stack, config: { ...texts, ...changes } });
}

function program(): unknown {
  let outputs: unknown;
  jest.isolateModules(() => {
    outputs = require("../../../stacks/index");
  });
  return outputs;
}

const encryptionKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const alarms = { topicArn: "arn:aws:sns:us-east-1:123456789012:alarms" };

/**
 * Every component with every option that changes a resource.
 *
 * @param prefix begins the name of every component
 */
export function everything(prefix: string): Promise<Declared> {
  return declare(
    () => {
      const stream = new StreamIngest(`${prefix}i`, {
        capacity: "provisioned",
        shards: 2,
        retentionHours: 8760,
        maxRecordKibibytes: 4096,
        consumers: ["router"],
        encryptionKeyArn,
      });
      const lake = new DataLake(`${prefix}l`, {
        tables: {
          records: {},
          order_lines: {
            columns: [
              { name: "order_id", type: "string" },
              { name: "total", type: "double" },
            ],
          },
          customers: { schema: defineSchema({ name: "customers", fields: { id: "string", since: "timestamp" } }) },
        },
        retentionDays: { raw: 30, unformatted: 90, parquet: 365 },
        accessLogs: true,
        encryptionKeyArn,
      });
      const schemaRegistry = new SchemaRegistry(`${prefix}s`, {
        schemas: { orders: { format: "avro", definition: '"long"' } },
      });
      const formats = { json: {}, csv: {}, avro: {} };
      const settings = { stream, lake, formats, schemaRegistry, parallelizationFactor: 10 };
      const router = new FormatRouter(`${prefix}r`, { ...settings, consumer: "router", alarms });
      new Replay(`${prefix}p`, { router, alarms });
      new HourlyEtl(`${prefix}h`, { lake, alarms, workers: 299, workerType: "G.2X" });
      new ContentAlerts(`${prefix}a`, { ...settings, rules: { large: (row) => Number(row.total) > 1 && "large" } });
    },
    { project: "my_shop", stack: "prod-2", config: { "streamlake:checkSchemas": "false" } },
  );
}
