/** The components that programs in any language can use, by name, each with what makes it. */
import type * as pulumi from "@pulumi/pulumi";
import { makeDataLake } from "./dataLake";
import { makeFormatRouter } from "./formatRouter";
import { makeHourlyEtl } from "./hourlyEtl";
import { makeSchemaRegistry } from "./schemaRegistry";
import { makeStreamIngest } from "./streamIngest";

/** Makes the library's own component of inputs that are data; its resources are those of a TypeScript program. */
export type Maker<Inputs> = (
  name: string,
  inputs: Inputs,
  opts: pulumi.ComponentResourceOptions,
) => pulumi.ComponentResource;

export const makers = {
  DataLake: makeDataLake,
  FormatRouter: makeFormatRouter,
  HourlyEtl: makeHourlyEtl,
  SchemaRegistry: makeSchemaRegistry,
  StreamIngest: makeStreamIngest,
} satisfies Readonly<Record<string, Maker<never>>>;
