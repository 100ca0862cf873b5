/** Maps Glue's column types to DuckDB's and back. */

const DUCK_TO_GLUE: Readonly<Record<string, string>> = {
  BOOLEAN: "boolean",
  TINYINT: "tinyint",
  SMALLINT: "smallint",
  INTEGER: "int",
  BIGINT: "bigint",
  FLOAT: "float",
  DOUBLE: "double",
  VARCHAR: "string",
  BLOB: "binary",
  DATE: "date",
  TIMESTAMP: "timestamp",
  "TIMESTAMP WITH TIME ZONE": "timestamp",
};

const GLUE_TO_DUCK: Readonly<Record<string, string>> = {
  boolean: "BOOLEAN",
  tinyint: "TINYINT",
  smallint: "SMALLINT",
  int: "INTEGER",
  integer: "INTEGER",
  bigint: "BIGINT",
  float: "FLOAT",
  double: "DOUBLE",
  string: "VARCHAR",
  binary: "BLOB",
  date: "DATE",
  timestamp: "TIMESTAMP",
};

/** Glue's name of a DuckDB type; undefined for a type that Glue does not have. */
export function glueType(duckType: string): string | undefined {
  if (duckType.endsWith("[]")) {
    const element = glueType(duckType.slice(0, -2));
    return element && `array<${element}>`;
  }
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(duckType);
  return decimal ? `decimal(${decimal[1]},${decimal[2]})` : DUCK_TO_GLUE[duckType];
}

/** Throws for a type that is not simulated, naming the column. */
export function duckTypeOf(column: { readonly Name: string; readonly Type: string }): string {
  const type = toDuck(column.Type.toLowerCase().trim());
  if (!type) {
    throw new Error(
      `local/athena: column "${column.Name}" has type "${column.Type}", which is not simulated; see docs/fidelity.md`,
    );
  }
  return type;
}

function toDuck(type: string): string | undefined {
  const element = /^array<(.*)>$/.exec(type)?.[1];
  if (element !== undefined) {
    const inner = toDuck(element);
    return inner && `${inner}[]`;
  }
  const sized = /^(varchar|char)\(\d+\)$/.test(type);
  if (sized) return "VARCHAR";
  return /^decimal\(\d+,\s*\d+\)$/.test(type) ? type.toUpperCase() : GLUE_TO_DUCK[type];
}
