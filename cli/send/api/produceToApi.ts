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
import { type ApiAuthorization, apiClient } from "./apiClient";
import { type Journal, NO_JOURNAL, openJournal } from "./journal";
import { type GroupLimits, type RowGroup, rowGroups } from "./rowGroups";
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
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** @returns the number of rows that the API has acknowledged */
export async function produceToApi(to: ToApi, io: Io): Promise<number> {
  const { inputs, input, paced } = to;
  const api = to.api.replace(/\/+$/, "");
  await checkLocal(api);
  const startedAt = io.clock.now();
  const progress = createProgress(io.stdout, io.clock);
  const journals = new Map<string, Journal>();
  for (const file of inputs.files) journals.set(file, journalOf(file, api, to, io));
  const sentBefore = [...journals.values()].reduce((sum, journal) => sum + journal.sentBefore, 0);
  if (sentBefore > 0) progress.done(`goes on after ${counting(sentBefore, "row")} that a run before has sent`);
  let rows = 0;
  try {
    const post = apiClient(api, to.authorization, io.env);
    const groups = rowGroups(unsent(inputs.files, to.reading, journals), to.limits);
    const sending = sendGroups(paced ? paced(groups) : groups, post, {
      clock: io.clock,
      random: io.random,
      signal: io.signal,
      maxAttempts: ATTEMPTS,
      callsUnderWay: paced ? 1 : REQUESTS_UNDER_WAY,
      api,
      titleOf: (file) => (isReadOnce(file) ? inputName(file) : path.relative(io.cwd, file)),
      onAcknowledged: (file, from, to) => {
        journals.get(file)?.acknowledge(from, to);
        rows += to - from + 1;
      },
    });
    const what = `sending to ${api}:`;
    const sent = await progress.during(sending, () => ({ what, bytes: input.bytes(), ofBytes: inputs.bytes }));
    for (const note of input.notes(inputs, io.cwd)) progress.done(note);
    progress.done(summary(sent, api, io.clock.now() - startedAt));
    for (const journal of journals.values()) journal.remove();
    return sent.rows;
  } catch (error) {
    progress.clear();
    const total = rows + sentBefore;
    if (total === 0) {
      for (const journal of journals.values()) journal.remove();
      throw error;
    }
    const end = `streamlake produce: stopped after ${counting(total, "row")}`;
    const way = `; the same command goes on there${unkept(inputs.files)}`;
    if (io.signal.aborted) io.stderr.write(`${end}${way}\n`);
    else if (error instanceof CommandError) throw new CommandError(`${end}: ${error.message}${way}`, { cause: error });
    throw error;
  } finally {
    for (const journal of journals.values()) journal.close();
  }
}

/** Before the first request, because a failed connection is tried again. */
async function checkLocal(api: string): Promise<void> {
  if (!LOOPBACK.has(new URL(api).hostname)) return;
  try {
    await checkEndpoint(api);
  } catch (cause) {
    throw new CommandError(
      `streamlake produce: nothing listens at ${api}; run streamlake local --serve, and take the URL of an API that it prints`,
      { cause },
    );
  }
}

function journalOf(file: string, api: string, { digests, rowId, restart }: ToApi, { cwd }: Io): Journal {
  const digest = digests.get(file);
  if (digest === undefined) return NO_JOURNAL;
  return openJournal(path.join(cwd, ".streamlake", "produce"), { api, file, digest, rowId }, restart);
}

async function* unsent(files: readonly string[], reading: InputOptions, journals: ReadonlyMap<string, Journal>) {
  for await (const record of inputRecords(files, reading)) {
    if (!journals.get(record.file)?.isSent(record.number)) yield record;
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
