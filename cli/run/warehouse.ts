/** Finds the warehouses of a program, and runs SQL on it by the Redshift Data API. */
import type { CallAthena, Cell, QueryResult } from "./athena";
import type { ProvisionedResource } from "./routes";

export interface WarehouseTarget {
  readonly workgroup: string;
  readonly database: string;
  /** The administrator's secret. */
  readonly secretArn: string;
}

const WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup";
const NAMESPACE = "aws:redshiftserverless/namespace:Namespace";

/** Each workgroup with its namespace. */
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

interface Page {
  readonly ColumnMetadata?: readonly { readonly name: string }[];
  readonly Records?: readonly (readonly Readonly<Record<string, unknown>>[])[];
  readonly NextToken?: string;
}

/** @param call calls an operation of the Data API, with the shapes of the AWS SDK */
export async function runOnWarehouse(
  call: CallAthena,
  sql: string,
  { workgroup, database, secretArn }: WarehouseTarget,
  wait: (millis: number) => Promise<unknown>,
): Promise<QueryResult> {
  const input = { WorkgroupName: workgroup, Database: database, SecretArn: secretArn, Sql: sql };
  const { Id } = (await call("ExecuteStatement", input)) as { Id: string };
  for (let millis = 5; ; millis = Math.min(500, 2 * millis)) {
    const described = (await call("DescribeStatement", { Id })) as { Status: string; Error?: string };
    if (described.Status === "FAILED" || described.Status === "ABORTED") {
      return { sql, columns: [], rows: [], error: described.Error ?? described.Status };
    }
    if (described.Status === "FINISHED") break;
    await wait(millis);
  }
  const rows: Cell[][] = [];
  let columns: string[] = [];
  let token: string | undefined;
  do {
    const page = (await call("GetStatementResult", { Id, ...(token !== undefined && { NextToken: token }) })) as Page;
    columns = (page.ColumnMetadata ?? []).map(({ name }) => name);
    rows.push(...(page.Records ?? []).map((fields) => fields.map(cellOf)));
    token = page.NextToken;
  } while (token);
  return { sql, columns, rows };
}

/**
 * The result with the way out in its error: the tables of the warehouse.
 *
 * @param tables with their schema, `lake.orders`
 */
export function explainWarehouse(result: QueryResult, tables: readonly string[]): QueryResult {
  const missing = /relation "(?:[^"]*\.)?([^".]+)" does not exist/.exec(result.error ?? "")?.[1];
  if (missing === undefined || tables.length === 0) return result;
  const meant = tables.find((table) => table.endsWith(`.${missing}`));
  const hint = meant === undefined ? `the tables are ${tables.join(", ")}` : `did you mean ${meant}?`;
  return { ...result, error: `${result.error}; ${hint}` };
}

/** https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_Field.html */
function cellOf({ stringValue, longValue, doubleValue, booleanValue }: Readonly<Record<string, unknown>>): Cell {
  return ((stringValue ?? longValue ?? doubleValue ?? booleanValue) as Cell | undefined) ?? null;
}
