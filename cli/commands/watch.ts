/** `streamlake watch`: runs changed hooks again on the records of a kept run, and prints what differs. */
import { defineCommand } from "../command";
import { CommandError } from "../errors";
import { integer } from "../optionKinds";
import { lookupsFile, readLookups } from "../project/readLookups";
import { readProject } from "../project/readProject";
import { readRun, runOptions } from "../project/runs/readRun";
import { counted, counting } from "../terminal/wording";

export const watch = defineCommand({
  name: "watch",
  summary:
    "Runs changed hooks again on the records of the last local run, at each save, and prints the rows and reasons that differ.",
  options: {
    ...runOptions,
    records: integer("N", "the maximum number of records; of a larger run, a sample", {
      initial: 5000,
      min: 1,
      max: 1_000_000,
    }),
    rows: integer("N", "the number of rows to print of each kind of difference in each table", {
      initial: 3,
      min: 0,
      max: 1000,
    }),
  },
  hasColors: true,
  notes: [
    "Watches the program, the local files that it imports or reads as it starts, and the configuration of the stack.",
    "The first routing is of the program as it is; each later one is compared with the one before.",
    "Only hooks of a FormatRouter run; those of a DeliveryStream and of other functions on a stream do not.",
    "Hooks run in a process of this machine, as in unit tests: without the limits and permissions of a function.",
    "A program of ES modules is loaded in a new process at each change, which takes a few seconds.",
    "Ends at Ctrl-C, with exit code 130.",
  ],
  run: async ({ records: maxRecords, rows, ...wanted }, io) => {
    const { directory, id, marker } = readRun("watch", wanted, io);
    const { stack, seed } = marker;
    const lookups = marker.lookups ?? lookupsFile(io.cwd, undefined);
    // Refuses a directory without project; later mistakes in these files are printed, and then the command waits.
    readProject(io.cwd, stack, readLookups(lookups).config);
    const { readRunRecords } = require("../watch/runRecords") as typeof import("../watch/runRecords");
    const { total, taken, byStream } = await readRunRecords(directory, maxRecords, seed);
    if (total === 0) {
      throw new CommandError(
        `streamlake watch: the run ${id} has no records; run the program with records: streamlake local`,
      );
    }
    const records =
      taken < total
        ? `a sample of ${counted(taken)} of its ${counted(total)} records (--records changes the number)`
        : counting(total, "record");
    io.stdout.write(`Run ${id} of the stack ${stack}: ${records}. Times are UTC; Ctrl-C ends.\n\n`);
    const { watchProgram } = require("../watch/watch") as typeof import("../watch/watch");
    return watchProgram({ settings: { stack, seed, lookups, records: byStream }, maxExamples: rows }, io);
  },
});
