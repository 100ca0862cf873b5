/** Finds filters of mappings that drop records of formats that a router reads. */
import { type Declaration, listOf, objectOf, type Program } from "../program";
import type { Rule } from "../rule";
import { FUNCTION, MAPPING } from "./types";

const ROUTER = "streamlake:index:FormatRouter";

/**
 * Lambda drops a record whose data is no JSON when a pattern has the key `data`. `FormatRouter` refuses this for its own
 * argument; here it is a transform, or another mapping that calls the router's function.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html
 */
export const filteredFormats: Rule = {
  id: "filtered-formats",
  title: "A filter on data should not drop records of formats that the router reads",
  find: (program) =>
    program.all(MAPPING).flatMap((mapping) => {
      const others = formatsOf(mapping, program).filter((format) => format !== "json");
      if (others.length === 0) return [];
      const filters = listOf(objectOf(mapping.inputs.filterCriteria).filters);
      return filters.flatMap(({ pattern }, index) => {
        if (!isOnData(pattern)) return [];
        return {
          resource: mapping,
          problem: `filter ${index + 1} is on data, so Lambda drops each record that is not JSON, but the router reads ${others.join(", ")} too.`,
          wayOut: "Use the router's hook accept instead of the filter, or set its formats to json alone.",
        };
      });
    }),
};

function formatsOf(mapping: Declaration, program: Program): string[] {
  const handler = program.usedOne(mapping, "functionName", FUNCTION);
  const formats = handler && program.within(handler, ROUTER)?.inputs.formats;
  return Array.isArray(formats) ? formats.filter((format) => typeof format === "string") : [];
}

function isOnData(pattern: unknown): boolean {
  if (typeof pattern !== "string") return false;
  try {
    return Object.hasOwn(objectOf(JSON.parse(pattern)), "data");
  } catch {
    return false; // Lambda refuses a pattern that is no JSON
  }
}
