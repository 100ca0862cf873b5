/** Maps the minified code of a package to the lines of the program's source. */
import * as path from "node:path";
import { decode } from "@jridgewell/sourcemap-codec";
import type { PackageLines, PackageRun } from "../../lake/routing/packageLines";
import { relativeFile } from "./functionPlaces";
import { locateFunctions } from "./locateFunctions";
import { lineStarts, type Script, type SourcePlace } from "./script";

/** The library's root, which is the base of the paths in a package's source map. */
const LIBRARY = path.dirname(path.dirname(__dirname));
/** The rooms whose code is in packages. */
const OWN_ROOMS = ["components", "formats", "functions", "lake"].map((room) => path.join(LIBRARY, room) + path.sep);

export interface PackageSource {
  /** The serialized callback. */
  readonly callback: string;
  /** The name of the callback in the source map. */
  readonly callbackName: string;
  /** The functions in the callback. */
  readonly functions: readonly ((...args: never[]) => unknown)[];
}

/**
 * Returns the lines of the code that is the program's: of its functions in the callback, and of the files that they
 * require. The library and packages in `node_modules` are left out.
 *
 * @param sourceMap esbuild's, of the package
 */
export function packageLines({ callback, callbackName, functions }: PackageSource, sourceMap: string): PackageLines {
  const { sources, mappings } = JSON.parse(sourceMap) as { sources: string[]; mappings: string };
  const placeInCallback = callbackPlaces(callback, functions);
  const places = sources.map((source) => {
    const file = path.resolve(LIBRARY, decodeURIComponent(source));
    if (path.basename(file) === callbackName) return placeInCallback;
    return isOfProgram(file) ? (line: number): SourcePlace => ({ file, line: line + 1 }) : () => undefined;
  });

  const files: string[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (file: string): number => {
    const known = indexes.get(file) ?? files.push(relativeFile(file)) - 1;
    indexes.set(file, known);
    return known;
  };
  const runs: PackageRun[] = [];
  let previous = [OTHERS, 0];
  for (const [line, segments] of decode(mappings).entries()) {
    for (const [column, source, sourceLine, sourceColumn] of segments) {
      const place = source === undefined ? undefined : places[source]?.(sourceLine as number, sourceColumn as number);
      const [file, placeLine] = place ? [indexOf(place.file), place.line] : [OTHERS, 0];
      if (file === previous[0] && placeLine === previous[1]) continue;
      runs.push([line + 1, column + 1, file, placeLine]);
      previous = [file, placeLine];
    }
  }
  return { files, runs };
}

/** The file of code that is not the program's. */
const OTHERS = -1;

function isOfProgram(file: string): boolean {
  return !file.split(path.sep).includes("node_modules") && !OWN_ROOMS.some((room) => file.startsWith(room));
}

/** A function's text in the callback. */
interface FunctionText {
  readonly start: number;
  readonly end: number;
  readonly script: Script;
  /** The index in the script's code at which the same text begins. */
  readonly scriptStart: number;
}

function callbackPlaces(
  callback: string,
  functions: PackageSource["functions"],
): (line: number, column: number) => SourcePlace | undefined {
  const texts = functionTexts(callback, functions);
  const starts = lineStarts(callback);
  return (line, column) => {
    const at = (starts[line] ?? 0) + column;
    const text = texts.find(({ start, end }) => start <= at && at < end);
    return text?.script.placeAt(text.scriptStart + at - text.start);
  };
}

/** The serializer's code around a function. */
const BEFORE = "\n\nreturn ";
const AFTER = ";\n\n    }\n  }).apply(";

/**
 * Finds the program's functions in the callback. Functions of different places with the same text are left out, because
 * the callback does not show which is which.
 */
function functionTexts(callback: string, functions: PackageSource["functions"]): FunctionText[] {
  const found = new Map<number, FunctionText[]>();
  for (const [index, location] of locateFunctions(functions).entries()) {
    if (!location || !isOfProgram(location.script.placeAt(location.parameters).file)) continue;
    const { script, parameters } = location;
    const text = Function.prototype.toString.call(functions[index]);
    const scriptStart = script.code.lastIndexOf(text, parameters);
    if (scriptStart < 0) continue;
    for (const { start, skipped } of occurrences(callback, text)) {
      const one = { start, end: start + text.length - skipped, script, scriptStart: scriptStart + skipped };
      found.set(start, [...(found.get(start) ?? []), one]);
    }
  }
  return [...found.values()].flatMap(([first, ...others]) =>
    first && others.every(({ script, scriptStart }) => script === first.script && scriptStart === first.scriptStart)
      ? [first]
      : [],
  );
}

/** The serializer keeps arrow functions, and replaces the head of all others up to their parameters. */
function occurrences(callback: string, text: string): { start: number; skipped: number }[] {
  const arrow = `${BEFORE}${text}${AFTER}`;
  const starts = indexesOf(callback, arrow).map((at) => ({ start: at + BEFORE.length, skipped: 0 }));
  if (starts.length > 0) return starts;
  const skipped = text.indexOf("(");
  return indexesOf(callback, `${text.slice(skipped)}${AFTER}`)
    .filter((at) =>
      /\n\nreturn (async )?function\*? [^\n(]*$/.test(callback.slice(callback.lastIndexOf(BEFORE, at), at)),
    )
    .map((start) => ({ start, skipped }));
}

function indexesOf(text: string, part: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) found.push(at);
  return found;
}
