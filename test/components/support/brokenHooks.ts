/** Hooks that throw. Tests name the lines of this file. */
export const third = (row: { readonly a?: number }): number => {
  if (row.a === undefined) throw new RangeError("no a");
  return row.a;
};

export interface Row {
  readonly name?: { readonly first?: string };
  readonly depth?: number;
}

export const chained = (row: Row) => {
  const { name } = row;
  return {
    ...row,
    up: (name as { first: string }).first // This comment keeps the calls on lines of their own.
      .trim()
      .toUpperCase(),
  };
};

export function declared(row: Row): Row {
  const result = chained(row);
  return result;
}

export const shorthand = {
  async *unused() {},
  accept(row: Row): boolean {
    const known = declared;
    return (
      [row].map((each) => {
        return known(each);
      }).length > 0
    );
  },
};

export function recursive(row: Row): number {
  if (row.depth === 0) throw new Error("deep enough");
  return recursive({ depth: (row.depth ?? 0) - 1 });
}

export const required = (row: Row): string => {
  const { half } = require("../test/components/support/half 2") as typeof import("./half 2");
  return half(row.depth as number).toFixed(1);
};

export const twins = {
  first: (row: Row) => (row.name as { first: string }).first,
  second: (row: Row) => (row.name as { first: string }).first,
};
