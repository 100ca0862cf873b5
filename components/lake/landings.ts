/** Keeps the rows of several streams apart in one lake: the components that land rows, with their tables, streams and sources. */
import type { StreamSource } from "../existing/stream";
import { refuseProblems } from "../parts/checks";

/** A component that lands the rows of a stream in tables of a lake. */
export interface Landing {
  readonly component: "FormatRouter" | "DeliveryStream";
  readonly name: string;
  /** As given to the component, because each component resolves its stream to an object of its own. */
  readonly stream: StreamSource;
  /** A part of the rows' ids and of the objects' keys. */
  readonly source: string | undefined;
  /** Undefined: a hook chooses the table. */
  readonly table: string | undefined;
}

const SOURCE = /^[a-z0-9][a-z0-9_-]{0,62}$/;
/** By lake. */
const landings = new WeakMap<object, readonly Landing[]>();

/**
 * Refuses a component whose rows could have the ids of another's rows. Kinesis numbers records for each shard of a stream,
 * so two streams may use one number. A delivery stream has no source, and a table of it no rows of another stream:
 * its ledger takes all rows of the table for rows of its stream.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
 */
export function claimLanding(lake: object, landing: Landing): void {
  const { component, name, source } = landing;
  const others = (landings.get(lake) ?? []).filter(({ table }) => isShared(table, landing.table));
  refuseProblems(component, name, [
    source === undefined || SOURCE.test(source)
      ? undefined
      : `source "${source}" is not a name; use 1 to 63 lower-case letters, digits, "_" and "-".`,
    others.map((other) => conflictOf(landing, other)).find((problem) => problem !== undefined),
  ]);
  landings.set(lake, [...(landings.get(lake) ?? []), landing]);
}

function isShared(left: string | undefined, right: string | undefined): boolean {
  return left === undefined || right === undefined || left === right;
}

/** The problem of a landing that shares a table with another one. */
function conflictOf(landing: Landing, other: Landing): string | undefined {
  const { source } = landing;
  if (landing.component === "FormatRouter" && other.component === "FormatRouter") {
    if (isSame(landing.stream, other.stream) || source !== other.source) return undefined;
    const both = source === undefined ? "neither has a source" : `also has the source "${source}"`;
    return `router "${other.name}" lands rows of another stream in the same table, and ${both}; give this router a source of its own, so that the ids of their rows differ.`;
  }
  if (landing.component === other.component) {
    return `its rows may be in tables of DeliveryStream "${other.name}" too; give each delivery stream tables of its own, or a lake of its own.`;
  }
  const who = `${other.component} "${other.name}"`;
  if (!isSame(landing.stream, other.stream)) {
    return `its rows may be in tables of ${who}, which lands rows of another stream; give each stream tables of its own, or a lake of its own.`;
  }
  const given = source ?? other.source;
  if (given === undefined) return undefined;
  return `its rows may be in tables of ${who}, and the router's source "${given}" gives the same record other ids; leave the source out, or give each tables of its own.`;
}

function isSame(left: StreamSource, right: StreamSource): boolean {
  return left === right || ("streamArn" in left && "streamArn" in right && left.streamArn === right.streamArn);
}
