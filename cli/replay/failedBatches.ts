/** Replays failed batches: the whole event is inside what Lambda left in their bucket. */
import { createHash } from "node:crypto";
import { defaults } from "../../lake/defaults";
import { hourOf } from "../../lake/hour";
import type { ReplayAnswer } from "../../lake/replay";
import { batches } from "./batches";
import type { Findings } from "./findings";
import type { ReplayTarget } from "./target";
import type { Choice } from "./unformatted";

/** Lambda's fixed prefix. */
const PREFIX = "aws/lambda/";

interface EventRecord {
  readonly kinesis: { readonly approximateArrivalTimestamp: number };
  readonly eventSourceARN: string;
}

/** @param functionName only its own batches: other functions may keep theirs in the same bucket */
export async function replayFailedBatches(
  target: ReplayTarget,
  router: Pick<ReplayAnswer, "stream" | "bucket">,
  failedBucket: string,
  functionName: string,
  choice: Choice,
  findings: Findings,
): Promise<void> {
  const failed = target.bucket(failedBucket);
  const lake = target.bucket(router.bucket);
  const done = new Set<string>();
  for await (const key of lake.list(`${defaults.prefixes.replayed}failed-batches/`)) done.add(key);
  for await (const key of failed.list(PREFIX)) {
    const marker = markerOf(key);
    if (done.has(marker)) {
      findings.leaveOut("a failed batch that was replayed before");
      continue;
    }
    const document = JSON.parse(Buffer.from(await failed.get(key)).toString("utf8")) as FailureDocument;
    if (nameOf(document.requestContext.functionArn) !== nameOf(functionName)) {
      findings.leaveOut("a failed batch of another function");
      continue;
    }
    const { payload } = document;
    const { Records: all } = (typeof payload === "string" ? JSON.parse(payload) : payload) as {
      Records: EventRecord[];
    };
    const records = all.filter((record) => isChosen(record, choice));
    for (const batch of batches(records)) {
      findings.add(batch.length, await target.invoke(batch, { apply: choice.apply, from: "failed" }));
    }
    // A batch of which only some hours were asked for is not done.
    if (choice.apply && records.length === all.length)
      await lake.put(marker, Buffer.from(`${JSON.stringify({ key })}\n`));
  }
}

interface FailureDocument {
  readonly requestContext: { readonly functionArn: string };
  readonly payload: unknown;
}

function isChosen({ kinesis }: EventRecord, { from = "", to }: Choice): boolean {
  const hour = hourOf(kinesis.approximateArrivalTimestamp * 1000);
  return hour >= from && (to === undefined || hour <= to);
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
