import { unsnappy } from "../../../formats/compression/snappy";
import { type Seeded, seeded } from "../support/seeded";

// ES modules, which TypeScript does not let a CommonJS module import.
const { snappyCompress } = require("hyparquet-writer/src/snappy.js") as {
  snappyCompress(bytes: Uint8Array): Uint8Array;
};
const { snappyUncompress } = require("hyparquet/src/snappy.js") as {
  snappyUncompress(block: Uint8Array, output: Uint8Array): void;
};

const SEED = 20261121;
const MAX_BYTES = 1024 * 1024;

/** Content of three kinds: runs, words and bytes without any order. */
function content(random: Seeded): Buffer {
  const length = random.below(1_000);
  const kind = random.below(3);
  const period = 1 + random.below(40);
  return Buffer.from(
    Array.from({ length }, (_, at) =>
      kind === 0 ? at % period : kind === 1 ? 97 + ((at * at) % 7) : random.below(256),
    ),
  );
}

test(`blocks that another implementation writes decode to what was packed, seed ${SEED}`, () => {
  const random = seeded(SEED);
  for (let round = 0; round < 100; round++) {
    const data = content(random);
    expect(unsnappy(Buffer.from(snappyCompress(data)), MAX_BYTES)?.equals(data)).toBe(true);
  }
});

test(`a corrupt block is refused, or decodes as another implementation decodes it, seed ${SEED}`, () => {
  const random = seeded(SEED);
  let taken = 0;
  for (let round = 0; round < 500; round++) {
    const block = Buffer.from(snappyCompress(content(random)));
    for (let changes = 1 + random.below(3); changes > 0; changes--) {
      block[random.below(block.length)] = random.below(256);
    }
    const output = unsnappy(block, MAX_BYTES);
    if (output === undefined) continue;
    taken += 1;
    const reference = new Uint8Array(output.length);
    // Only for blocks that are well formed: some others it never stops reading.
    snappyUncompress(block, reference);
    expect(output.equals(reference)).toBe(true);
  }
  expect(taken).toBeGreaterThan(30);
});

test.each([
  ["announces more than the bound", [0x81, 0x80, 0x40, 0xfc]],
  ["announces more than its size can hold", [0x80, 0x80, 0x04, 0x00, 0x61]],
  ["announces 4 GiB", [0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x61]],
  ["announces more than 32 bits hold", [0xff, 0xff, 0xff, 0xff, 0x1f, 0x00, 0x61]],
  ["has a length without an end", [0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ["has a literal whose length is negative in 32 bits", [0x0a, 0xfc, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0, 0]],
  [
    "has a copy whose offset is negative in 32 bits",
    [0x08, 0x0c, 0x61, 0x62, 0x63, 0x64, 0x0f, 0xff, 0xff, 0xff, 0xff],
  ],
  ["copies from before its beginning", [0x08, 0x00, 0x61, 0x0d, 0x02]],
  ["is shorter than it announces", [0x05, 0x00, 0x61]],
  ["is cut short in a literal", [0x05, 0x10, 0x61]],
  ["has no bytes", []],
])("a block that %s is refused", (_, bytes) => {
  expect(unsnappy(Buffer.from(bytes), MAX_BYTES)).toBeUndefined();
});
