/** Sends files through the HTTP API of a local run, signed. */
import type { InputSteps } from "../../input/inputSteps";
import { inputRecords } from "../../input/readInput";
import type { Io } from "../../terminal/io";
import type { Sent } from "../sendRecords";
import { apiClient } from "./apiClient";
import { rowGroups } from "./rowGroups";
import { sendGroups } from "./sendGroups";

export interface LocalApi {
  readonly url: string;
  readonly region: string;
}

const LIMITS = { rows: 5_000, bytes: 500_000 };
const REQUESTS_UNDER_WAY = 4;
const ATTEMPTS = 10;
const MAX_RECORD_BYTES = 1024 * 1024;

/** Resolves to the records that the API has acknowledged. */
export async function sendFiles(
  { url, region }: LocalApi,
  files: readonly string[],
  input: InputSteps,
  io: Io,
): Promise<Sent> {
  const post = apiClient(url, "signed", { AWS_REGION: region });
  const reading = { rowsPerRecord: 1, maxRecordBytes: MAX_RECORD_BYTES, stdin: io.stdin, ...input };
  const sent = await sendGroups(rowGroups(inputRecords(files, reading), LIMITS), post, {
    clock: io.clock,
    random: io.random,
    signal: io.signal,
    maxAttempts: ATTEMPTS,
    callsUnderWay: REQUESTS_UNDER_WAY,
    api: url,
    titleOf: (file) => file,
    onAcknowledged: () => undefined,
  });
  return { records: sent.records, byFormat: {}, malformed: 0, bytes: input.bytes(), redriven: sent.retries };
}
