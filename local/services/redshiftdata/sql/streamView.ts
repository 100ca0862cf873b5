/**
 * Reads the statements of streaming ingestion: the external schema of Kinesis, and materialized views of its streams.
 * https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
 */
import { type Cursor, isSymbol, isWord, splitAt } from "./cursor";
import type { TableName, Translator } from "./expressions";
import { notSimulated } from "./redshiftError";
import type { Token } from "./tokens";

/** The streams of an account, as the tables of a schema. */
export interface KinesisSchema {
  readonly name: string;
  /** An ARN, or the namespace's default role. */
  readonly role: string | "default";
  readonly isIfMissing: boolean;
}

export interface StreamView {
  readonly table: TableName;
  /** The external schema, and the stream in it. */
  readonly source: Required<TableName>;
  readonly isAutomatic: boolean;
  /** The translated query over `STREAM_RECORDS`. */
  readonly query: string;
}

/** The table with the records that a refresh reads, while it runs. */
export const STREAM_RECORDS = "records of a stream";

/** In that table, the record's data as UTF-8, or null. */
const TEXT = "kinesis_data as text";

/** The columns of a stream, without `kinesis_data`, which functions alone read here. */
export const STREAM_COLUMNS = `approximate_arrival_timestamp TIMESTAMP, partition_key VARCHAR, shard_id VARCHAR,
  sequence_number VARCHAR, refresh_time TIMESTAMP, "${TEXT}" VARCHAR`;

/** @param cursor after CREATE EXTERNAL SCHEMA */
export function readKinesisSchema(cursor: Cursor): KinesisSchema {
  const isIfMissing = cursor.takeWords("if", "not", "exists");
  const name = cursor.name();
  cursor.expectWords("from");
  if (!cursor.takeWords("kinesis")) {
    throw notSimulated(`CREATE EXTERNAL SCHEMA FROM ${cursor.name().toUpperCase()}`, "use FROM KINESIS");
  }
  cursor.expectWords("iam_role");
  const role = cursor.takeWords("default") ? "default" : cursor.expectString();
  cursor.expectEnd();
  return { name, role, isIfMissing };
}

/** @param cursor after CREATE MATERIALIZED VIEW */
export function readStreamView(cursor: Cursor, translator: Translator): StreamView {
  const table = tableNamed(cursor);
  let isAutomatic = false;
  while (!cursor.takeWords("as")) {
    if (!cursor.takeWords("auto", "refresh")) {
      throw notSimulated(`CREATE MATERIALIZED VIEW with ${cursor.next().text.toUpperCase()}`, "use AUTO REFRESH alone");
    }
    isAutomatic = cursor.takeWords("yes");
    if (!isAutomatic) cursor.expectWords("no");
  }
  if (!cursor.takeWords("select")) throw notSimulated("a materialized view whose query does not begin with SELECT");
  if (cursor.isWord("distinct")) throw notSimulated("DISTINCT in a materialized view");
  const columns = cursor.until("from");
  cursor.expectWords("from");
  const source = tableNamed(cursor);
  if (source.schema === undefined) {
    throw notSimulated(
      "a materialized view of a table",
      "select from a stream of CREATE EXTERNAL SCHEMA … FROM KINESIS",
    );
  }
  const rest = cursor.tokens.slice(cursor.at);
  if (!cursor.isAtEnd()) {
    if (!cursor.takeWords("where")) throw notSimulated(`${wordOf(rest)} after the stream of a materialized view`);
    const end = rest.find((token) =>
      ["group", "having", "order", "limit", "union", "qualify"].includes(wordOf([token]).toLowerCase()),
    );
    if (end) throw notSimulated(`${wordOf([end])} in a materialized view`);
  }
  if (splitAt(columns).some((column) => column.length === 1 && isSymbol(column[0], "*"))) {
    throw notSimulated("SELECT * of a stream", "name the columns");
  }
  const from: Token[] = [
    { kind: "word", text: "from" },
    { kind: "quoted", text: STREAM_RECORDS },
  ];
  const query = [{ kind: "word", text: "select" } as const, ...asText(columns), ...from, ...asText(rest)];
  return { table, source: { schema: source.schema, name: source.name }, isAutomatic, query: translator.sql(query) };
}

/** A name of REFRESH, DROP and of views: without effect on the tables that the statement reads. */
export function tableNamed(cursor: Cursor): TableName {
  const first = cursor.name();
  return cursor.takeSymbol(".") ? { schema: first, name: cursor.name() } : { name: first };
}

const READERS = new Set(["json_parse", "can_json_parse"]);

/** The record's bytes are read as UTF-8 by the functions that do so in Redshift. Any other use is refused. */
function asText(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    const isCalled = isSymbol(tokens[at + 1], "(") && isData(tokens[at + 2]);
    if (isCalled && isWord(token, "from_varbyte")) {
      const format = tokens[at + 4];
      const isUtf8 = isSymbol(tokens[at + 3], ",") && format?.kind === "string" && /^utf-?8$/i.test(format.text);
      if (!isUtf8 || !isSymbol(tokens[at + 5], ")")) throw notSimulated("FROM_VARBYTE other than of 'utf-8'");
      out.push({ kind: "quoted", text: TEXT });
      at += 5;
    } else if (isCalled && token.kind === "word" && READERS.has(token.text)) {
      out.push(token, tokens[at + 1] as Token, { kind: "quoted", text: TEXT });
      at += 2;
    } else if (isData(token)) {
      throw notSimulated("kinesis_data by itself", "read it by JSON_PARSE, CAN_JSON_PARSE or FROM_VARBYTE(…, 'utf-8')");
    } else out.push(token);
  }
  return out;
}

function isData(token: Token | undefined): boolean {
  return (token?.kind === "word" || token?.kind === "quoted") && token.text === "kinesis_data";
}

function wordOf([token]: readonly Token[]): string {
  return token?.kind === "word" ? token.text.toUpperCase() : "";
}
