/** Finds the warehouses of a program, and runs SQL on one by the Redshift Data API. */
import type { Clock } from "../../local/cloud/clock";
import { nearest } from "../terminal/nearest";
import type { CallService, Cell, QueryResult } from "./athena";
import type { ProvisionedResource } from "./routes";

export interface WarehouseTarget {
  readonly workgroup: string;
  readonly database: string;
  /** The secret of a database user; without it, the caller's own database user runs the SQL. */
  readonly secretArn?: string;
}

const WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup";
const NAMESPACE = "aws:redshiftserverless/namespace:Namespace";

/** Each workgroup with its namespace, and the administrator's secret. */
export function warehousesOf(resources: readonly ProvisionedResource[]): WarehouseTarget[] {
  return resources.flatMap((workgroup) => {
    if (workgroup.type !== WORKGROUP) return [];
    const namespace = resources.find(
      ({ type, inputs }) => type === NAMESPACE && inputs.namespaceName === workgroup.inputs.namespaceName,
    );
    if (!namespace) return [];
    return {
      workgroup: String(workgroup.inputs.workgroupName),
      database: String(namespace.inputs.dbName),
      secretArn: String(namespace.outputs.adminPasswordSecretArn),
    };
  });
}

export interface WarehouseColumn {
  readonly name: string;
  /** Redshift's short name: `int8`, `numeric`, `super`. */
  readonly type: string;
  readonly precision: number;
  readonly scale: number;
}

export interface WarehouseResult {
  /** Empty for a statement without a result set. */
  readonly columns: readonly WarehouseColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** The rows of the result, or those that the statement has changed; -1 where Redshift counts none. */
  readonly count: number;
  /** The reason why the statement failed, as Redshift words it. */
  readonly error?: string;
}

export interface StatementOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Between the first two looks at a running statement; each wait is half as long again as the one before. @default 5 */
  readonly pollMillis?: number;
  /** Cancels the statement when the signal ends the wait. @default false */
  readonly stops?: boolean;
}

const POLL_MILLIS = 5;
const MAX_POLL_MILLIS = 2000;

interface Described {
  readonly Status?: string;
  readonly Error?: string;
  readonly HasResultSet?: boolean;
  readonly ResultRows?: number;
}

/** https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ColumnMetadata.html */
interface Metadata {
  readonly name?: string;
  readonly label?: string;
  readonly typeName?: string;
  readonly precision?: number;
  readonly scale?: number;
}

interface Page {
  readonly ColumnMetadata?: readonly Metadata[];
  readonly Records?: readonly (readonly object[])[];
  readonly NextToken?: string;
}

/** @param call calls an operation of the Data API, with the shapes of the AWS SDK */
export async function runOnWarehouse(
  call: CallService,
  sql: string,
  target: WarehouseTarget,
  options: StatementOptions,
): Promise<QueryResult> {
  const { columns, rows, error } = await runStatement(call, sql, target, options);
  return { sql, columns: columns.map(({ name }) => name), rows, ...(error !== undefined && { error }) };
}

/** @param call calls an operation of the Data API, with the shapes of the AWS SDK */
export async function runStatement(
  call: CallService,
  sql: string,
  { workgroup, database, secretArn }: WarehouseTarget,
  options: StatementOptions,
): Promise<WarehouseResult> {
  const user = secretArn === undefined ? {} : { SecretArn: secretArn };
  const { Id } = (await call("ExecuteStatement", {
    WorkgroupName: workgroup,
    Database: database,
    ...user,
    Sql: sql,
  })) as {
    Id: string;
  };
  try {
    return await statementEnd(call, Id, options);
  } catch (error) {
    // The error of the wait is the one to report, and a statement that has ended is not canceled.
    if (options.stops && options.signal.aborted) await call("CancelStatement", { Id }).catch(() => undefined);
    throw error;
  }
}

async function statementEnd(
  call: CallService,
  Id: string,
  { clock, signal, pollMillis = POLL_MILLIS }: StatementOptions,
): Promise<WarehouseResult> {
  for (let millis = pollMillis; ; millis = Math.min(MAX_POLL_MILLIS, 1.5 * millis)) {
    const described = (await call("DescribeStatement", { Id })) as Described;
    const { Status = "", Error: error, HasResultSet = true, ResultRows: count = -1 } = described;
    if (Status === "FAILED" || Status === "ABORTED") {
      return { columns: [], rows: [], count: 0, error: error?.trim().replace(/\s*\n\s*/g, " ") || Status };
    }
    if (Status === "FINISHED") return HasResultSet ? readPages(call, Id, signal) : { columns: [], rows: [], count };
    await clock.sleep(millis, signal);
  }
}

async function readPages(call: CallService, Id: string, signal: AbortSignal): Promise<WarehouseResult> {
  const rows: Cell[][] = [];
  let columns: WarehouseColumn[] = [];
  let token: string | undefined;
  do {
    signal.throwIfAborted();
    const page = (await call("GetStatementResult", { Id, ...(token !== undefined && { NextToken: token }) })) as Page;
    columns = (page.ColumnMetadata ?? []).map(columnOf);
    for (const fields of page.Records ?? []) rows.push(fields.map(cellOf));
    token = page.NextToken || undefined;
  } while (token !== undefined);
  return { columns, rows, count: rows.length };
}

/** The column of the Data API's metadata. */
export function columnOf({
  name = "",
  label,
  typeName = "varchar",
  precision = 0,
  scale = 0,
}: Metadata): WarehouseColumn {
  return { name: label || name, type: typeName, precision, scale };
}

/** https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_Field.html */
export function cellOf(field: object): Cell {
  const { stringValue, longValue, doubleValue, booleanValue, blobValue } = field as Readonly<Record<string, unknown>>;
  if (blobValue instanceof Uint8Array) return Buffer.from(blobValue).toString("hex");
  return ((stringValue ?? longValue ?? doubleValue ?? booleanValue) as Cell | undefined) ?? null;
}

/** https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-troubleshooting.html */
const TOO_LARGE = /exceeded (the )?size limit|packet for query is too large/i;

/**
 * The error with the way out: the tables of the warehouse, or the limits of the Data API.
 *
 * @param error as Redshift reports it: `ERROR: relation "orders" does not exist`
 * @param tables with their schema, `lake.orders`
 */
export function explainWarehouse(error: string, tables: readonly string[]): string {
  if (TOO_LARGE.test(error)) {
    return `${error}; the Data API returns at most 500 MB, and 64 KB a row: select fewer columns or rows`;
  }
  const missing = missingTable(error);
  if (missing === undefined || tables.length === 0) return error;
  const meant = tables.find((table) => nameOf(table) === missing);
  if (meant !== undefined) return `${error}; did you mean ${meant}?`;
  const near = nearest(missing, tables.map(nameOf));
  const hint = near === undefined ? "" : `; did you mean ${tables.find((table) => nameOf(table) === near)}?`;
  return `${error}${hint}; the tables are ${tables.join(", ")}`;
}

function nameOf(table: string): string {
  return table.slice(table.indexOf(".") + 1);
}

/** The name, without its schema, of the table that an error does not find. */
export function missingTable(error: string): string | undefined {
  return /relation "(?:[^"]*\.)?([^".]+)" does not exist/.exec(error)?.[1];
}
