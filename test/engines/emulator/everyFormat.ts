/** A program whose router reads every format, and records of all of them, good and bad, the same for each seed. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { generateRecords } from "../../../cli/generate/generateRecords";
import { GENERATED_FORMATS } from "../../../cli/generate/recordMakers";
import { DataLake } from "../../../components/dataLake";
import { FormatRouter } from "../../../components/formatRouter";
import { StreamIngest } from "../../../components/streamIngest";
import type { FormatsConfig } from "../../../formats/config";
import { sensorLayout } from "../../../lake/sensorLayout";

const proto = 'syntax = "proto3"; message Reading { string sensor = 1; double celsius = 2; int64 count = 3; }';

export const EVERY_FORMAT: FormatsConfig = {
  json: {},
  ndjson: {},
  csv: {},
  xml: {},
  avro: {},
  parquet: {},
  messagepack: {},
  cbor: {},
  protobuf: { messages: [{ proto }] },
  binary: { layouts: [sensorLayout] },
};

export function everyFormatProgram(): object {
  const stream = new StreamIngest("ingest");
  const lake = new DataLake("lake");
  new FormatRouter("router", { stream, lake, formats: EVERY_FORMAT, batchWindowSeconds: 1 });
  return { stream: stream.streamName, bucket: lake.bucketName };
}

export interface Record {
  readonly payload: Uint8Array;
  readonly partitionKey: string;
}

const FIXTURES = path.join(__dirname, "../../fixtures/formats");

/** Every payload of the formats' fixtures, then as many generated ones, a fifth of them malformed. */
export function records(generated: number, seed: number): Record[] {
  const names = readdirSync(FIXTURES).filter((name) => name.endsWith(".payload") && name !== "empty.payload");
  return [
    ...names.map((name) => ({ payload: readFileSync(path.join(FIXTURES, name)), partitionKey: name })),
    ...generateRecords({ records: generated, malformed: 0.2, formats: GENERATED_FORMATS, seed }),
  ];
}
