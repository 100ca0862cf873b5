/** Zstandard that compresses nothing: one frame of raw blocks, which any version of Node can make. */

const BLOCK = 128 * 1024;

export function storeZstd(bytes: Uint8Array): Buffer {
  // A window of 128 KiB, no size, no checksum.
  const parts = [Buffer.from("28b52ffd0038", "hex")];
  let at = 0;
  do {
    const block = bytes.subarray(at, at + BLOCK);
    at += block.length;
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | Number(at === bytes.length), 0, 3);
    parts.push(header, Buffer.from(block));
  } while (at < bytes.length);
  return Buffer.concat(parts);
}
