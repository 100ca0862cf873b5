/** Reads COPY and its options; an option that is not simulated is refused by name. https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html */
import type { Cursor } from "./cursor";
import { nameList, type TableName, type Translator } from "./expressions";
import { notSimulated, RedshiftError } from "./redshiftError";

export interface Copy {
  readonly table: TableName;
  /** @default all of the table's, in their order */
  readonly columns?: readonly string[];
  /** `s3://bucket/prefix`, or the manifest's object */
  readonly from: string;
  readonly isManifest: boolean;
  /** An ARN, or the namespace's default role. */
  readonly role: string | "default";
  readonly format:
    | { readonly kind: "json"; readonly match: "exact" | "ignore case" }
    | { readonly kind: "json"; readonly match: "paths"; readonly pathsFile: string }
    | { readonly kind: "parquet"; readonly isSerialized: boolean };
  readonly isGzip: boolean;
  readonly timeFormat: "default" | "auto" | "epochsecs" | "epochmillisecs";
  readonly maxErrors: number;
  readonly region?: string;
  readonly truncates: boolean;
  readonly emptyAsNull: boolean;
  readonly blanksAsNull: boolean;
}

type Options = { -readonly [Name in keyof Copy]?: Copy[Name] };

/** Maximum of MAXERROR. */
const MAX_ERRORS = 100_000;

/** @param cursor after COPY */
export function readCopy(cursor: Cursor, translator: Translator): Copy {
  const table = translator.table(cursor);
  const columns = cursor.isSymbol("(") ? nameList(cursor.group()) : undefined;
  cursor.expectWords("from");
  const from = cursor.expectString();
  if (!from.startsWith("s3://")) throw notSimulated("COPY from other than s3://");
  const options: Options = {};
  while (!cursor.isAtEnd()) readOption(cursor, options);
  const { format, role } = options;
  if (role === undefined) throw new RedshiftError("COPY needs IAM_ROLE");
  if (format === undefined) throw notSimulated("COPY of delimited text", "use JSON or PARQUET");
  if (format.kind === "parquet") checkParquet(options);
  return {
    table,
    ...(columns && { columns }),
    from,
    isManifest: options.isManifest ?? false,
    role,
    format,
    isGzip: options.isGzip ?? false,
    timeFormat: options.timeFormat ?? "default",
    maxErrors: options.maxErrors ?? 0,
    truncates: options.truncates ?? false,
    emptyAsNull: options.emptyAsNull ?? false,
    blanksAsNull: options.blanksAsNull ?? false,
    ...(options.region !== undefined && { region: options.region }),
  };
}

function readOption(cursor: Cursor, options: Options): void {
  if (cursor.takeWords("iam_role")) {
    options.role = cursor.takeWords("default") ? "default" : cursor.expectString();
  } else if (cursor.takeWords("manifest")) options.isManifest = true;
  else if (cursor.takeWords("gzip")) options.isGzip = true;
  else if (cursor.takeWords("format")) {
    cursor.takeWords("as");
    readFormat(cursor, options);
  } else if (cursor.isWord("json") || cursor.isWord("parquet")) readFormat(cursor, options);
  else if (cursor.takeWords("timeformat")) {
    cursor.takeWords("as");
    options.timeFormat = timeFormat(cursor.expectString());
  } else if (cursor.takeWords("dateformat")) {
    cursor.takeWords("as");
    const format = cursor.expectString();
    if (format !== "auto" && format !== "YYYY-MM-DD") throw notSimulated(`DATEFORMAT '${format}'`, "use 'auto'");
  } else if (cursor.takeWords("maxerror")) {
    cursor.takeWords("as");
    options.maxErrors = cursor.wholeNumber();
    if (options.maxErrors > MAX_ERRORS) {
      throw new RedshiftError(`MAXERROR ${options.maxErrors} is more than ${MAX_ERRORS}`);
    }
  } else if (cursor.takeWords("region")) {
    cursor.takeWords("as");
    options.region = cursor.expectString();
  } else if (cursor.takeWords("truncatecolumns")) options.truncates = true;
  else if (cursor.takeWords("emptyasnull")) options.emptyAsNull = true;
  else if (cursor.takeWords("blanksasnull")) options.blanksAsNull = true;
  else if (cursor.takeWords("acceptinvchars")) {
    cursor.takeWords("as");
    if (cursor.peek()?.kind === "string") cursor.next();
  } else if (cursor.takeWords("compupdate") || cursor.takeWords("statupdate")) {
    if (!cursor.takeWords("preset") && !cursor.takeWords("on") && !cursor.takeWords("off")) cursor.takeWords("true");
  } else throw notSimulated(`COPY's option ${(cursor.peek()?.text ?? "").toUpperCase()}`);
}

function readFormat(cursor: Cursor, options: Options): void {
  if (cursor.takeWords("parquet")) {
    options.format = { kind: "parquet", isSerialized: cursor.takeWords("serializetojson") };
    return;
  }
  if (!cursor.takeWords("json"))
    throw notSimulated(`COPY's format ${cursor.name().toUpperCase()}`, "use JSON or PARQUET");
  cursor.takeWords("as");
  const match = cursor.peek()?.kind === "string" ? cursor.expectString() : "auto";
  if (match === "auto") options.format = { kind: "json", match: "exact" };
  else if (match === "auto ignorecase") options.format = { kind: "json", match: "ignore case" };
  else if (match.startsWith("s3://")) options.format = { kind: "json", match: "paths", pathsFile: match };
  else throw notSimulated(`COPY's JSON '${match}'`, "use 'auto', 'auto ignorecase' or the S3 URL of a JSONPaths file");
}

function timeFormat(format: string): Copy["timeFormat"] {
  if (format === "auto" || format === "epochsecs" || format === "epochmillisecs") return format;
  if (format === "YYYY-MM-DD HH:MI:SS") return "default";
  throw notSimulated(`TIMEFORMAT '${format}'`, "use 'auto', 'epochsecs' or 'epochmillisecs'");
}

/** https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html */
function checkParquet({ isGzip, maxErrors, timeFormat, truncates }: Options): void {
  const given = Object.entries({
    GZIP: isGzip,
    MAXERROR: maxErrors,
    TIMEFORMAT: timeFormat,
    TRUNCATECOLUMNS: truncates,
  });
  for (const [option, value] of given) {
    if (value) throw new RedshiftError(`${option} option is not supported with FORMAT PARQUET`);
  }
}
