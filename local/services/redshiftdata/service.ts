/** The Redshift Data API: runs statements in the database of a Redshift Serverless workgroup. */
import { objectsAs } from "../../catalog/objects";
import { uuid } from "../../cloud/random";
import { type CloudContext, type Service, ServiceError } from "../../cloud/service";
import type { IamService } from "../iam/service";
import { type Execution, Executions } from "./executions";
import { statementOperations } from "./operations";
import type { Progress } from "./session";
import type { Copy } from "./sql/copy";
import { notSimulated, RedshiftError } from "./sql/redshiftError";
import { streamReader } from "./streaming/streamReader";

export type { StatementResult } from "./results";
export { type Progress, runStatements, type SessionOptions } from "./session";

export interface RedshiftDataService extends Service {
  readonly name: "redshift-data";
}

export function redshiftDataService(cloud: CloudContext): RedshiftDataService {
  const executions = new Executions(
    cloud,
    () => uuid(cloud.random),
    (execution, progress, signal) => run(cloud, execution, progress, signal),
  );
  return {
    name: "redshift-data",
    resources: {},
    operations: statementOperations(cloud, executions),
    idle: () => executions.idle(),
    stop: () => executions.stopAll(),
  };
}

function run(cloud: CloudContext, execution: Execution, progress: Progress, signal: AbortSignal): Promise<void> {
  const options = {
    dataDir: cloud.dataDir,
    file: execution.workgroup.namespace.file,
    database: execution.database,
    nowMillis: cloud.clock.now(),
    parameters: Object.fromEntries(execution.parameters.map(({ name, value }) => [name, value])),
    queryId: execution.number,
    signal,
    reader: ({ role, region }: Copy) => {
      if (region !== undefined && region !== cloud.region) throw notSimulated(`COPY from the Region ${region}`);
      return objectsAs(cloud, assumed(cloud, execution, role));
    },
    stream: (role: string) => streamReader(cloud, assumed(cloud, execution, role)),
  };
  // Few programs have a warehouse.
  const { runStatements } = require("./session") as typeof import("./session");
  return runStatements(options, execution.statements, progress);
}

/** The role of a COPY or of an external schema, which must be one of the namespace's and trust Redshift. */
function assumed(cloud: CloudContext, { workgroup }: Execution, role: string | "default") {
  const { namespace } = workgroup;
  const arn = role === "default" ? namespace.defaultRole : role;
  if (arn === undefined) throw new RedshiftError("The default IAM role of the namespace is not set");
  const denied = `User arn:aws:redshift:${cloud.region}:${cloud.accountId}:dbuser:serverless-${cloud.accountId}-${namespace.id} is not authorized to assume IAM Role ${arn}`;
  if (!namespace.roles.includes(arn)) throw new RedshiftError(denied);
  try {
    return (cloud.service("iam") as IamService).assume(arn, "redshift.amazonaws.com");
  } catch (error) {
    if (error instanceof ServiceError) throw new RedshiftError(denied);
    throw error;
  }
}
