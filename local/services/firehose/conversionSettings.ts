/** Reads the declared conversion of a delivery stream to Parquet, and refuses by name what AWS refuses or local does not simulate. */

export interface ConversionSettings {
  readonly roleArn: string;
  readonly database: string;
  readonly table: string;
  readonly compression: "SNAPPY" | "GZIP" | "UNCOMPRESSED";
}

type Inputs = Readonly<Record<string, unknown>>;

const MEBI = 1024 * 1024;
const COMPRESSIONS = ["SNAPPY", "GZIP", "UNCOMPRESSED"] as const;

/**
 * @param s3 the configuration of the destination
 * @param here the account's and the Region's ids, with which the schema's may agree
 * @returns undefined without a conversion, or with one that is not enabled
 */
export function conversionOf(
  s3: Inputs,
  here: { readonly region: string; readonly accountId: string },
  refuse: (problem: string) => never,
): ConversionSettings | undefined {
  const declared = s3.dataFormatConversionConfiguration as Inputs | undefined;
  // https://docs.aws.amazon.com/firehose/latest/APIReference/API_DataFormatConversionConfiguration.html: true by default
  if (!declared || declared.enabled === false) return undefined;
  const schema = objectOf(declared.schemaConfiguration);
  const deserializer = given(at(declared, "inputFormatConfiguration", "deserializer"));
  const serializer = given(at(declared, "outputFormatConfiguration", "serializer"));
  const part = (path: string, problem: string): never => refuse(`dataFormatConversionConfiguration.${path} ${problem}`);
  if (deserializer.openXJsonSerDe === undefined || Object.keys(deserializer).length > 1) {
    part("inputFormatConfiguration", "is not simulated but with openXJsonSerDe");
  }
  if (serializer.parquetSerDe === undefined || Object.keys(serializer).length > 1) {
    part("outputFormatConfiguration", "is not simulated but with parquetSerDe");
  }
  const { caseInsensitive = true, ...openX } = given(deserializer.openXJsonSerDe);
  const [option] = caseInsensitive === true ? Object.keys(openX) : ["caseInsensitive"];
  if (option !== undefined) part(`inputFormatConfiguration.deserializer.openXJsonSerDe.${option}`, "is not simulated");
  const { compression = "SNAPPY", ...parquet } = given(serializer.parquetSerDe);
  const [setting] = Object.keys(parquet);
  if (setting !== undefined) part(`outputFormatConfiguration.serializer.parquetSerDe.${setting}`, "is not simulated");
  if (!COMPRESSIONS.includes(compression as never)) {
    part("outputFormatConfiguration.serializer.parquetSerDe.compression", `is none of ${COMPRESSIONS.join(", ")}`);
  }
  const elsewhere = [
    ["catalogId", here.accountId],
    ["region", here.region],
    ["versionId", "LATEST"],
  ].find(([key, own]) => (schema[String(key)] ?? own) !== own);
  if (elsewhere) part(`schemaConfiguration.${elsewhere[0]}`, `is not simulated but with ${elsewhere[1]}`);
  for (const key of ["databaseName", "tableName", "roleArn"]) {
    if (typeof schema[key] !== "string") part(`schemaConfiguration.${key}`, "is missing");
  }
  // https://docs.aws.amazon.com/firehose/latest/dev/enable-record-format-conversion.html
  if ((s3.compressionFormat ?? "UNCOMPRESSED") !== "UNCOMPRESSED") {
    refuse('compressionFormat must be "UNCOMPRESSED" with a conversion, which compresses Parquet itself');
  }
  if (s3.bufferingSize !== undefined && Number(s3.bufferingSize) < 64) {
    refuse("a conversion needs a bufferingSize of at least 64");
  }
  return {
    roleArn: String(schema.roleArn),
    database: String(schema.databaseName),
    table: String(schema.tableName),
    compression: compression as ConversionSettings["compression"],
  };
}

/** The size of a buffer whose declaration has none. */
export const CONVERSION_BUFFER_BYTES = 128 * MEBI;

function at(inputs: Inputs, ...path: string[]): unknown {
  return path.reduce<unknown>((value, key) => objectOf(value)[key], inputs);
}

function objectOf(value: unknown): Inputs {
  return Object(value ?? {}) as Inputs;
}

/** The members that have a value. */
function given(value: unknown): Inputs {
  return Object.fromEntries(
    Object.entries(objectOf(value)).filter(([, member]) => member !== undefined && member !== null),
  );
}
