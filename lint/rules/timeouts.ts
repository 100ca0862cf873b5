/** Holds the timeout of a function to the services that call it: a queue, a stream, Firehose and an HTTP API. */
import { type Declaration, numberOf, type Program } from "../program";
import type { Contradiction, Rule } from "../rule";
import { FUNCTION, MAPPING, processorsOf, QUEUE, STREAM } from "./types";

const INTEGRATION = "aws:apigatewayv2/integration:Integration";
const FIREHOSE = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";

/** Lambda's default (CreateFunction). */
const FUNCTION_SECONDS = 3;
/** SQS's default (SetQueueAttributes). */
const VISIBILITY_SECONDS = 30;
/** https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html, "Lambda invocation duration". */
const FIREHOSE_SECONDS = 300;
/** The default and maximum of an HTTP API (API Gateway quotas, "Maximum integration timeout"). */
const API_MILLIS = 30_000;

export const timeouts: Rule = {
  id: "timeouts",
  title: "A function's timeout should fit the queue, stream, delivery stream or API that calls it",
  find: (program) => [
    ...program.all(MAPPING).flatMap((mapping) => [...ofQueue(mapping, program), ...ofRecordAge(mapping, program)]),
    ...program.all(FIREHOSE).flatMap((delivery) => ofFirehose(delivery, program)),
    ...program.all(INTEGRATION).flatMap((integration) => ofApi(integration, program)),
  ],
};

/**
 * Lambda refuses a mapping whose queue shows messages again before the function ends, and AWS recommends six times the
 * timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
function ofQueue(mapping: Declaration, program: Program): Contradiction[] {
  const queue = program.usedOne(mapping, "eventSourceArn", QUEUE);
  const handler = program.usedOne(mapping, "functionName", FUNCTION);
  if (!queue || !handler) return [];
  const timeout = numberOf(handler.inputs.timeout, FUNCTION_SECONDS);
  const visible = numberOf(queue.inputs.visibilityTimeoutSeconds, VISIBILITY_SECONDS);
  const window = numberOf(mapping.inputs.maximumBatchingWindowInSeconds, 0);
  if (timeout === undefined || visible === undefined || window === undefined || visible >= timeout + window) return [];
  return [
    {
      resource: queue,
      problem: `the function ${handler.name} has ${timeout + window} seconds for a batch${window > 0 ? ", its window included" : ""}, but after ${visible} seconds the queue hands the messages out again.`,
      wayOut: `Set visibilityTimeoutSeconds to at least ${6 * timeout + window}, six times the timeout.`,
    },
  ];
}

function ofRecordAge(mapping: Declaration, program: Program): Contradiction[] {
  const handler = program.usedOne(mapping, "functionName", FUNCTION);
  if (!handler || program.used(mapping, "eventSourceArn", STREAM).length === 0) return [];
  const timeout = numberOf(handler.inputs.timeout, FUNCTION_SECONDS);
  const age = numberOf(mapping.inputs.maximumRecordAgeInSeconds, -1);
  if (timeout === undefined || age === undefined || age < 0 || age > timeout) return [];
  return [
    {
      resource: mapping,
      problem: `one try of ${handler.name} may take ${timeout} seconds, but records are discarded after ${age} seconds, so a batch that times out is not tried again.`,
      wayOut: `Set maximumRecordAgeInSeconds to a multiple of ${timeout}, or lower the function's timeout.`,
    },
  ];
}

function ofFirehose(delivery: Declaration, program: Program): Contradiction[] {
  return processorsOf(delivery, program).flatMap(({ handler }) => {
    const timeout = handler && numberOf(handler.inputs.timeout, FUNCTION_SECONDS);
    if (!handler || timeout === undefined || timeout <= FIREHOSE_SECONDS) return [];
    return {
      resource: handler,
      problem: `its timeout is ${timeout} seconds, but the delivery stream ${delivery.name} waits ${FIREHOSE_SECONDS} seconds for it.`,
      wayOut: `Set timeout to at most ${FIREHOSE_SECONDS}.`,
    };
  });
}

function ofApi(integration: Declaration, program: Program): Contradiction[] {
  const handler = program.usedOne(integration, "integrationUri", FUNCTION);
  // A function that others call too may need its time for them.
  if (
    !handler ||
    program.all(MAPPING).some((mapping) => program.used(mapping, "functionName", FUNCTION).includes(handler))
  )
    return [];
  const timeout = numberOf(handler.inputs.timeout, FUNCTION_SECONDS);
  const millis = numberOf(integration.inputs.timeoutMilliseconds, API_MILLIS);
  if (timeout === undefined || millis === undefined || timeout * 1000 <= millis) return [];
  return [
    {
      resource: handler,
      problem: `its timeout is ${timeout} seconds, but the API answers its clients with an error after ${millis / 1000} seconds while the function goes on.`,
      wayOut: `Set the function's timeout to at most ${millis / 1000}.`,
    },
  ];
}
