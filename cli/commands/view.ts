/** `streamlake view`: prints an item of a serving table of a local run. */
import { stringifyRow } from "../../formats/values/stringifyRow";
import { rowOf } from "../../lake/serving/attributes";
import { OWN_ATTRIBUTES } from "../../lake/serving/fold";
import { itemOf, type TableFile, tablesOf } from "../../local/tableFiles";
import { defineCommand } from "../command";
import { CommandError } from "../errors";
import { flag, text } from "../optionKinds";
import { readRun, runOptions } from "../project/runs/readRun";

export const view = defineCommand({
  name: "view",
  summary: "Prints the item of a key from a serving table of a local run, as one line of JSON.",
  argument: "KEY",
  options: {
    ...runOptions,
    table: text("NAME", "the table; the only serving table of the run when absent"),
    all: flag("also prints the attributes that the table keeps for itself"),
  },
  notes: ["Without an item, the exit code is 1.", "", "  streamlake view 17850", "  streamlake view 17850 | jq .total"],
  run: async ({ table, all, ...wanted }, io, key = "") => {
    const { directory } = readRun("view", wanted, io);
    const views = tablesOf(directory).filter(({ keys }) => keys.length === 1 && keys[0] === OWN_ATTRIBUTES.key);
    const chosen = choose(views, table);
    const item = itemOf(directory, chosen, key);
    if (!item) throw new CommandError(`streamlake view: the table ${chosen.name} has no item with this key`);
    const row = rowOf(item);
    if (!all) for (const name of [OWN_ATTRIBUTES.last, OWN_ATTRIBUTES.shards]) delete row[name];
    io.stdout.write(`${stringifyRow(row)}\n`);
    return 0;
  },
});

function choose(views: readonly TableFile[], table: string | undefined): TableFile {
  const names = views.map(({ name }) => name).join(", ");
  const [first, ...others] = table === undefined ? views : views.filter(({ name }) => name === table);
  if (!first) {
    const missing = table === undefined ? "no serving table" : `no serving table "${table}"`;
    throw new CommandError(`streamlake view: the run has ${missing}${names === "" ? "" : `; it has ${names}`}`);
  }
  if (others.length > 0) throw new CommandError(`streamlake view: the run has ${names}; choose one with --table`);
  return first;
}
