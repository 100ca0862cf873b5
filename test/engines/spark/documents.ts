/** Seeded JSON documents as producers send them over months: nested, with fields that come, go and change their type, and odd values. */

type Random = () => number;

/** Field names with everything that column names, JSON pointers, SQL and Spark take otherwise. */
const NAMES = [
  "id",
  "ID",
  "Id",
  "name",
  "total",
  "a.b",
  "a`b",
  'a"b',
  "a/b",
  "a~1b",
  "a b",
  "a'b",
  "a\\b",
  "a\u0000b",
  "a\nb",
  "",
  "$",
  "[0]",
  "*",
  "größe",
  "名前",
  "😀",
  "\uffff",
  "__proto__",
  "_id",
  "dt",
  "a_b",
  "data",
  "0",
];
const NUMBERS = ["0", "1", "-1", "42", "9007199254740993", "9223372036854775807", "-9223372036854775808"];
const BIG_NUMBERS = [
  "9223372036854775808",
  "-9223372036854775809",
  "18446744073709551616",
  `1${"0".repeat(40)}`,
  `9${"9".repeat(300)}`,
];
const DOUBLES = [
  "0.0",
  "-0.0",
  "1.50",
  "2.55",
  "1e5",
  "1E-7",
  "1e-400",
  "-1e-400",
  "0.1",
  "123456789.123456789",
  "1e22",
  "1e21",
  "5e-324",
  "1.7976931348623157e308",
  "0.0001",
  "0.30000000000000004",
];
const TEXTS = [
  "",
  "a",
  "1",
  "1.50",
  "true",
  "null",
  "[1]",
  "{}",
  " x ",
  "\u0000",
  "\u0001\u001f\u007f",
  '"\\/',
  "\b\f\n\r\t",
  "é",
  "\u2028",
  "😀",
  "2026-11-20",
  "1e400",
  "NaN",
];

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Maker = (random: Random) => string;
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const oneOf =
  (from: readonly string[]): Maker =>
  (random) =>
    pick(random, from);

const MAKERS: Maker[] = [
  (random) => String(Math.floor(random() * 1000)),
  oneOf(NUMBERS),
  oneOf([...NUMBERS, ...BIG_NUMBERS]),
  (random) => (Math.floor(random() * 100_000) / 100).toFixed(2),
  oneOf(DOUBLES),
  oneOf([...NUMBERS, "-0"]),
  oneOf([...DOUBLES, ...NUMBERS, "-0"]),
  (random) => text(random, pick(random, TEXTS)),
  oneOf(["true", "false"]),
  oneOf(["null"]),
  oneOf(["{}"]),
  oneOf(["[]"]),
];

/** As JSON; at times with escapes where none are needed. */
function text(random: Random, value: string): string {
  const plain = JSON.stringify(value);
  return random() < 0.9
    ? plain
    : plain.replace(/[a-zé]/g, (letter) => (plain.includes("\\") ? letter : escaped(letter)));
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A kind of value, the same for a field over many documents. */
function maker(random: Random, depth: number): Maker {
  const kind = random();
  if (depth < 5 && kind < 0.25) return objectMaker(random, depth + 1);
  if (depth < 5 && kind < 0.4) {
    const item = maker(random, depth + 1);
    return (again) => `[${Array.from({ length: Math.floor(again() * 4) }, () => item(again)).join(",")}]`;
  }
  if (kind < 0.5) {
    const either = [maker(random, depth + 1), maker(random, depth + 1)];
    return (again) => pick(again, either)(again);
  }
  return pick(random, MAKERS);
}

function objectMaker(random: Random, depth: number): Maker {
  const names = [...new Set(Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(random, NAMES)))];
  const fields = names.map((name) => ({ name, value: maker(random, depth), share: random() < 0.5 ? 1 : random() }));
  const repeats = random() < 0.03;
  return (again) => {
    const present = fields.filter(({ share }) => again() < share);
    const shown = repeats && present[0] && again() < 0.3 ? [...present, present[0]] : present;
    return `{${shown.map(({ name, value }) => `${JSON.stringify(name)}:${spaces(again)}${nullOr(again, value)}`).join(",")}}`;
  };
}

function nullOr(random: Random, value: Maker): string {
  return random() < 0.05 ? "null" : value(random);
}

function spaces(random: Random): string {
  return random() < 0.02 ? " \t" : "";
}

/** Documents of one hour: the schema changes once or twice on the way. */
export function documents(seed: number, count: number): string[] {
  const random = seeded(seed);
  const schemas = Array.from({ length: 1 + Math.floor(random() * 3) }, () => objectMaker(random, 0));
  return Array.from({ length: count }, (_, index) =>
    (schemas[Math.floor((index * schemas.length) / count)] as Maker)(random),
  );
}
