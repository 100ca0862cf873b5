/** `streamlake produce`: sends generated records or files to a stream, or files through an HTTP API, on AWS or local. */
import path from "node:path";
import type { Clock } from "../../local/cloud/clock";
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { generateRecords } from "../generate/generateRecords";
import { GENERATED_FORMATS } from "../generate/recordMakers";
import { expandInputs, type Inputs } from "../input/expandInputs";
import type { InputKind } from "../input/inputKind";
import { inputSteps } from "../input/inputSteps";
import { inputName, isReadOnce } from "../input/openInput";
import { checkInput, type InputOptions, readInputs } from "../input/readInput";
import { addRowIds, contentDigest, rowIdProblem } from "../input/rowIds";
import { column, flag, integer, list, names, type SecondsRange, secondsRange, share, text, url } from "../optionKinds";
import type { Values } from "../options";
import type { ApiAuthorization } from "../send/api/apiClient";
import { produceToApi } from "../send/api/produceToApi";
import { clientOptions } from "../send/awsClients";
import { checkEndpoint } from "../send/checkEndpoint";
import { groups, PUT_RECORDS_LIMITS } from "../send/groups";
import { kinesisClient, namingStreams, putRecordsTo } from "../send/kinesisClient";
import type { OutgoingRecord } from "../send/outgoingRecord";
import { produceProblem } from "../send/produceProblem";
import { sendRecords } from "../send/sendRecords";
import type { Io } from "../terminal/io";
import { createProgress } from "../terminal/progress";
import { counted, counting, duration } from "../terminal/wording";

/** Maximum records of a batch of `IngestApi`. */
const MAX_API_ROWS = 20_000;

const OPTIONS = {
  stream: text("NAME", "the name of the stream"),
  api: url("URL", "sends the files of --input through this IngestApi instead, in batches"),
  token: text("TOKEN", "with --api: the token of an API with authorization JWT; without, requests are signed"),
  unsigned: flag("with --api: sends requests without a signature, to an API with authorization NONE"),
  restart: flag("with --api: sends everything again, also the rows that a run before has sent"),
  records: integer("N", "the number of records to generate; 1000 without --input", { min: 1, max: 1_000_000_000 }),
  malformed: share("SHARE", "the share of generated records that is malformed", 0),
  formats: names("LIST", "the formats to generate", GENERATED_FORMATS),
  seed: integer("N", "the seed; the same seed generates the same records", { initial: 7, min: 0, max: 4_294_967_295 }),
  input: list("FILE …", "sends these files instead, one record for each row; names, directories, patterns, or -"),
  csv: text("FILE", "sends the rows of this CSV file instead, as --input does"),
  batch: integer("N", "the number of rows of files in one PutRecords call, or with --api in one request; 50, or 5000", {
    min: 1,
    max: MAX_API_ROWS,
  }),
  "row-id": column(
    "COLUMN",
    "adds this column to each row of files: a digest of the file's content, and the row's number",
  ),
  "rows-only": flag("sends rows without the header, for routers with declared columns"),
  delay: secondsRange("SECONDS", "a random pause between records (with --input, between calls), such as 1-5"),
  "endpoint-url": url("URL", "the endpoint of a local run, such as http://127.0.0.1:4566; AWS when absent"),
};

/** Kinesis' own default of a stream. */
const MAX_RECORD_BYTES = 1024 * 1024;
const RECORDS = 1000;
const ROWS_PER_CALL = 50;
const ROWS_PER_REQUEST = 5000;
/** API Gateway charges a request for each 512 KB. */
const REQUEST_BYTES = 500_000;
const CALLS_UNDER_WAY = 4;
const PUT_ATTEMPTS = 10;

