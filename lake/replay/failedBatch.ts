/** Replays failed batches: the whole event is inside what Lambda left in their bucket. */
import { createHash } from "node:crypto";
import { defaults } from "../defaults";
import { hourOf } from "../hour";
import { replayRecords } from "./batches";
import { hasHour, type ReplayChoice, type ReplayFindings, type ReplayRouter, type ReplayTarget } from "./target";

/** Lambda's fixed prefix. */
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
  /** Only its own batches: other functions may keep theirs in the same bucket. */
  readonly functionName: string;
}

export async function replayFailedBatch(
  target: ReplayTarget,
  router: ReplayRouter,
  { bucket, key, functionName }: FailedBatch,
  choice: ReplayChoice,
  findings: ReplayFindings,
): Promise<void> {
  const lake = target.bucket(router.bucket);
  const marker = markerOf(key);
  for await (const _ of lake.list(marker)) return findings.leaveOut("a failed batch that was replayed before");
  const body = await target.bucket(bucket).get(key);
  if (!body) return findings.leaveOut("a failed batch whose retention has ended");
  const document = JSON.parse(Buffer.from(body).toString("utf8")) as FailureDocument;
  if (nameOf(document.requestContext.functionArn) !== nameOf(functionName)) {
    return findings.leaveOut("a failed batch of another function");
  }
  const { payload } = document;
  const { Records: all } = (typeof payload === "string" ? JSON.parse(payload) : payload) as { Records: EventRecord[] };
  const records = all.filter(({ kinesis }) => hasHour(choice, hourOf(kinesis.approximateArrivalTimestamp * 1000)));
  const request = { apply: choice.apply, from: "failed" } as const;
  for await (const answer of replayRecords(target, records, request)) findings.add(answer);
  // A batch of which only some hours were asked for is not done.
  if (choice.apply && records.length === all.length)
    await lake.put(marker, Buffer.from(`${JSON.stringify({ key })}\n`));
}

/** Says, in the lake, that everything in a failed batch has landed. */
function markerOf(key: string): string {
  const digest = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return `${defaults.prefixes.replayed}failed-batches/${digest}.json`;
}

/** `arn:aws:lambda:…:function:router` and `…:router:$LATEST` are `router`. */
function nameOf(functionNameOrArn: string): string {
  return /:function:([^:]+)/.exec(functionNameOrArn)?.[1] ?? (functionNameOrArn.split(":")[0] as string);
}
