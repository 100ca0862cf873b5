/** What programs in any language give to each component that decodes the records of a stream. */
import type * as pulumi from "@pulumi/pulumi";
import * as lakes from "../../components/dataLake";
import * as registries from "../../components/schemaRegistry";
import type { FormatsConfig } from "../../lake/formats";
import type { DataLake } from "./dataLake";
import { type ExistingStream, streamInput } from "./existing";
import type { RouterFormats } from "./formats";
import { made } from "./madeComponents";
import type { SchemaRegistry } from "./schemaRegistry";
import type { StreamIngest } from "./streamIngest";

export interface DecodingInputs {
  /** The stream whose records it reads; required without `existingStream`. */
  stream?: pulumi.Input<StreamIngest>;
  /** A stream that exists, instead of `stream`; docs/existing-resources.md lists what its owner grants. @default none */
  existingStream?: ExistingStream;
  /** The registry of the schemas that records name by id in Glue's frame. @default none: only declared schemas are known */
  schemaRegistry?: pulumi.Input<SchemaRegistry>;
  /** The formats that are tried, each with its options. @default JSON, NDJSON and CSV */
  formats?: RouterFormats;
}

/** The same arguments for the library's component. */
export function decodingArgs(who: string, { stream, existingStream, schemaRegistry, formats }: DecodingInputs) {
  return {
    stream: streamInput(who, stream, existingStream),
    ...(schemaRegistry && {
      schemaRegistry: made(`${who}: schemaRegistry`, schemaRegistry, registries.SchemaRegistry),
    }),
    // A field of a binary layout has one of several shapes, which the schema cannot express; the component's own checks
    // cover them.
    formats: formats as FormatsConfig | undefined,
  };
}

/** The lake that rows land in; the first of several tables is not known here, because names arrive in any order. */
export function landingLake(who: string, lake: pulumi.Input<DataLake>, table: string | undefined): lakes.DataLake {
  const lakeComponent = made(`${who}: lake`, lake, lakes.DataLake);
  const tables = Object.keys(lakeComponent.tables);
  if (table === undefined && tables.length > 1) {
    throw new Error(`${who}: table is missing, and the lake has ${tables.join(", ")}; name one of them.`);
  }
  return lakeComponent;
}
