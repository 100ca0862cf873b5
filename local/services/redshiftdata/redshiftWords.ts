/** Gives an error of DuckDB the words that Redshift has for the same cause; other errors keep DuckDB's. */
import { noTable } from "./catalog";
import type { TableName } from "./sql/expressions";
import { RedshiftError } from "./sql/redshiftError";

/** https://github.com/awslabs/amazon-redshift-utils/pull/123 */
export const DIVIDE_BY_ZERO = "Divide by zero";

/** The names in a statement. */
export interface Named {
  readonly tables: readonly TableName[];
  /** The aliases and tables of FROM. */
  readonly sources: readonly string[];
}

export function redshiftWords(error: unknown, named: Named): Error {
  if (error instanceof RedshiftError) return error;
  // In another realm than this one (tests), DuckDB's error is no instance of Error.
  const [message = ""] = String((error as Error).message ?? error).split("\n");
  const [, table] = /Table with name (.+?) does not exist/.exec(message) ?? [];
  if (table !== undefined) {
    const name = table.replaceAll('"', "");
    return noTable(named.tables.find((one) => one.name === name) ?? { name });
  }
  for (const [pattern, words] of WORDS) {
    const found = pattern.exec(message);
    const text =
      found &&
      words(
        found.slice(1).map((part) => part ?? ""),
        named,
      );
    if (text) return new RedshiftError(text);
  }
  return new RedshiftError(message);
}

type Words = (parts: string[], named: Named) => string | undefined;

/**
 * DuckDB's messages and Redshift's. Redshift's parser is PostgreSQL's 8.0; the words of its own are in the linked reports of
 * users, because AWS lists only those of loads.
 */
const WORDS: readonly (readonly [RegExp, Words])[] = [
  // https://github.com/dbeaver/dbeaver/issues/41390, and without FROM https://github.com/OHDSI/SqlRender/pull/80
  [
    /Referenced column "(.+?)" (?:was )?not found/,
    ([column], { sources: [source, ...others] }) =>
      source === undefined || others.length > 0
        ? `column "${column}" does not exist`
        : `column "${column}" does not exist in ${source}`,
  ],
  [/Referenced update column "?(.+?)"? not found/, ([column]) => `column "${column}" does not exist`],
  [
    /Table "(.+?)" does not have a column named "(.+?)"/,
    ([source, column]) => `column ${source}.${column} does not exist`,
  ],
  [
    /Table "(.+?)" does not have a column with name "(.+?)"/,
    ([table, column]) => `column "${column}" of relation "${table}" does not exist`,
  ],
  [/has \d+ columns but \d+ values were supplied/, () => "INSERT has more expressions than target columns"],
  [/Ambiguous reference to column name "(.+?)"/, ([column]) => `column reference "${column}" is ambiguous`],
  // https://github.com/OHDSI/Achilles/pull/543
  [
    /column "(.+?)" must appear in the GROUP BY clause/,
    ([column], { sources: [source, ...others] }) => {
      const name = source === undefined || others.length > 0 ? column : `${source}.${column}`;
      return `column "${name}" must appear in the GROUP BY clause or be used in an aggregate function`;
    },
  ],
  [/WHERE clause cannot contain aggregates/, () => "aggregates not allowed in WHERE clause"],
  // https://github.com/jakob/Postico/issues/782
  [/Set operations can only apply/, () => "each UNION query must have the same number of columns"],
  // https://github.com/elementary-data/elementary/issues/1540
  [/syntax error at or near "+(.+?)"+$/, ([token]) => `syntax error at or near "${token}"`],
  [/syntax error at end of input/, () => "syntax error at end of input"],
  [/Schema with name "?(.+?)"? does not exist/, ([schema]) => `schema "${schema}" does not exist`],
  [/Schema with name "?(.+?)"? already exists/, ([schema]) => `schema "${schema}" already exists`],
  [/^Invalid Input Error: Divide by zero$/, () => DIVIDE_BY_ZERO],
  // https://github.com/OHDSI/PatientLevelPrediction/issues/273
  [
    /value is out of range for the destination type INT(16|32|64)/,
    ([bits]) => `Value out of range for ${Number(bits) / 8} bytes.`,
  ],
  [/Could not convert string '(.*)' to INT(16|32|64)/, ([value = "", bits = ""]) => integerWords(value, bits)],
  // https://github.com/awslabs/amazon-redshift-utils/issues/114
  [/Could not cast value .+ to DECIMAL/, () => "Numeric data overflow (result precision)"],
  [
    /Could not convert string "(.*)" to DECIMAL/,
    ([value = ""]) =>
      /^[+-]?\d+(\.\d*)?$/.test(value) ? "Numeric data overflow (result precision)" : invalidDigit(value, "Decimal"),
  ],
  // https://github.com/metabase/metabase/issues/7487
  [/No function matches the given name and argument types '(.+?)\((.*)\)'/, ([name, types]) => noFunction(name, types)],
  [/CHECK constraint failed.*<= (\d+)/, ([bytes]) => `value too long for type character varying(${bytes})`],
  [/NOT NULL constraint failed: .*\.(.+)$/, ([column]) => `Cannot insert a NULL value into column ${column}`],
];

const INTEGERS: Readonly<Record<string, string>> = { 16: "Short", 32: "Integer", 64: "Long" };

/** https://github.com/fivetran/dbt_zendesk/issues/27 */
function integerWords(value: string, bits: string): string {
  if (!/^[+-]?\d+$/.test(value.trim())) return invalidDigit(value, INTEGERS[bits] ?? "");
  const bound = 2n ** BigInt(Number(bits) - 1);
  return `Overflow (${INTEGERS[bits]} valid range ${-bound} to ${bound - 1n})`;
}

/** https://github.com/OHDSI/SqlRender/issues/276 */
function invalidDigit(value: string, type: string): string {
  const at = Math.max(0, value.search(/(?!^[+-])\D/));
  return `Invalid digit, Value '${value.slice(at, at + 1)}', Pos ${at}, Type: ${type}`;
}

const TYPES: Readonly<Record<string, string>> = {
  VARCHAR: "character varying",
  INTEGER_LITERAL: "integer",
  DOUBLE: "double precision",
  FLOAT: "real",
  TIMESTAMP: "timestamp without time zone",
  "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
  VARIANT: "super",
};

function noFunction(name = "", list = ""): string | undefined {
  const types = list
    .replaceAll(/DECIMAL\(\d+,\s*\d+\)/g, "numeric")
    .split(", ")
    .map((type) => TYPES[type] ?? type.toLowerCase());
  if (/^\w+$/.test(name)) return `function ${name}(${types.join(", ")}) does not exist`;
  if (types.length === 2) return `operator does not exist: ${types[0]} ${name} ${types[1]}`;
  return undefined;
}
