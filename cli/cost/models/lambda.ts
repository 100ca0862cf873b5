/** The cost of functions and of the mappings that call them. */
import type { ProgramResource } from "../declaredProgram";
import { DAYS_A_MONTH, type Model, numberOf, type Part, type Program, physicalName, type Traffic } from "../model";
import { costOf } from "../prices";
import { callsPerMillion } from "../streamRates";
import { readOf } from "./kinesis";

const DEFAULT_MEBIBYTES = 128;
/** The metrics of a mapping that EventCount adds (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html). */
const EVENT_COUNT_METRICS = 6;
const PERMISSION = "aws:lambda/permission:Permission";

/** The requests are those of its mappings or its API; others are not known. */
export const lambdaFunction: Model = (resource, program, traffic) => {
  const { name, inputs } = resource;
  const arm = (inputs.architectures as string[] | undefined)?.[0] === "arm64";
  const second = arm ? "lambdaArm" : "lambdaX86";
  const gigabytes = numberOf(inputs.memorySize, DEFAULT_MEBIBYTES) / 1024;
  const mapped = program.mappingsOf(resource).length > 0;
  const calls = mapped ? callsPerMillion(resource, program, traffic) : apiCallsAMonth(resource, program, traffic);
  if (calls === undefined)
    return [openCalls(resource, program, mapped)].map((open) => ({
      part: `calls of ${name}`,
      prices: ["lambdaRequest", second],
      open,
    }));
  const amount = (usd: number) => (mapped ? { perMillionUsd: usd } : { fixedUsd: usd });
  const basis = mapped ? `${shown(calls)} calls per million records` : `${shown(calls)} calls`;
  const requests: Part = {
    part: `calls of ${name}`,
    ...amount(costOf("lambdaRequest", calls)),
    prices: ["lambdaRequest"],
    basis,
  };
  const { functionMillis } = traffic;
  if (functionMillis === undefined) {
    const open = `the duration of a call with ${gigabytes * 1024} MiB is not known; give --function-millis`;
    return [requests, { part: `time of ${name}`, prices: [second], open }];
  }
  const seconds = (calls * functionMillis * gigabytes) / 1000;
  return [
    requests,
    {
      part: `time of ${name}`,
      ...amount(costOf(second, seconds)),
      prices: [second],
      basis: `${shown(seconds)} GB-seconds`,
    },
  ];
};

function openCalls(resource: ProgramResource, program: Program, mapped: boolean): string {
  if (!mapped) return isOfApi(resource, program) ? "give --api-requests-per-day" : "the number of calls is not known";
  return "the batches depend on the rate of a declared stream; give --records-per-day";
}

function isOfApi(resource: ProgramResource, program: Program): boolean {
  return program
    .all(PERMISSION)
    .some(
      ({ inputs }) => inputs.principal === "apigateway.amazonaws.com" && isNamed(resource, String(inputs.function)),
    );
}

/** A permission has the function's name or ARN, with an alias or a version or not (Lambda's API reference, AddPermission). */
function isNamed(resource: ProgramResource, given: string): boolean {
  return [resource.arn, physicalName(resource)].some((own) => given === own || given.startsWith(`${own}:`));
}

function apiCallsAMonth(
  resource: ProgramResource,
  program: Program,
  { apiRequestsPerDay }: Traffic,
): number | undefined {
  return apiRequestsPerDay !== undefined && isOfApi(resource, program) ? apiRequestsPerDay * DAYS_A_MONTH : undefined;
}

export const mapping: Model = (resource, program, traffic) => {
  const { eventSourceArn, enabled, metricsConfig } = resource.inputs;
  const counts = (metricsConfig as { metrics?: string[] } | undefined)?.metrics?.includes("EventCount");
  const metrics: Part[] = counts
    ? [
        {
          part: "metrics of the mapping",
          prices: ["customMetric"],
          open: `each metric with values, at most ${EVENT_COUNT_METRICS}`,
        },
      ]
    : [];
  if (enabled === false || !String(eventSourceArn).includes(":kinesis:")) return metrics;
  const isConsumer = String(eventSourceArn).includes("/consumer/");
  return [...(isConsumer ? [] : readOf(program.streamOf(resource), traffic)), ...metrics];
};

function shown(count: number): string {
  return new Intl.NumberFormat("en-US", { maximumFractionDigits: count < 10 ? 2 : 0 }).format(count);
}
