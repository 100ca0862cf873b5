/** `streamlake schemas`: compares the program's schemas with the recorded ones, or records them. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Evolution, evolutions, WAYS_OUT } from "../../lake/schemas/evolution";
import { readSchemaRecord, SCHEMA_RECORD, type SchemaRecord, writeSchemaRecord } from "../../lake/schemas/record";
import { declare } from "../../local/program/declare";
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { flag, stackName } from "../optionKinds";
import { loadProgram } from "../project/loadProgram";
import { lookupsFile, readLookups } from "../project/readLookups";
import { readProject } from "../project/readProject";
import { withProgramPlaces } from "../project/withProgramPlaces";
import { counting } from "../terminal/wording";

const LAKE = "streamlake:index:DataLake";

export const schemas = defineCommand({
  name: "schemas",
  summary: `Compares the program's schemas with ${SCHEMA_RECORD} next to Pulumi.yaml, or records them there.`,
  argument: "check|accept",
  options: {
    stack: stackName("the stack whose configuration the program is evaluated with", "dev"),
    breaking: flag("also records changes that break readers"),
  },
  notes: [
    "  streamlake schemas check              lists changes; exit 1 when the record is not up to date",
    "  streamlake schemas accept             records changes, unless they break readers",
    "  streamlake schemas accept --breaking  records changes that break readers, too",
  ],
  run: async ({ stack, breaking }, io, action = "") => {
    if (action !== "check" && action !== "accept") {
      throw new UsageError(`streamlake schemas: "${action}" is neither check nor accept; see --help`);
    }
    const file = path.join(io.cwd, SCHEMA_RECORD);
    const recorded = existsSync(file) ? readSchemaRecord(file, readFileSync(file, "utf8")) : {};
    const declared = await declaredIn(io.cwd, stack);
    const found = evolutions(recorded, declared);
    const breaks = found.flatMap((evolution) => evolution.breaks);
    for (const evolution of found) io.stdout.write(shown(evolution));
    if (action === "check")
      return done(io, found.length === 0 ? 0 : 1, found.length === 0 ? "nothing has changed" : "");
    if (breaks.length > 0 && !breaking) {
      throw new CommandError(
        `streamlake schemas: ${counting(breaks.length, "change")} would break readers. ${WAYS_OUT}`,
      );
    }
    writeFileSync(file, writeSchemaRecord(declared));
    return done(io, 0, `recorded ${counting(Object.keys(declared).length, "table")} in ${SCHEMA_RECORD}; commit it`);
  },
});

function done(io: { stdout: { write(text: string): unknown } }, code: number, line: string): number {
  if (line !== "") io.stdout.write(`${line}\n`);
  return code;
}

function shown({ table, breaks, changes }: Evolution): string {
  const lines = [...breaks.map((line) => `breaks   ${line}`), ...changes.map((line) => `changes  ${line}`)];
  return `${table}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

/** Evaluates the program without its own schema check, which would stop at the first difference. */
async function declaredIn(directory: string, stack: string): Promise<SchemaRecord> {
  const {
    name: project,
    main,
    config,
  } = readProject(directory, stack, readLookups(lookupsFile(directory, undefined)).config);
  const unchecked = { ...config, "streamlake:checkSchemas": "false" };
  const { resources } = await withProgramPlaces(directory, () =>
    declare(() => loadProgram(main), { project, stack, config: unchecked }),
  );
  const lakes = resources.filter(({ type }) => type === LAKE);
  return Object.assign({}, ...lakes.map(({ inputs }) => inputs.schemas as SchemaRecord | undefined));
}
