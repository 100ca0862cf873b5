/** `streamlake cost`: estimates the cost of a month from the resources that the program declares, before it is deployed. */
import { defineCommand } from "../command";
import { costText } from "../cost/costText";
import { declaredProgram } from "../cost/declaredProgram";
import { estimate } from "../cost/estimate";
import { PRICED } from "../cost/prices";
import { choice, integer, quantity, stackName, text } from "../optionKinds";
import { lookupsFile, readLookups } from "../project/readLookups";
import { readProject } from "../project/readProject";
import { fitting, headed } from "../terminal/textTable";

export const cost = defineCommand({
  name: "cost",
  summary: "Estimates the cost of a month from the resources that the program declares: no AWS account, no deployment.",
  options: {
    stack: stackName("the stack whose configuration the program is evaluated with", "dev"),
    "records-per-day": quantity("N", "the records that producers write to each stream in a day, such as 50e6"),
    "record-bytes": quantity("N", "the mean size of a record", 1000),
    "hours-per-day": integer("N", "the hours of a day with data", { min: 1, max: 24, initial: 24 }),
    "function-millis": quantity("N", "the mean duration of a call of a function"),
    "job-minutes": quantity("N", "the mean duration of a run of a Glue job"),
    transitions: quantity("N", "the state transitions of the hourly step for an hour with data"),
    "scanned-gb": quantity("N", "the gigabytes that queries scan in a month"),
    "stored-gb": quantity("N", "the gigabytes that lie in the lake's bucket"),
    "api-requests-per-day": quantity("N", "the requests to an HTTP API in a day"),
    lookups: text("FILE", "answers what the program looks up; streamlake.lookups.json when present", undefined),
    output: choice("FORM", "table or json", ["table", "json"], "table"),
  },
  hasColors: true,
  notes: [
    `Prices are those of ${PRICED.region} on ${PRICED.on}; docs/guides/prices.md lists them with their sources. What is not known is`,
    "listed as open, and a sum without it begins with ≥. Traffic is taken as even over the hours and the shards.",
    "",
    "  streamlake cost --stack prod --records-per-day 50e6 --record-bytes 900",
    "",
    "Exit code 0: estimated. 1: the program failed. 2: wrong usage.",
  ],
  run: async (options, io) => {
    const lookups = readLookups(lookupsFile(io.cwd, options.lookups));
    const project = readProject(io.cwd, options.stack, lookups.config);
    const resources = await declaredProgram(project, options.stack, lookups);
    const traffic = {
      recordsPerDay: options["records-per-day"],
      recordBytes: options["record-bytes"],
      activeHours: options["hours-per-day"],
      functionMillis: options["function-millis"],
      jobMinutes: options["job-minutes"],
      transitions: options.transitions,
      scannedGb: options["scanned-gb"],
      storedGb: options["stored-gb"],
      apiRequestsPerDay: options["api-requests-per-day"],
    };
    const found = estimate(resources, traffic, project.config["aws:region"] ?? PRICED.region);
    if (options.output === "json") io.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    else {
      const width = { ...headed(io), ...(io.stdout.isTTY && fitting(io.stdout)) };
      io.stdout.write(costText(found, options.stack, { columnWidth: 60, ...width }));
    }
    return 0;
  },
});
