/** Every component, with hooks; what changes between two deployments is said by its configuration. */
import * as pulumi from "@pulumi/pulumi";
import { ContentAlerts, DataLake, FormatRouter, HourlyEtl, SchemaRegistry, StreamIngest } from "../../../../../index";

const ORDER = '{"type":"object","properties":{"total":{"type":"number"}}}';

const config = new pulumi.Config();
const seen = new Map<string, number>();

const accepts: Record<string, (row: Record<string, unknown>) => true | string> = {
  anything: () => true,
  "no refunds": (row) => (Number(row.total) < 0 ? "a refund" : true),
  "a captured map": (row) => (seen.has(String(row.id)) ? "seen" : true),
};
const accept = accepts[config.require("accept")];

/** Renamed components say by their alias what they were. */
function called(name: string): [string, pulumi.ComponentResourceOptions] {
  return config.getBoolean("renamed") ? [`shop-${name}`, { aliases: [{ name }] }] : [name, {}];
}
function make<Args, Component>(
  Type: new (name: string, args: Args, opts: pulumi.ComponentResourceOptions) => Component,
  name: string,
  args: Args,
): Component {
  const [chosen, opts] = called(name);
  return new Type(chosen, args, opts);
}

const stream = make(StreamIngest, "ingest", {});
const lake = make(DataLake, "lake", {});
const schemaRegistry = make(SchemaRegistry, "schemas", { schemas: { orders: { format: "json", definition: ORDER } } });
make(FormatRouter, "router", { stream, lake, schemaRegistry, hooks: { accept } });
make(HourlyEtl, "etl", { lake });
make(ContentAlerts, "alerts", { stream, lake, rules: { large: (row) => Number(row.total) > 1000 && "a large order" } });
