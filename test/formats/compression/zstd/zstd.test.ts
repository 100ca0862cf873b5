/** Zstandard: Node's decoder and ours read the same, and corrupt data is refused within bounds. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { XxHash64, xxHash64Low } from "../../../../formats/compression/zstd/xxHash64";
import { unzstd } from "../../../../formats/compression/zstd/zstd";
import { FormatError } from "../../../../formats/formatError";
import { DEFAULT_LIMITS } from "../../../../formats/limits";
import { seeded } from "../../support/seeded";

const folder = path.join(__dirname, "../../../fixtures/formats");
const names = readdirSync(folder).filter((name) => /^zstd-.*\.payload$/.test(name));
const ROOMY = { ...DEFAULT_LIMITS, expansion: 1_000_000 };

function outcome(run: () => Buffer): string {
  try {
    return run().toString("hex");
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return error.message;
  }
}

test.each(names)("%s reads the same by either decoder", (name) => {
  const payload = readFileSync(path.join(folder, name));
  expect(outcome(() => unzstd(payload, DEFAULT_LIMITS, null))).toBe(outcome(() => unzstd(payload, DEFAULT_LIMITS)));
});

/** A frame of raw and repeated blocks, as its bytes are written. */
const frame = (hex: string) => Buffer.from(`28b52ffd${hex.replaceAll(" ", "")}`, "hex");

test.each<[string, Buffer, string]>([
  ["raw and repeated blocks", frame("00 00 180000 616263 1b0000 7a"), "abczzz"],
  ["a frame of nothing", frame("20 00 010000"), ""],
])("%s", (_, payload, expected) => {
  expect(unzstd(payload, DEFAULT_LIMITS, null).toString()).toBe(expected);
});

test.each<[string, Buffer, string]>([
  ["a frame that says another size", frame("20 04 190000 616263"), "12 bytes do not decompress"],
  ["a reserved kind of block", frame("00 00 070000"), "a block is of no kind or size that there is"],
  ["a reserved bit", frame("08 00 010000"), "a frame uses what RFC 8878 reserves"],
  ["a block larger than its window", frame("20 01 190000 616263"), "a block is of no kind or size that there is"],
  ["no block", frame("00 00"), "6 bytes are cut short"],
  ["a compressed block of nothing", frame("00 00 050000"), "9 bytes do not decompress"],
])("%s is refused", (_, payload, detail) => {
  expect(outcome(() => unzstd(payload, DEFAULT_LIMITS, null))).toBe(`formats/zstd: ${detail}`);
});

test("a bomb of repeated bytes is refused once it passes the bound", () => {
  const blocks = "020010 00".repeat(1_000);
  expect(outcome(() => unzstd(frame(`00 58 ${blocks} 010000`), DEFAULT_LIMITS, null))).toBe(
    "formats/zstd: 4009 bytes become more than 100 times their size (limits.expansion)",
  );
});

test("mutated frames become bytes or a FormatError, and a checksum leaves only what was written", () => {
  const payload = readFileSync(path.join(folder, "zstd-ndjson.payload"));
  const whole = unzstd(payload, ROOMY, null).toString("hex");
  const random = seeded(11);
  let refused = 0;
  for (let count = 0; count < 3_000; count++) {
    const mutated = Buffer.from(payload);
    for (let change = 0; change <= count % 3; change++) mutated[random.below(mutated.length)] = random.below(256);
    const found = outcome(() => unzstd(mutated, ROOMY, null));
    if (found.startsWith("formats/zstd")) refused++;
    else expect(found).toBe(whole);
  }
  expect(refused).toBeGreaterThan(2_900);
});

test.each<[string, number]>([
  ["", 0x51d8e999],
  ["a", 0xa98c6e5b],
  ["abc", 0xad770999],
  ["0123456789abcdef0123456789abcdef0123456789abcde", 0x13303cfc],
])("the lower half of XXH64 of %j", (text, expected) => {
  expect(xxHash64Low(Buffer.from(text))).toBe(expected);
});

test("a hash does not depend on the chunks in which its bytes arrive", () => {
  const random = seeded(5);
  for (let length = 0; length < 200; length += 7) {
    const bytes = Buffer.from(Array.from({ length }, () => random.below(256)));
    const hash = new XxHash64();
    for (let at = 0; at < length; ) {
      const end = Math.min(length, at + random.below(50));
      hash.update(bytes.subarray(at, end));
      at = end;
    }
    expect(hash.low()).toBe(xxHash64Low(bytes));
  }
});
