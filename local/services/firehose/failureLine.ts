/** The lines by which Firehose keeps records that it does not deliver, in objects below the error prefix. */

import type { ConversionSettings } from "./conversionSettings";
import type { ConversionError } from "./convertRecord";
import type { SourceRecord } from "./sourceReader";
import type { Failed } from "./transformBatch";

/** The members are those of an object that Firehose wrote: https://github.com/floci-io/floci/pull/3393 */
export function transformFailure(
  { record, errorCode, errorMessage, attemptsMade }: Failed,
  functionArn: string | undefined,
  now: number,
): Buffer {
  return lineOf({
    rawData: base64(record.data),
    errorCode,
    errorMessage,
    attemptsMade,
    arrivalTimestamp: record.arrivedMillis,
    attemptEndingTimestamp: now,
    lambdaARN: functionArn,
  });
}

export interface UnconvertedRecord {
  readonly record: SourceRecord;
  /** The bytes that were to be converted: the answer of the function. */
  readonly data: Uint8Array;
  readonly error: ConversionError;
}

/** https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-error-handling.html */
export function conversionFailure(
  { record, data, error }: UnconvertedRecord,
  { database, table, roleArn }: ConversionSettings,
  { accountId, region, now }: { readonly accountId: string; readonly region: string; readonly now: number },
): Buffer {
  return lineOf({
    attemptsMade: 1,
    arrivalTimestamp: record.arrivedMillis,
    lastErrorCode: error.code,
    lastErrorMessage: error.message,
    attemptEndingTimestamp: now,
    rawData: base64(data),
    sequenceNumber: record.sequenceNumber,
    subSequenceNumber: record.subSequence ?? null,
    dataCatalogTable: {
      catalogId: accountId,
      databaseName: database,
      tableName: table,
      region,
      versionId: "LATEST",
      roleArn,
    },
  });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function lineOf(members: object): Buffer {
  return Buffer.from(`${JSON.stringify(members)}\n`);
}
