/** Finds the values of declared columns in a row's JSON, as strings, by the rules of the flatten job. */
import type { Column } from "../columns";
import { comparePaths, plainName } from "../hourly/flattenName";
import { MAX_FIELDS } from "../hourly/flattenPlan";
import type { Path } from "../hourly/flattenShape";
import { JsonWalk, jsonText, textOf } from "./jsonWalk";

/** The text of each column's value, by the column's index; undefined for a column whose value is null or not there. */
export type FieldTexts = (string | undefined)[];

interface Found {
  readonly path: Path;
  /** True for a value that the flatten job makes a column of its own; an object with fields is not one. */
  readonly isLeaf: boolean;
  readonly text: string;
}

/** Fields on the way to declared paths, by name. */
interface Step {
  readonly columns: number[];
  readonly steps: Map<string, Step>;
}

/** A flattened name is cut at this length, so that longer ones are not compared by their beginnings. */
const MAX_NAME = 255;
/** Names of fields are data: a cache of them must not grow without bounds. */
const MAX_CACHED_NAMES = 10_000;

/**
 * Returns a function that finds the values in one row. A column without a path has the value of the first field whose path
 * flattens to its name, in one row alone: as in a live view, other rows of the hour do not matter.
 */
export function fieldTexts(columns: readonly Column[]): (json: string) => FieldTexts {
  const root: Step = { columns: [], steps: new Map() };
  const byName = new Map<string, number>();
  const beginnings = new Set<string>();
  columns.forEach(({ name, path }, index) => {
    if (path) {
      stepTo(root, path).columns.push(index);
      return;
    }
    byName.set(name, index);
    for (let end = 1; end < name.length; end++) if (name[end] === "_") beginnings.add(name.slice(0, end));
  });
  const plainNames = new Map<string, string>();

  function plainOf(field: string): string {
    const known = plainNames.get(field);
    if (known !== undefined) return known;
    const plain = plainName(field);
    if (plainNames.size < MAX_CACHED_NAMES) plainNames.set(field, plain);
    return plain;
  }

  return (json) => {
    const own: FieldTexts = new Array(columns.length).fill(undefined);
    const found = new Map<number, Found>();
    const walk = new JsonWalk(json);

    function object(flattened: string | undefined, step: Step | undefined, path: Path): number {
      const seen = new Set<string>();
      let count = 0;
      walk.object((field) => {
        count++;
        // Of a name that is there twice, DuckDB and Spark read the first value.
        if (seen.has(field)) return walk.skip();
        seen.add(field);
        const plain = plainOf(field);
        const name = flattened === undefined ? plain : `${flattened}_${plain}`;
        value(name, step?.steps.get(field), [...path, field]);
      });
      return count;
    }

    function value(name: string, step: Step | undefined, path: Path): void {
      const start = walk.at;
      const named = byName.get(name.slice(0, MAX_NAME));
      const isWay = beginnings.has(name) || name.length >= MAX_NAME || (step !== undefined && step.steps.size > 0);
      let isLeaf = true;
      if (isWay && walk.isObject()) {
        const fields = object(name, step, path);
        isLeaf = fields === 0 || fields > MAX_FIELDS;
      } else {
        if (named !== undefined && walk.isObject()) isLeaf = isLeafAt(json, walk.at);
        walk.skip();
      }
      const isWanted = named !== undefined || (step !== undefined && step.columns.length > 0);
      const text = isWanted ? textOf(json, start, walk.at) : undefined;
      if (text === undefined) return;
      for (const index of step?.columns ?? []) own[index] ??= text;
      if (named === undefined) return;
      const candidate = { path, isLeaf, text };
      const before = found.get(named);
      if (!before || comesBefore(candidate, before)) found.set(named, candidate);
    }

    if (walk.isObject()) object(undefined, root, []);
    for (const [index, { text }] of found) own[index] = text;
    return own;
  };
}

function isLeafAt(json: string, start: number): boolean {
  let fields = 0;
  const walk = new JsonWalk(json, start);
  walk.object(() => {
    fields++;
    walk.skip();
  });
  return fields === 0 || fields > MAX_FIELDS;
}

function comesBefore(left: Found, right: Found): boolean {
  if (left.isLeaf !== right.isLeaf) return left.isLeaf;
  return comparePaths(left.path, right.path) < 0;
}

function stepTo(root: Step, path: Path): Step {
  let step = root;
  for (const field of path) {
    let next = step.steps.get(field);
    if (!next) {
      next = { columns: [], steps: new Map() };
      step.steps.set(field, next);
    }
    step = next;
  }
  return step;
}

/** The elements of a JSON array as strings, with undefined for nulls; undefined for a string that is no JSON array. */
export function elementTexts(text: string): (string | undefined)[] | undefined {
  const walk = new JsonWalk(text);
  if (!walk.isArray()) return undefined;
  const elements: (string | undefined)[] = [];
  try {
    walk.array(() => {
      const start = walk.at;
      walk.skip();
      elements.push(textOf(text, start, walk.at));
    });
    walk.end();
    jsonText(text, 0, text.length);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return elements;
}
