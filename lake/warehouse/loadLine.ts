/** Turns lines of `raw/` into the lines that COPY reads: one JSON object for each row, with the columns of its table. */
import type { Column } from "../columns";
import { rowIdOf } from "../envelope";
import { type CopiedValue, copiedValue } from "./castText";
import { fieldTexts } from "./fieldTexts";
import { warehouseColumns } from "./tables";

export interface LoadLine {
  readonly id: string;
  /** With a newline at its end. */
  readonly line: string;
  /** Values that are cut, or null because they do not convert or do not fit. */
  readonly changedValues: number;
}

/**
 * The maximum size of a JSON object and of a row, 4 MB, less a margin:
 * https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html, https://docs.aws.amazon.com/redshift/latest/dg/copy_json.html
 */
const MAX_LINE_BYTES = 4_000_000;

/** @throws Error with the length of a line that is not a row of `raw/` */
export function loadLines(columns: readonly Column[]): (rawLine: string) => LoadLine {
  const all = warehouseColumns(columns);
  const inLine = all.map((column, index) => ({
    ...column,
    path: index < all.length - columns.length ? [column.name] : column.path && ["data", ...column.path],
  }));
  const texts = fieldTexts(inLine.map((column) => (column.path ? column : { ...column, name: `data_${column.name}` })));
  const names = all.map(({ name }) => `${JSON.stringify(name)}:`);
  return (rawLine) => {
    const id = rowIdOf(rawLine);
    const values = readTexts(texts, rawLine).map((text, index) => copiedValue(text, (all[index] as Column).type));
    const isLeftOut = leftOut(values);
    const members = values.flatMap(({ json }, index) =>
      json === undefined || isLeftOut.has(index) ? [] : [`${names[index]}${json}`],
    );
    const changedValues = values.filter(({ isChanged }, index) => isChanged || isLeftOut.has(index)).length;
    return { id, line: `{${members.join(",")}}\n`, changedValues };
  };
}

function readTexts(texts: ReturnType<typeof fieldTexts>, line: string): (string | undefined)[] {
  try {
    return texts(line);
  } catch (cause) {
    throw new Error(`lake: a line of ${line.length} characters is not a row of raw/`, { cause });
  }
}

/** The largest values, without which the line is short enough. */
function leftOut(values: readonly CopiedValue[]): ReadonlySet<number> {
  const sizes = values.map(({ json }) => (json === undefined ? 0 : json.length));
  // A character has at most three bytes, so few lines are measured.
  if (sizes.reduce((sum, size) => sum + size, 0) * 3 < MAX_LINE_BYTES) return new Set();
  const bytes = values.map(({ json }) => (json === undefined ? 0 : Buffer.byteLength(json)));
  let total = bytes.reduce((sum, size) => sum + size, 0);
  const out = new Set<number>();
  const largest = [...bytes.keys()].sort((left, right) => (bytes[right] as number) - (bytes[left] as number));
  for (const index of largest) {
    if (total < MAX_LINE_BYTES) break;
    out.add(index);
    total -= bytes[index] as number;
  }
  return out;
}
