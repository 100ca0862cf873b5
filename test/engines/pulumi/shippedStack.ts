/** A stack of the shipped program on the local cloud, by its shipped configuration, and what tests ask of it. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { runQuery } from "../../../cli/run/athena";
import { defaults } from "../../../lake/defaults";
import { addHours, hourOf, startOf } from "../../../lake/hour";
import { sensorLayout } from "../../../lake/sensorLayout";
import { systemClock } from "../../../local/cloud/clock";
import type { OpenCloud } from "../../../local/openCloud";
import type { LambdaService } from "../../../local/services/lambda/service";
import { encode } from "../../formats/support/encode";
import { createEngine, type Engine, type EngineOptions } from "./engine";
import { type LocalAws, startLocalAws } from "./localAws";

export const REPOSITORY = path.resolve(__dirname, "../../..");
const PROJECT = path.join(__dirname, "project");

export interface StackOnLocalAws {
  readonly aws: LocalAws;
  readonly cloud: OpenCloud;
  readonly engine: Engine;
  close(): Promise<void>;
}

/** @param options of the engine that differ from those of the shipped program */
export async function openStack(
  options: Pick<EngineOptions, "stack"> & Partial<EngineOptions>,
): Promise<StackOnLocalAws> {
  const aws = await startLocalAws();
  try {
    const shipped = { project: PROJECT, configDirectory: REPOSITORY };
    const engine = await createEngine({ ...shipped, ...options, env: { ...aws.env, ...options.env } });
    const close = async () => {
      engine.remove();
      await aws.stop();
    };
    return { aws, cloud: aws.cloud, engine, close };
  } catch (error) {
    await aws.stop();
    throw error;
  }
}

/** `type name` of everything that exists, sorted. */
export function existing({ cloud }: StackOnLocalAws): string[] {
  return cloud.provisioner
    .all()
    .map(({ type, name }) => `${type} ${name}`)
    .sort();
}

/** The hash of the package that each function runs, by logical name. */
export function packages({ cloud }: StackOnLocalAws): Record<string, string> {
  const functions = cloud.provisioner.all().filter(({ type }) => type === "aws:lambda/function:Function");
  const lambda = cloud.service("lambda") as LambdaService;
  return Object.fromEntries(functions.map(({ name, id }) => [name, packageHash(lambda.packageDirectory(id))]));
}

/** @param directory where it is unpacked */
export function packageHash(directory: string): string {
  return createHash("sha256")
    .update(readFileSync(path.join(directory, "index.js")))
    .digest("hex");
}

/** Sixty JSON objects, thirty records each of NDJSON, CSV and binary readings, and ten that are none: 270 rows. */
function mixedRecords(): Uint8Array[] {
  const reading = (sensor: number) => ({
    flags: 1,
    sensor_id: sensor,
    measured_at: "2026-11-20T10:00:00.000Z",
    temperature: 21.5,
    humidity: 0.25,
    battery_millivolts: 3300,
    firmware: "1.2.3",
    site: "roof",
  });
  const times = (count: number, make: (index: number) => string | Uint8Array) =>
    Array.from({ length: count }, (_record, index) => Buffer.from(make(index)));
  return [
    ...times(60, (index) => JSON.stringify({ order: index, total: index / 4 })),
    ...times(30, (index) => `{"click":${index}}\n{"click":${index},"by":"u-17"}\n`),
    ...times(30, (index) => `sku,price\na-${index},1\nb-${index},2\nc-${index},3\n`),
    ...times(30, (index) => encode("binary", [reading(index), reading(index + 1)], { layouts: [sensorLayout] })),
    ...times(10, (index) => `{"order":${index}`),
  ];
}

/**
 * Sends records and runs the hourly step.
 *
 * @param payloads of the records; @default a small mix of all that the router knows, the same each time
 */
export async function runHour(
  { cloud }: StackOnLocalAws,
  streamName: unknown,
  payloads: readonly Uint8Array[] = mixedRecords(),
): Promise<void> {
  const Records = payloads.map((Data, index) => ({ Data, PartitionKey: `key-${index % 17}` }));
  await cloud.call("kinesis", "PutRecords", { StreamName: streamName, Records });
  await cloud.drain();
  const nextHour = startOf(addHours(hourOf(systemClock.now()), 1));
  const fired = await cloud.fireSchedules(new Date(nextHour + defaults.hourly.minute * 60_000));
  const failed = fired.filter(({ status }) => status !== "SUCCEEDED");
  if (failed.length > 0) throw new Error(`the hourly step failed: ${JSON.stringify(failed)}`);
}

/** What Athena counts, by table. */
export async function countRows(
  { cloud }: StackOnLocalAws,
  outputs: Record<string, unknown>,
  tables: readonly string[],
): Promise<Record<string, unknown>> {
  const where = { database: String(outputs.databaseName), workgroup: String(outputs.workgroupName) };
  const call = (operation: string, input: object) => cloud.call("athena", operation, input);
  const counts: Record<string, unknown> = {};
  for (const table of tables) {
    const sql = `SELECT count(*) FROM ${table}`;
    const { rows, error } = await runQuery(call, sql, where, {
      clock: systemClock,
      signal: new AbortController().signal,
    });
    counts[table] = error ?? rows[0]?.[0];
  }
  return counts;
}
