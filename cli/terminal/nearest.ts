/** Finds the name that a misspelt one was meant to be, by the optimal string alignment distance. */

/** Two thirds of the letters must be right, so that no random name is suggested. */
const MAX_SHARE_WRONG = 1 / 3;

/** The known name nearest to `given`, without regard to case; undefined if none is near. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((name) => ({ name, edits: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(1, Math.max(given.length, name.length) * MAX_SHARE_WRONG))
    .filter(({ name, edits }) => edits < name.length);
  ranked.sort((left, right) => left.edits - right.edits);
  return ranked[0]?.name;
}

/** `; did you mean --records?`, or nothing. */
export function suggestion(given: string, known: readonly string[], prefix = ""): string {
  const name = nearest(given, known);
  return name === undefined ? "" : `; did you mean ${prefix}${name}?`;
}

/** Counts inserted, left-out, replaced and swapped letters. */
function distance(from: string, to: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: to.length + 1 }, (_, at) => at)];
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      next[column] = Math.min(
        (last[column] as number) + 1,
        (next[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
        swapped ? (before[column - 2] as number) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, last] = [last, next];
  }
  return last[to.length] as number;
}
