/** The engine of the flatten job: DuckDB, or Spark with the shipped script. It works on files; the job handles S3. */
import path from "node:path";
import type { Column } from "../../lake/columns";
import type { OnStep } from "../workStep";
import type { FlattenArguments } from "./flattenArguments";
import { flattenHour, type HourReport } from "./flattenHour";
import type { RawObject } from "./rawObjects";

export interface EngineInput {
  readonly job: FlattenArguments;
  readonly table: string;
  /** The hour's raw objects, at least one. */
  readonly objects: readonly RawObject[];
  /** The declared schema; if absent, the columns come from the rows. */
  readonly columns: readonly Column[] | undefined;
  /** The table's columns from its other hours; only without a declared schema. */
  readonly tableColumns: readonly Column[] | undefined;
  readonly onStep: OnStep;
  /** An empty directory on the file system of the buckets. */
  readonly workDir: string;
}

export interface EngineOutput {
  readonly report: HourReport;
  /** Parquet files, below the working directory. */
  readonly files: readonly string[];
}

export interface FlattenEngine {
  flatten(input: EngineInput): Promise<EngineOutput>;
  stop(): Promise<void>;
}

export const duckDbEngine: FlattenEngine = {
  async flatten({ objects, columns, tableColumns, workDir, onStep }) {
    const outputPath = path.join(workDir, "part.parquet");
    const report = await flattenHour({ objects, columns, tableColumns, outputPath, workDir, onStep });
    return { report, files: [outputPath] };
  },
  stop: async () => undefined,
};
