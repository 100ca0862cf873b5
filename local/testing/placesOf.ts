/** Finds the lines of the program at which a hook threw in a unit test, as packages do on AWS. */
import * as path from "node:path";
import { fileURLToPath } from "node:url";

/** The last frame of hooks: lake/routing/hooks.ts calls them. */
const CALLER = `${path.sep}${path.join("lake", "routing", "hooks")}.`;
const FRAME = /^\s+at (?:.*\()?((?:file:\/\/)?\/[^()]*?):(\d+):\d+\)?$/;
/** Includes the place that threw. */
const MAX_PLACES = 4;

/** The places that the error passed, the one that threw first: `["names.ts:3", "hooks.ts:17"]`, from the current directory. */
export function placesOf({ stack = "" }: Error): string[] {
  const places: string[] = [];
  for (const frame of stack.split("\n")) {
    const [, location = "", line] = FRAME.exec(frame) ?? [];
    const file = location.startsWith("file:") ? fileURLToPath(location) : location;
    if (file.includes(CALLER)) break;
    if (file === "" || file.split(path.sep).includes("node_modules")) continue;
    const name = path.relative(process.cwd(), file);
    const place = `${name.startsWith("..") ? path.basename(file) : name.split(path.sep).join("/")}:${line}`;
    if (place !== places.at(-1)) places.push(place);
  }
  return places.slice(0, MAX_PLACES);
}
