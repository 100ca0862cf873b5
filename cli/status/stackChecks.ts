/** Asks the services of a deployed stack how they are: its stream, mappings, state machine and alarms. */
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { DescribeStreamSummaryCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import {
  type EventSourceMappingConfiguration,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from "@aws-sdk/client-lambda";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import type { RunAlarms } from "../project/runs/marker";
import { clientOptions } from "../send/awsClients";
import type { DeployedStack } from "../target/target";
import type { Io } from "../terminal/io";
import { counting } from "../terminal/wording";

/** One thing that was looked at. */
export interface Check {
  /** `"stream"`, `"mapping"`, `"hourly step"`, `"alarm"` */
  readonly what: string;
  readonly state: string;
  /** False if somebody should look at it; undefined if that is not known. */
  readonly isWell: boolean | undefined;
}

const MAX_EXECUTIONS = 10;

export async function stackChecks(stack: DeployedStack, io: Io): Promise<Check[]> {
  const { streamName, stateMachineArn, alarmTopicArn, deliveryStreamName } = stack.outputs;
  const known = new Set([streamName, stateMachineArn, deliveryStreamName].filter((name) => name !== undefined));
  const checks: Check[] = [];
  if (streamName !== undefined) {
    const stream = await checked("stream", "kinesis:DescribeStreamSummary", () => streamOf(stack, streamName, io));
    checks.push(...stream.checks);
    const { arn } = stream;
    if (arn !== undefined) {
      const mappings = await checked("mapping", "lambda:ListEventSourceMappings", () => mappingsOf(stack, arn, io));
      checks.push(...mappings.checks);
      for (const name of mappings.names ?? []) known.add(name);
    }
  }
  if (stateMachineArn !== undefined) {
    const { checks: executions } = await checked("hourly step", "states:ListExecutions", () =>
      executionsOf(stack, stateMachineArn, io),
    );
    checks.push(...executions);
  }
  const { checks: alarms } = await checked("alarms", "cloudwatch:DescribeAlarms", () =>
    alarmsOf(stack, (alarm) => isOfStack(alarm, known, alarmTopicArn), io),
  );
  return [...checks, ...alarms];
}

interface Answer {
  readonly checks: readonly Check[];
  /** The ARN of the stream. */
  readonly arn?: string | undefined;
  /** The values of dimensions that belong to the stack. */
  readonly names?: readonly string[];
}

/** A service that may not be asked is one line, and the others are asked. */
async function checked(what: string, action: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Error) || !/AccessDenied|NotAuthorized/.test(error.name)) throw error;
    return { checks: [{ what, state: `may not be read; it needs ${action}`, isWell: undefined }] };
  }
}

async function streamOf(stack: DeployedStack, StreamName: string, { signal }: Io): Promise<Answer> {
  const client = new KinesisClient(stack.client("KINESIS"));
  try {
    const found = await client.send(new DescribeStreamSummaryCommand({ StreamName }), { abortSignal: signal });
    const summary = found.StreamDescriptionSummary;
    const status = summary?.StreamStatus ?? "";
    const shards = counting(summary?.OpenShardCount ?? 0, "open shard");
    const mode = summary?.StreamModeDetails?.StreamMode === "ON_DEMAND" ? "on demand" : "provisioned";
    const state = `${StreamName}: ${status}, ${shards} (${mode}), keeps ${summary?.RetentionPeriodHours} hours`;
    // A stream that is updated takes and gives records.
    const isWell = status === "ACTIVE" || status === "UPDATING";
    return { checks: [{ what: "stream", state, isWell }], arn: summary?.StreamARN };
  } finally {
    client.destroy();
  }
}

