/** Calls of Glue and Athena, most of them for what is not there. */
import * as athena from "@aws-sdk/client-athena";
import * as glue from "@aws-sdk/client-glue";
import type { Call } from "./compare";
import { DATABASE } from "./program";

const NO_ID = "11111111-2222-3333-4444-555555555555";

const GLUE_CALLS: readonly Call[] = [
  ["a database", (aws) => aws.glue.send(new glue.GetDatabaseCommand({ Name: DATABASE }))],
  ["a missing database", (aws) => aws.glue.send(new glue.GetDatabaseCommand({ Name: "nothing" }))],
  ["a table", (aws) => aws.glue.send(new glue.GetTableCommand({ DatabaseName: DATABASE, Name: "rows" }))],
  [
    "a table in capitals",
    async (aws) => {
      const { Table } = await aws.glue.send(new glue.GetTableCommand({ DatabaseName: DATABASE, Name: "ROWS" }));
      return { name: Table?.Name };
    },
  ],
  ["a missing table", (aws) => aws.glue.send(new glue.GetTableCommand({ DatabaseName: DATABASE, Name: "nothing" }))],
  [
    "a table of a missing database",
    (aws) => aws.glue.send(new glue.GetTableCommand({ DatabaseName: "nothing", Name: "rows" })),
  ],
  [
    "partitions of an empty table",
    (aws) => aws.glue.send(new glue.GetPartitionsCommand({ DatabaseName: DATABASE, TableName: "rows" })),
  ],
  [
    "a missing partition",
    (aws) =>
      aws.glue.send(
        new glue.GetPartitionCommand({ DatabaseName: DATABASE, TableName: "rows", PartitionValues: ["x"] }),
      ),
  ],
  ["a missing job", (aws) => aws.glue.send(new glue.GetJobCommand({ JobName: "nothing" }))],
  ["a run of a missing job", (aws) => aws.glue.send(new glue.StartJobRunCommand({ JobName: "nothing" }))],
  ["a missing run", (aws) => aws.glue.send(new glue.GetJobRunCommand({ JobName: "nothing", RunId: "jr_1" }))],
  ["a missing crawler", (aws) => aws.glue.send(new glue.GetCrawlerCommand({ Name: "nothing" }))],
  ["start a missing crawler", (aws) => aws.glue.send(new glue.StartCrawlerCommand({ Name: "nothing" }))],
];

const ATHENA_CALLS: readonly Call[] = [
  [
    "a workgroup",
    async (aws) => {
      const { WorkGroup } = await aws.athena.send(new athena.GetWorkGroupCommand({ WorkGroup: "differential" }));
      return {
        Name: WorkGroup?.Name,
        State: WorkGroup?.State,
        at: WorkGroup?.Configuration?.ResultConfiguration?.OutputLocation,
      };
    },
  ],
  ["a missing workgroup", (aws) => aws.athena.send(new athena.GetWorkGroupCommand({ WorkGroup: "nothing" }))],
  [
    "a missing query execution",
    (aws) => aws.athena.send(new athena.GetQueryExecutionCommand({ QueryExecutionId: NO_ID })),
  ],
  [
    "results of a missing query execution",
    (aws) => aws.athena.send(new athena.GetQueryResultsCommand({ QueryExecutionId: NO_ID })),
  ],
  ["a missing named query", (aws) => aws.athena.send(new athena.GetNamedQueryCommand({ NamedQueryId: NO_ID }))],
  [
    "a query in a missing workgroup",
    (aws) => aws.athena.send(new athena.StartQueryExecutionCommand({ QueryString: "SELECT 1", WorkGroup: "nothing" })),
  ],
  [
    "an empty query",
    (aws) => aws.athena.send(new athena.StartQueryExecutionCommand({ QueryString: "", WorkGroup: "differential" })),
  ],
];

export const CATALOG_CALLS: readonly Call[] = [...GLUE_CALLS, ...ATHENA_CALLS];
