/** The JSON that the console's server answers and its pages read. */

/** The run that a console shows. */
export interface Overview {
  readonly project: string;
  readonly stack: string;
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The directory of the run's files. */
  readonly files: string;
  /** The endpoint for AWS clients; absent for a run that is over. */
  readonly endpoint?: string;
  readonly flow: Flow;
  readonly queries: readonly ReadyQuery[];
  /** Absent without one. */
  readonly dashboards?: readonly DashboardView[];
  /** Only of a page that is a file: the parts of the run that it does not have, `3 of 53 executions`. */
  readonly leftOut?: readonly string[];
}

/** The answers that a page which is a file has in itself. */
export interface PageAnswers {
  readonly live: Live;
  /** By path and query: `record?id=…`. */
  readonly answers: Readonly<Record<string, unknown>>;
}

/** A dashboard that the program declares. */
export interface DashboardView {
  readonly name: string;
  readonly visuals: readonly VisualView[];
}

export interface VisualView {
  readonly title: string;
  /** `"bar"` */
  readonly kind: string;
  readonly source: "athena" | "redshift";
  /** The query of its rows. */
  readonly sql: string;
  /** The columns of the query. */
  readonly fields: readonly {
    /** `"x"`, `"y0"` */
    readonly place: string;
    readonly label: string;
    readonly isMeasure: boolean;
    /** True for groups in the order of time; absent in runs of former versions. */
    readonly isDate?: boolean;
  }[];
}

/** A query of the run, on a page that is a file. */
export interface QueryView {
  readonly sql: string;
  readonly answer?: Omit<SqlAnswer, "millis">;
  /** The reason why there is no answer. */
  readonly problem?: string;
}

/** A query that the program declares. */
export interface ReadyQuery {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
  readonly database: string;
}

export type PageName = "flow" | "dashboards" | "values" | "records" | "unformatted" | "sql" | "runs" | "health";

/** A component, or a place that its data reaches. */
export interface FlowNode {
  readonly id: string;
  readonly title: string;
  /** `FormatRouter` */
  readonly kind: string;
  /** The page about it. */
  readonly page: PageName;
  /** The physical name of a stream, whose records `Live.waitingBytes` counts. */
  readonly stream?: string;
}

export interface FlowEdge {
  readonly from: string;
  readonly to: string;
  /** The key in `Live.counts`; absent where nothing is counted. */
  readonly counter?: string;
  readonly unit: "records" | "rows";
}

export interface Flow {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
}

/** Totals at one time. */
export interface Sample {
  readonly counts: Readonly<Record<string, number>>;
  /** By stream: bytes that its slowest function has not finished. */
  readonly waitingBytes: Readonly<Record<string, number>>;
  readonly executions: number;
  readonly running: number;
  /** Runs of Glue's jobs and crawls that began, and those that ended. */
  readonly glueRuns?: number;
  readonly glueEnded?: number;
  readonly denied: number;
  readonly failedBatches: number;
}

export interface Live extends Sample {
  /** By counter; counters that stand still are left out. */
  readonly perSecond: Readonly<Record<string, number>>;
}

export interface Catalog {
  readonly databases: readonly {
    readonly name: string;
    readonly tables: readonly {
      readonly name: string;
      readonly columns: readonly { readonly name: string; readonly type: string }[];
    }[];
  }[];
}

export interface SqlAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Athena's strings. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** All rows of the result; more than `rows` has, if the result is cut. */
  readonly total: number;
  readonly millis: number;
}

/** Rows of a whole result. */
export interface RowsAnswer {
  readonly rows: SqlAnswer["rows"];
  readonly total: number;
}

/** The values of the run by format. */
export interface ValuesAnswer {
  /** The tables with the column `_format`. */
  readonly tables: readonly {
    readonly database: string;
    readonly table: string;
    readonly rows: readonly { readonly format: string; readonly count: number }[];
    readonly columns: readonly ValuesColumn[];
    /** Columns of numbers beyond those above. */
    readonly leftOutColumns: number;
    /** The reason why nothing is known of the table. */
    readonly error?: string;
  }[];
  /** Rows of raw objects by the size of their JSON. */
  readonly sizes: {
    /** The lower bound of each bin; the next one is twice as high. */
    readonly fromBytes: readonly number[];
    readonly rows: readonly { readonly format: string; readonly counts: readonly number[] }[];
    /** True if not all objects were read. */
    readonly isSample: boolean;
  };
}

/** The finite numbers of a column. */
export interface ValuesColumn {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly formats: readonly {
    readonly format: string;
    readonly count: number;
    readonly min: number;
    readonly mean: number;
    readonly max: number;
    /** Numbers in each of the equal parts between `from` and `to`. */
    readonly bins: number[];
  }[];
}

export interface UnformattedAnswer {
  readonly groups: readonly UnformattedGroupView[];
  /** Objects that cannot be read, so that their records are in no group. */
  readonly unreadable: readonly { readonly object: string; readonly error: string }[];
  readonly failedDeliveries: readonly FailedDelivery[];
  readonly byFormat: readonly { readonly reason: string; readonly format: string; readonly records: number }[];
  /** Records by minute for each reason. */
  readonly series: {
    readonly minutes: readonly number[];
    readonly reasons: Readonly<Record<string, readonly number[]>>;
  };
}

/** Records that a delivery stream could not transform or deliver. */
export interface FailedDelivery {
  /** The name of the component. */
  readonly delivery: string;
  readonly errorCode: string;
  readonly detail: string;
  readonly records: number;
  /** The first records, with their first bytes in hexadecimal. */
  readonly examples: readonly { readonly arrived: string; readonly bytes: number; readonly hex: string }[];
}

