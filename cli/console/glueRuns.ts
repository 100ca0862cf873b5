/** Describes the runs of Glue's jobs and the crawls for a page: times, results, errors. */
import type { GlueRunView } from "../../console/wire";
import type { GlueService } from "../../local/services/glue/service";
import { counted, counting } from "../terminal/wording";

type GlueRun = ReturnType<GlueService["runs"]>[number];

/** Runs that a page gets, the last ones. */
const MAX_RUNS = 1000;
const MAX_CHARACTERS = 2000;

/** The last one first. */
export function glueRunViews(runs: readonly GlueRun[]): GlueRunView[] {
  return runs
    .slice(-MAX_RUNS)
    .map(
      ({ kind, name, id, state, startMillis, endMillis, error, arguments: given, effects }): GlueRunView => ({
        kind,
        name,
        id,
        status: state,
        startMillis,
        ...(endMillis !== undefined && { endMillis }),
        ...(error !== undefined && { error: error.slice(0, MAX_CHARACTERS) }),
        input: Object.entries(given).map(([argument, value]) => `${argument} ${value}`.slice(0, MAX_CHARACTERS)),
        effects: effects.map(effectText),
      }),
    )
    .reverse();
}

function effectText(effect: GlueRun["effects"][number]): string {
  if (effect.kind === "flattened") {
    const { table, rows, objects, files } = effect;
    return `${table}: ${counting(rows, "row")} of ${counting(objects, "raw object")} in ${counting(files, "Parquet object")}`;
  }
  const { table, columns, isNew, newColumns, newPartitions } = effect;
  const added = isNew || newColumns === 0 ? "" : ` (${counted(newColumns)} new)`;
  return `${table}: ${isNew ? "created, " : ""}${counting(columns, "column")}${added}, ${counting(newPartitions, "new partition")}`;
}
