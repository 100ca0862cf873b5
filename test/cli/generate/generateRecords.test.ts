import { createHash } from "node:crypto";
import { type GenerateOptions, generateRecords } from "../../../cli/generate/generateRecords";
import { MALFORMATIONS } from "../../../cli/generate/malformations";
import { createRandom } from "../../../cli/generate/random";
import { GENERATED_FORMATS } from "../../../cli/generate/recordMakers";
import { FormatError } from "../../../formats/formatError";
import { sensorLayout } from "../../../lake/sensorLayout";
import { createDecoder } from "../../formats/support/createDecoder";

const decode = createDecoder({ json: {}, ndjson: {}, csv: {}, binary: { layouts: [sensorLayout] } });

const generate = (options: Partial<GenerateOptions> = {}) => [
  ...generateRecords({ records: 1000, malformed: 0.2, formats: GENERATED_FORMATS, seed: 7, ...options }),
];

const digest = (options: Partial<GenerateOptions>) => {
  const hash = createHash("sha256");
  for (const { payload, partitionKey } of generate(options)) hash.update(partitionKey).update(payload);
  return hash.digest("hex");
};

test("the same seed gives the same bytes, another seed others", () => {
  expect(digest({ seed: 7 })).toBe(digest({ seed: 7 }));
  expect(digest({ seed: 7 })).not.toBe(digest({ seed: 8 }));
});

test.each([
  [1000, 0.2, 200],
  [1000, 0, 0],
  [10, 1, 10],
  [3, 0.5, 2],
  [0, 0.2, 0],
])("of %d records, a share of %d malformed is %d", (records, malformed, expected) => {
  const made = generate({ records, malformed });
  expect(made).toHaveLength(records);
  expect(made.filter((record) => "malformed" in record.made)).toHaveLength(expected);
});

test("every valid record decodes as the format it was made in, to at least one row", () => {
  const formats = new Map<string, number>();
  for (const { payload, made } of generate({ records: 4000, malformed: 0 })) {
    if (!("format" in made)) throw new Error("a malformed record among valid ones");
    const decoded = decode(payload);
    expect(decoded.format).toBe(made.format);
    expect(decoded.rows.length).toBeGreaterThan(0);
    formats.set(made.format, (formats.get(made.format) ?? 0) + 1);
  }
  expect([...formats.keys()].sort()).toEqual(["binary", "csv", "json", "ndjson"]);
  for (const count of formats.values()) expect(count).toBeGreaterThan(900);
});

test("every malformed record is refused by the decoder", () => {
  for (const { payload, made } of generate({ records: 4000, malformed: 1 })) {
    expect(made).toHaveProperty("malformed");
    expect(() => decode(payload)).toThrow(FormatError);
  }
});

test("every way of being malformed comes up, whatever the seed, and is refused", () => {
  for (const { kind, make } of MALFORMATIONS) {
    for (let seed = 0; seed < 200; seed++) {
      const payload = make(createRandom(seed), seed);
      expect([kind, seed, refusal(payload)]).toEqual([kind, seed, "FormatError"]);
    }
  }
  const seen = new Set(
    generate({ records: 4000, malformed: 1 }).map(({ made }) => ("malformed" in made ? made.malformed : "")),
  );
  expect([...seen].sort()).toEqual(MALFORMATIONS.map(({ kind }) => kind).sort());
});

function refusal(payload: Uint8Array): string {
  try {
    decode(payload);
    return "decoded";
  } catch (error) {
    return (error as Error).name;
  }
}

test("with one format, nothing of another is made, valid or malformed", () => {
  const made = generate({ formats: ["csv"], malformed: 0.5 }).map((record) => record.made);
  const formats = new Set(made.flatMap((one) => ("format" in one ? [one.format] : [])));
  const kinds = new Set(made.flatMap((one) => ("malformed" in one ? [one.malformed] : [])));
  expect([...formats]).toEqual(["csv"]);
  expect([...kinds].sort()).toEqual([
    "empty",
    "openQuote",
    "raggedCsv",
    "randomBytes",
    "truncatedGzip",
    "wrongChecksum",
  ]);
});

test("partition keys spread over many values and stay within Kinesis' bounds", () => {
  const keys = generate().map(({ partitionKey }) => partitionKey);
  expect(new Set(keys).size).toBeGreaterThan(300);
  for (const key of keys) expect(key).toMatch(/^.{1,256}$/);
});

test("records are made one at a time, as they are asked for", () => {
  const run = generateRecords({ records: Number.MAX_SAFE_INTEGER, malformed: 0.5, formats: ["json"], seed: 1 });
  expect(run.next().done).toBe(false);
});
