/** Compares Avro, Protobuf and Parquet with their bare codecs: our rows, and the codec's values from the same bytes. */

import * as avsc from "avsc";
import { parse } from "protobufjs";
import { encodeContainer } from "../formats/avro/containerWrite";
import type { AvroSchema } from "../formats/avro/schema";
import type { Row } from "../formats/row";
import { createDecoder } from "../test/formats/support/createDecoder";
import { encode } from "../test/formats/support/encode";
import { encodeFramed, encodeSingleObject } from "../test/formats/support/schemaMessages";
import { compare } from "./support/compare";

const row: Row = {
  transactionId: "t-0000004711",
  occurredAt: 1763632800123,
  store: { id: 211, city: "Zürich" },
  items: [
    { sku: "sku-1044", description: "Tea light holder", quantity: 6, unitPrice: 2.55 },
    { sku: "sku-2087", description: "Metal lantern", quantity: 1, unitPrice: 3.39 },
  ],
  currency: "CHF",
  paid: true,
};

const record = (name: string, fields: Record<string, unknown>) => ({
  type: "record",
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
});
const schema: AvroSchema = record("Transaction", {
  transactionId: "string",
  occurredAt: "long",
  store: record("Store", { id: "int", city: "string" }),
  items: {
    type: "array",
    items: record("Item", { sku: "string", description: "string", quantity: "int", unitPrice: "double" }),
  },
  currency: "string",
  paid: "boolean",
});
const type = avsc.Type.forSchema(schema as avsc.Schema);
const single = encodeSingleObject(row, schema);
const [GLUE_ID, CONFLUENT_ID] = ["b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63", "17"];
const file = encodeContainer(Array(200).fill(row), schema);
const bareRow = type.toBuffer(row);
const bareFile = Buffer.concat(Array(200).fill(bareRow));
const avroDecode = createDecoder({
  avro: { schemas: [schema], registered: { [GLUE_ID]: schema, [CONFLUENT_ID]: schema } },
});
const avroFloor = { floorName: "avsc", floor: () => type.fromBuffer(bareRow) };

const proto = `syntax = "proto3";
message Transaction {
  string transactionId = 1; int64 occurredAt = 2; Store store = 3; repeated Item items = 4; string currency = 5; bool paid = 6;
  message Store { int32 id = 1; string city = 2; }
  message Item { string sku = 1; string description = 2; int32 quantity = 3; double unitPrice = 4; }
}`;
const messages = [{ proto }];
const message = Buffer.from(encode("protobuf", [row], { messages }));
const protobufType = parse(proto, { keepCase: true }).root.lookupType("Transaction");
const protobufDecode = createDecoder({ protobuf: { messages } });

const flat = Array.from({ length: 5_000 }, (_, index): Row => {
  return {
    id: index,
    sku: `sku-${index % 500}`,
    description: `Lantern ${index}`,
    price: index / 8,
    paid: index % 2 === 0,
  };
});
const parquetFile = Buffer.from(encode("parquet", flat));
const parquetDecode = createDecoder({ parquet: {} });
const { parquetReadObjects } = require("hyparquet") as {
  parquetReadObjects(options: { file: ArrayBuffer }): Promise<unknown>;
};
const parquetBuffer = new Uint8Array(parquetFile).buffer;

void compare("codecs", [
  { name: "Avro, single object", payload: single, ours: avroDecode, ...avroFloor },
  { name: "Avro, framed by Glue", payload: encodeFramed(row, schema, GLUE_ID), ours: avroDecode, ...avroFloor },
  {
    name: "Avro, framed by Confluent",
    payload: encodeFramed(row, schema, CONFLUENT_ID),
    ours: avroDecode,
    ...avroFloor,
  },
  {
    name: "Avro, file of 200 rows",
    payload: file,
    ours: avroDecode,
    floorName: "avsc",
    floor: () => {
      const rows: unknown[] = [];
      for (let at = 0; at < bareFile.length; ) {
        const { value, offset } = type.decode(bareFile, at);
        rows.push(value);
        at = offset;
      }
      return rows;
    },
  },
  {
    name: "Protobuf",
    payload: message,
    ours: protobufDecode,
    floorName: "protobufjs",
    floor: (payload) => protobufType.decode(payload),
  },
  {
    name: "Parquet, 5,000 rows",
    payload: parquetFile,
    ours: parquetDecode,
    floorName: "hyparquet",
    floor: () => parquetReadObjects({ file: parquetBuffer }),
  },
]);
