/** Sends files through an HTTP API, with progress, and goes on where a run before was cut off. */
import path from "node:path";
import { CommandError } from "../../errors";
import type { Inputs } from "../../input/expandInputs";
import type { InputSteps } from "../../input/inputSteps";
import { inputName, isReadOnce } from "../../input/openInput";
import { type InputOptions, inputRecords } from "../../input/readInput";
import type { Io } from "../../terminal/io";
import { createProgress } from "../../terminal/progress";
import { counted, counting, duration } from "../../terminal/wording";
import { checkEndpoint } from "../checkEndpoint";
import { type ApiAuthorization, type ApiPost, apiClient } from "./apiClient";
import { type Journal, NO_JOURNAL, openJournal } from "./journal";
import { type GroupLimits, type RowGroup, rowGroups } from "./rowGroups";
import { openRunJournals, type RunJournals } from "./runJournals";
import { type ApiSent, sendGroups } from "./sendGroups";

export interface ToApi {
  readonly api: string;
  readonly authorization: ApiAuthorization;
  readonly inputs: Inputs;
  /** By file, for files that can be read again. */
  readonly digests: ReadonlyMap<string, string>;
  readonly rowId: string | undefined;
  readonly reading: InputOptions;
  readonly input: InputSteps;
  readonly limits: GroupLimits;
  /** Sends everything again, whatever a run before has sent. */
  readonly restart: boolean;
  /** Pauses between requests, which then go one after the other. @default none */
  readonly paced: ((groups: AsyncIterable<RowGroup>) => AsyncIterable<RowGroup>) | undefined;
}

const REQUESTS_UNDER_WAY = 4;
const ATTEMPTS = 10;
/** Answered by a local cloud itself. */
const RUN_PATH = "/_streamlake/run";
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** @returns the number of rows that the API has acknowledged */
export async function produceToApi(to: ToApi, io: Io): Promise<number> {
  const { inputs, input, paced } = to;
  const api = to.api.replace(/\/+$/, "");
  const run = await localRun(api);
  const startedAt = io.clock.now();
  const progress = createProgress(io.stdout, io.clock);
  const journals = openRunJournals(inputs.files, run, (file, of) => journalOf(file, { api, run: of }, to, io));
  const { gone, sentBefore } = journals;
  if (gone > 0) {
    io.stderr.write(
      `streamlake produce: the local cloud at ${api} is another run than the one that has ${counting(gone, "row")} of a run before; sends all rows\n`,
    );
  }
  if (sentBefore > 0) progress.done(`goes on after ${counting(sentBefore, "row")} that a run before has sent`);
  try {
    const post = sameRun(apiClient(api, to.authorization, io.env), journals);
    const groups = rowGroups(unsent(inputs.files, to.reading, journals), to.limits);
    const sending = sendGroups(paced ? paced(groups) : groups, post, {
      clock: io.clock,
      random: io.random,
      signal: io.signal,
      maxAttempts: ATTEMPTS,
      callsUnderWay: paced ? 1 : REQUESTS_UNDER_WAY,
      api,
      isUnsigned: to.authorization === "none",
      titleOf: (file) => (isReadOnce(file) ? inputName(file) : path.relative(io.cwd, file)),
      onAcknowledged: journals.acknowledge,
    });
    const what = `sending to ${api}:`;
    const sent = await progress.during(sending, () => ({ what, bytes: input.bytes(), ofBytes: inputs.bytes }));
    if (journals.isOther) throw new AnotherRun();
    for (const note of input.notes(inputs, io.cwd)) progress.done(note);
    progress.done(summary(sent, api, io.clock.now() - startedAt));
    journals.remove();
    return sent.rows;
  } catch (error) {
    progress.clear();
    const total = journals.acknowledged;
    if (total === 0) journals.remove();
    // Also a refusal of the other run, which may be another program.
    if (journals.isOther && error instanceof CommandError) {
      throw new CommandError(restarted(api, total, inputs.files), { cause: error });
    }
    if (total === 0) throw error;
    const end = `streamlake produce: stopped after ${counting(total, "row")}`;
    const way = `; the same command goes on there${unkept(inputs.files)}`;
    if (io.signal.aborted) io.stderr.write(`${end}${way}\n`);
    else if (error instanceof CommandError) throw new CommandError(`${end}: ${error.message}${way}`, { cause: error });
    throw error;
  } finally {
    journals.close();
  }
}

/** The local cloud was restarted at its address, and the rows sent before ended with its run. */
class AnotherRun extends CommandError {
  constructor() {
    super("another run of the local cloud answers");
  }
}

/** Requests under way may end in another run, and nothing is sent to it after them. */
function sameRun(post: ApiPost, journals: RunJournals): ApiPost {
  return async (request, signal) => {
    if (journals.isOther) throw new AnotherRun();
    const answer = await post(request, signal);
    journals.answeredBy(answer.localRun);
    return answer;
  };
}

/** @param total the number of rows that the new run has acknowledged */
function restarted(api: string, total: number, files: readonly string[]): string {
  const what = `streamlake produce: the local cloud at ${api} was restarted`;
  if (total === 0) {
    return `${what}, and the rows sent before are not in its new run; the same command sends all rows again`;
  }
  return `${what}, and its new run has only ${counting(total, "row")} of those sent; the same command sends the others${unkept(files)}`;
}

/**
 * The run of the local cloud at this address; undefined for an API on AWS.
 *
 * Asks before the first request, because a failed connection is tried again.
 */
async function localRun(api: string): Promise<string | undefined> {
  if (!LOOPBACK.has(new URL(api).hostname)) return undefined;
  try {
    await checkEndpoint(api);
    const answer = await fetch(new URL(RUN_PATH, api), { redirect: "manual" });
    await answer.arrayBuffer();
    return answer.headers.get("x-local-run") ?? undefined;
  } catch (cause) {
    throw new CommandError(
      `streamlake produce: nothing listens at ${api}; run streamlake local --serve, and take the URL of an API that it prints`,
      { cause },
    );
  }
}

function journalOf(
  file: string,
  target: { readonly api: string; readonly run: string | undefined },
  { digests, rowId, restart }: ToApi,
  { cwd }: Io,
): Journal {
  const digest = digests.get(file);
  if (digest === undefined) return NO_JOURNAL;
  return openJournal(path.join(cwd, ".streamlake", "produce"), { ...target, file, digest, rowId }, restart);
}

async function* unsent(files: readonly string[], reading: InputOptions, journals: RunJournals) {
  for await (const record of inputRecords(files, reading)) {
    if (!journals.isSent(record.file, record.number)) yield record;
  }
}

function unkept(files: readonly string[]): string {
  const once = files.filter(isReadOnce).map(inputName);
  return once.length === 0 ? "" : `, except for ${once.join(", ")}, of which nothing is kept`;
}

function summary({ rows, records, requests, retries }: ApiSent, api: string, millis: number): string {
  const again = retries > 0 ? `, ${counted(retries)} of them retries` : "";
  const by = `${counting(records, "record")} and ${counting(requests, "request")}${again}`;
  return `sent ${counting(rows, "row")} to ${api} in ${duration(millis)}, as ${by}`;
}
