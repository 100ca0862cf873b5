/** Checks of a router's arguments, before anything is declared. */
import { checkFormats, DEFAULT_FORMATS } from "../../lake/formats";
import { refuseProblems, wholeNumberProblem } from "../parts/checks";
import { streamMappingProblems } from "../stream/mappingChecks";
import type { FormatRouterArgs } from "./args";

/** @throws one error that names every problem */
export function checkFormatRouter(name: string, args: FormatRouterArgs): void {
  const formats = args.formats ?? DEFAULT_FORMATS;
  refuseProblems("FormatRouter", name, [
    ...checkFormats(formats).map((problem) => `formats: ${problem}.`),
    tableProblem(args),
    ...hookProblems(args),
    ...streamMappingProblems(args, formats),
    wholeNumberProblem("concurrentWrites", args.concurrentWrites, { min: 1, max: 100, unit: "writes" }),
  ]);
}

function tableProblem({ table, lake }: FormatRouterArgs): string | undefined {
  if (table === undefined || Object.hasOwn(lake.tables, table)) return undefined;
  return `table "${table}" is not a table of its lake; use one of ${Object.keys(lake.tables).join(", ")}.`;
}

function hookProblems({ hooks = {} }: FormatRouterArgs): (string | undefined)[] {
  return Object.entries(hooks).map(([hook, callback]) => {
    if (!["transform", "accept", "table"].includes(hook)) {
      return `hooks has "${hook}"; the hooks are transform, accept and table.`;
    }
    if (callback === undefined || typeof callback === "function") return undefined;
    return `hook ${hook} is ${typeof callback}; use an inline callback.`;
  });
}
