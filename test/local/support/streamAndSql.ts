/** What a test does at both ends of a running program, whose outputs name its `stream`, `database` and `workgroup`. */
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { systemClock } from "../../../local/cloud/clock";
import type { LocalCloud } from "../../../local/startLocal";

/** Sends records by the SDK, and waits until the router has had them. */
export async function put(cloud: LocalCloud, payloads: readonly string[]): Promise<void> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new KinesisClient({ region: cloud.region, endpoint: cloud.endpoint, credentials });
  try {
    const Records = payloads.map((text, index) => ({ Data: Buffer.from(text), PartitionKey: `k${index}` }));
    const { FailedRecordCount } = await client.send(
      new PutRecordsCommand({ StreamName: String(cloud.outputs.stream), Records }),
    );
    expect(FailedRecordCount).toBe(0);
  } finally {
    client.destroy();
  }
  await cloud.drain();
}

/** What a query gives, the header first. */
export async function query(cloud: LocalCloud, QueryString: string): Promise<(string | undefined)[][]> {
  const { QueryExecutionId } = (await cloud.call("athena", "StartQueryExecution", {
    QueryString,
    WorkGroup: cloud.outputs.workgroup,
    QueryExecutionContext: { Database: cloud.outputs.database },
  })) as { QueryExecutionId: string };
  for (;;) {
    const { QueryExecution } = (await cloud.call("athena", "GetQueryExecution", { QueryExecutionId })) as {
      QueryExecution: { Status: { State: string; StateChangeReason?: string } };
    };
    const { State, StateChangeReason } = QueryExecution.Status;
    if (State === "SUCCEEDED") break;
    if (State === "FAILED" || State === "CANCELLED") throw new Error(`${State}: ${StateChangeReason}`);
    await systemClock.sleep(10);
  }
  const { ResultSet } = (await cloud.call("athena", "GetQueryResults", { QueryExecutionId })) as {
    ResultSet: { Rows: { Data: { VarCharValue?: string }[] }[] };
  };
  return ResultSet.Rows.map(({ Data }) => Data.map(({ VarCharValue }) => VarCharValue));
}

/** Without the header. */
export async function queryRows(cloud: LocalCloud, sql: string): Promise<(string | undefined)[][]> {
  return (await query(cloud, sql)).slice(1);
}
