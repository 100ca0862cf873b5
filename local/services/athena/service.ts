/** Athena: runs SQL over the catalog's tables in DuckDB, with the functions that behave as Athena's. */
import path from "node:path";
import { catalogArns } from "../../catalog/arns";
import type { GlueTable } from "../../catalog/catalog";
import { objectsAs } from "../../catalog/objects";
import { uuid } from "../../cloud/random";
import type { CloudContext, Service } from "../../cloud/service";
import type { GlueService } from "../glue/service";
import { type Execution, Executions } from "./executions";
import { type KeptPage, type KeptResult, keptParts, keptRows } from "./keptResult";
import { executionOperations, workgroupOperations } from "./operations";
import type { QueryResult } from "./query";
import { athenaResources } from "./resources";
import { keepQuery, runQuery } from "./runQuery";
import { Workgroups } from "./workgroups";

export { type KeptPage, type KeptResult, keepQuery, keptParts, keptRows, type QueryResult, runQuery };

export interface AthenaService extends Service {
  readonly name: "athena";
  /** Waits until a query has ended. */
  queryEnded(queryExecutionId: string): Promise<void>;
}

export function athenaService(cloud: CloudContext): AthenaService {
  const workgroups = new Workgroups();
  const nextId = () => uuid(cloud.random);
  const executions = new Executions(cloud, nextId, (execution, signal) => runAs(cloud, execution, signal));
  return {
    name: "athena",
    resources: athenaResources(cloud, workgroups, executions, nextId),
    operations: {
      ...executionOperations(cloud, workgroups, executions),
      ...workgroupOperations(cloud, workgroups),
    },
    queryEnded: (id) => executions.ended(id),
    stop: () => executions.stopAll(),
  };
}

/** Reads tables and objects with the permissions of the principal that started the query, as Athena does. */
function runAs(cloud: CloudContext, execution: Execution, signal: AbortSignal): Promise<QueryResult> {
  const { principal, sql, database, workgroup } = execution;
  return runQuery({
    catalog: (cloud.service("glue") as GlueService).catalog,
    reader: objectsAs(cloud, principal),
    sql,
    database,
    scratchDir: path.join(cloud.dataDir, "tmp"),
    nowMillis: cloud.clock.now(),
    scanLimitBytes: workgroup.scanLimitBytes,
    authorize: (table) => cloud.authorize(principal, tableAccess(cloud, table)),
    signal,
  });
}

function tableAccess(cloud: CloudContext, table: GlueTable) {
  const resources = catalogArns(cloud, table.DatabaseName, table.Name);
  const actions = table.PartitionKeys.length === 0 ? ["glue:GetTable"] : ["glue:GetTable", "glue:GetPartitions"];
  return actions.flatMap((action) => resources.map((resource) => ({ action, resource })));
}