export interface UnformattedGroupView {
  readonly table: string;
  readonly hour: string;
  readonly reason: string;
  readonly detail: string;
  readonly records: number;
  /** Ids of the first records. */
  readonly examples: readonly string[];
}

export interface UnformattedRecord {
  readonly id: string;
  readonly arrived: string;
  readonly reason: string;
  readonly detail: string;
  readonly stream: string;
  readonly key: string;
  /** All bytes of the record. */
  readonly bytes: number;
  /** The first bytes, in hexadecimal. */
  readonly hex: string;
}

/** The unformatted records of a reason. */
export interface RefusedAnswer {
  /** Of the newest hours first. */
  readonly records: readonly {
    readonly id: string;
    readonly key: string;
    readonly arrived: string;
    readonly stream: string;
    readonly table: string;
    readonly detail: string;
  }[];
  /** True if there may be more records. */
  readonly isCut: boolean;
}

export interface TraceAnswer {
  readonly findings: readonly TraceFinding[];
  readonly stream?: {
    readonly stream: string;
    readonly arrived: string;
    readonly partitionKey: string;
    readonly bytes: number;
  };
  readonly hours: readonly TraceHour[];
  /** True if there may be more records. */
  readonly isCut: boolean;
}

export interface TraceFinding {
  readonly record: string;
  readonly stream: string;
  readonly partitionKey: string;
  readonly arrived: string;
  readonly object: string;
  readonly table: string;
  readonly hour: string;
  /** Of rows. */
  readonly format?: string;
  readonly rowIds: readonly string[];
  /** Of an unformatted record. */
  readonly reason?: string;
  readonly detail?: string;
}

export interface TraceHour {
  readonly table: string;
  readonly hour: string;
  readonly state: string;
  readonly sql: string;
  readonly rows?: number;
  readonly error?: string;
}

export interface RunsAnswer {
  /** Without input and output of their states. */
  readonly executions: readonly ExecutionView[];
  /** Of jobs and crawlers; absent in runs of former versions. */
  readonly glue?: readonly GlueRunView[];
}

/** A run of a Glue job, or a crawl. */
export interface GlueRunView {
  readonly kind: "job" | "crawl";
  /** The name of the job or of the crawler. */
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly startMillis: number;
  readonly endMillis?: number;
  readonly error?: string;
  /** The arguments of the run, a line each. */
  readonly input: readonly string[];
  /** The changes of tables, a line each. */
  readonly effects: readonly string[];
}

export interface ExecutionView {
  readonly arn: string;
  readonly machine: string;
  readonly name: string;
  readonly status: string;
  readonly startMillis: number;
  readonly endMillis?: number;
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly states: readonly StateView[];
}

/** One visit of a state. */
export interface StateView {
  readonly name: string;
  /** `Task` */
  readonly kind: string;
  /** The number of states around it: 0 at the top, 1 in a branch. */
  readonly depth: number;
  readonly fromMillis: number;
  readonly toMillis?: number;
  readonly status: "running" | "succeeded" | "failed";
  readonly error?: string;
  /** Absent in lists of executions, for an old execution, and in runs of former versions, as `output`. */
  readonly input?: string;
  readonly output?: string;
}

export interface HealthAnswer {
  readonly ledgers: readonly LedgerView[];
  readonly sinks: readonly SinkView[];
  /** ISO 8601, UTC; the time at which the ledgers were read. */
  readonly ledgersAt: string;
  /** True if records arrived since then. */
  readonly isOutdated: boolean;
  readonly denied: readonly string[];
  readonly unused: readonly { readonly role: string; readonly action: string; readonly resource: string }[];
  readonly failedBatches: number;
  readonly alarms: readonly AlarmView[];
  /** What the run used of AWS's meters, and its price, a line each. */
  readonly used: readonly string[];
  readonly logGroups: readonly string[];
}

export interface AlarmView {
  /** The logical name. */
  readonly name: string;
  readonly state: "ALARM" | "INSUFFICIENT_DATA" | "OK";
  readonly description?: string;
  readonly reason: string;
  /** The last changes of the state and calls of actions, newest first. */
  readonly history: readonly { readonly atMillis: number; readonly summary: string }[];
}

/** The ledger of a component beside the lake. */
export interface SinkView {
  readonly name: string;
  /** `ServingTable` */
  readonly kind: string;
  readonly resource: string;
  readonly stream?: string;
  /** Its counts, and what was repeated or is not checked. */
  readonly lines: readonly string[];
  readonly balanced: boolean;
  readonly findings: readonly string[];
}

export interface LedgerView {
  readonly stream: string;
  readonly bucket: string;
  readonly sent: number;
  readonly landed: number;
  readonly unformatted: number;
  readonly failed: number;
  readonly rawRows: number;
  readonly tableRows: number;
  readonly balanced: boolean;
  readonly findings: readonly string[];
}

export interface LogLine {
  readonly group: string;
  readonly line: string;
}

export interface LogsAnswer {
  readonly lines: readonly LogLine[];
  /** True if older lines were not read. */
  readonly isCut: boolean;
}

/** The output of `streamlake replay`. */
export interface ReplayAnswer {
  readonly text: string;
  /** True if nothing was written. */
  readonly isDryRun: boolean;
}

export interface FlushAnswer {
  readonly flushed: readonly { readonly hour: string; readonly table: string; readonly rows: number }[];
  readonly isBehind: boolean;
}

export interface Refused {
  readonly error: string;
}
