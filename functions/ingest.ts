/** The handler of the HTTP entry: puts the records of requests into a stream, and answers with the items of views. */
import { setTimeout as sleep } from "node:timers/promises";
import { type CutOptions, type CutRecord, cutBatch, oneRecord } from "../lake/ingest/cutBatch";
import { IngestRefusal } from "../lake/ingest/refusal";
import { environmentVariable } from "./effects/environment";
import { type Log, logToConsole } from "./effects/log";
import { kinesisStream } from "./effects/recordStream";
import { dynamoItem } from "./effects/viewItem";
import { type HttpAnswer, type HttpRequest, httpRequestOf, jsonAnswer, problemAnswer } from "./parts/httpEvent";
import { type PutEffects, type PutResult, type PutResults, putAll } from "./parts/putAll";
import { answerView, type ViewEffects } from "./parts/viewRequest";

/** Plain data, so that a package can capture it. */
export type IngestConfig = CutOptions;

export type IngestEffects = PutEffects & ViewEffects;

/** API Gateway ends a request after 30 seconds: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_MILLIS = 25_000;
/** Kept for the answer. */
const ANSWER_MILLIS = 2_000;
const RETRY_AFTER_SECONDS = 2;

/** The part of Lambda's context that the handler reads. */
interface Context {
  getRemainingTimeInMillis(): number;
}

export type IngestHandler = (event: unknown, context: Context) => Promise<HttpAnswer>;

/**
 * Makes the handler, at cold start.
 *
 * @param effects defaults to the stream `STREAM_NAME` and the tables `VIEWS` of the environment, the machine's clock, and the log
 */
export function createIngest(config: IngestConfig, effects: IngestEffects = environmentEffects()): IngestHandler {
  return async (event, context) => {
    const deadline = effects.now() + Math.min(MAX_MILLIS, context.getRemainingTimeInMillis() - ANSWER_MILLIS);
    try {
      const request = httpRequestOf(event);
      const answer = await answerView(request, effects);
      if (answer) return answer;
      const records = recordsOf(request, config, Object.keys(effects.views));
      return answerOf(records, await putAll(records, deadline, effects), effects.log);
    } catch (error) {
      if (error instanceof IngestRefusal) return problemAnswer(error.status, error.detail, error.headers);
      throw error;
    }
  };
}

const CUT = {
  "/records": (...request: Parameters<typeof oneRecord>) => [oneRecord(...request)],
  "/batches": cutBatch,
} as const;

function recordsOf(
  { method, path, headers, body }: HttpRequest,
  config: IngestConfig,
  views: readonly string[],
): CutRecord[] {
  const cut = Object.hasOwn(CUT, path) ? CUT[path as keyof typeof CUT] : undefined;
  if (!cut) {
    const reads = views.map((view) => `, or GET an item from /${view}/KEY`).join("");
    throw new IngestRefusal(404, `Nothing is here: POST one record to /records, or several to /batches${reads}.`);
  }
  if (method !== "POST") throw new IngestRefusal(405, `${path} takes POST only.`, { allow: "POST" });
  const { header } = config.partitionKey;
  const keyHeader = header === undefined ? undefined : headers[header.toLowerCase()];
  const [contentType, contentEncoding] = [headers["content-type"], headers["content-encoding"]];
  return cut({ body: body(), contentType, contentEncoding, keyHeader }, config);
}

function answerOf(records: readonly CutRecord[], { results, isLasting }: PutResults, log: Log): HttpAnswer {
  const refusals = results.filter((result) => "refusal" in result).map(({ refusal }) => refusal);
  const taken = records.length - refusals.length;
  if (refusals.length === 0) return jsonAnswer(202, { records: records.length, results: resultsOf(records, results) });
  const [error = ""] = refusals;
  log({ message: "not taken", level: "error", records: records.length, taken, error });
  if (taken === 0 && isLasting) {
    return problemAnswer(
      500,
      `The stream refuses the records of this API (${error}): its owner must correct the API's function, its role or its stream.`,
    );
  }
  const retry = { "retry-after": String(RETRY_AFTER_SECONDS) };
  if (taken > 0) {
    return jsonAnswer(
      207,
      {
        records: records.length,
        taken,
        detail: "Send those again whose result has an error; the others are in the stream.",
        results: resultsOf(records, results),
      },
      retry,
    );
  }
  return problemAnswer(
    503,
    `The stream has taken none of ${records.length} records (${error}): send the request again after ${RETRY_AFTER_SECONDS} seconds.`,
    retry,
  );
}

/** The rows of a record are those of the body that follow the rows of the record before it. */
function resultsOf(records: readonly CutRecord[], results: readonly PutResult[]): object[] {
  return results.map((result, index) => {
    const { rows } = records[index] as CutRecord;
    if ("refusal" in result) return { rows, error: result.refusal };
    const { shardId, sequenceNumber } = result;
    return { rows, shardId, sequenceNumber };
  });
}

function environmentEffects(): IngestEffects {
  return {
    stream: kinesisStream(environmentVariable("STREAM_NAME")),
    views: JSON.parse(process.env.VIEWS ?? "{}"),
    readItem: dynamoItem(),
    now: Date.now,
    sleep,
    random: Math.random,
    log: logToConsole,
  };
}
