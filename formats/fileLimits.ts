/** The bounds on one part of a container file (a block of Avro, a row group of Parquet) that a producer reads. */
import type { Limits } from "./limits";

const MEBIBYTE = 1024 * 1024;

/** One part at a time is in memory, so a file has no bound. Nobody sends a producer its own files to harm it. */
export const FILE_PART_LIMITS: Limits = {
  payloadBytes: 512 * MEBIBYTE,
  expansion: Number.MAX_SAFE_INTEGER,
  depth: 1000,
  rows: 20_000_000,
  columns: 20_000,
  values: 40_000_000,
};
