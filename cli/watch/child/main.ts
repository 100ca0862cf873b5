/** The child process of `streamlake watch`: loads the program anew at each message, and routes the records of a run. */
import { rmSync } from "node:fs";
import { withProgramRouters } from "../../../local/testing/programRouters";
import { isOfProgram } from "../../project/isOfProgram";
import { loadProgram } from "../../project/loadProgram";
import { problemLine } from "../../project/problemLine";
import { readLookups } from "../../project/readLookups";
import { readProject } from "../../project/readProject";
import type { ChildMessage, RouteRequest, RouterOutput, RouterSettings } from "../messages";
import { ProgramFiles } from "./programFiles";

// The lines of errors are those of the program's source, not of what it was compiled to.
process.setSourceMapsEnabled(true);
// The parent ends this process.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit());

const files = new ProgramFiles();
let settings: RouterSettings | undefined;

process.on("message", (message: RouterSettings | RouteRequest) => {
  if ("dataDir" in message) void answer(message);
  else settings = message;
});

/** Pulumi reads a stack for each output; source maps would make the evaluation of a program half as fast again. */
function plainStack(error: Error, frames: readonly NodeJS.CallSite[]): string {
  return [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
}

/** Stacks that are read from now on have the lines of the source. */
function mapStacks(): void {
  if (Error.prepareStackTrace === plainStack) Reflect.deleteProperty(Error, "prepareStackTrace");
}

async function answer({ dataDir }: RouteRequest): Promise<void> {
  files.forget();
  Error.prepareStackTrace = plainStack;
  try {
    const { routers, millis } = await route(settings as RouterSettings, dataDir);
    send({ kind: "routed", routers, millis, isReusable: files.canForget });
  } catch (error) {
    mapStacks();
    files.noteModules();
    send({ kind: "read", files: files.read });
    const problem = problemLine(error, process.cwd(), isOfProgram);
    send({ kind: "failed", problem, isReusable: files.canForget });
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function route({ stack, seed, lookups: answers, records }: RouterSettings, dataDir: string) {
  const lookups = readLookups(answers);
  const project = readProject(process.cwd(), stack, lookups.config);
  const program = () => loadProgram(project.main);
  const options = { program, project: project.name, stack, config: project.config, lookups, dataDir, seed };
  return withProgramRouters(options, async (routers) => {
    mapStacks();
    files.noteModules();
    send({ kind: "read", files: files.read });
    const outputs: RouterOutput[] = [];
    const startedAt = performance.now();
    for (const { name, stream, rawPrefix, route } of routers) {
      const own = records[stream];
      const { objects, failed } = await route(own ?? []);
      const failures = failed.map((batch) => ({ records: batch.records.length, error: messageOf(batch.error) }));
      outputs.push({ name, stream, records: own?.length, rawPrefix, objects, failed: failures });
    }
    return { routers: outputs, millis: performance.now() - startedAt };
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function send(message: ChildMessage): void {
  process.send?.(message);
}
