/** Makes a router's handler in this process, as its package does, on a lake in memory. */
import * as path from "node:path";
import type { SchemaLookup } from "../../formats/schemaIds/lookup";
import { type CallbackContext, undeclaredSecret } from "../../lake/callbackContext";
import { stackFrames } from "./stackFrames";
import type { RouteEventsOptions, Routing } from "./testedRouter";

/** The handler that the package contains, on a lake in memory. */
export function handlerInProcess(
  routing: Routing,
  variables: Readonly<Record<string, string>>,
  objects: Map<string, Uint8Array>,
  { secrets = {}, schemas = {}, lookUpSchema }: RouteEventsOptions,
): (event: object) => Promise<unknown> {
  const effects = {
    stream: variables.STREAM_NAME ?? "",
    bucket: variables.LAKE_BUCKET ?? "",
    store: {
      putIfAbsent: async (key: string, body: Uint8Array) => {
        if (objects.has(key)) return "present";
        objects.set(key, body);
        return "created";
      },
    },
    log: () => undefined,
    exposesHookErrors: true,
    placesOf,
  };
  const lookUp: SchemaLookup = (schema) =>
    Object.hasOwn(schemas, schema.id) ? schemas[schema.id] : lookUpSchema?.(schema);
  const handler = routing.factory(contextOf(secrets), { effects, schemas: lookUp });
  return async (event) => {
    // As in a package: the secrets are read before the event.
    for (const value of Object.values(secrets)) if (value instanceof Error) throw value;
    return handler(event);
  };
}

function contextOf(secrets: Readonly<Record<string, string | Error>>): CallbackContext {
  return {
    secret: (name) => {
      const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
      if (typeof value === "string") return value;
      throw value ?? new Error(undeclaredSecret(name, Object.keys(secrets)));
    },
  };
}

/** The last frame of hooks: lake/routing/hooks.ts calls them. */
const CALLER = `${path.sep}${path.join("lake", "routing", "hooks")}.`;
/** Includes the place that threw. */
const MAX_PLACES = 4;

/** The places that the error passed, the one that threw first: `["names.ts:3", "hooks.ts:17"]`, from the current directory. */
function placesOf(error: Error): string[] {
  const places: string[] = [];
  for (const { file, line } of stackFrames(error)) {
    if (file.includes(CALLER)) break;
    if (file.split(path.sep).includes("node_modules")) continue;
    const name = path.relative(process.cwd(), file);
    const place = `${name.startsWith("..") ? path.basename(file) : name.split(path.sep).join("/")}:${line}`;
    if (place !== places.at(-1)) places.push(place);
  }
  return places.slice(0, MAX_PLACES);
}