export const produce = defineCommand({
  name: "produce",
  summary:
    "Sends generated records or files to a Kinesis stream, or files through an HTTP API; retries refused records.",
  options: OPTIONS,
  notes: [
    "Uses the usual AWS credentials: environment, profile or role. A local endpoint accepts any.",
    "",
    "  streamlake produce --stream clicks --records 100 --malformed 0.2 --delay 1-5",
    "  streamlake produce --stream clicks --input orders.csv --batch 50 --endpoint-url http://127.0.0.1:4566",
    "  streamlake produce --api https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com --input orders.csv --row-id row_id",
    "",
    "With --api, a run that was cut off goes on where it ended: .streamlake/produce/ has the rows that the API has",
    "acknowledged, until all are. Rows can be in the stream twice if their request was under way when the process was",
    "killed (at most 4 requests; Ctrl-C waits up to 5 seconds for them), or if the answer to it was lost. With --row-id,",
    "such rows have the same id.",
  ],
  run: async (options, io) => {
    const { stream } = options;
    const problem = produceProblem(options);
    if (problem !== undefined) throw new UsageError(`streamlake produce: ${problem}`);
    const given = [...(options.csv !== undefined ? ["--csv"] : []), ...(options.input.length > 0 ? ["--input"] : [])];
    if (given.length > 1)
      throw new UsageError("streamlake produce: --csv and --input send files; give only one of them");
    if (given.length > 0 && options.records !== undefined) {
      throw new UsageError(
        `streamlake produce: ${given[0]} sends files and --records generates records; give only one of them`,
      );
    }
    const inputs = await inputsOf(options, io);
    const { api, "row-id": rowId } = options;
    const digests = await digestsOf(inputs.files, rowId !== undefined || api !== undefined);
    const input = inputSteps();
    const reading: InputOptions = {
      rowsPerRecord: 1,
      maxRecordBytes: MAX_RECORD_BYTES,
      stdin: io.stdin,
      withHeader: !options["rows-only"],
      ...(rowId !== undefined && {
        rowIds: (file: string) => addRowIds(rowId, digests.get(file) ?? "", path.relative(io.cwd, file)),
      }),
      ...input,
    };
    if (api !== undefined || stream === undefined) {
      const { delay, token, unsigned, restart, batch = ROWS_PER_REQUEST } = options;
      const authorization: ApiAuthorization = token !== undefined ? { token } : unsigned ? "none" : "signed";
      const paced = delay && (<T>(groups: AsyncIterable<T>) => delayed(groups, delay, io.clock, io.random, io.signal));
      const limits = { rows: batch, bytes: REQUEST_BYTES };
      await produceToApi(
        { api: api ?? "", authorization, inputs, digests, rowId, reading, input, limits, restart, paced },
        io,
      );
      return 0;
    }
    await checkEndpoint(clientOptions("KINESIS", io.env, options["endpoint-url"]).endpoint);
    const startedAt = io.clock.now();
    const progress = createProgress(io.stdout, io.clock);
    const client = kinesisClient(io.env, options["endpoint-url"]);
    let records = 0;
    try {
      const sending = sendRecords(groupsOf(options, inputs.files, reading, io), putRecordsTo(client, stream), {
        clock: io.clock,
        random: io.random,
        signal: io.signal,
        maxAttempts: PUT_ATTEMPTS,
        callsUnderWay: options.delay === undefined ? CALLS_UNDER_WAY : 1,
        onProgress: (soFar) => {
          records = soFar.records;
        },
      });
      const sent = await progress.during(sending, () =>
        inputs.files.length === 0
          ? `sent ${counting(records, "record")} to ${stream}`
          : { what: `sending to ${stream}:`, bytes: input.bytes(), ofBytes: inputs.bytes },
      );
      for (const note of input.notes(inputs, io.cwd)) progress.done(note);
      const again = sent.redriven > 0 ? `, with ${counting(sent.redriven, "retry", "retries")}` : "";
      progress.done(
        `sent ${counting(sent.records, "record")} (${counted(sent.malformed)} malformed) to ${stream} in ` +
          `${duration(io.clock.now() - startedAt)}${again}`,
      );
      return 0;
    } catch (error) {
      progress.clear();
      if (io.signal.aborted) io.stderr.write(`streamlake produce: stopped after ${counting(records, "record")}\n`);
      throw await namingStreams(error, client, stream);
    } finally {
      client.destroy();
    }
  },
});

/** Each group is one PutRecords call. With --delay, a call has one generated record, or one batch of files. */
async function* groupsOf(
  options: Values<typeof OPTIONS>,
  files: readonly string[],
  reading: InputOptions,
  io: Io,
): AsyncGenerator<OutgoingRecord[]> {
  const { delay } = options;
  const records =
    files.length === 0
      ? generateRecords({ ...options, records: options.records ?? RECORDS })
      : readInputs(files, reading);
  const perCall =
    files.length > 0 ? (options.batch ?? ROWS_PER_CALL) : delay !== undefined ? 1 : PUT_RECORDS_LIMITS.records;
  const calls = groups(records, { ...PUT_RECORDS_LIMITS, records: perCall });
  yield* delay === undefined ? calls : delayed(calls, delay, io.clock, io.random, io.signal);
}

/** Finds the files, and reports a wrong one before the first call. */
async function inputsOf(options: Values<typeof OPTIONS>, io: Io): Promise<Inputs> {
  const { csv, input } = options;
  const inputs = expandInputs(csv === undefined ? input : [csv], io.cwd);
  for (const file of inputs.files) {
    const kind = await checkInput(file, io.stdin);
    if (csv !== undefined && kind !== undefined && kind !== "csv")
      throw new CommandError(`${file} is ${KIND_NAMES[kind]}, not CSV`);
    const rowId = options["row-id"];
    if (rowId === undefined) continue;
    const problem = isReadOnce(file) ? "can be read once, and ids need its digest first" : kind && rowIdProblem(kind);
    if (problem !== undefined) {
      throw new CommandError(
        `--row-id: ${inputName(file)} ${isReadOnce(file) ? "" : "is "}${problem}; leave out --row-id, or send it alone`,
      );
    }
  }
  return inputs;
}

/** The digests of files that can be read again. */
async function digestsOf(files: readonly string[], areNeeded: boolean): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const file of areNeeded ? files : []) if (!isReadOnce(file)) digests.set(file, await contentDigest(file));
  return digests;
}

const KIND_NAMES: Readonly<Record<InputKind, string>> = {
  csv: "CSV",
  ndjson: "JSON",
  json: "JSON",
  "json array": "JSON",
  xml: "XML",
  avro: "Avro",
  parquet: "Parquet",
  binary: "binary",
};

/** Pauses between values, for a random time within the range. */
async function* delayed<T>(
  values: Iterable<T> | AsyncIterable<T>,
  pause: SecondsRange,
  clock: Clock,
  random: () => number,
  signal: AbortSignal,
): AsyncGenerator<T> {
  let first = true;
  for await (const value of values) {
    if (!first) await clock.sleep(1000 * (pause.min + random() * (pause.max - pause.min)), signal);
    first = false;
    yield value;
  }
}
