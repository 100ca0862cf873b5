/** `streamlake produce`: sends generated records or the rows of a CSV file to a stream, on AWS or local. */
import path from "node:path";
import { readCsvFile } from "../../formats/csv/file";
import { FormatError } from "../../formats/formatError";
import type { Clock } from "../../local/cloud/clock";
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { generateRecords } from "../generate/generateRecords";
import { GENERATED_FORMATS } from "../generate/recordMakers";
import { inputKind } from "../input/readInput";
import { flag, integer, names, type SecondsRange, secondsRange, share, text, url } from "../optionKinds";
import type { Values } from "../options";
import { clientOptions } from "../send/awsClients";
import { checkEndpoint } from "../send/checkEndpoint";
import { groups, PUT_RECORDS_LIMITS } from "../send/groups";
import { kinesisClient, putRecordsTo } from "../send/kinesisClient";
import type { OutgoingRecord } from "../send/outgoingRecord";
import { sendRecords } from "../send/sendRecords";
import type { Io } from "../terminal/io";
import { createProgress } from "../terminal/progress";
import { counted, counting, duration } from "../terminal/wording";

const OPTIONS = {
  stream: text("NAME", "the name of the stream"),
  records: integer("N", "the number of records to generate; 1000 without --csv", { min: 1, max: 1_000_000_000 }),
  malformed: share("SHARE", "the share of generated records that is malformed", 0),
  formats: names("LIST", "the formats to generate", GENERATED_FORMATS),
  seed: integer("N", "the seed; the same seed generates the same records", { initial: 7, min: 0, max: 4_294_967_295 }),
  csv: text("FILE", "sends the rows of this file instead, one record for each row"),
  batch: integer("N", "the number of CSV rows in one PutRecords call", {
    initial: 50,
    min: 1,
    max: PUT_RECORDS_LIMITS.records,
  }),
  "rows-only": flag("sends rows without the header, for routers with declared columns"),
  delay: secondsRange("SECONDS", "a random pause between records (with --csv, between calls), such as 1-5"),
  "endpoint-url": url("URL", "the endpoint of a local run, such as http://127.0.0.1:4566; AWS when absent"),
};

const RECORDS = 1000;
const CALLS_UNDER_WAY = 4;
const PUT_ATTEMPTS = 10;

export const produce = defineCommand({
  name: "produce",
  summary: "Sends generated records or the rows of a CSV file to a Kinesis stream, and retries refused records.",
  options: OPTIONS,
  notes: [
    "Uses the usual AWS credentials: environment, profile or role. A local endpoint accepts any.",
    "",
    "  streamlake produce --stream clicks --records 100 --malformed 0.2 --delay 1-5",
    "  streamlake produce --stream clicks --csv orders.csv --batch 50 --endpoint-url http://127.0.0.1:4566",
  ],
  run: async (options, io) => {
    const { stream } = options;
    if (stream === undefined) throw new UsageError("streamlake produce: --stream is missing; see --help");
    if (options.csv !== undefined && options.records !== undefined) {
      throw new UsageError(
        "streamlake produce: --csv sends a file and --records generates records; give only one of them",
      );
    }
    if (options.csv !== undefined) await checkCsv(path.resolve(io.cwd, options.csv));
    await checkEndpoint(clientOptions("KINESIS", io.env, options["endpoint-url"]).endpoint);
    const startedAt = io.clock.now();
    const progress = createProgress(io.stdout, io.clock);
    const client = kinesisClient(io.env, options["endpoint-url"]);
    let records = 0;
    try {
      const sent = await sendRecords(groupsOf(options, io), putRecordsTo(client, stream), {
        clock: io.clock,
        random: io.random,
        signal: io.signal,
        maxAttempts: PUT_ATTEMPTS,
        callsUnderWay: options.delay === undefined ? CALLS_UNDER_WAY : 1,
        onProgress: (soFar) => {
          records = soFar.records;
          progress.update(`sent ${counting(records, "record")} to ${stream}`);
        },
      });
      const again = sent.redriven > 0 ? `, with ${counting(sent.redriven, "retry", "retries")}` : "";
      progress.done(
        `sent ${counting(sent.records, "record")} (${counted(sent.malformed)} malformed) to ${stream} in ` +
          `${duration(io.clock.now() - startedAt)}${again}`,
      );
      return 0;
    } catch (error) {
      progress.clear();
      if (io.signal.aborted) io.stderr.write(`streamlake produce: stopped after ${counting(records, "record")}\n`);
      throw error;
    } finally {
      client.destroy();
    }
  },
});

/** Each group is one PutRecords call. With --delay, a call has one generated record, or one batch of a file. */
async function* groupsOf(options: Values<typeof OPTIONS>, io: Io): AsyncGenerator<OutgoingRecord[]> {
  const { csv, delay } = options;
  const records =
    csv === undefined
      ? generateRecords({ ...options, records: options.records ?? RECORDS })
      : csvRows(path.resolve(io.cwd, csv), !options["rows-only"]);
  const perCall = csv !== undefined ? options.batch : delay !== undefined ? 1 : PUT_RECORDS_LIMITS.records;
  const calls = groups(records, { ...PUT_RECORDS_LIMITS, records: perCall });
  yield* delay === undefined ? calls : delayed(calls, delay, io.clock, io.random, io.signal);
}

/** Reports a wrong file before the first call. */
async function checkCsv(file: string): Promise<void> {
  if ((await inputKind(file)) !== "csv") throw new CommandError(`${file} is JSON, not CSV`);
}

/**
 * Makes one record of each row of a CSV file, with the header before it, so that each record can be decoded alone.
 *
 * @param withHeader false leaves out the header, for routers with declared columns
 */
async function* csvRows(file: string, withHeader: boolean): AsyncGenerator<OutgoingRecord> {
  const name = path.basename(file).slice(0, 200);
  try {
    // Without the header option, the reader returns the header line as its first row.
    const rows = readCsvFile(file, { rowsPerRecord: 1, header: withHeader });
    for await (const { payload, firstRow } of rows) {
      const row = withHeader ? firstRow : firstRow - 1;
      if (row > 0) yield { payload, partitionKey: `${name}/${row}`, made: { format: "csv" } };
    }
  } catch (error) {
    if (error instanceof FormatError) throw new CommandError(`${file}: ${error.detail}`, { cause: error });
    throw error;
  }
}

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
