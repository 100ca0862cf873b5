/** The operations of a console's server, by their paths. */

import type { Readable } from "node:stream";
import type { Catalog, FlushAnswer, RowsAnswer, SqlAnswer, TraceAnswer, TraceHour } from "../../console/wire";
import { isoOf } from "../../lake/hour";
import { type HttpRequest, textOf } from "../../local/cloud/endpoint/http";
import { lakeDatabases, lakeTables, queryLake } from "../../local/queryLake";
import { CommandError } from "../errors";
import { explainQuery } from "../run/explainQuery";
import { interruptible } from "../run/interruptible";
import type { Io } from "../terminal/io";
import type { TableHour } from "../trace/inTables";
import type { ViewRows } from "../trace/inViews";
import { sourcesOfRun } from "../trace/runSources";
import { subjectOf } from "../trace/subject";
import { trace } from "../trace/trace";
import { stateText } from "../trace/traceText";
import { executionOf, healthOf, overviewOf, runsOf, runValues, unformattedOf } from "./answers";
import { KeptResults } from "./keptResults";
import { searchLogs } from "./searchLogs";
import type { ConsoleSource } from "./source";
import { tryAgain } from "./tryAgain";
import { UnformattedIndex } from "./unformattedIndex";

export interface Operation {
  readonly method: "GET" | "POST";
  /** Resolves to the answer's JSON, or to a file. */
  run(request: HttpRequest): Promise<unknown>;
}

/** An answer that a browser saves. */
export class FileAnswer {
  constructor(
    readonly name: string,
    readonly type: string,
    readonly body: Readable,
  ) {}
}

/** Rows that a page gets at once. */
const MAX_ROWS = 5000;
const EVERYTHING = { hours: undefined, maxBytes: Number.POSITIVE_INFINITY };

export function apiOf(source: ConsoleSource, io: Pick<Io, "clock" | "signal">): Readonly<Record<string, Operation>> {
  const { dataDir } = source;
  const results = new KeptResults(dataDir, io.signal);
  let unformatted = new UnformattedIndex(dataDir);
  const get = (run: (query: URLSearchParams) => unknown): Operation => ({
    method: "GET",
    run: async ({ query }) => run(query),
  });
  /** Ends with the server, or when the page has gone. */
  const until = (closed: HttpRequest["closed"]) => (closed ? AbortSignal.any([io.signal, closed()]) : io.signal);
  return {
    "api/overview": get(() => overviewOf(source)),
    "api/catalog": get(() => catalogOf(dataDir)),
    "api/sql": {
      method: "POST",
      run: async ({ body, closed }) => answerSql(dataDir, await jsonOf(body), { ...io, signal: until(closed) }),
    },
    "api/rows": {
      method: "POST",
      run: async ({ body, closed }) => answerRows(results, await jsonOf(body), { ...io, signal: until(closed) }),
    },
    "api/result": get(async (query) => {
      const form = query.get("form") === "json" ? "json" : "csv";
      const type = form === "json" ? "application/json" : "text/csv; charset=utf-8";
      return new FileAnswer(`result.${form}`, type, await results.file(query.get("id") ?? "", form));
    }),
    "api/unformatted": get(() => unformattedOf(source, unformatted)),
    "api/values": { method: "GET", run: ({ closed }) => runValues(dataDir, { ...io, signal: until(closed) }) },
    "api/record": get(async (query) => {
      const id = query.get("id") ?? "";
      const record = await unformatted.record(id);
      if (!record) throw new CommandError(`console: there is no unformatted record ${id}`);
      return record;
    }),
    "api/refused": {
      method: "GET",
      run: ({ query, closed }) =>
        unformatted.search(query.get("reason") ?? "", (query.get("text") ?? "").trim(), until(closed)),
    },
    "api/trace": get((query) => follow(dataDir, (query.get("subject") ?? "").trim(), io)),
    "api/runs": get(() => runsOf(source)),
    "api/execution": get((query) => executionOf(source, query.get("arn") ?? "")),
    "api/health": get(() => healthOf(source)),
    "api/logs": get((query) => searchLogs(dataDir, { group: query.get("group") ?? "", text: query.get("text") ?? "" })),
    "api/replay": {
      method: "POST",
      run: async ({ body, closed }) => {
        const asked = await jsonOf(body);
        if (!source.replay)
          throw new CommandError("console: the program has not one lake, and a replay is of one lake");
        // A page that leaves ends a dry run, and no replay that writes.
        const answer = await tryAgain(source.replay, asked, asked.apply === true ? io.signal : until(closed));
        // A replay deletes the objects whose records it has landed.
        if (!answer.isDryRun) unformatted = new UnformattedIndex(dataDir);
        return answer;
      },
    },
    "api/flush": {
      method: "POST",
      run: async (): Promise<FlushAnswer> => {
        if (source.flush) return source.flush();
        throw new CommandError(
          "console: the run is over, so nothing runs its hour; serve one with: streamlake local --serve",
        );
      },
    },
  };
}

