/** Seeded random numbers: the same seed gives the same numbers on every machine. */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** Throws for an empty list. */
  pick<T>(values: readonly T[]): T;
  /** True with that probability. */
  chance(probability: number): boolean;
}

/** The generator sfc32 by Chris Doty-Humphrey, seeded by splitmix32: 32 bits a draw, period about 2^128. */
export function createRandom(seed: number): Random {
  const split = splitmix32(seed);
  let [a, b, c, counter] = [split(), split(), split(), 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let warmUp = 0; warmUp < 12; warmUp++) next();
  return {
    next,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: <T>(values: readonly T[]): T => {
      if (values.length === 0) throw new RangeError("there is nothing to pick from");
      return values[Math.floor(next() * values.length)] as T;
    },
    chance: (probability) => next() < probability,
  };
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}
