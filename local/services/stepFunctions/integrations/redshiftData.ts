/** The SDK integrations with the Redshift Data API: statements are started, described, read and cancelled. */
import type { Json } from "../../../cloud/json";
import { argumentsOf, type Integration, withErrorNames } from "./integration";

// A denied call has no exception of its own in the service's model, so the SDK's base exception is reported.
const ERRORS = { prefix: "RedshiftData", accessDenied: "RedshiftDataException" };

const TARGET = ["WorkgroupName", "Database", "SecretArn", "ClientToken", "StatementName", "Parameters", "ResultFormat"];

/** By the name in `arn:aws:states:::aws-sdk:redshiftdata:…`. */
export const redshiftDataIntegrations: Readonly<Record<string, Integration>> = {
  executeStatement: call("ExecuteStatement", ["Sql", ...TARGET], ["Sql"]),
  batchExecuteStatement: call("BatchExecuteStatement", ["Sqls", ...TARGET], ["Sqls"]),
  describeStatement: call("DescribeStatement", ["Id"], ["Id"]),
  getStatementResult: call("GetStatementResult", ["Id", "NextToken"], ["Id"]),
  cancelStatement: call("CancelStatement", ["Id"], ["Id"]),
};

function call(operation: string, names: readonly string[], required: readonly string[]): Integration {
  return async (task, service) => {
    const input = withCapitals(argumentsOf(task, names, required));
    const answer = await withErrorNames(ERRORS, () => service("redshift-data", operation, input));
    return asTask(JSON.parse(JSON.stringify(answer)) as Json);
  };
}

/** Parameters of SQL are `{ Name, Value }` in a state machine and `{ name, value }` on the wire. */
function withCapitals({ Parameters, ...input }: Record<string, Json>): object {
  if (!Array.isArray(Parameters)) return input;
  const renamed = (Parameters as { readonly Name: Json; readonly Value: Json }[]).map(({ Name, Value }) => ({
    name: Name,
    value: Value,
  }));
  return { ...input, Parameters: renamed };
}

/** Step Functions gives every name a capital: `stringValue` is `StringValue`. */
function asTask(value: Json): Json {
  if (Array.isArray(value)) return value.map(asTask);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [`${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, asTask(inner)]),
  );
}
