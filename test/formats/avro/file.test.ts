import fc from "fast-check";
import { avro } from "../../../formats/avro/avro";
import { readAvroFile } from "../../../formats/avro/file";

const SCHEMA = {
  type: "record",
  name: "order",
  fields: [
    { name: "id", type: "long" },
    { name: "note", type: ["null", "string"] },
  ],
};
const fileOf = (rows: { id: number; note: string | null }[]) => Buffer.from(avro.encode(rows, { schemas: [SCHEMA] }));

/** A file of several blocks: the header of the first, and the blocks of all. */
function blocksOf(...files: Buffer[]): Buffer {
  const marker = (file: Buffer) => file.subarray(file.length - 16);
  const headerEnd = (file: Buffer) => file.indexOf(marker(file)) + 16;
  const [first] = files as [Buffer];
  const blocks = files.map((file) => file.subarray(headerEnd(file), file.length - 16));
  return Buffer.concat([first.subarray(0, headerEnd(first)), ...blocks.flatMap((block) => [block, marker(first)])]);
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size = bytes.length) {
  const rows = [];
  for await (const row of readAvroFile(pieces(bytes, size))) rows.push(row);
  return rows;
}

test("wherever the chunks of a file end, its rows are those of its blocks", async () => {
  const row = fc.record({ id: fc.maxSafeInteger(), note: fc.option(fc.string({ maxLength: 100 })) });
  const blocks = fc.array(fc.array(row, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(blocks, fc.integer({ min: 1, max: 50 }), async (all, size) => {
      expect(await read(blocksOf(...all.map(fileOf)), size)).toEqual(all.flat());
    }),
    { numRuns: 100 },
  );
});

test("a file that is cut short or altered is refused", async () => {
  const bytes = fileOf([{ id: 1, note: "a" }]);
  await expect(read(bytes.subarray(0, 20))).rejects.toThrow("the file is cut short");
  await expect(read(bytes.subarray(0, bytes.length - 1))).rejects.toThrow("the file is cut short");
  const altered = Buffer.from(bytes);
  altered[altered.length - 1] = (altered.at(-1) as number) ^ 1;
  await expect(read(altered)).rejects.toThrow("a block does not end with the file's marker");
});
