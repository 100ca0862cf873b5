/** Writes the rows of a query for other programs: a line for each row, values between tabs, without headings. */

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** One value is itself; in several, tab, line end and backslash are `\t`, `\n`, `\r` and `\\`. Null is empty. */
export function plainRows(rows: readonly (readonly (string | number | boolean | null)[])[]): string {
  const isOne = rows.length === 1 && rows[0]?.length === 1;
  const shown = (value: string | number | boolean | null) =>
    isOne ? String(value ?? "") : String(value ?? "").replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? "");
  return rows.map((row) => `${row.map(shown).join("\t")}\n`).join("");
}