async function mappingsOf(stack: DeployedStack, EventSourceArn: string, { signal }: Io): Promise<Answer> {
  const client = new LambdaClient(stack.client("LAMBDA"));
  const mappings: EventSourceMappingConfiguration[] = [];
  try {
    let Marker: string | undefined;
    do {
      const command = new ListEventSourceMappingsCommand({ EventSourceArn, ...(Marker !== undefined && { Marker }) });
      const page = await client.send(command, { abortSignal: signal });
      mappings.push(...(page.EventSourceMappings ?? []));
      Marker = page.NextMarker || undefined;
    } while (Marker !== undefined);
  } finally {
    client.destroy();
  }
  if (mappings.length === 0) {
    const { deliveryStreamName: reader } = stack.outputs;
    const state = `no function reads the stream${reader === undefined ? "" : `; the delivery stream ${reader} does`}`;
    return { checks: [{ what: "mapping", state, isWell: reader !== undefined }] };
  }
  return {
    checks: mappings.map((mapping) => {
      const { State = "", LastProcessingResult: result } = mapping;
      const isWell = State === "Enabled" && !result?.startsWith("PROBLEM");
      const state = [State, ...(result ? [result] : [])].join(", ");
      return { what: "mapping", state: `${functionOf(mapping)}: ${state}`, isWell };
    }),
    names: mappings.flatMap((mapping) => [functionOf(mapping), mapping.UUID ?? ""]),
  };
}

/** `arn:aws:lambda:us-east-1:123456789012:function:router` is `router`. */
function functionOf({ FunctionArn = "" }: EventSourceMappingConfiguration): string {
  return FunctionArn.split(":")[6] ?? FunctionArn;
}

async function executionsOf(stack: DeployedStack, stateMachineArn: string, { signal }: Io): Promise<Answer> {
  const client = new SFNClient(stack.client("SFN"));
  try {
    const list = new ListExecutionsCommand({ stateMachineArn, maxResults: MAX_EXECUTIONS });
    const { executions = [] } = await client.send(list, { abortSignal: signal });
    const running = executions.filter(({ status }) => status === "RUNNING").length;
    // The newest comes first.
    const last = executions.find(({ status }) => status !== "RUNNING");
    const parts = [
      ...(last ? [`last ${last.status} at ${last.stopDate?.toISOString()}`] : ["no execution has ended yet"]),
      ...(running > 0 ? [`${running} running`] : []),
    ];
    const isWell = last === undefined || last.status === "SUCCEEDED";
    return { checks: [{ what: "hourly step", state: parts.join(", "), isWell }] };
  } finally {
    client.destroy();
  }
}

/** The alarms of a run that is served. */
export async function servedAlarmChecks(endpoint: string, io: Io): Promise<readonly Check[]> {
  const client = () => clientOptions("CLOUDWATCH", {}, endpoint);
  return (await alarmsOf({ client }, () => true, io)).checks;
}

async function alarmsOf(
  stack: Pick<DeployedStack, "client">,
  isOwn: (alarm: MetricAlarm) => boolean,
  { signal }: Io,
): Promise<Answer> {
  const client = new CloudWatchClient(stack.client("CLOUDWATCH"));
  const own: MetricAlarm[] = [];
  try {
    let NextToken: string | undefined;
    do {
      const command = new DescribeAlarmsCommand({
        AlarmTypes: ["MetricAlarm"],
        ...(NextToken !== undefined && { NextToken }),
      });
      const page = await client.send(command, { abortSignal: signal });
      own.push(...(page.MetricAlarms ?? []).filter(isOwn));
      NextToken = page.NextToken || undefined;
    } while (NextToken !== undefined);
  } finally {
    client.destroy();
  }
  const off = own
    .filter(({ StateValue }) => StateValue === "ALARM")
    .map(({ AlarmName: name = "", StateUpdatedTimestamp: since, AlarmDescription: description = "" }) => ({
      name,
      since: String(since?.toISOString()),
      description,
    }));
  return { checks: alarmChecks({ count: own.length, off }) };
}

export function alarmChecks({ count, off }: RunAlarms): Check[] {
  if (off.length === 0) {
    const state = count === 0 ? "the stack has none" : `none of ${count} has gone off`;
    return [{ what: "alarms", state, isWell: true }];
  }
  return off.map(({ name, since, description = "" }) => ({
    what: "alarm",
    state: `${name} since ${since}: ${description}`,
    isWell: false,
  }));
}

/** True for an alarm that notifies the stack's topic, or watches one of its resources. */
function isOfStack(alarm: MetricAlarm, known: ReadonlySet<string>, topic: string | undefined): boolean {
  if (topic !== undefined && alarm.AlarmActions?.includes(topic)) return true;
  const metrics = [alarm, ...(alarm.Metrics ?? []).map(({ MetricStat }) => MetricStat?.Metric)];
  return metrics.some((metric) => metric?.Dimensions?.some(({ Value }) => Value !== undefined && known.has(Value)));
}
