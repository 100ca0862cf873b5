/** Replays a failed batch from the document that Lambda wrote to the bucket, which contains the whole event. */
import { hourOf } from "../hour";
import { replayRecords } from "./batches";
import { failedBatchMarker } from "./keys";
import { hasHour } from "./request";
import type { ReplayRun } from "./run";

/** The fixed prefix of Lambda's on-failure destinations in S3. */
export const FAILED_PREFIX = "aws/lambda/";

interface EventRecord {
  readonly kinesis: { readonly approximateArrivalTimestamp: number };
}

interface FailureDocument {
  readonly requestContext: { readonly functionArn: string };
  readonly payload: unknown;
}

export interface FailedBatch {
  readonly bucket: string;
  readonly key: string;
  /** Batches of other functions, which may share the bucket, are skipped. */
  readonly functionName: string;
}

export async function replayFailedBatch(
  { target, router, request, findings }: ReplayRun,
  { bucket, key, functionName }: FailedBatch,
): Promise<void> {
  const { dryRun } = request;
  const lake = target.bucket(router.bucket);
  const marker = failedBatchMarker(key, router.prefixes.unformatted);
  for await (const _ of lake.list(marker)) return findings.leaveOut("a failed batch that was replayed before");
  const body = await target.bucket(bucket).get(key);
  if (!body) return findings.leaveOut("a failed batch whose retention has ended");
  const document = JSON.parse(Buffer.from(body).toString("utf8")) as FailureDocument;
  if (nameOf(document.requestContext.functionArn) !== nameOf(functionName)) {
    return findings.leaveOut("a failed batch of another function");
  }
  const { payload } = document;
  const { Records: all } = (typeof payload === "string" ? JSON.parse(payload) : payload) as { Records: EventRecord[] };
  const records = all.filter(({ kinesis }) => hasHour(request, hourOf(kinesis.approximateArrivalTimestamp * 1000)));
  for await (const answer of replayRecords(target, records, { dryRun, source: "failed" })) findings.add(answer);
  // A batch is done only if the request covers all its hours.
  if (!dryRun && records.length === all.length) await lake.put(marker, Buffer.from(`${JSON.stringify({ key })}\n`));
}

/** `arn:aws:lambda:…:function:router` and `…:router:$LATEST` are `router`. */
function nameOf(functionNameOrArn: string): string {
  return /:function:([^:]+)/.exec(functionNameOrArn)?.[1] ?? (functionNameOrArn.split(":")[0] as string);
}
