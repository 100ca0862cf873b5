/** Runs SQL in the Redshift warehouse of a deployed stack, by the Redshift Data API. */
import * as data from "@aws-sdk/client-redshift-data";
import { warehouseResult } from "../query/warehouseResult";
import type { CallService, StringResult } from "../run/athena";
import { runStatement } from "../run/warehouse";
import type { Io } from "../terminal/io";
import { waitingFor } from "../terminal/waitingFor";
import { counting } from "../terminal/wording";
import { onAws } from "./awsProblem";
import type { StackQuery } from "./queryStack";
import type { DeployedStack } from "./target";

/** The outputs that name the warehouse of a stack. */
export const WAREHOUSE_OUTPUTS = { workgroup: "warehouseWorkgroupName", database: "warehouseDatabaseName" } as const;

const POLL_MILLIS = 200;
const NEEDS =
  "redshift-data:ExecuteStatement and redshift-serverless:GetCredentials on the workgroup, and what else Warehouse.queryAccess() lists";

/**
 * The caller's own database user runs the SQL: Redshift makes one for each IAM identity
 * (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html).
 *
 * @throws CommandError with the statement's error and the way out
 */
export async function queryWarehouseOfStack(
  stack: DeployedStack,
  { sql, database }: StackQuery,
  io: Io,
): Promise<Pick<StringResult, "columns" | "rows">> {
  const { [WAREHOUSE_OUTPUTS.workgroup]: workgroup = "", [WAREHOUSE_OUTPUTS.database]: name = "" } = stack.outputs;
  const target = { workgroup, database: database ?? name };
  const client = new data.RedshiftDataClient(stack.client("REDSHIFT_DATA"));
  const { clock, signal } = io;
  const options = { clock, signal, pollMillis: POLL_MILLIS, stops: true };
  try {
    const run = (text: string) => runStatement(dataCalls(client), text, target, options);
    const result = await onAws({ command: "query", stack, needs: NEEDS }, () =>
      waitingFor(
        () => `waiting for the workgroup ${workgroup}`,
        io,
        () => warehouseResult(sql, run),
      ),
    );
    if (result.columns.length === 0) io.stderr.write(`the statement has no result${changed(result.count)}\n`);
    return result;
  } finally {
    client.destroy();
  }
}

/**
 * Empty for a statement without a count: -1 stands for null
 * (https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_DescribeStatement.html).
 */
function changed(count: number): string {
  if (count < 0) return "";
  return count > 0 ? `; it changed ${counting(count, "row")}` : "; it changed no rows";
}

function dataCalls(client: data.RedshiftDataClient): CallService {
  return (operation, input) => {
    switch (operation) {
      case "ExecuteStatement":
        return client.send(new data.ExecuteStatementCommand(input as data.ExecuteStatementInput));
      case "DescribeStatement":
        return client.send(new data.DescribeStatementCommand(input as data.DescribeStatementRequest));
      case "GetStatementResult":
        return client.send(new data.GetStatementResultCommand(input as data.GetStatementResultRequest));
      case "CancelStatement":
        return client.send(new data.CancelStatementCommand(input as data.CancelStatementRequest));
      default:
        throw new Error(`the operation ${operation} of the Data API is not used here`);
    }
  };
}
