/** Writes the result of a query as CSV and as JSON. */
import type { SqlAnswer } from "../wire";

type Row = SqlAnswer["rows"][number];

/** RFC 4180. A null is empty, and an empty string is quoted; in a single column a null is too, because readers skip empty lines. */
export function csvOf({ columns, rows }: Pick<SqlAnswer, "columns" | "rows">): string {
  return csvLines([columns.map(({ name }) => name), ...rows]);
}

export function csvLines(rows: readonly Row[]): string {
  return rows.map((cells) => `${cells.map(quoted).join(",") || '""'}\r\n`).join("");
}

function quoted(text: string | null): string {
  if (text === null) return "";
  return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const NUMBER = /^(tinyint|smallint|integer|int|bigint|float|double|real)$/;

/** An object for each row, in which the second column `n` is `n_2`; numbers that JSON keeps exactly are numbers, other values are Athena's strings. */
export function jsonOf({ columns, rows }: Pick<SqlAnswer, "columns" | "rows">): string {
  return `[\n${rows.map(jsonObjectOf(columns)).join(",\n")}\n]\n`;
}

export function jsonObjectOf(columns: SqlAnswer["columns"]): (row: Row) => string {
  const names = differentNames(columns.map(({ name }) => name));
  return (row) =>
    JSON.stringify(
      Object.fromEntries(columns.map(({ type }, index) => [names[index], jsonValue(row[index] ?? null, type)])),
    );
}

function differentNames(names: readonly string[]): string[] {
  const used = new Set(names);
  return names.map((name, index) => {
    if (names.indexOf(name) === index) return name;
    let number = 2;
    while (used.has(`${name}_${number}`)) number += 1;
    used.add(`${name}_${number}`);
    return `${name}_${number}`;
  });
}

function jsonValue(text: string | null, type: string): string | number | boolean | null {
  if (text === null) return null;
  if (type === "boolean") return text === "true";
  const number = Number(text);
  return NUMBER.test(type) && String(number) === text ? number : text;
}
