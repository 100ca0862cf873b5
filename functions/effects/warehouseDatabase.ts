/** The interface of a warehouse's database for handlers, and its implementation on the Redshift Data API. */
import { setTimeout as sleep } from "node:timers/promises";
import { type JsonCall, jsonCalls } from "./jsonCalls";

export interface WarehouseDatabase {
  /** The rows of a query; every column is a string or null. */
  query(sql: string): Promise<(string | null)[][]>;
  /** Runs at most 40 statements in their order, in one transaction; a single one outside of a transaction block. */
  run(statements: readonly string[]): Promise<void>;
}

export interface DataApiOptions {
  readonly workgroupName: string;
  readonly database: string;
  /** ARN of the secret with the user and the password. */
  readonly secretArn: string;
  /** Defaults to the Data API, from the environment. */
  readonly call?: JsonCall;
  /** Waits between two looks at a running statement. Defaults to real time. */
  readonly sleep?: (millis: number) => Promise<unknown>;
}

const FIRST_WAIT_MILLIS = 100;
const MAX_WAIT_MILLIS = 5_000;
/** A workgroup that is idle starts within seconds; a plan's own statements read small tables. */
const MAX_WAITED_MILLIS = 300_000;

interface Described {
  readonly Status?: string;
  readonly Error?: string;
}

interface ResultPage {
  readonly Records?: readonly (readonly Readonly<Record<string, unknown>>[])[];
  readonly NextToken?: string;
}

export function dataApiDatabase(options: DataApiOptions): WarehouseDatabase {
  const call = options.call ?? jsonCalls("redshiftData");
  const wait = options.sleep ?? sleep;
  const target = { WorkgroupName: options.workgroupName, Database: options.database, SecretArn: options.secretArn };

  async function finished(operation: string, input: object): Promise<string> {
    const { Id } = (await call(operation, { ...target, ...input })) as { Id: string };
    let waited = 0;
    for (let next = FIRST_WAIT_MILLIS; ; next = Math.min(MAX_WAIT_MILLIS, next * 1.5)) {
      const { Status = "", Error: error } = (await call("DescribeStatement", { Id })) as Described;
      if (Status === "FINISHED") return Id;
      if (Status === "FAILED" || Status === "ABORTED") {
        throw new Error(`warehouse: a statement of the plan is ${Status}: ${error ?? "no error is given"} (${Id})`);
      }
      if (waited >= MAX_WAITED_MILLIS) {
        throw new Error(`warehouse: a statement of the plan is ${Status} after ${MAX_WAITED_MILLIS / 1000} s (${Id})`);
      }
      await wait(next);
      waited += next;
    }
  }

  return {
    async query(sql) {
      const Id = await finished("ExecuteStatement", { Sql: sql });
      const rows: (string | null)[][] = [];
      let token: string | undefined;
      do {
        const input = { Id, ...(token !== undefined && { NextToken: token }) };
        const page = (await call("GetStatementResult", input)) as ResultPage;
        rows.push(...(page.Records ?? []).map((fields) => fields.map(textOf)));
        token = page.NextToken;
      } while (token);
      return rows;
    },

    async run(statements) {
      const [first, ...others] = statements;
      if (others.length === 0) await finished("ExecuteStatement", { Sql: first });
      else await finished("BatchExecuteStatement", { Sqls: statements });
    },
  };
}

/** https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_Field.html */
function textOf({ stringValue, longValue, doubleValue, booleanValue }: Readonly<Record<string, unknown>>) {
  const value = stringValue ?? longValue ?? doubleValue ?? booleanValue;
  return value === undefined || value === null ? null : String(value);
}
