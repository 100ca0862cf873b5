/**
 * The statements that make a stream's materialized view.
 * https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
 */
import { identifier, literal, tableName } from "./tables";

/** The external schema, whose tables are the streams of the account. */
const streamSchema = (schema: string) => `${schema}_streams`;

export function streamSchemaStatement(schema: string, roleArn: string): string {
  return `CREATE EXTERNAL SCHEMA IF NOT EXISTS ${identifier(streamSchema(schema))} FROM KINESIS IAM_ROLE ${literal(roleArn)}`;
}

/** Each runs by itself, outside of a transaction block. */
export interface StreamViewStatements {
  readonly create: string;
  /** Whoever may connect may read, as for tables. */
  readonly grant: string;
  readonly drop: string;
}

/** Records that are not JSON are left out: JSON_PARSE refuses them. */
export function streamViewStatements(schema: string, view: string, stream: string): StreamViewStatements {
  const columns = `"approximate_arrival_timestamp", "partition_key", "shard_id", "sequence_number", "refresh_time"`;
  const name = tableName(schema, view);
  const source = tableName(streamSchema(schema), stream);
  return {
    create: `CREATE MATERIALIZED VIEW ${name} AUTO REFRESH YES AS SELECT ${columns}, JSON_PARSE(kinesis_data) AS "data" FROM ${source} WHERE CAN_JSON_PARSE(kinesis_data)`,
    grant: `GRANT SELECT ON ${name} TO PUBLIC`,
    drop: `DROP MATERIALIZED VIEW ${name}`,
  };
}

/** Selects the names of the schema's materialized views. https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_MV_INFO.html */
export function streamViewsQuery(database: string, schema: string): string {
  return `SELECT TRIM(name) FROM svv_mv_info WHERE database_name = ${literal(database)} AND schema_name = ${literal(schema)}`;
}
