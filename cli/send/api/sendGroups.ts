/** Sends groups of rows through an HTTP API: only those again that it did not take, until each is acknowledged. */
import { CommandError } from "../../errors";
import { backOffMillis, type Redrive } from "../putGroup";
import type { ApiAnswer, ApiPost } from "./apiClient";
import { type RowGroup, requestOf } from "./rowGroups";
import { type Lost, placeOf, type TakenOptions, takenOf } from "./takenRows";

export interface ApiSent {
  rows: number;
  /** Records that the API made of the rows. */
  records: number;
  requests: number;
  /** Requests beyond the first of a group. */
  retries: number;
}

export interface SendGroupsOptions extends Redrive, TakenOptions {
  readonly callsUnderWay: number;
  /**
   * Called with rows that the API has acknowledged, before anything else is sent for their group.
   *
   * @param run the run of the local cloud that has them
   */
  readonly onAcknowledged: (file: string, from: number, to: number, run: string | undefined) => void;
  readonly onProgress?: (sent: Readonly<ApiSent>) => void;
}

/** API Gateway answers within 30 seconds. */
const REQUEST_MILLIS = 35_000;
/** After Ctrl-C, requests that are under way have this time to be acknowledged. */
const LAST_MILLIS = 5_000;

/** Takes the next group only when a request has ended, so memory is bounded for any number of groups. */
export async function sendGroups(
  groups: AsyncIterable<RowGroup>,
  post: ApiPost,
  options: SendGroupsOptions,
): Promise<ApiSent> {
  const { signal, clock } = options;
  const sent: ApiSent = { rows: 0, records: 0, requests: 0, retries: 0 };
  const end = new AbortController();
  const stop = () => void clock.sleep(LAST_MILLIS, end.signal).then(() => end.abort(), ignored);
  signal.addEventListener("abort", stop, { once: true });
  const underWay = new Set<Promise<void>>();
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
  };
  try {
    for await (const group of groups) {
      if (signal.aborted) break;
      const call = sendGroup(group, post, sent, end.signal, options)
        .catch(fail)
        .finally(() => underWay.delete(call));
      underWay.add(call);
      if (underWay.size >= options.callsUnderWay) await Promise.race(underWay);
      if (failure !== undefined) break;
    }
  } catch (error) {
    fail(error);
  }
  // Also if a file cannot be read on: the journal needs the answers of what is under way.
  await Promise.all(underWay);
  signal.removeEventListener("abort", stop);
  end.abort();
  signal.throwIfAborted();
  if (failure !== undefined) throw failure;
  return sent;
}

/** The wait after Ctrl-C ends with the last request. */
function ignored(): void {}

async function sendGroup(
  group: RowGroup,
  post: ApiPost,
  sent: ApiSent,
  end: AbortSignal,
  options: SendGroupsOptions,
): Promise<void> {
  const { clock, random, signal, maxAttempts, onProgress } = options;
  let rest = group;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    sent.requests++;
    if (attempt > 1) sent.retries++;
    const answer = await posted(post, rest, end);
    if ("lost" in answer && end.aborted) signal.throwIfAborted();
    if (isSplit(answer, rest)) {
      for (const half of halvesOf(rest)) await sendGroup(half, post, sent, end, options);
      return;
    }
    const taken = takenOf(answer, rest, options);
    for (const [from, to] of rangesOf(taken.rows)) options.onAcknowledged(rest.file, from, to, taken.localRun);
    sent.rows += taken.rows.length;
    sent.records += taken.records;
    onProgress?.(sent);
    rest = taken.rest;
    if (rest.rows.length === 0) return;
    if (attempt === maxAttempts) {
      throw new CommandError(
        `${placeOf(rest, options)} not taken in ${attempt} attempts, the last time with ${taken.reason}`,
      );
    }
    await clock.sleep(Math.max(1000 * taken.retryAfterSeconds, backOffMillis(attempt, random)), signal);
  }
}

async function posted(post: ApiPost, group: RowGroup, end: AbortSignal): Promise<ApiAnswer | Lost> {
  try {
    return await post(requestOf(group), AbortSignal.any([end, AbortSignal.timeout(REQUEST_MILLIS)]));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { message, cause } = error as Error & { cause?: { code?: string } };
    return { lost: cause?.code ?? message };
  }
}

/** The API, Lambda or API Gateway takes fewer rows at once. */
function isSplit(answer: ApiAnswer | Lost, { rows }: RowGroup): boolean {
  return "status" in answer && answer.status === 413 && rows.length > 1;
}

function halvesOf(group: RowGroup): RowGroup[] {
  const middle = Math.ceil(group.rows.length / 2);
  return [group.rows.slice(0, middle), group.rows.slice(middle)].map((rows) => ({ ...group, rows }));
}

function rangesOf(rows: RowGroup["rows"]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const { number } of rows) {
    const last = ranges.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}
