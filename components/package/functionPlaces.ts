/** Finds the places of functions in the program's source, because a package contains their code but not their lines. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Session } from "node:inspector";
import { SourceMap, type SourceMapPayload } from "node:module";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import * as vm from "node:vm";
import { projectDirectory } from "./programDirectory";

interface Script {
  readonly url: string;
  readonly sourceMapURL?: string;
}

interface Location {
  readonly scriptId: string;
  /** Counted from 0. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/**
 * Returns the places by the functions' names: `{ transform: "hooks.ts:17" }`, relative to the directory of
 * `Pulumi.yaml`, so that they are the same in every checkout. A function without a script, as a bound one, has no
 * place.
 */
export function functionPlaces(functions: Readonly<Record<string, unknown>>): Record<string, string> {
  const found = Object.entries(functions).filter(([, value]) => typeof value === "function");
  if (found.length === 0) return {};
  const { locations, scripts } = inspect(found.map(([, value]) => value));
  return Object.fromEntries(
    found.flatMap(([name], index) => {
      const location = locations[index];
      const script = location && scripts.get(location.scriptId);
      return location && script?.url ? [[name, placeOf(script, location)]] : [];
    }),
  );
}

/**
 * Queries V8, as Pulumi's serializer does for captured variables. A session on the same thread calls back before `post`
 * returns.
 */
function inspect(functions: readonly unknown[]) {
  const scripts = new Map<string, Script>();
  const session = new Session();
  session.connect();
  try {
    // Contexts of earlier calls may still exist, also those of another copy of this module.
    const name = `streamlake functions ${randomUUID()}`;
    vm.createContext({ functions }, { name });
    let contextId: number | undefined;
    session.on("Runtime.executionContextCreated", ({ params: { context } }) => {
      if (context.name === name) contextId = context.id;
    });
    session.on("Debugger.scriptParsed", ({ params }) => scripts.set(params.scriptId, params));
    session.post("Runtime.enable");
    session.post("Debugger.enable");
    const locations = functions.map((_, index) => {
      let location: Location | undefined;
      session.post(
        "Runtime.evaluate",
        { ...(contextId && { contextId }), expression: `functions[${index}]` },
        (_, answer) => {
          const objectId = answer?.result.objectId;
          if (objectId === undefined) return;
          session.post("Runtime.getProperties", { objectId }, (_, properties) => {
            const property = properties?.internalProperties?.find((one) => one.name === "[[FunctionLocation]]");
            location = property?.value?.value as Location | undefined;
          });
        },
      );
      return location;
    });
    return { locations, scripts };
  } finally {
    session.disconnect();
  }
}

function placeOf({ url, sourceMapURL }: Script, { lineNumber, columnNumber }: Location): string {
  const file = url.startsWith("file:") ? fileURLToPath(url) : url;
  const map = sourceMapURL ? readSourceMap(file, sourceMapURL) : undefined;
  const entry = map?.findEntry(lineNumber, columnNumber);
  if (!entry || !("originalSource" in entry)) return `${relative(file)}:${lineNumber + 1}`;
  const { originalSource, originalLine } = entry;
  const source = originalSource.startsWith("file:") ? fileURLToPath(originalSource) : originalSource;
  return `${relative(path.resolve(path.dirname(file), source))}:${originalLine + 1}`;
}

/** Undefined if the map cannot be read; the place is then the line of the compiled file. */
function readSourceMap(file: string, url: string): SourceMap | undefined {
  const inline = /^data:application\/json[^,]*;base64,(.*)$/.exec(url)?.[1];
  try {
    const text = inline
      ? Buffer.from(inline, "base64").toString("utf8")
      : readFileSync(path.resolve(path.dirname(file), url), "utf8");
    return new SourceMap(JSON.parse(text) as SourceMapPayload);
  } catch {
    return undefined;
  }
}

/** Outside the project's directory only the file's name is the same in every checkout. */
function relative(file: string): string {
  const name = path.relative(projectDirectory() ?? process.cwd(), file);
  return name.startsWith("..") || path.isAbsolute(name) ? path.basename(file) : name.split(path.sep).join("/");
}
