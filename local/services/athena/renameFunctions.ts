/** Replaces Athena's function names in a query by DuckDB's; strings, columns and aliases do not change. */
import { literal } from "../../duckdb/sql";
import { AthenaError } from "./athenaError";
import { strftimeFormat } from "./dateFormat";
import { MAPPED_FUNCTIONS, SAME_FUNCTIONS, SYNTAX_FUNCTIONS } from "./functions";
import type { Node } from "./node";

/** A range of the query, in bytes, and its replacement. */
interface Change {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

const FORMATTED = new Set(["date_format", "date_parse"]);

/** @throws AthenaError naming a function that is not simulated */
export function renameFunctions(sql: string, nodes: readonly Node[]): string {
  const bytes = Buffer.from(sql);
  const changes = new Map<number, Change>();
  for (const node of nodes) {
    if (typeof node.function_name !== "string" || node.is_operator === true) continue;
    for (const change of changesOf(bytes, node, node.function_name.toLowerCase())) changes.set(change.at, change);
  }
  const pieces: Buffer[] = [];
  let done = 0;
  for (const { at, length, text } of [...changes.values()].sort((a, b) => a.at - b.at)) {
    pieces.push(bytes.subarray(done, at), Buffer.from(text));
    done = at + length;
  }
  return Buffer.concat([...pieces, bytes.subarray(done)]).toString("utf8");
}

function changesOf(bytes: Buffer, node: Node, name: string): Change[] {
  const at = Number(node.query_location);
  const written = /^"?([a-z0-9_]+)"?(?=\s*\()/i.exec(textAt(bytes, at));
  const isWritten = written?.[1]?.toLowerCase() === name;
  checkFunction(name, node, isWritten);
  const target = isWritten && Object.hasOwn(MAPPED_FUNCTIONS, name) ? MAPPED_FUNCTIONS[name] : undefined;
  if (!target) return [];
  const renamed = { at, length: written?.[0].length ?? 0, text: target };
  return FORMATTED.has(name) ? [renamed, formatChange(bytes, node, name)] : [renamed];
}

function checkFunction(name: string, node: Node, isWritten: boolean): void {
  const isPlain = ["", "main"].includes(String(node.schema)) && !node.catalog;
  const isAthenas = SAME_FUNCTIONS.has(name) || (isWritten && Object.hasOwn(MAPPED_FUNCTIONS, name));
  if (isPlain && (isAthenas || (!isWritten && SYNTAX_FUNCTIONS.has(name)))) return;
  throw new AthenaError(
    "FUNCTION_NOT_FOUND",
    `local/athena: the function "${name}" is not simulated; see docs/fidelity.md`,
  );
}

/** DuckDB accepts only literals as formats. */
function formatChange(bytes: Buffer, node: Node, name: string): Change {
  const at = Number((node.children as Node[])[1]?.query_location);
  const written = /^'((?:[^']|'')*)'/.exec(textAt(bytes, at));
  if (!written) {
    throw new AthenaError(
      "NOT_SUPPORTED",
      `local/athena: the format of ${name} must be a literal; see docs/fidelity.md`,
    );
  }
  const format = Buffer.from(written[1] as string, "latin1")
    .toString("utf8")
    .replaceAll("''", "'");
  return { at, length: Buffer.byteLength(written[0], "latin1"), text: literal(strftimeFormat(format)) };
}

/** One character per byte, so that positions in characters are positions in bytes. */
function textAt(bytes: Buffer, at: number): string {
  return Number.isSafeInteger(at) ? bytes.subarray(at, at + 1000).toString("latin1") : "";
}
