/** Declares FormatRouter for programs in any language, with its formats and without hooks. */
import * as pulumi from "@pulumi/pulumi";
import * as library from "../../components/formatRouter";
import type { FormatRouterArgs } from "../../components/router/args";
import type { Alarms } from "./alarms";
import type { DataLake } from "./dataLake";
import { type DecodingInputs, decodingArgs, landingLake } from "./decoding";

export const StartingPosition = {
  /** The oldest record that the stream still has. */
  TrimHorizon: "TRIM_HORIZON",
  /** Records that arrive from now on. */
  Latest: "LATEST",
  /** Records from `startingTimestamp` on. */
  AtTimestamp: "AT_TIMESTAMP",
} as const;
export type StartingPosition = (typeof StartingPosition)[keyof typeof StartingPosition];

export interface RouterAlarms extends Alarms {
  /** Age of the oldest record of a batch, beyond the batch window, at which an alarm goes off, minutes, 1 to 10080. @default 15 */
  iteratorAgeMinutes?: number;
  /**
   * Share of unformatted lines (records, or rows of CSV) among these and the rows that land, at which an alarm goes
   * off, percent, 1 to 100. @default 5
   */
  unformattedPercent?: number;
  /** Number of unformatted lines in a period below which that alarm never goes off. @default 10 */
  unformattedRecords?: number;
  /** Period over which unformatted records are counted, minutes, 1 to 1440. @default 15 */
  unformattedPeriodMinutes?: number;
}

/** Hooks, and the settings that only hooks use. */
type TypeScriptOnly = "hooks" | "exposeHookErrors" | "environment" | "permissions" | "secrets" | "transform";
type Restated = keyof DecodingInputs | "lake" | "table" | "alarms" | "filters" | "startingPosition";

export interface FormatRouterInputs extends DecodingInputs, Omit<FormatRouterArgs, TypeScriptOnly | Restated> {
  /** The lake that rows land in. */
  lake: pulumi.Input<DataLake>;
  /** The table of its rows, and of all unformatted records. @default the lake's table, if it has only one */
  table?: string;
  /** The starting position of a new mapping. @default "TRIM_HORIZON" */
  startingPosition?: StartingPosition;
  /** Event filter patterns, JSON, at most 5; Lambda permanently drops a record that matches none. @default none */
  filters?: string[];
  /** Alarms on records that wait, are unformatted, are not written or are discarded. @default none */
  alarms?: RouterAlarms;
}

/** A Lambda function on a stream, and the event source mapping between them. */
export declare class FormatRouter extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  constructor(name: string, args: FormatRouterInputs, opts?: pulumi.ComponentResourceOptions);
}

export function makeFormatRouter(
  name: string,
  { stream, existingStream, lake, schemaRegistry, formats, ...inputs }: FormatRouterInputs,
  opts: pulumi.ComponentResourceOptions,
): FormatRouter {
  const who = `FormatRouter "${name}"`;
  const decoding = { stream, existingStream, schemaRegistry, formats };
  const args = { ...inputs, ...decodingArgs(who, decoding), lake: landingLake(who, lake, inputs.table) };
  return new library.FormatRouter(name, args, opts);
}
