/** A module that a hook requires. */
interface Removed {
  readonly by: "the compiler";
}

export function half(value: number | Removed): number {
  if (typeof value !== "number") {
    throw new TypeError("not a number");
  }
  return value / 2;
}
