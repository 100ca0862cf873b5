/** A run of a job or of a crawler, with its effects, which Glue's own answers do not have. */
export interface GlueRun {
  readonly kind: "job" | "crawl";
  /** The name of the job or of the crawler. */
  readonly name: string;
  readonly id: string;
  readonly state: "RUNNING" | "SUCCEEDED" | "FAILED";
  readonly startMillis: number;
  readonly endMillis?: number;
  readonly error?: string;
  /** Those that the run was started with; empty for a crawl. */
  readonly arguments: Readonly<Record<string, string>>;
  /** In the order in which tables were finished. */
  readonly effects: readonly TableEffect[];
}

/** The effect of a run on a table. */
export type TableEffect =
  | {
      readonly kind: "flattened";
      readonly table: string;
      readonly rows: number;
      /** Raw objects that were read. */
      readonly objects: number;
      /** Parquet objects that were written. */
      readonly files: number;
    }
  | {
      readonly kind: "crawled";
      readonly table: string;
      readonly columns: number;
      /** True if the crawl created the table. */
      readonly isNew: boolean;
      readonly newColumns: number;
      readonly newPartitions: number;
    };
