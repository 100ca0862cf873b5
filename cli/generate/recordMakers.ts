/** Makes one record of each generated format. */
import { binary } from "../../formats/binary/binary";
import { sensorLayout } from "../../lake/sensorLayout";
import { anyDialect, csvText } from "./csvText";
import type { Random } from "./random";
import { type SensorReading, sensorReading } from "./sensorReading";
import { type Transaction, transaction } from "./transaction";

export const GENERATED_FORMATS = ["json", "ndjson", "csv", "binary"] as const;
export type GeneratedFormat = (typeof GENERATED_FORMATS)[number];

export interface MadeRecord {
  readonly payload: Uint8Array;
  readonly partitionKey: string;
}

/** @param index the record's number in the run, from 0 */
export type RecordMaker = (random: Random, index: number) => MadeRecord;

const ORDER_COLUMNS = ["order_id", "line", "at", "shop", "buyer", "sku", "product", "quantity", "unit_price"];

export const RECORD_MAKERS: Readonly<Record<GeneratedFormat, RecordMaker>> = {
  json: (random, index) => {
    if (random.chance(0.7)) {
      const one = transaction(random, index);
      return { payload: Buffer.from(JSON.stringify(one)), partitionKey: keyOf(one) };
    }
    const reading = sensorReading(random, index);
    return { payload: Buffer.from(JSON.stringify(reading)), partitionKey: sensorKey(reading) };
  },
  ndjson: (random, index) => {
    const several = Array.from({ length: random.integer(2, 5) }, () => transaction(random, index));
    const text = several.map((one) => `${JSON.stringify(one)}\n`).join("");
    return { payload: Buffer.from(text), partitionKey: keyOf(several[0] as Transaction) };
  },
  csv: (random, index) => {
    const order = transaction(random, index);
    return { payload: Buffer.from(csvText(orderLines(order), anyDialect(random))), partitionKey: keyOf(order) };
  },
  binary: (random, index) => {
    const readings = Array.from({ length: random.integer(1, 4) }, () => sensorReading(random, index));
    const payload = binary.encode(readings, { layouts: [sensorLayout] });
    return { payload, partitionKey: sensorKey(readings[0] as SensorReading) };
  },
};

/** A header and one line for each item, like the order export of a shop. */
export function orderLines(order: Transaction): string[][] {
  const lines = order.items.map(({ sku, name, quantity, unit_price }, line) => [
    order.transaction_id,
    String(line + 1),
    order.at,
    order.store.id,
    order.customer?.id ?? "",
    sku,
    name,
    String(quantity),
    unit_price.toFixed(2),
  ]);
  return [ORDER_COLUMNS, ...lines];
}

function sensorKey({ sensor_id }: SensorReading): string {
  return `sensor-${sensor_id}`;
}

/** The transactions of a customer share a shard and keep their order; anonymous ones spread over the tills of a store. */
function keyOf({ customer, store, transaction_id }: Transaction): string {
  return customer?.id ?? `${store.id}/${transaction_id.slice(-2)}`;
}
