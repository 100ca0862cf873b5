/** Provides the library's components to programs in other languages, with the same resources as in TypeScript. */
import * as fs from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { ConstructResult, Provider } from "@pulumi/pulumi/provider";
import { makeDataLake } from "./components/dataLake";
import { makeDeliveryStream } from "./components/deliveryStream";
import { makeFormatRouter } from "./components/formatRouter";
import { makeHourlyEtl } from "./components/hourlyEtl";
import { makeIngestApi } from "./components/ingestApi";
import { makeLakeDashboard } from "./components/lakeDashboard";
import { componentOf, remember } from "./components/madeComponents";
import { makePipelineAlarms } from "./components/pipelineAlarms";
import { makePipelineDashboard } from "./components/pipelineDashboard";
import { makeSchemaRegistry } from "./components/schemaRegistry";
import { makeServingTable } from "./components/servingTable";
import { makeStreamIngest } from "./components/streamIngest";
import { makeWarehouse } from "./components/warehouse";
import type { PackageSchema } from "./packageSchema";
import { plainInputs } from "./plainInputs";

/** Makes the library's own component from inputs that are data; its resources are those of a TypeScript program. */
export type Maker<Inputs> = (
  name: string,
  inputs: Inputs,
  opts: pulumi.ComponentResourceOptions,
) => pulumi.ComponentResource;

export const makers = {
  DataLake: makeDataLake,
  DeliveryStream: makeDeliveryStream,
  FormatRouter: makeFormatRouter,
  HourlyEtl: makeHourlyEtl,
  IngestApi: makeIngestApi,
  LakeDashboard: makeLakeDashboard,
  PipelineAlarms: makePipelineAlarms,
  PipelineDashboard: makePipelineDashboard,
  SchemaRegistry: makeSchemaRegistry,
  ServingTable: makeServingTable,
  StreamIngest: makeStreamIngest,
  Warehouse: makeWarehouse,
} satisfies Readonly<Record<string, Maker<never>>>;

/** Serves the schema of that file, and constructs the components in it. */
export function componentProvider(schemaFile: string): Provider {
  const text = fs.readFileSync(schemaFile, "utf8");
  const schema = JSON.parse(text) as PackageSchema;
  // A component that is an input arrives as its URN; Pulumi calls this function to find the component.
  pulumi.runtime.registerResourceModule(schema.name, "index", {
    version: schema.version,
    construct: (_name: string, _type: string, urn: string) => componentOf(urn),
  });
  return {
    version: schema.version,
    schema: text,
    construct: (name, type, inputs, opts) => construct(schema, name, type, inputs, opts),
  };
}

async function construct(
  schema: PackageSchema,
  name: string,
  type: string,
  inputs: pulumi.Inputs,
  opts: pulumi.ComponentResourceOptions,
): Promise<ConstructResult> {
  const component = schema.resources[type];
  const make = (makers as Record<string, Maker<never>>)[type.split(":")[2] ?? ""];
  if (!component || !make) {
    throw new Error(`${type} is not a component of ${schema.name}; use ${Object.keys(schema.resources).join(", ")}.`);
  }
  const who = `${type.split(":")[2]} "${name}"`;
  const made = make(name, (await plainInputs(who, component, inputs)) as never, opts);
  const urn = await urnOf(made);
  remember(urn, made);
  return { urn, state: outputsOf(component.properties ?? {}, made) };
}

function urnOf(component: pulumi.Resource): Promise<string> {
  return new Promise((resolve) => {
    component.urn.apply(resolve);
  });
}

function outputsOf(properties: object, component: pulumi.Resource): pulumi.Inputs {
  const outputs = component as unknown as pulumi.Inputs;
  return Object.fromEntries(Object.keys(properties).map((property) => [property, outputs[property]]));
}
