/** Checks that one JSON schema accepts every array that another accepts. */
import { boundProblems } from "./jsonScalars";
import type { Compare, Node, Schema } from "./jsonSchemaNode";

export function arrayProblems(path: string, read: Node, written: Node, compare: Compare): string[] {
  const [reader, writer] = [itemsOf(read), itemsOf(written)];
  const named = Math.max(reader.first.length, writer.first.length);
  const isClosed = writer.rest === false;
  const maxItems = Math.min(
    Number(written.maxItems ?? Number.POSITIVE_INFINITY),
    isClosed ? writer.first.length : Number.POSITIVE_INFINITY,
  );
  const at = ({ first, rest }: Items, index: number): Schema => first[index] ?? rest;
  const problems: string[] = [];
  for (let index = 0; index < Math.min(named, maxItems); index++) {
    problems.push(...compare(`${path}/${index}`, at(reader, index), at(writer, index)));
  }
  if (maxItems > named) problems.push(...compare(`${path}/*`, reader.rest, writer.rest));
  if (read.uniqueItems === true && written.uniqueItems !== true && maxItems > 1) {
    problems.push(`${path || "/"}: uniqueItems is new`);
  }
  const bounds = Number.isFinite(maxItems) ? { ...written, maxItems } : written;
  return [...problems, ...boundProblems(path, read, bounds, "minItems", "maxItems")];
}

interface Items {
  readonly first: readonly Schema[];
  readonly rest: Schema;
}

function itemsOf({ items, additionalItems }: Node): Items {
  if (!Array.isArray(items)) return { first: [], rest: (items ?? true) as Schema };
  return { first: items as Schema[], rest: (additionalItems ?? true) as Schema };
}
