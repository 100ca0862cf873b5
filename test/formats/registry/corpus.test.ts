/** Detection on the labelled corpus: every record is claimed by the format of its label, and decodes or is refused as it says. */

import { unaggregate } from "../../../formats/aggregated";
import { FormatError } from "../../../formats/formatError";
import { aggregated, CORPUS_FORMATS, corpus, type Labelled } from "../support/corpus";
import { AMBIGUOUS } from "../support/corpusAmbiguous";
import { createDecoder } from "../support/createDecoder";

const SEED = 20_261_120;
const RECORDS = 6_000;

const decode = createDecoder(CORPUS_FORMATS);

/** Undefined where the record is what its label says. */
function mistake({ kind, payload, format, hasRows }: Labelled): string | undefined {
  const found = claimed(payload);
  const wanted = hasRows === undefined ? format : `${format}, ${hasRows ? "rows" : "refused"}`;
  const is = hasRows === undefined ? found.split(",")[0] : found;
  return is === wanted ? undefined : `${kind} (${payload.toString("hex").slice(0, 80)}): ${found}, not ${wanted}`;
}

function claimed(payload: Uint8Array): string {
  try {
    return `${decode(payload).format}, rows`;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return `${error.format}, refused`;
  }
}

test("every record is detected as what it is", () => {
  const records = [...corpus(SEED, RECORDS)];

  expect(records.map(mistake).filter((text) => text !== undefined)).toEqual([]);
  expect(records.length).toBe(RECORDS);
  expect(new Set(records.map(({ format }) => format))).toEqual(
    new Set([...Object.keys(CORPUS_FORMATS), "unknown", "gzip", "zlib", "zstd"]),
  );
  expect(new Set(records.map(({ kind }) => kind)).size).toBeGreaterThan(300);
});

test.each(AMBIGUOUS.map((record) => [record.kind, record] as const))("%s", (_, record) => {
  expect(mistake(record)).toBeUndefined();
});

test("user records of an aggregated record are detected one by one", () => {
  const { payload, users } = aggregated(SEED + 1, 1_000);
  const found = unaggregate(payload) ?? [];

  expect(
    found.map((user, index) => mistake({ ...(users[index] as Labelled), payload: Buffer.from(user.payload) })),
  ).toEqual(users.map(() => undefined));
});

test("the same seed gives the same corpus", () => {
  const texts = (seed: number) => [...corpus(seed, 200)].map(({ payload }) => payload.toString("hex"));

  expect(texts(3)).toEqual(texts(3));
  expect(texts(3)).not.toEqual(texts(4));
});
