/** The handler of alerts: evaluates rules on the rows of a batch, and publishes the alerts. */
import type { FormatsConfig } from "../formats/config";
import { openDecoder } from "../formats/decoder";
import { FormatError } from "../formats/formatError";
import type { FormatLoaders } from "../formats/registry";
import type { Decode, DecodedRecord } from "../formats/row";
import type { SchemaLookup } from "../formats/schemaIds/lookup";
import { type AlertRules, alertsOf, windowOf } from "../lake/alerts";
import type { CallbackContext } from "../lake/callbackContext";
import { recordId } from "../lake/envelope";
import type { IncomingRecord } from "../lake/record";
import { userRecords } from "../lake/routing/userRecords";
import { environmentVariable } from "./effects/environment";
import { type Log, logToConsole } from "./effects/log";
import { type ObjectStore, s3ObjectStore } from "./effects/objectStore";
import { snsTopic, type Topic } from "./effects/topic";
import { type AlertOutcome, type AlertSender, createAlertSender } from "./parts/alertSender";
import { describe } from "./parts/describe";
import { type BatchResponse, recordsOf } from "./parts/kinesisEvent";

/** Plain data, so that a package can capture it. */
export interface AlertsConfig {
  readonly formats: FormatsConfig;
  /** Prefix of the claims; ends with `/`. */
  readonly prefix: string;
  /** Length of a window. */
  readonly windowMinutes: number;
  /** Maximum number of messages in one window. */
  readonly messagesPerWindow: number;
}

export interface AlertsEffects {
  /** The stream's name, for the message. */
  readonly stream: string;
  readonly store: Pick<ObjectStore, "putIfAbsent" | "put" | "get">;
  readonly topic: Topic;
  readonly log: Log;
}

export interface AlertsOptions {
  readonly rules: AlertRules;
  /** The second argument of rules. @default a context without secrets */
  readonly context?: CallbackContext;
  /** Loads the formats that the configuration enables. */
  readonly formats: FormatLoaders;
  /** Looks up schemas by the ids in records, if the configuration does not declare them. @default none */
  readonly schemas?: SchemaLookup | undefined;
  /** @default S3, SNS and the log, with `ALERTS_BUCKET`, `ALERTS_TOPIC` and `STREAM_NAME` from the environment */
  readonly effects?: AlertsEffects;
}

export type AlertsHandler = (event: unknown, context?: unknown) => Promise<BatchResponse>;

/**
 * Makes the handler, at cold start. It skips records that do not decode, because the router keeps them. If a message
 * cannot be sent, the batch stops at its record, and Lambda redelivers from there.
 */
export function createAlerts(config: AlertsConfig, options: AlertsOptions): AlertsHandler {
  const { rules, context, formats, schemas, effects = environmentEffects() } = options;
  const decode = openDecoder(config.formats, formats, schemas);
  const send = createAlertSender(config, effects);

  return async (event) => {
    const records = recordsOf(event);
    const counts = { sent: 0, repeated: 0, held: 0 };
    for (const record of records) {
      try {
        for (const part of userRecords(record)) {
          await sendAlerts(part, await decodeRecord(decode, part), { config, rules, context, send, counts });
        }
      } catch (error) {
        effects.log({ message: "alert failed", ...counts, error: describe(error) });
        return { batchItemFailures: [{ itemIdentifier: record.sequenceNumber }] };
      }
    }
    effects.log({ message: "evaluated", records: records.length, ...counts });
    return { batchItemFailures: [] };
  };
}

interface Evaluation {
  readonly config: AlertsConfig;
  readonly rules: AlertRules;
  readonly context: CallbackContext | undefined;
  readonly send: AlertSender;
  readonly counts: Record<AlertOutcome, number>;
}

async function sendAlerts(
  record: IncomingRecord,
  decoded: DecodedRecord | undefined,
  { config, rules, context, send, counts }: Evaluation,
): Promise<void> {
  const { arrivedMillis } = record;
  const window = windowOf(arrivedMillis, config.windowMinutes);
  for (const [index, { row }] of (decoded?.rows ?? []).entries()) {
    for (const alert of alertsOf(row, rules, context)) {
      const id = `${recordId(record.shard, record.sequenceNumber, record.subSequence)}.${decoded?.separate?.places[index] ?? index}`;
      counts[await send(alert, { row: id, arrivedMillis, window })] += 1;
    }
  }
}

/** Undefined for a record that does not decode. */
async function decodeRecord(decode: Decode, { payload }: IncomingRecord): Promise<DecodedRecord | undefined> {
  try {
    return await decode(payload);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function environmentEffects(): AlertsEffects {
  return {
    stream: environmentVariable("STREAM_NAME"),
    store: s3ObjectStore(environmentVariable("ALERTS_BUCKET")),
    topic: snsTopic(environmentVariable("ALERTS_TOPIC")),
    log: logToConsole,
  };
}
