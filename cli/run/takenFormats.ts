/** Finds the formats that a running router decodes, so that generated records match the program. */
import { eventRecordOf, type ReplayAnswer, type ReplayEvent } from "../../lake/replay/event";
import { CommandError } from "../errors";
import { createRandom } from "../generate/random";
import { GENERATED_FORMATS, type GeneratedFormat, RECORD_MAKERS } from "../generate/recordMakers";
import { interruptible } from "./interruptible";
import type { RunContext } from "./steps";

/** Reasons of records that decoded. */
const DECODED: ReadonlySet<string> = new Set(["hook", "rejected", "schema"]);

/**
 * Sends each router one record of each format in the dry run of a replay, which writes nothing. For a function that
 * fails, or that does not answer as a router does, all formats are taken: the run shows its failure.
 *
 * @param routers names of the functions that read the stream
 * @throws CommandError if the routers take none of the formats
 */
export async function takenFormats(
  context: Pick<RunContext, "cloud" | "io">,
  routers: readonly string[],
  seed: number,
): Promise<readonly GeneratedFormat[]> {
  const taken = new Set<GeneratedFormat>(routers.length === 0 ? GENERATED_FORMATS : []);
  for (const router of routers) {
    for (const format of GENERATED_FORMATS) {
      if (!taken.has(format) && (await takes(context, router, format, seed))) taken.add(format);
    }
  }
  if (taken.size > 0) return GENERATED_FORMATS.filter((format) => taken.has(format));
  throw new CommandError(
    `streamlake local: the router takes none of the formats that local generates (${GENERATED_FORMATS.join(", ")}); send files of your own with --input`,
  );
}

async function takes(
  { cloud, io }: Pick<RunContext, "cloud" | "io">,
  router: string,
  format: GeneratedFormat,
  seed: number,
): Promise<boolean> {
  const Payload = JSON.stringify(dryRun(format, seed, io.clock.now()));
  const call = cloud.call("lambda", "Invoke", { FunctionName: router, Payload });
  const answer = (await interruptible(call, io.signal)) as { FunctionError?: string; Payload: Uint8Array };
  const { landed, stays } = (JSON.parse(Buffer.from(answer.Payload).toString()) ?? {}) as Partial<ReplayAnswer>;
  if (answer.FunctionError !== undefined || landed === undefined || stays === undefined) return true;
  return landed > 0 || stays.some(({ reason }) => DECODED.has(reason));
}

function dryRun(format: GeneratedFormat, seed: number, nowMillis: number): ReplayEvent {
  const { payload, partitionKey } = RECORD_MAKERS[format](createRandom(seed), 0);
  const record = eventRecordOf({
    id: "shardId-000000000000/0/0",
    arrived: new Date(nowMillis).toISOString(),
    reason: "format",
    detail: "",
    stream: "",
    key: partitionKey,
    payload,
  });
  return { Records: [record], replay: { dryRun: true, source: "unformatted" } };
}
