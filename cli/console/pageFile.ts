/** Writes a run as one HTML file: the console's page with the answers in it, which needs neither a server nor a network. */
import { createHash } from "node:crypto";
import type { Live, PageAnswers, QueryView, RunsAnswer, UnformattedAnswer } from "../../console/wire";
import { CommandError } from "../errors";
import type { QueryResult } from "../run/athena";
import type { Io } from "../terminal/io";
import { byteCount, counted } from "../terminal/wording";
import { healthOf, overviewOf, runsOf, runValues, unformattedOf } from "./answers";
import { consoleAssets } from "./assets";
import type { ConsoleSource } from "./source";
import { UnformattedIndex } from "./unformattedIndex";

export interface PageFileOptions extends Pick<Io, "clock" | "signal"> {
  /** The results that the run printed. */
  readonly queries: readonly QueryResult[];
}

/** With its overhead in a mail, a third, it stays below the 20 MB that mail servers take. */
const MAX_BYTES = 8_000_000;
/** The parts of a page that grow with the run. A page that exceeds its bytes gets a share of each. */
const LIMITS = {
  rows: 1000,
  executions: 50,
  glueRuns: 200,
  records: 100,
  groups: 500,
  unused: 1000,
  characters: 20_000,
};
const SHARES = [1, 0.3, 0.1, 0.03];
/** Ids of a group that the page links. */
const LINKED = 5;

type Limits = typeof LIMITS;

/** @throws CommandError for a run whose page exceeds 8 MB with three hundredths of everything that can be left out */
export async function pageFile(source: ConsoleSource, { queries, clock, signal }: PageFileOptions): Promise<string> {
  const index = new UnformattedIndex(source.dataDir);
  const [overview, unformatted] = [overviewOf(source), await unformattedOf(source, index)];
  const { executions, sample } = source.record();
  const runs = runsOf(source);
  const all = {
    overview,
    unformatted,
    runs,
    health: healthOf(source),
    values: await runValues(source.dataDir, { clock, signal }),
  };
  const live: Live = { ...sample, perSecond: {} };
  let bytes = 0;
  for (const share of SHARES) {
    const limits = Object.fromEntries(
      Object.entries(LIMITS).map(([name, limit]) => [name, Math.ceil(limit * share)]),
    ) as Limits;
    const answers = {
      ...all,
      // A path of this machine is of no use to who gets the page.
      overview: { ...overview, files: "", leftOut: leftOut(all, limits) },
      unformatted: {
        ...unformatted,
        groups: unformatted.groups.slice(0, limits.groups),
        failedDeliveries: unformatted.failedDeliveries
          .slice(0, limits.records)
          .map((group) => ({ ...group, examples: group.examples.map((one) => withFirstBytes(one, limits)) })),
      },
      runs: {
        executions: runs.executions.slice(0, limits.executions),
        ...(runs.glue && { glue: runs.glue.slice(0, limits.glueRuns) }),
      },
      ...Object.fromEntries(
        executions
          .slice(0, limits.executions)
          .map((execution) => [`execution?${new URLSearchParams({ arn: execution.arn })}`, execution]),
      ),
      health: { ...all.health, unused: all.health.unused.slice(0, limits.unused) },
      queries: queries.map((query) => queryView(query, limits)),
      ...(await recordsOf(index, unformatted, limits)),
    };
    const page = pageOf({ live, answers }, limits);
    bytes = Buffer.byteLength(page);
    if (bytes <= MAX_BYTES) return page;
  }
  throw new CommandError(
    `streamlake local: --html: the page of this run has ${byteCount(bytes)}, and at most ${byteCount(MAX_BYTES)} are written; streamlake console shows the run`,
  );
}

function leftOut(
  {
    unformatted,
    runs,
    health,
  }: {
    readonly runs: RunsAnswer;
    readonly unformatted: UnformattedAnswer;
    readonly health: { readonly unused: readonly unknown[] };
  },
  limits: Limits,
): string[] {
  const notes: string[] = [];
  const note = (what: string, count: number, limit: number) => {
    if (count > limit) notes.push(`${counted(count - limit)} of ${counted(count)} ${what}`);
  };
  note("executions", runs.executions.length, limits.executions);
  note("runs of Glue", runs.glue?.length ?? 0, limits.glueRuns);
  note("groups of unformatted records", unformatted.groups.length, limits.groups);
  note("errors of failed deliveries", unformatted.failedDeliveries.length, limits.records);
  note("unused permissions", health.unused.length, limits.unused);
  return notes;
}

/** The bytes of the first records of the most frequent groups. */
async function recordsOf(index: UnformattedIndex, { groups }: UnformattedAnswer, limits: Limits) {
  const ids = groups.slice(0, limits.groups).flatMap(({ examples }) => examples.slice(0, LINKED));
  const records: Record<string, unknown> = {};
  for (const id of ids.slice(0, limits.records)) {
    const record = await index.record(id);
    records[`record?${new URLSearchParams({ id })}`] = record && withFirstBytes(record, limits);
  }
  return records;
}

/** Whole bytes, two characters each. */
function withFirstBytes<T extends { readonly hex: string }>(one: T, { characters }: Limits): T {
  return { ...one, hex: one.hex.slice(0, characters - (characters % 2)) };
}

function queryView({ sql, columns, rows, error, note }: QueryResult, limits: Limits): QueryView {
  if (error !== undefined || note !== undefined) return { sql, problem: error ?? note ?? "" };
  const isNumber = (index: number) => rows.every((row) => row[index] === null || typeof row[index] === "number");
  const answer = {
    columns: columns.map((name, index) => ({ name, type: isNumber(index) ? "double" : "varchar" })),
    rows: rows.slice(0, limits.rows).map((row) => row.map((cell) => (cell === null ? null : String(cell)))),
    total: rows.length,
  };
  return { sql, answer };
}

/** The script is the console's own, and runs by its hash. No string of the run is markup: all of them lie in JSON. */
function pageOf(answers: PageAnswers, { characters }: Limits): string {
  const { "app.js": script, "app.css": style } = consoleAssets();
  const json = JSON.stringify(answers, (name, value: unknown) =>
    typeof value === "string" && value.length > characters && name !== "hex"
      ? `${value.slice(0, characters)} … (${value.length} characters)`
      : value,
  ).replaceAll("<", "\\u003c");
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Streamlake run</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript, all of which it contains.</noscript>
<script type="application/json" id="answers">${json}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