function catalogOf(dataDir: string): Catalog {
  const databases = lakeDatabases(dataDir).map((name) => {
    const tables = Object.entries(lakeTables({ dataDir, database: name }));
    return { name, tables: tables.map(([table, columns]) => ({ name: table, columns })) };
  });
  return { databases };
}

async function answerSql(dataDir: string, asked: Record<string, unknown>, io: Pick<Io, "clock" | "signal">) {
  const { sql, database } = asked;
  if (typeof sql !== "string" || sql.trim() === "") throw new CommandError("console: the SQL is empty");
  const where = { dataDir, ...(typeof database === "string" && database !== "" && { database }) };
  const startedMillis = io.clock.now();
  try {
    const result = await interruptible(
      queryLake({ ...where, sql, nowMillis: startedMillis, maxRows: MAX_ROWS, signal: io.signal }),
      io.signal,
    );
    const answer: SqlAnswer = {
      columns: result.columns.map(({ Name, Type }) => ({ name: Name, type: Type })),
      // SHOW and DESCRIBE have no whole result beside this one.
      rows: result.kind === "UTILITY" ? result.rows : result.rows.slice(0, MAX_ROWS),
      total: result.total ?? result.rows.length,
      millis: io.clock.now() - startedMillis,
    };
    return answer;
  } catch (error) {
    if (io.signal.aborted || !(error instanceof Error)) throw error;
    throw new CommandError(explainQuery(error.message, sql, lakeTables(where)), { cause: error });
  }
}

async function answerRows(
  results: KeptResults,
  asked: Record<string, unknown>,
  { clock, signal }: Pick<Io, "clock" | "signal">,
): Promise<RowsAnswer> {
  const { id, sql, database, from, count, by, isDown } = asked;
  if (typeof id !== "string" || id === "") throw new CommandError("console: id is a string");
  if (typeof sql !== "string" || sql.trim() === "") throw new CommandError("console: the SQL is empty");
  if (!isCount(from)) throw new CommandError("console: from is a number of rows");
  if (!isCount(count) || count > MAX_ROWS) throw new CommandError(`console: count is a number up to ${MAX_ROWS}`);
  if (by !== undefined && !isCount(by)) throw new CommandError("console: by is the number of a column");
  const where = typeof database === "string" && database !== "" && { database };
  const query = { sql, ...where, nowMillis: clock.now(), signal };
  const page = { from, count, isDown: isDown === true, ...(by !== undefined && { by }) };
  return interruptible(results.page(id, query, page), signal);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

async function follow(dataDir: string, subject: string, io: Pick<Io, "clock">): Promise<TraceAnswer> {
  if (subject === "") throw new CommandError("console: the search is empty");
  const found = await trace(subjectOf(subject), sourcesOfRun(dataDir, io), EVERYTHING, io.clock.now());
  const { stream } = found;
  return {
    ...(stream && {
      stream: {
        stream: stream.stream,
        arrived: isoOf(stream.arrivedMillis),
        partitionKey: stream.partitionKey,
        bytes: stream.bytes,
      },
    }),
    findings: found.findings.map(({ object, area: _, bytes: __, ...finding }) => ({
      ...finding,
      object: `s3://${object.place.bucket}/${object.key}`,
      table: object.table,
      hour: object.hour,
    })),
    hours: [...found.tables.map(traceHourOf), ...found.views.map(traceViewOf)],
    isCut: found.isCut,
  };
}

function traceHourOf({ table, hour, state, sql, rows, error }: TableHour): TraceHour {
  return {
    table,
    hour,
    state: state ? stateText({ table, state }) : "answers SQL at once",
    sql,
    ...(rows !== undefined && { rows }),
    ...(error !== undefined && { error }),
  };
}

function traceViewOf({ view, firstHour, lastHour, sql, rows, error }: ViewRows): TraceHour {
  return {
    table: view,
    hour: firstHour === lastHour ? firstHour : `${firstHour} to ${lastHour}`,
    state: rows === undefined ? "Parquet of Firehose, which is not searched for text" : "Parquet of Firehose",
    sql,
    ...(rows !== undefined && { rows }),
    ...(error !== undefined && { error }),
  };
}

async function jsonOf(body: HttpRequest["body"]): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await textOf(body));
    if (value !== null && typeof value === "object") return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CommandError("console: the request's body is no JSON object");
}
