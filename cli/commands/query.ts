/** `streamlake query`: runs SQL over the files of the last local run. */
import { queryLake } from "../../local/queryLake";
import { defineCommand } from "../command";
import { CommandError } from "../errors";
import { flag, text } from "../optionKinds";
import { readRun, runOptions } from "../project/runs/readRun";
import { interruptible } from "../run/interruptible";
import { textTable } from "../terminal/textTable";
import { counting } from "../terminal/wording";

export const query = defineCommand({
  name: "query",
  summary: "Runs Athena SQL over the files of the last local run.",
  argument: "SQL",
  options: {
    ...runOptions,
    database: text("NAME", "the database of unqualified tables; the only database of the run when absent"),
    json: flag("prints columns and rows as JSON, with values as the strings that Athena returns"),
  },
  notes: [`  streamlake query 'SELECT "_format", count(*) AS n FROM records GROUP BY 1'`],
  run: async ({ database, json, ...wanted }, io, sql = "") => {
    const { directory: dataDir } = readRun("query", wanted, io);
    const asked = queryLake({ dataDir, sql, nowMillis: io.clock.now(), ...(database && { database }) });
    const { columns, rows } = await interruptible(asked, io.signal).catch((error: unknown) => {
      if (io.signal.aborted || !(error instanceof Error)) throw error;
      throw new CommandError(error.message, { cause: error });
    });
    const names = columns.map(({ Name }) => Name);
    if (json) {
      io.stdout.write(`${JSON.stringify({ columns: names, rows })}\n`);
    } else {
      const lines = rows.length > 0 ? textTable(names, rows, { columnWidth: 60 }) : [];
      io.stdout.write(`${[...lines, counting(rows.length, "row")].join("\n")}\n`);
    }
    return 0;
  },
});
