/** Avro against a second implementation: what avsc writes is read, and what is written avsc reads. */

import * as avsc from "avsc";
import * as fc from "fast-check";
import { avroFingerprint } from "../../../formats/avro/fingerprint";
import { parseAvroSchema } from "../../../formats/avro/schema";
import type { Row, Value } from "../../../formats/row";
import { createDecoder } from "../support/createDecoder";
import { encode } from "../support/encode";
import { encodeSingleObject } from "../support/schemaMessages";

type Schema = string | { [name: string]: unknown };

/** A schema, and values of it as rows hold them. */
interface Kind {
  readonly schema: Schema;
  readonly value: fc.Arbitrary<Value>;
}

const LONG = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value): Value => {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
});

const PRIMITIVES: Kind[] = [
  { schema: "null", value: fc.constant(null) },
  { schema: "boolean", value: fc.boolean() },
  { schema: "int", value: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) },
  { schema: "long", value: fc.oneof(LONG, fc.maxSafeInteger()) },
  { schema: "double", value: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { schema: "string", value: fc.string({ unit: "binary", maxLength: 40 }) },
  { schema: "bytes", value: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("base64")) },
];

let names = 0;

/** Kinds inside kinds, to a depth. */
function kinds(depth: number): fc.Arbitrary<Kind> {
  const primitive = fc.constantFrom(...PRIMITIVES);
  if (depth === 0) return primitive;
  const inner = kinds(depth - 1);
  return fc.oneof(
    primitive,
    inner.map(({ schema, value }) => ({
      schema: { type: "array", items: schema },
      value: fc.array(value, { maxLength: 4 }),
    })),
    inner.map(({ schema, value }) => ({
      schema: { type: "map", values: schema },
      value: fc.dictionary(fc.string({ maxLength: 6 }), value, { maxKeys: 4, noNullPrototype: true }),
    })),
    records(inner),
  );
}

function records(inner: fc.Arbitrary<Kind>): fc.Arbitrary<Kind> {
  return fc.array(inner, { minLength: 1, maxLength: 5 }).map((fields) => ({
    schema: {
      type: "record",
      name: `R${names++}`,
      fields: fields.map(({ schema }, index) => ({ name: `f${index}`, type: schema })),
    },
    value: fc.tuple(...fields.map(({ value }) => value)).map((values): Value => {
      return Object.fromEntries(values.map((value, index) => [`f${index}`, value]));
    }),
  }));
}

const long = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === "bigint",
  compare: (left: bigint, right: bigint) => (left < right ? -1 : left > right ? 1 : 0),
});

/** A row's value as avsc holds it, by its schema. */
function forAvsc(schema: Schema, value: Value): unknown {
  if (schema === "long") return BigInt(value as number);
  if (schema === "bytes") return Buffer.from(value as string, "base64");
  if (typeof schema === "string") return value;
  if (schema.type === "array") return (value as Value[]).map((item) => forAvsc(schema.items as Schema, item));
  const members = Object.entries(value as Row);
  if (schema.type === "map") {
    return Object.fromEntries(members.map(([name, one]) => [name, forAvsc(schema.values as Schema, one)]));
  }
  const fields = schema.fields as { name: string; type: Schema }[];
  return Object.fromEntries(fields.map(({ name, type }) => [name, forAvsc(type, (value as Row)[name] as Value)]));
}

const casesOf = records(kinds(2)).chain(({ schema, value }) => fc.tuple(fc.constant(schema), value));

test("a row that avsc writes in single-object encoding is read as it was", () => {
  fc.assert(
    fc.property(casesOf, ([schema, row]) => {
      const type = avsc.Type.forSchema(schema as avsc.Schema, { registry: { long } as never });
      const header = Buffer.from(`c301${avroFingerprint(parseAvroSchema(schema))}`, "hex");
      const decoded = createDecoder({ avro: { schemas: [schema] } })(
        Buffer.concat([header, type.toBuffer(forAvsc(schema, row))]),
      );
      expect(decoded).toEqual({ format: "avro", rows: [{ row }] });
    }),
    { numRuns: 500 },
  );
});

test("a row that is encoded is the bytes that avsc writes", () => {
  fc.assert(
    fc.property(casesOf, ([schema, row]) => {
      const type = avsc.Type.forSchema(schema as avsc.Schema, { registry: { long } as never });
      expect(encodeSingleObject(row as Row, schema).subarray(10)).toEqual(type.toBuffer(forAvsc(schema, row)));
    }),
    { numRuns: 300 },
  );
});

test("rows that are encoded as a file are read as they were", () => {
  fc.assert(
    fc.property(
      records(kinds(2)).chain(({ schema, value }) =>
        fc.tuple(fc.constant(schema), fc.array(value, { minLength: 1, maxLength: 20 })),
      ),
      ([schema, rows]) => {
        const payload = encode("avro", rows as Row[], { schemas: [schema] });
        expect(createDecoder({ avro: {} })(payload).rows.map(({ row }) => row)).toEqual(rows);
      },
    ),
    { numRuns: 200 },
  );
});

test.each(["null", "deflate"] as const)("files that avsc writes with the codec %s are read", async (codec) => {
  const schema = { type: "record", name: "Reading", fields: [{ name: "id", type: "int" }] };
  const rows = Array.from({ length: 5_000 }, (_, id) => ({ id }));
  const payload = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const encoder = new avsc.streams.BlockEncoder(schema as avsc.Schema, { codec, blockSize: 1_000 });
    encoder.on("data", (chunk: Buffer) => chunks.push(chunk));
    encoder.on("end", () => resolve(Buffer.concat(chunks)));
    encoder.on("error", reject);
    for (const row of rows) encoder.write(row);
    encoder.end();
  });

  expect(createDecoder({ avro: {} })(payload).rows.map(({ row }) => row)).toEqual(rows);
});

test("the fingerprints are those of the specification", () => {
  const fingerprints = ["null", "boolean", "int"].map((schema) => avroFingerprint(parseAvroSchema(schema)));

  expect(fingerprints.map((hex) => Buffer.from(hex, "hex").readBigInt64LE())).toEqual(
    // From Avro's own test vectors, share/test/data/schema-tests.txt.
    [7195948357588979594n, -6970731678124411036n, 8247732601305521295n],
  );
});
